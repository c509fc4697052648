"""Somebody's own cluster instead of the lab: found, asked for what it must have, left as it was."""

import json
import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import yaml
from kubernetes import config

from components.certificates import ISSUER
from tools import Fault, write_atomically
from tools.kube import Kube, Manifest
from tools.lab.access import Cluster
from tools.lab.machine.paths import OWNER
from tools.lab.operators import ceph

_CONTEXT = "own"
_DEFINITIONS = {
    "clusterissuers.cert-manager.io": "cert-manager",
    "cephobjectstores.ceph.rook.io": "Rook",
    "objectbucketclaims.objectbucket.io": "Rook",
    "clusters.postgresql.cnpg.io": "CloudNativePG",
    "objectstores.barmancloud.cnpg.io": "the barman-cloud plugin",
}
_DEFAULT = "storageclass.kubernetes.io/is-default-class"
_GONE_SECONDS = 180.0

_Place = tuple[str, str, str, str]
"""API version, kind, name and namespace of an object."""


def given() -> Path | None:
    """Return the kubeconfig that KUBECONFIG names; None without one, or where it is the lab's."""
    name = os.environ.get("KUBECONFIG")
    if not name:
        return None
    path = Path(name).expanduser().absolute()
    lab = Path(OWNER.read_text()) / "kubeconfig" if OWNER.exists() else None
    return None if lab is not None and path.resolve() == lab.resolve() else path


class OwnCluster(Cluster):
    """The cluster of a kubeconfig's current context; `clear` removes all that `apply` brought."""

    def __init__(self, kubeconfig: Path, state: Path) -> None:
        """Find it, and in `state` a directory that is this cluster's whatever it is called."""
        current = _current(kubeconfig)
        self.name = str(current["name"])
        directory = state / _identity(kubeconfig, self.name)
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A file next to the user's, so that nothing secret is copied, and relative paths hold.
        entry = {"name": _CONTEXT, "context": current["context"]}
        document = {"apiVersion": "v1", "kind": "Config", "contexts": [entry]}
        write_atomically(directory / "kubeconfig", json.dumps(document, indent=1))
        both = Path(f"{directory.absolute() / 'kubeconfig'}{os.pathsep}{kubeconfig}")
        super().__init__(directory, both, _CONTEXT)
        self._brought = self.directory / "brought"  # a line for each, should this run be killed

    def require(self) -> None:
        """Raise what the suite would miss here, before anything is deployed."""
        if lacking := _lacking(self):
            raise Fault(
                f"context {self.name}",
                f"it has no {', no '.join(lacking)}",
                "install that first; docs/lab.md lists what must be there",
            )
        if self.kube.get("cert-manager.io/v1", "ClusterIssuer", ISSUER):
            raise Fault(
                f"context {self.name}",
                f"it has the ClusterIssuer {ISSUER}, so an environment of tier0 is deployed there",
                "put the claims to the test in a cluster without one",
            )

    def apply(self, manifests: Iterable[Manifest]) -> None:
        """Apply manifests and note those that were not there."""
        for manifest in manifests:
            for place in _places(manifest):
                if self.kube.get(*place) is None:
                    with self._brought.open("a") as sink:
                        sink.write(f"{json.dumps(place)}\n")
            super().apply([manifest])

    def clear(self) -> None:
        """Remove what was brought, by this run or by one that was killed, what came last first.

        Each is waited for; a fault names what did not go.
        """
        lines = self._brought.read_text().splitlines() if self._brought.exists() else []
        left = []
        for place in map(json.loads, reversed(lines)):
            _, kind, name, _ = place
            try:
                self.kube.delete(*place)
                self.wait(f"{kind} {name} gone", partial(self._gone, place), _GONE_SECONDS)
            except Fault:
                left.append(f"{kind} {name}")
        if left:
            raise Fault(f"context {self.name}", f"{', '.join(left)} did not go", "remove them")
        self._brought.unlink(missing_ok=True)

    def _gone(self, place: _Place) -> bool:
        return self.kube.get(*place) is None


def _places(manifest: Manifest) -> list[_Place]:
    """Return where an object is, and before it what its operator would leave behind."""
    kind, metadata = manifest["kind"], manifest["metadata"]
    namespace = metadata.get("namespace", "")
    place = (manifest["apiVersion"], kind, metadata["name"], namespace)
    if kind == "Certificate":
        return [("v1", "Secret", manifest["spec"]["secretName"], namespace), place]
    return [place]


def _current(kubeconfig: Path) -> Manifest:
    """Return the current context of a kubeconfig."""
    name, fix = f"KUBECONFIG={kubeconfig}", "name one file with a current context"
    if os.pathsep in str(kubeconfig):  # clients do not agree whose current context counts then
        raise Fault(name, "it is several files", fix)
    try:
        current: Manifest = config.list_kube_config_contexts(str(kubeconfig))[1]
    except (config.ConfigException, yaml.YAMLError, OSError) as error:
        raise Fault(name, " ".join(str(error).split()).rstrip("."), fix) from None
    return current


def _identity(kubeconfig: Path, context: str) -> str:
    """Return what tells a cluster from every other: the uid of its first namespace."""
    try:
        with Kube.connect(context, kubeconfig) as opened:
            found = opened.get("v1", "Namespace", "kube-system") or {}
        return str(found["metadata"]["uid"])
    except (Fault, KeyError) as fault:
        raise Fault(
            f"context {context}",
            f"its API server does not tell of its namespaces ({fault})",
            "name a kubeconfig of an administrator whose cluster is up",
        ) from None


def _lacking(cluster: Cluster) -> list[str]:
    """Return what an environment and its tests need and the cluster does not have."""
    api = "apiextensions.k8s.io/v1"
    lacking = [
        f"{name} ({operator})"
        for name, operator in _DEFINITIONS.items()
        if cluster.kube.get(api, "CustomResourceDefinition", name) is None
    ]
    if cluster.kube.get("apps/v1", "Deployment", ceph.OPERATOR, ceph.NAMESPACE) is None:
        lacking.append(f"Deployment {ceph.NAMESPACE}/{ceph.OPERATOR} (Rook)")
    if not ceph.ready(cluster):
        lacking.append(f"CephCluster {ceph.NAMESPACE}/{ceph.CLUSTER} that is Ready")
    classes = cluster.kube.items("/apis/storage.k8s.io/v1/storageclasses")
    marks = [(one["metadata"].get("annotations") or {}).get(_DEFAULT) for one in classes]
    if "true" not in marks:
        lacking.append("default StorageClass")
    return lacking

"""The operators' own CRDs: read out of their released Go modules, applied to a sandbox."""

import hashlib
import json
import os
import zipfile
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import yaml

from stacks.cluster import ClusterClient, condition_of
from tools import Fault
from tools.build.go import Go

# libyaml's loader where PyYAML has it: twenty times as fast, and as safe.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_NAMES = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
_DISCOVERY = {"Accept": "application/json;as=APIGroupDiscoveryList;g=apidiscovery.k8s.io;v=v2"}
MANAGER = "tier0-sandbox"
_APPLIED = "tier0/applied"  # annotation: which content of the file the CRD was made of


@dataclass(frozen=True)
class Operator:
    """One operator's release, the place of its CRDs in it, and the namespace it would have made."""

    name: str
    module: str
    version: str
    checksum: str
    crds: str | tuple[str, ...]
    """What the names of their files begin with, one or several."""

    namespace: str | None = None


OPERATORS: Sequence[Operator] = (
    Operator(
        "cloudnative-pg",
        "github.com/cloudnative-pg/cloudnative-pg",
        "v1.30.0",
        "h1:fnhVq44xXx97MNiuvJsPrX1vSjYbgdyBK5MSGfdHdp0=",
        "config/crd/bases/",
        "cnpg-system",
    ),
    Operator(
        "plugin-barman-cloud",
        "github.com/cloudnative-pg/plugin-barman-cloud",
        "v0.15.0",
        "h1:gNVytrzzYUE08wxLDrjfJqy1FPPSFkMe1OEr4s4pVI0=",
        "config/crd/bases/",
        "cnpg-system",
    ),
    Operator(
        "cert-manager",
        "github.com/cert-manager/cert-manager",
        "v1.21.2",
        "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
        "deploy/crds/",
        "cert-manager",
    ),
    Operator(  # the file also holds the ObjectBucketClaim of lib-bucket-provisioner
        "rook",
        "github.com/rook/rook",
        "v1.17.9",
        "h1:T51i7GZ08Oe1ruAiyd+rYT1iczsTrIq089xGgq6w/a8=",
        "deploy/examples/crds.yaml",
        "rook-ceph",
    ),
    Operator(
        "argo-cd",
        "github.com/argoproj/argo-cd/v3",
        "v3.2.0",
        "h1:m2eGAV+nXQGgzZbH5SyJD5laaPW27mzWXBrgisUHY/0=",
        "manifests/crds/",
        "argocd",
    ),
    Operator(  # lives in kube-system, which is there from the start
        "sealed-secrets",
        "github.com/bitnami-labs/sealed-secrets",
        "v0.33.0",
        "h1:bfkjrOUwwdn4GffDC/S7OAgNbXVN7FqzIueyV7yW2fA=",
        "helm/sealed-secrets/crds/",
    ),
    Operator(  # not a part of Kubernetes; the class is all that is declared here
        "external-snapshotter",
        "github.com/kubernetes-csi/external-snapshotter/client/v8",
        "v8.2.0",
        "h1:Q3jQ1NkFqv5o+F8dMmHd8SfEmlcwNeo1immFApntEwE=",
        "config/crd/snapshot.storage.k8s.io_volumesnapshotclasses.yaml",
    ),
    Operator(  # of its kinds only those that are declared: the others are megabytes
        "prometheus-operator",
        "github.com/prometheus-operator/prometheus-operator",
        "v0.85.0",
        "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
        tuple(
            f"example/prometheus-operator-crd/monitoring.coreos.com_{kind}.yaml"
            for kind in ("podmonitors", "prometheusrules")
        ),
    ),
)


def folder(cache: Path) -> Path:
    """Where the CRDs of exactly these releases are kept; another release is another folder."""
    pins = repr(["json", *map(astuple, OPERATORS)])
    return cache / f"crds-{hashlib.sha256(pins.encode()).hexdigest()[:10]}"


def extract(go: Go, cache: Path) -> Path:
    """Write each CRD as `<operator>/<its name>.json` into a folder of the cache; return it.

    JSON, because every start of a sandbox reads them, and 5 MB of YAML take seconds.
    """
    target = folder(cache)
    draft = cache / f".draft-crds-{os.getpid()}"
    for operator in OPERATORS:
        archive = go.module(operator.module, operator.version, operator.checksum)
        into = draft / operator.name
        into.mkdir(parents=True)
        for manifest in _read(archive, operator):
            (into / f"{manifest['metadata']['name']}.json").write_text(json.dumps(manifest))
        if not any(into.iterdir()):
            raise Fault(
                f"module {operator.module}@{operator.version}",
                f"it has no CRD at {operator.crds}",
                "name their new place in tools/build/crds.py",
            )
    draft.rename(target)
    return target


def _read(archive: Path, operator: Operator) -> Iterator[dict[str, Any]]:
    """Yield the CRDs of an operator's module zip; a README and a kustomization lie next to them."""
    places = (operator.crds,) if isinstance(operator.crds, str) else operator.crds
    prefixes = tuple(f"{operator.module}@{operator.version}/{place}" for place in places)
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if name.startswith(prefixes) and name.endswith(".yaml"):
                for manifest in yaml.load_all(opened.read(name), Loader=_LOADER):
                    if manifest and manifest.get("kind") == "CustomResourceDefinition":
                        yield manifest


def apply(cluster: ClusterClient, source: Path, without: Collection[str] = ()) -> None:
    """Apply the CRDs of a folder that `extract` wrote, and the namespaces of their operators.

    The namespaces *without* are left to whoever installs the operators.

    A CRD that is there as the folder has it is left alone: an API server takes longer to apply all
    of them again without a change than to list them.
    """
    there = {
        found["metadata"]["name"]: found["metadata"].get("annotations", {}).get(_APPLIED)
        for found in cluster.items(_DEFINITIONS, _NAMES)
    }

    def put(path: Path) -> None:
        text = path.read_text()
        applied = hashlib.sha256(text.encode()).hexdigest()[:10]
        if there.get(path.stem) != applied:
            manifest = json.loads(text)
            manifest["metadata"].setdefault("annotations", {})[_APPLIED] = applied
            cluster.apply(manifest, manager=MANAGER)

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(put, source.glob("*/*.json")))
    namespaces = {operator.namespace for operator in OPERATORS if operator.namespace}
    for name in sorted(namespaces - set(without)):
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        cluster.apply(body, manager=MANAGER)


def served(cluster: ClusterClient, source: Path) -> bool:
    """Tell whether the API server already serves each CRD of the folder in every version of it."""
    wanted = {}
    for path in source.glob("*/*.json"):
        spec = json.loads(path.read_text())["spec"]
        versions = [version["name"] for version in spec["versions"] if version["served"]]
        wanted[path.stem] = {
            (spec["group"], version, spec["names"]["plural"]) for version in versions
        }
    # Discovery knows a moment later than Established is said; a client that asks between the two
    # fails. It is asked first because the list below is of megabytes, and this is asked often.
    found = {
        (group["metadata"]["name"], version["version"], resource["resource"])
        for group in cluster.items("/apis", _DISCOVERY)
        for version in group["versions"]
        for resource in version.get("resources", [])
    }
    if not set().union(*wanted.values()) <= found:
        return False
    # It may not know yet of one that was deleted and is being made again.
    up = (
        found["metadata"]["name"]
        for found in cluster.items(_DEFINITIONS)
        if condition_of(found, "Established").get("status") == "True"
    )
    return wanted.keys() <= {*up}


def keys(source: Path) -> set[str]:
    """Under which keys an API server stores the CRDs of the folder."""
    place = "/registry/apiextensions.k8s.io/customresourcedefinitions"
    return {f"{place}/{path.stem}" for path in source.glob("*/*.json")}

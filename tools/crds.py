"""The operators' own CRDs: read out of their released Go modules, applied to a sandbox."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml
from kubernetes import client

from tools import Fault
from tools.gobuild import Go

# libyaml's loader where PyYAML has it: twenty times as fast, and as safe.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEFINITIONS = "apiextensions.k8s.io/v1/customresourcedefinitions"


@dataclass(frozen=True)
class Operator:
    """One operator's release, the place of its CRDs in it, and the namespace it would have made."""

    name: str
    module: str
    version: str
    checksum: str
    crds: str
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
                "name their new place in tools/crds.py",
            )
    draft.rename(target)
    return target


def _read(archive: Path, operator: Operator) -> Iterator[dict[str, Any]]:
    """Yield the CRDs of an operator's module zip; a README and a kustomization lie beside them."""
    prefix = f"{operator.module}@{operator.version}/{operator.crds}"
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if name.startswith(prefix) and name.endswith(".yaml"):
                for manifest in yaml.load_all(opened.read(name), Loader=_LOADER):
                    if manifest and manifest.get("kind") == "CustomResourceDefinition":
                        yield manifest


def apply(api: client.ApiClient, source: Path) -> None:
    """Apply the CRDs of a folder that `extract` wrote, and the namespaces of their operators."""

    def put(path: Path) -> None:
        _apply(api, f"/apis/{_DEFINITIONS}/{path.stem}", path.read_text())

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(put, source.glob("*/*.json")))
    for name in sorted({operator.namespace for operator in OPERATORS if operator.namespace}):
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        _apply(api, f"/api/v1/namespaces/{name}", json.dumps(body))


def served(api: client.ApiClient, source: Path) -> bool:
    """Tell whether the API server already serves each CRD of the folder in every version of it."""
    wanted = {path.stem for path in source.glob("*/*.json")}
    found = _call(api, "GET", f"/apis/{_DEFINITIONS}")["items"]
    versions = set()
    for definition in found:
        if definition["metadata"]["name"] in wanted:
            conditions = definition["status"].get("conditions") or []
            if not any(c["type"] == "Established" and c["status"] == "True" for c in conditions):
                return False
            spec = definition["spec"]
            versions |= {(spec["group"], v["name"]) for v in spec["versions"] if v["served"]}
    if wanted - {definition["metadata"]["name"] for definition in found}:
        return False
    # Established comes a moment before discovery knows; a client that asks between the two fails.
    groups = _call(api, "GET", "/apis")["groups"]
    known = {(g["name"], v["version"]) for g in groups for v in g["versions"]}
    return versions <= known


def _apply(api: client.ApiClient, path: str, manifest: str) -> None:
    """Server-side apply, so that a second start changes nothing."""
    _call(api, "PATCH", f"{path}?fieldManager=tier0-sandbox&force=true", manifest)


def request(
    api: client.ApiClient, method: str, path: str, body: str | None = None
) -> tuple[int, bytes]:
    """Send one request as it is written here; return the status and the answer's bytes."""
    headers = {"Content-Type": "application/apply-patch+yaml", "Accept": "application/json"}
    prepared = api.param_serialize(
        method, path, header_params=headers, body=body, auth_settings=["BearerToken"]
    )
    response = api.call_api(*prepared)
    return response.status, response.read()


def _call(api: client.ApiClient, method: str, path: str, body: str | None = None) -> dict[str, Any]:
    status, text = request(api, method, path, body)
    answer: dict[str, Any] = json.loads(text)
    if status >= HTTPStatus.BAD_REQUEST:
        raise Fault(path.partition("?")[0], str(answer.get("message")), "read kube-apiserver.log")
    return answer

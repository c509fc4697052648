"""cert-manager 1.21 in the lab: its own controllers and CRDs, without its webhook.

The release's manifests are a Helm chart, so what the chart would make of a plain installation is
written here, as far as the controllers we start (tools/go/cert-manager) need it.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import Fault
from tools.build.toolchain import Toolchain
from tools.lab.images.image import File, Image
from tools.lab.operators.manifests import Manifest, account
from tools.lab.programs.postgres import VERSIONS, binary

if TYPE_CHECKING:
    from tools.lab.access import Cluster
    from tools.lab.cluster import Lab

NAMESPACE = "cert-manager"
_NAME = "cert-manager"
_IMAGE = f"quay.io/jetstack/cert-manager-controller:{VERSIONS['cert-manager-controller']}"
_LABELS = {"app": _NAME, "app.kubernetes.io/component": "controller"}
_GROUP = "cert-manager.io"
_HEALTH, _METRICS = 9403, 9402
_NOBODY = 65532


def images() -> list[Image]:
    """Return the controller's image: one static program."""
    program = binary("cert-manager-controller")
    return [
        Image(
            name=_IMAGE,
            files={"/app/controller": File(program)},
            entrypoint=("/app/controller",),
            user=str(_NOBODY),
        )
    ]


def install(lab: "Lab") -> None:
    """Apply CRDs and controller; return when its caches are filled, so that it issues."""
    lab.apply(_definitions(Toolchain().crds() / _NAME))
    lab.apply(manifests())
    lab.wait_for_deployment(NAMESPACE, _NAME)


def _definitions(folder: Path) -> list[Manifest]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def certificate(place: tuple[str, str], by: str, **more: object) -> Manifest:
    """Return the Certificate of (namespace, name), into a Secret of its name, by an Issuer."""
    reference = {"group": _GROUP, "kind": "Issuer", "name": by}
    return _object("Certificate", place, {"secretName": place[1], "issuerRef": reference, **more})


def authority(place: tuple[str, str]) -> list[Manifest]:
    """Return a CA in the Secret of (namespace, name), and the Issuer of that name that has it."""
    namespace, name = place
    key = {"algorithm": "ECDSA", "size": 256}
    return [
        _object("Issuer", (namespace, "selfsigned"), {"selfSigned": {}}),
        certificate(place, "selfsigned", isCA=True, commonName=name, privateKey=key),
        _object("Issuer", place, {"ca": {"secretName": name}}),
    ]


def renew(lab: "Cluster", place: tuple[str, str]) -> None:
    """Have the Certificate of (namespace, name) issued again, as `cmctl renew` does."""
    namespace, name = place
    path = f"/apis/{_GROUP}/v1/namespaces/{namespace}/certificates/{name}"
    found = lab.get(path)
    if found is None:
        raise Fault(f"Certificate {namespace}/{name}", "it is not there", "make it")
    found["status"]["conditions"].append(
        {
            "type": "Issuing",
            "status": "True",
            "reason": "ManuallyTriggered",
            "message": "Certificate re-issuance manually triggered",
            "lastTransitionTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "observedGeneration": found["metadata"]["generation"],
        }
    )
    answer = lab.kube.request("PUT", f"{path}/status", found)
    if not answer.ok:
        raise Fault(f"Certificate {namespace}/{name}", answer.text, "see why")


def _object(kind: str, place: tuple[str, str], spec: dict[str, Any]) -> Manifest:
    metadata = {"namespace": place[0], "name": place[1]}
    return {"apiVersion": f"{_GROUP}/v1", "kind": kind, "metadata": metadata, "spec": spec}


def manifests() -> list[Manifest]:
    """Return what the chart makes for the controller, in the order to apply it."""
    place = {"name": _NAME, "namespace": NAMESPACE}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        *account(_NAME, NAMESPACE, _rules()),
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {**place, "labels": _LABELS},
            "spec": {
                "selector": {"matchLabels": _LABELS},
                "template": {"metadata": {"labels": _LABELS}, "spec": _pod()},
            },
        },
    ]


def _rules() -> list[dict[str, Any]]:
    """Return the chart's rules for issuers, certificates and approval, joined in one role."""
    kinds = ["certificates", "certificaterequests", "clusterissuers", "issuers"]
    return [
        {"apiGroups": [_GROUP], "resources": kinds, "verbs": ["get", "list", "watch"]},
        {
            "apiGroups": [_GROUP],
            "resources": [*kinds, *(f"{kind}/status" for kind in kinds)],
            "verbs": ["update", "patch"],
        },
        {
            "apiGroups": [_GROUP],
            "resources": ["certificaterequests"],
            "verbs": ["create", "delete"],
        },
        {
            "apiGroups": [_GROUP],
            "resources": ["certificates/finalizers", "certificaterequests/finalizers"],
            "verbs": ["update"],
        },
        {
            "apiGroups": [_GROUP],
            "resources": ["signers"],
            "resourceNames": [f"issuers.{_GROUP}/*", f"clusterissuers.{_GROUP}/*"],
            "verbs": ["approve"],
        },
        {
            "apiGroups": [""],
            "resources": ["secrets"],
            "verbs": ["get", "list", "watch", "create", "update", "delete", "patch"],
        },
        {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
    ]


def _pod() -> dict[str, Any]:
    return {
        "serviceAccountName": _NAME,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": f"{_NAME}-controller",
                "image": _IMAGE,
                "imagePullPolicy": "IfNotPresent",
                "args": [
                    f"-cluster-resource-namespace={NAMESPACE}",
                    f"-health=:{_HEALTH}",
                    f"-metrics=:{_METRICS}",
                ],
                "ports": [
                    {"name": "http-metrics", "containerPort": _METRICS},
                    {"name": "healthz", "containerPort": _HEALTH},
                ],
                "livenessProbe": {"httpGet": {"path": "/livez", "port": "healthz"}},
                "readinessProbe": {
                    "httpGet": {"path": "/readyz", "port": "healthz"},
                    "periodSeconds": 1,
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                    "readOnlyRootFilesystem": True,
                },
            }
        ],
    }

"""The sealed-secrets controller 0.33 in the lab, and kubeseal next to it.

The release's manifests are Jsonnet and a Helm chart; what they make of a plain installation in
kube-system, where kubeseal looks for it by default, is written here.
"""

import json
from typing import TYPE_CHECKING, Any

from tools.build.toolchain import Toolchain
from tools.lab.images.image import File, Image
from tools.lab.operators.manifests import Manifest, account
from tools.lab.programs.postgres import VERSIONS, binary

if TYPE_CHECKING:
    from tools.lab.cluster import Lab

NAMESPACE = "kube-system"
NAME = "sealed-secrets-controller"
_IMAGE = f"docker.io/bitnami/{NAME}:{VERSIONS[NAME].removeprefix('v')}"
_LABELS = {"name": NAME}
_PORT, _METRICS = 8080, 8081
_USER = 1001


def images() -> list[Image]:
    """Return the controller's image: one static program."""
    return [
        Image(
            name=_IMAGE,
            files={"/usr/local/bin/controller": File(binary(NAME))},
            entrypoint=("/usr/local/bin/controller",),
            user=str(_USER),
        )
    ]


def install(lab: "Lab") -> None:
    """Apply CRD and controller; return when it unseals."""
    folder = Toolchain().crds() / "sealed-secrets"
    lab.apply([json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))])
    lab.apply(manifests())
    lab.wait_for_deployment(NAMESPACE, NAME)


def manifests() -> list[Manifest]:
    """Return what the release makes for the controller, in the order to apply it."""
    place = {"name": NAME, "namespace": NAMESPACE}
    return [
        *account(NAME, NAMESPACE, _rules()),
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": place,
            "spec": {
                "selector": _LABELS,
                "ports": [{"name": "http", "port": _PORT, "targetPort": "http"}],
            },
        },
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
    return [
        {
            "apiGroups": ["bitnami.com"],
            "resources": ["sealedsecrets"],
            "verbs": ["get", "list", "watch"],
        },
        {"apiGroups": ["bitnami.com"], "resources": ["sealedsecrets/status"], "verbs": ["update"]},
        {
            "apiGroups": [""],
            "resources": ["secrets"],
            "verbs": ["get", "list", "create", "update", "delete", "watch"],
        },
        {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]},
    ]


def _pod() -> dict[str, Any]:
    return {
        "serviceAccountName": NAME,
        "securityContext": {
            "fsGroup": 65534,
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": NAME,
                "image": _IMAGE,
                "imagePullPolicy": "IfNotPresent",
                "ports": [
                    {"name": "http", "containerPort": _PORT},
                    {"name": "metrics", "containerPort": _METRICS},
                ],
                "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http"}},
                "readinessProbe": {
                    "httpGet": {"path": "/healthz", "port": "http"},
                    "periodSeconds": 1,
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                    "readOnlyRootFilesystem": True,
                },
                "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 (in the pod)
            }
        ],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }

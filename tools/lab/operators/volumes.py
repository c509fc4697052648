"""Volumes in the lab: a default storage class whose claims get a folder of the node."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.lab.images.image import File, Image
from tools.lab.operators.manifests import Manifest, account
from tools.lab.programs.postgres import VERSIONS, binary

if TYPE_CHECKING:
    from tools.lab.cluster import Lab

CLASS = "local"
_NAMESPACE = "kube-system"
_NAME = "volume-provisioner"
_PROVISIONER = "tier0.test/folder"
_IMAGE = f"registry.local/{_NAME}:{VERSIONS[_NAME]}"
_LABELS = {"app": _NAME}


def images() -> list[Image]:
    """Return the provisioner's image: one static program."""
    return [
        Image(
            name=_IMAGE,
            files={f"/{_NAME}": File(binary(_NAME))},
            entrypoint=(f"/{_NAME}",),
        )
    ]


def install(lab: "Lab") -> None:
    """Apply class and provisioner; claims wait for it, so nothing else has to."""
    folder = lab.directory / "volumes"
    folder.mkdir(parents=True, exist_ok=True)
    lab.apply(manifests(folder))


def manifests(folder: Path) -> list[Manifest]:
    """Return the class and the provisioner that makes volumes in a folder of the node."""
    place = {"name": _NAME, "namespace": _NAMESPACE}
    return [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {
                "name": CLASS,
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            "provisioner": _PROVISIONER,
            "volumeBindingMode": "WaitForFirstConsumer",
            "reclaimPolicy": "Delete",
        },
        *account(_NAME, _NAMESPACE, _rules()),
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": place,
            "spec": {
                "selector": {"matchLabels": _LABELS},
                "strategy": {"type": "Recreate"},
                "template": {"metadata": {"labels": _LABELS}, "spec": _pod(folder)},
            },
        },
    ]


def _rules() -> list[dict[str, Any]]:
    watch = ["get", "list", "watch"]
    return [
        {
            "apiGroups": [""],
            "resources": ["persistentvolumes"],
            "verbs": [*watch, "create", "update", "patch", "delete"],
        },
        {
            "apiGroups": [""],
            "resources": ["persistentvolumeclaims"],
            "verbs": [*watch, "update"],
        },
        {"apiGroups": ["storage.k8s.io"], "resources": ["storageclasses"], "verbs": watch},
        {"apiGroups": [""], "resources": ["nodes"], "verbs": watch},
        {
            "apiGroups": [""],
            "resources": ["events"],
            "verbs": ["create", "update", "patch", "list", "watch"],
        },
    ]


def _pod(folder: Path) -> dict[str, Any]:
    return {
        "serviceAccountName": _NAME,
        "containers": [
            {
                "name": _NAME,
                "image": _IMAGE,
                "imagePullPolicy": "IfNotPresent",
                "args": [f"-provisioner={_PROVISIONER}", f"-root={folder}"],
                # Root, because it removes what PostgreSQL's user wrote.
                "securityContext": {"runAsUser": 0, "allowPrivilegeEscalation": False},
                "volumeMounts": [{"name": "volumes", "mountPath": str(folder)}],
            }
        ],
        "volumes": [{"name": "volumes", "hostPath": {"path": str(folder), "type": "Directory"}}],
    }

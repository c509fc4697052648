"""The container with pg_waldump, out of the database's image, for a program in the same pod."""

from collections.abc import Mapping
from typing import Any

from components.pods.waldump import FOLDER, SERVER

NAME = "waldump"
SCRATCH = "scratch"
"""The volume that both write to."""


def scratch_volume(size: str) -> Mapping[str, Any]:
    """Return the volume of temporary files; *size* is the most that it may hold."""
    return {"name": SCRATCH, "emptyDir": {"sizeLimit": size}}


def writable() -> Mapping[str, Any]:
    """Return the mount of that volume."""
    return {"name": SCRATCH, "mountPath": str(FOLDER)}


def waldump_container(image: str) -> Mapping[str, Any]:
    """Return the container, which the Pod Security level `restricted` admits.

    *image* is the database's: pg_waldump reads WAL of its major version only.
    """
    return {
        "name": NAME,
        "image": image,
        "command": ["sh", "-c", SERVER],
        "resources": {
            "requests": {"cpu": "10m", "memory": "16Mi"},
            "limits": {"memory": "256Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [writable()],
    }

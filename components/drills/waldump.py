"""The container that runs pg_waldump from a database's image (components/pods/waldump.py)."""

from collections.abc import Mapping
from typing import Any

from components.pods.waldump import FOLDER, SERVER

SHARED: Mapping[str, Any] = {"name": "scratch", "mountPath": str(FOLDER)}
"""The mount of the folder that it shares with the program that asks it."""


def waldump(image: str, security: Mapping[str, Any]) -> dict[str, Any]:
    """Return the container; *security* is the `securityContext` of the program's."""
    return {
        "name": "waldump",
        "image": image,
        "command": ["sh", "-c", SERVER],
        "resources": {
            "requests": {"cpu": "100m", "memory": "64Mi"},
            "limits": {"memory": "256Mi"},
        },
        "securityContext": security,
        "volumeMounts": [SHARED],
    }


def shared(limit: str) -> dict[str, Any]:
    """Return the volume of that folder, which holds at most *limit*."""
    return {"name": SHARED["name"], "emptyDir": {"sizeLimit": limit}}

"""Previews as `pulumi preview --json --show-sames` prints them, without Pulumi."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from components.kube import HOLDS_DATA


def state(name: str = "n8n-postgres", kind: str = "Cluster", **changes: Any) -> dict[str, Any]:
    """Return a resource as a preview shows it: protected, retained and marked."""
    urn = f"urn:pulumi:homelab::tier0::tier0:postgres:PostgresCluster$kubernetes:{kind}::{name}"
    metadata: dict[str, Any] = {"name": name, "namespace": "n8n-prod"}
    made = {
        "urn": urn,
        "type": f"kubernetes:{kind}",
        "protect": True,
        "retainOnDelete": True,
        "inputs": {
            "apiVersion": "postgresql.cnpg.io/v1",
            "kind": kind,
            "metadata": metadata | {"annotations": {HOLDS_DATA: "true"}},
        },
    } | changes
    if changes.get("inputs") == "unmarked":
        made["inputs"] = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    return made


def free(name: str = "n8n", kind: str = "Service") -> dict[str, Any]:
    """Return a resource that holds no data."""
    return state(name, kind, protect=False, retainOnDelete=False, inputs="unmarked")


def step(
    operation: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    made: dict[str, Any] = {"op": operation, "urn": (old or new or {})["urn"], "detailedDiff": None}
    made |= {"oldState": old} if old else {}
    return made | ({"newState": new} if new else {}) | more


def preview(*steps: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    summary: dict[str, int] = {}
    for item in steps:
        summary[item["op"]] = summary.get(item["op"], 0) + 1
    return {"steps": list(steps), "diagnostics": [], "changeSummary": summary, **changes}


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Review = Callable[..., Done]

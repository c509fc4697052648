"""Clusters as a test writes them, and what is made of them."""

from datetime import date
from typing import Any

from stacks.adopt.adopt import Adopted, adopt
from stacks.adopt.reading import Found, take

TODAY = date(2026, 11, 30)

ARCHIVE = {
    "destinationPath": "s3://archive/",
    "endpointURL": "https://s3.example.org",
    "s3Credentials": {
        name: {"name": "s3", "key": "k"} for name in ("accessKeyId", "secretAccessKey")
    },
}


def cluster(name: str = "orders", **spec: Any) -> dict[str, Any]:
    """Return a Cluster with an archive, and these fields."""
    plain = {
        "instances": 3,
        "imageName": "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
        "storage": {"size": "20Gi"},
        "backup": {"barmanObjectStore": ARCHIVE, "retentionPolicy": "14d"},
    }
    return {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Cluster",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": plain | spec,
    }


def other(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    """Return an object that goes with a Cluster."""
    group = "barmancloud" if kind == "ObjectStore" else "postgresql"
    return {
        "apiVersion": f"{group}.cnpg.io/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "shop"},
        "spec": spec,
    }


def adopted(*objects: dict[str, Any]) -> Adopted:
    """Return what is made of these objects, each in a file."""
    found = Found()
    for number, it in enumerate(objects):
        take(found, f"{number}.yaml", it, "")
    return adopt(found, where="here", context="here", today=TODAY)


def said(made: Adopted, verdict: str) -> str:
    """Return the lines of the report under one heading."""
    return "\n".join(str(it) for it in made.notes if it.verdict == verdict)

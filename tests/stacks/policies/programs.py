"""The objects of a program that keeps every policy, and programs that differ in one thing."""

import copy
from typing import Any

from components.postgres.archive import PLUGIN

STORE = {
    "destinationPath": "s3://backups/",
    "endpointURL": "https://rook-ceph-rgw-store.rook-ceph.svc:443",
    "endpointCA": {"name": "ca", "key": "ca.crt"},
}


def sound() -> dict[str, dict[str, Any]]:
    """Return the objects of a program that keeps every rule, by what each is."""
    plugin = {"name": PLUGIN, "isWALArchiver": True, "parameters": {"barmanObjectName": "backups"}}
    made = [
        ("namespace", "v1", "Namespace", {"name": "shop"}, {}),
        ("cluster", "postgresql.cnpg.io/v1", "Cluster", {}, {"plugins": [plugin]}),
        (
            "store",
            "barmancloud.cnpg.io/v1",
            "ObjectStore",
            {"name": "backups"},
            {"configuration": STORE, "retentionPolicy": "30d"},
        ),
        (
            "schedule",
            "postgresql.cnpg.io/v1",
            "ScheduledBackup",
            {"name": "nightly"},
            {"schedule": "0 0 2 * * *"},
        ),
        (
            "rgw",
            "ceph.rook.io/v1",
            "CephObjectStore",
            {"name": "store", "namespace": "rook-ceph"},
            {"gateway": {"securePort": 443.0}},
        ),
        (
            "ca",
            "cert-manager.io/v1",
            "Certificate",
            {"name": "root"},
            {"isCA": True, "privateKey": {"rotationPolicy": "Never"}},
        ),
    ]
    usual = {"name": "shop", "namespace": "shop"}
    return {
        called: {
            "apiVersion": version,
            "kind": kind,
            "metadata": metadata if kind == "Namespace" else usual | metadata,
            "spec": copy.deepcopy(spec),
        }
        for called, version, kind, metadata, spec in made
    }


def changed(called: str, path: str, value: object) -> dict[str, dict[str, Any]]:
    """Return the objects with *value* at *path* of the spec of one; None takes it away."""
    objects = sound()
    put(objects, called, path, value)
    return objects


def put(objects: dict[str, dict[str, Any]], called: str, path: str, value: object) -> None:
    """Set what is at *path* of the spec of one; None takes it away."""
    *above, last = path.split(".")
    tree: Any = objects[called]["spec"]
    for key in above:
        tree = tree[int(key)] if key.isdigit() else tree.setdefault(key, {})
    if value is None:
        del tree[last]
    else:
        tree[last] = value


def second(**parameters: str) -> dict[str, dict[str, Any]]:
    """Return the objects with another Cluster that archives to the same ObjectStore."""
    objects = sound()
    made = copy.deepcopy(objects["cluster"])
    made["metadata"]["name"] = "second"
    made["spec"]["plugins"][0]["parameters"] |= parameters
    return objects | {"second": made}

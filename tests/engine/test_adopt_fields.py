"""No field of an operator's schema is dropped silently: it changes the module, or is reported."""

import copy
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from stacks.adopt.adopt import adopt
from stacks.adopt.command import report
from stacks.adopt.reading import KINDS, Found, take
from stacks.command import Fault
from tools.sandbox.api_server import Sandbox

PLUGIN = {"name": "barman-cloud.cloudnative-pg.io"}
KEYS = {name: {"name": "s3", "key": "k"} for name in ("accessKeyId", "secretAccessKey")}
ARCHIVE = {
    "destinationPath": "s3://archive/",
    "endpointURL": "https://rook-ceph-rgw-store.rook-ceph.svc:443",
    "s3Credentials": KEYS,
}
SPECS: dict[str, dict[str, Any]] = {
    "Cluster": {
        "instances": 3,
        "imageName": "ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
        "storage": {"size": "20Gi"},
        "walStorage": {"size": "5Gi"},
        "plugins": [PLUGIN | {"isWALArchiver": True, "parameters": {"barmanObjectName": "db"}}],
        "managed": {"roles": [{"name": "reader"}]},
    },
    "Database": {
        "name": "wiki",
        "owner": "app",
        "cluster": {"name": "db"},
        "extensions": [{"name": "vector"}],
        "schemas": [{"name": "notes", "owner": "app"}],
    },
    "ObjectStore": {"configuration": ARCHIVE, "retentionPolicy": "14d"},
    "Pooler": {"cluster": {"name": "db"}, "instances": 2, "pgbouncer": {"poolMode": "session"}},
    "ScheduledBackup": {
        "cluster": {"name": "db"},
        "schedule": "0 0 2 * * *",
        "immediate": True,
        "method": "plugin",
        "pluginConfiguration": PLUGIN,
    },
}
IN_TREE = {name: it for name, it in SPECS["Cluster"].items() if name != "plugins"} | {
    "backup": {"barmanObjectStore": ARCHIVE, "retentionPolicy": "14d"}
}
CRDS = {
    "Cluster": "clusters.postgresql.cnpg.io",
    "Database": "databases.postgresql.cnpg.io",
    "ObjectStore": "objectstores.barmancloud.cnpg.io",
    "Pooler": "poolers.postgresql.cnpg.io",
    "ScheduledBackup": "scheduledbackups.postgresql.cnpg.io",
}
_DEEPEST = 5
"""Below it is what Kubernetes puts into pods, which is reported by the field that holds it."""


def _leaves(schema: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[tuple[Any, Any]]:
    """Yield the path of each value that may be declared, with its schema."""
    if properties := schema.get("properties"):
        if len(path) == _DEEPEST:
            yield path, schema
            return
        for name, inner in properties.items():
            yield from _leaves(inner, (*path, name))
    elif schema.get("type") == "array":
        items = schema["items"]
        yield from _leaves(items, (*path, 0)) if items.get("properties") else [(path, schema)]
    else:
        yield path, schema


def _values(schema: Mapping[str, Any]) -> list[Any]:
    """Return values of which one is not the default."""
    match schema.get("type"):
        case "boolean":
            return [True, False]
        case "integer" | "number":
            return [7]
        case "array":
            return [["x1"]]
        case "object":
            return [{"key1": "7"}]
    return [it for it in schema.get("enum", ["7"]) if it]


def _with(body: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Return *body* with a value at a path, of which the first item of a list may be missing."""
    if not path:
        return value
    here, rest = path[0], path[1:]
    if isinstance(here, int):
        items = list(body or [{"name": "other"}])
        return [_with(items[0], rest, value), *items[1:]]
    return {**(body or {}), here: _with((body or {}).get(here), rest, value)}


def _said(changed: str, spec: Mapping[str, Any]) -> str:
    """Return the module and the report of every kind, of which one has another spec."""
    found = Found()
    for kind, plain in SPECS.items():
        body = {
            "apiVersion": KINDS[kind],
            "kind": kind,
            "metadata": {"name": "db", "namespace": "shop"},
            "spec": copy.deepcopy(dict(spec) if kind == changed else plain),
        }
        take(found, "in.yaml", body, "")
    try:
        made = adopt(found, where="in.yaml", context="here", today=datetime.now(UTC).date())
    except Fault as fault:
        return str(fault)
    return "\n".join([made.text, *report(made)])


@pytest.mark.parametrize(
    ("kind", "spec", "below"),
    [*((kind, spec, ()) for kind, spec in SPECS.items()), ("Cluster", IN_TREE, ("backup",))],
    ids=[*SPECS, "in-tree"],
)
def test_no_field_of_the_schema_is_dropped_silently(
    kind: str, spec: dict[str, Any], below: tuple[str, ...], sandbox: Sandbox
) -> None:
    with sandbox.cluster() as cluster:
        found = cluster.get("apiextensions.k8s.io/v1", "CustomResourceDefinition", CRDS[kind])
    assert found
    schema = found["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    plain = _said(kind, spec)
    silent = []
    leaves = {path: it for path, it in _leaves(schema, ()) if path[: len(below)] == below}
    assert len(leaves) > len(spec)
    for path, inner in leaves.items():
        changed = [_with(spec, path, value) for value in _values(inner)]
        if all(_said(kind, it) == plain for it in changed if it != spec):
            silent.append(".".join(map(str, path)))
    assert silent == []

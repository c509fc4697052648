"""What goes with a Cluster: its further databases, and its pool of connections."""

from collections.abc import Sequence
from typing import Any

from components.postgres import ApplicationSpec, DatabaseSpec, PoolerSpec
from stacks.adopt.document import Document, Fields

Made = dict[str, Any]

POOLS = {"max_client_conn": "max_client_connections", "default_pool_size": "default_pool_size"}
_CLIENTS, _POOL = 100, 20  # PgBouncer's defaults


def databases(cluster: Fields, documents: Sequence[Document], database: str) -> Made:
    """Read what is in the databases of a Cluster whose first one is *database*."""
    made, own = {}, _statements(cluster)
    for document in documents:
        spec = document.spec
        name = spec.text("name") or document.name
        spec.text("cluster", "name")
        if spec.at("ensure") == "absent":
            document.say("kept out", ("spec", "ensure"), f"'{name}' stays out: it is to be dropped")
            document.taken.add(("spec",))
            continue
        if spec.text("databaseReclaimPolicy") == "delete":
            spec.changed(
                ("databaseReclaimPolicy",),
                "'delete' becomes 'retain': the database survives its object; set that before you "
                "delete an object of another name",
            )
        owner = spec.text("owner") or "app"
        if name == database:
            own |= _contents(spec)
        else:
            made[name] = DatabaseSpec(owner=owner, **_contents(spec))
    return ({"application": ApplicationSpec(**own)} if own else {}) | (
        {"databases": made} if made else {}
    )


def _statements(cluster: Fields) -> Made:
    found = cluster.texts("bootstrap", "initdb", "postInitApplicationSQL")
    return {"post_init_sql": found} if found else {}


def _contents(spec: Fields) -> Made:
    made: Made = {}
    if extensions := _extensions(spec):
        made["extensions"] = extensions
    schemas = {}
    for given in spec.items("schemas"):
        name, owner = given.text("name"), given.text("owner")
        if name and owner and given.at("ensure") != "absent":
            schemas[name] = owner
    return made | ({"schemas": schemas} if schemas else {})


def _extensions(spec: Fields) -> list[str]:
    found = []
    for given in spec.items("extensions"):
        name = given.text("name")
        if name and given.at("ensure") != "absent":
            found.append(name)
        elif name:
            given.kept_out(("ensure",), f"'{name}' stays out: tier0 drops no extension")
    return found


def poolers(documents: Sequence[Document]) -> Made:
    """Read the Poolers of a Cluster: one to the primary, one to the replicas."""
    made: Made = {}
    for document in documents:
        reached = document.spec.at("type") or "rw"
        field = _POOLERS.get(str(reached))
        if field is None or field in made:
            document.say(
                "kept out", (), "a database has one pool to the primary, and one to the replicas"
            )
            document.taken.add(("spec",))
        else:
            made[field] = _pooler(document.spec)
    return made


_POOLERS = {"rw": "pooler", "ro": "replica_pooler"}


def _pooler(spec: Fields) -> PoolerSpec:
    spec.text("cluster", "name")
    spec.word("type", of=tuple(_POOLERS))
    made: Made = {"instances": spec.number("instances") or 1}
    if (mode := spec.word("pgbouncer", "poolMode", of=("session", "transaction"))) is not None:
        made["mode"] = mode
    given = spec.inside("pgbouncer", "parameters")
    made |= {"max_client_connections": _CLIENTS}
    others = {}
    for name in given.names():
        value = given.quantity(name)
        if value is None:
            continue
        if name in POOLS and value.isdecimal():
            made[POOLS[name]] = int(value)
        else:
            others[name] = value
    if made.get("default_pool_size") == _POOL:
        del made["default_pool_size"]
    if others:
        made["parameters"] = others
    if spec.at("template") is not None:
        spec.changed(("template",), "becomes tier0's, with its resources and anti-affinity")
    return PoolerSpec(**made)

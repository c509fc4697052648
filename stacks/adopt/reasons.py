"""Why a field is kept out, and which values need no word because they are the operators' own."""

from collections.abc import Mapping

from stacks.adopt.document import Document, Fields, Path, templated
from stacks.adopt.postgresql import PARAMETERS

_DEFAULTS: Mapping[str, Mapping[tuple[str, ...], object]] = {
    "Cluster": {
        ("affinity", "enablePodAntiAffinity"): True,
        ("backup", "target"): "prefer-standby",
        ("backup", "volumeSnapshot", "online"): True,
        ("enablePDB",): True,
        ("enableSuperuserAccess",): False,
        ("failoverDelay",): 0,
        ("logLevel",): "info",
        ("maxSyncReplicas",): 0,
        ("minSyncReplicas",): 0,
        ("monitoring", "disableDefaultQueries"): False,
        ("monitoring", "enablePodMonitor"): False,
        ("postgresGID",): 26,
        ("postgresUID",): 26,
        ("primaryLease", "releasedLeaseDurationSeconds"): 1,
        ("primaryUpdateMethod",): "restart",
        ("primaryUpdateStrategy",): "unsupervised",
        ("replicationSlots", "highAvailability", "enabled"): True,
        ("replicationSlots", "highAvailability", "slotPrefix"): "_cnpg_",
        ("replicationSlots", "synchronizeReplicas", "enabled"): True,
        ("replicationSlots", "updateInterval"): 30,
        ("storage", "resizeInUseVolumes"): True,
        ("walStorage", "resizeInUseVolumes"): True,
    },
    "Database": {("databaseReclaimPolicy",): "retain", ("ensure",): "present"},
    "ObjectStore": {
        ("instanceSidecarConfiguration", "logLevel"): "info",
        ("instanceSidecarConfiguration", "retentionPolicyIntervalSeconds"): 1800,
    },
    "Pooler": {
        ("monitoring", "enablePodMonitor"): False,
        ("pgbouncer", "paused"): False,
        ("type",): "rw",
    },
    "ScheduledBackup": {
        ("backupOwnerReference",): "none",
        ("method",): "barmanObjectStore",
        ("suspend",): False,
        ("target",): "prefer-standby",
    },
}
"""Values that CloudNativePG 1.30.0 and the plugin 0.15.0 take where a field is left out."""

_ENTRIES: Mapping[tuple[str, ...], Mapping[str, object]] = {
    ("managed", "roles"): {
        "bypassrls": False, "connectionLimit": -1, "createdb": False, "createrole": False,
        "ensure": "present", "inherit": True, "login": False, "replication": False,
        "superuser": False,
    },
    ("extensions",): {"ensure": "present"},
}  # fmt: skip
"""The same for the entries of lists."""

_WHY: Mapping[str, str] = {
    "metadata": "has no word in tier0, and is taken off the object",
    "spec.bootstrap": "is read once, when a Cluster is created",
    "spec.externalClusters": "is not declared; nothing reads it once the Cluster exists",
    "spec.managed.roles": "has no word; the role keeps what it has",
    "spec.backup": "has no word, and is taken out of the Cluster",
}
"""What is said of a field that nothing reads, by the beginning of its path."""

_ELSE = "has no word in tier0, and is taken out of the object"


def at_default(document: Document) -> None:
    """Mark what is the operators' own default as read."""
    spec = document.spec
    _same(spec, _DEFAULTS.get(document.kind, {}))
    for where, values in _ENTRIES.items():
        for entry in spec.items(*where):
            _same(entry, {(name,): value for name, value in values.items()})
    _same(
        spec.inside("postgresql", "parameters"),
        {(name,): value for name, value in PARAMETERS.items()},
    )
    document.taken |= {("metadata", name) for name in _SERVERS}
    for name in Fields(document, ("metadata",)).names("annotations"):
        if name.startswith("kubectl.kubernetes.io/"):
            document.taken.add(("metadata", "annotations", name))


def _same(fields: Fields, values: Mapping[tuple[str, ...], object]) -> None:
    for path, value in values.items():
        if fields.at(*path) == value:
            fields.document.taken.add((*fields.path, *path))


_SERVERS = (
    "creationTimestamp",
    "finalizers",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)
"""What the API server, and operators, write into an object's metadata."""


def reason(kind: str, place: str, document: Document, path: Path) -> str:
    """Return why a field that nothing has read is kept out."""
    value = Fields(document).at(*path)
    if templated(value):
        return "is a template; adopt what `flux build` or `helm template` makes of it"
    found = [text for start, text in _WHY.items() if place.startswith(start)]
    return found[-1] if (found and kind == "Cluster") or place.startswith("metadata") else _ELSE

"""Values that need no word, because CloudNativePG and the plugin take them by themselves."""

from collections.abc import Iterator, Mapping

from components.postgres.placement import HOST
from stacks.adopt.document import Document, Fields, Path
from stacks.adopt.postgresql import PARAMETERS

_ROLE: Mapping[str, object] = {
    "bypassrls": False, "connectionLimit": -1, "createdb": False, "createrole": False,
    "disablePassword": False, "ensure": "present", "inherit": True, "login": False,
    "replication": False, "superuser": False,
}  # fmt: skip
"""Those of a role, in a Cluster and alone."""

_DEFAULTS: Mapping[str, Mapping[tuple[str, ...], object]] = {
    "Cluster": {
        ("affinity", "enablePodAntiAffinity"): True,
        ("affinity", "podAntiAffinityType"): "preferred",
        ("affinity", "topologyKey"): HOST,
        ("backup", "barmanObjectStore", "data", "immediateCheckpoint"): False,
        ("backup", "target"): "prefer-standby",
        ("backup", "volumeSnapshot", "online"): True,
        ("bootstrap", "initdb", "encoding"): "UTF8",
        ("bootstrap", "initdb", "localeCollate"): "C",
        ("bootstrap", "initdb", "localeCType"): "C",
        ("enablePDB",): True,
        ("enableSuperuserAccess",): False,
        ("failoverDelay",): 0,
        ("imagePullPolicy",): "IfNotPresent",
        ("logLevel",): "info",
        ("maxSyncReplicas",): 0,
        ("minSyncReplicas",): 0,
        ("monitoring", "customQueriesConfigMap"): [
            {"key": "queries", "name": "cnpg-default-monitoring"}
        ],
        ("monitoring", "disableDefaultQueries"): False,
        ("monitoring", "enablePodMonitor"): False,
        ("nodeMaintenanceWindow", "inProgress"): False,
        ("nodeMaintenanceWindow", "reusePVC"): True,
        ("postgresGID",): 26,
        ("postgresUID",): 26,
        ("postgresql", "syncReplicaElectionConstraint", "enabled"): False,
        ("probes", "liveness", "isolationCheck", "connectionTimeout"): 1000,
        ("probes", "liveness", "isolationCheck", "enabled"): True,
        ("probes", "liveness", "isolationCheck", "requestTimeout"): 1000,
        ("primaryLease", "releasedLeaseDurationSeconds"): 1,
        ("primaryUpdateMethod",): "restart",
        ("primaryUpdateStrategy",): "unsupervised",
        ("replica", "enabled"): False,
        ("replicationSlots", "highAvailability", "enabled"): True,
        ("replicationSlots", "highAvailability", "slotPrefix"): "_cnpg_",
        ("replicationSlots", "synchronizeReplicas", "enabled"): True,
        ("replicationSlots", "updateInterval"): 30,
        ("seccompProfile",): {"type": "RuntimeDefault"},
        ("startDelay",): 3600,
        ("stopDelay",): 1800,
        ("storage", "resizeInUseVolumes"): True,
        ("switchoverDelay",): 3600,
        ("walStorage", "resizeInUseVolumes"): True,
    },
    "DatabaseRole": {
        ("databaseRoleReclaimPolicy",): "retain",
        **{(name,): value for name, value in _ROLE.items()},
    },
    "Database": {("databaseReclaimPolicy",): "retain", ("ensure",): "present"},
    "ObjectStore": {
        ("configuration", "data", "immediateCheckpoint"): False,
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
    ("managed", "roles"): _ROLE,
    ("tablespaces",): {"storage.resizeInUseVolumes": True, "temporary": False},
    ("extensions",): {"ensure": "present"},
    ("plugins",): {"enabled": True},
    ("schemas",): {"ensure": "present"},
}  # fmt: skip
"""The same for the entries of lists."""

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


def at_default(document: Document) -> Iterator[Path]:
    """Yield the path of each field that is what it would be if it were left out."""
    spec = document.spec
    yield from _same(spec, _DEFAULTS.get(document.kind, {}))
    for where, values in _ENTRIES.items():
        for entry in spec.items(*where):
            yield from _same(entry, {(*it.split("."),): value for it, value in values.items()})
    parameters = spec.inside("postgresql", "parameters")
    yield from _same(parameters, {(name,): value for name, value in PARAMETERS.items()})
    for name in _SERVERS:
        yield "metadata", name
    for name in Fields(document, ("metadata",)).names("annotations"):
        if name.startswith("kubectl.kubernetes.io/"):
            yield "metadata", "annotations", name


def _same(fields: Fields, values: Mapping[tuple[str, ...], object]) -> Iterator[Path]:
    for path, value in values.items():
        if fields.at(*path) == value:
            yield (*fields.path, *path)

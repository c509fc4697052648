"""WAL on an instance's volume: how much of it PostgreSQL keeps there, and what limits that."""

from typing import Any, Literal

from components.postgres.archive import SEGMENT
from components.postgres.generations import Generation, UpgradeSpec
from components.postgres.images import is_official
from components.postgres.parameters import parameter_bytes
from components.postgres.spec import PostgresSpec, major_of
from components.spec.words import size_bytes

MAX_WAL = "1GB"
"""PostgreSQL's default of `max_wal_size`."""

WAL_KEEP = "512MB"
"""CloudNativePG's default of `wal_keep_size` (configuration.go, 1.30)."""

SLOTS_SINCE = 17
"""The first PostgreSQL whose replicas keep copies of logical slots by themselves."""

_MEGABYTE = 2**20
_LEAST_SEGMENTS = 5
_COMPRESSED_SINCE = 15


def wal_volume(spec: PostgresSpec) -> tuple[Literal["storage", "wal_storage"], str]:
    """Return the field of the volume that holds WAL, and its size."""
    return ("wal_storage", spec.wal_storage) if spec.wal_storage else ("storage", spec.storage)


def least_wal(spec: PostgresSpec) -> str:
    """Return the default of `min_wal_size`: five segments, as with those of PostgreSQL's size."""
    return f"{_LEAST_SEGMENTS * spec.wal_segment}MB"


def wal_parameters(spec: PostgresSpec, generation: Generation) -> dict[str, str]:
    """Return what tier0 sets of WAL in a generation where it is not declared.

    `wal_compression` is 'lz4' in CloudNativePG's own images, which are built with it: pgbench wrote
    a third of the WAL after a checkpoint, for up to a tenth of the server's CPU (measured). Before
    15 PostgreSQL has only its own, slower one, and does not start with 'lz4': nor does pg_upgrade,
    which runs the old server with what the operator wrote last.
    """
    origin = generation.origin
    before = origin.from_major if isinstance(origin, UpgradeSpec) else None
    oldest = before or major_of(generation.image)
    compressed = oldest >= _COMPRESSED_SINCE and is_official(generation.image)
    return ({"wal_compression": "lz4"} if compressed else {}) | wal_sizes(spec)


def wal_sizes(spec: PostgresSpec) -> dict[str, str]:
    """Return what checkpoints leave of WAL on a volume, where initdb writes more.

    With larger segments it writes 64 of them as `max_wal_size` and 5 as `min_wal_size`, into a file
    that is in each base backup, while CloudNativePG and the rules here take 1 GB and 80 MB for
    granted (cluster_webhook.go, validateWalSizeConfiguration, v1.30.0). What checkpoints leave on a
    volume does not depend on the size of a segment: it stays 1 GB.
    """
    if spec.wal_segment == SEGMENT:
        return {}
    return {"max_wal_size": MAX_WAL, "min_wal_size": least_wal(spec)}


def kept_wal(spec: PostgresSpec) -> dict[str, int]:
    """Return the bytes of WAL that each parameter keeps at most, those of 0 left out.

    `max_wal_size` comes on top of the others. Of the two that keep WAL for replicas only the larger
    counts, as both are counted back from the newest segment (xlog.c, KeepLogSeg).
    """
    keep = parameter_bytes(spec.parameters, "wal_keep_size", WAL_KEEP)
    slot = slot_limit(spec)
    for_replicas = (
        ("max_slot_wal_keep_size", slot) if slot and slot > keep else ("wal_keep_size", keep)
    )
    found = {"max_wal_size": parameter_bytes(spec.parameters, "max_wal_size", MAX_WAL)}
    return {name: size for name, size in (found | dict([for_replicas])).items() if size > 0}


def slot_limit(spec: PostgresSpec) -> int | None:
    """Return the bytes of WAL that a replication slot keeps; None: until the volume is full.

    What is given counts. If nothing is, slots exist with replicas only.
    """
    if "max_slot_wal_keep_size" in spec.parameters:
        given = parameter_bytes(spec.parameters, "max_slot_wal_keep_size", "-1")
        return given if 0 <= given < size_bytes(wal_volume(spec)[1]) else None
    return _own_limit(spec) if spec.instances > 1 else None


def slot_parameters(spec: PostgresSpec) -> dict[str, str]:
    """Return the limit of what slots keep, which CloudNativePG recommends and does not set.

    CloudNativePG makes a slot for each replica. Without limit the slot of a replica that is away
    keeps WAL until the volume is full and the primary stops (replication.md, "Capping the WAL size
    retained for replication slots"). PostgreSQL 17.0 to 17.5 cannot be upgraded to while there is a
    limit (postgres_upgrades.md).
    """
    if spec.instances == 1:
        return {}
    return {"max_slot_wal_keep_size": f"{_own_limit(spec) // _MEGABYTE}MB"}


def logical_slots(spec: PostgresSpec, generation: Generation) -> dict[str, Any]:
    """Return the part of `Cluster.spec` by which logical slots survive a failover.

    CloudNativePG refuses it before 17 without pg_failover_slots (cluster_webhook.go,
    validateSynchronizeLogicalDecoding, 1.30), which a generation of an older image may lack.
    """
    if not (spec.synchronize_logical_decoding and _synchronized(spec, generation)):
        return {}
    return {"replicationSlots": {"highAvailability": {"synchronizeLogicalDecoding": True}}}


def logical_parameters(spec: PostgresSpec, generation: Generation) -> dict[str, str]:
    """Return what replicas need to keep copies of logical slots, which CloudNativePG does not set.

    With pg_failover_slots the extension does it, with parameters that are declared.
    """
    if not spec.synchronize_logical_decoding or major_of(generation.image) < SLOTS_SINCE:
        return {}
    return {"hot_standby_feedback": "on", "sync_replication_slots": "on"}


def has_failover_slots(spec: PostgresSpec) -> bool:
    """Return whether CloudNativePG loads pg_failover_slots."""
    return any(name.startswith("pg_failover_slots.") for name in spec.parameters)


def _synchronized(spec: PostgresSpec, generation: Generation) -> bool:
    return major_of(generation.image) >= SLOTS_SINCE or has_failover_slots(spec)


def _own_limit(spec: PostgresSpec) -> int:
    """Return the limit that tier0 sets: half of what `max_wal_size` leaves of a WAL volume.

    The other half is for WAL that waits to be archived. Of a volume that holds data too it is a
    quarter. Less than `wal_keep_size` would limit nothing.
    """
    field, size = wal_volume(spec)
    left = size_bytes(size) - parameter_bytes(spec.parameters, "max_wal_size", MAX_WAL)
    keep = parameter_bytes(spec.parameters, "wal_keep_size", WAL_KEEP)
    return max(left // (2 if field == "wal_storage" else 4), keep)

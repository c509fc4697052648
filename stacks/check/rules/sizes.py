"""Rules and hints about sizes that must fit into each other."""

from collections.abc import Iterator
from datetime import timedelta

from components.ceph.buckets import BucketClaimSpec
from components.postgres.memory import left_besides_buffers
from components.postgres.parameters import parameter_bytes, value_of
from components.postgres.wal import kept_wal, slot_limit, wal_volume
from components.spec import cron
from components.spec.rule import Fault, rule
from components.spec.words import retention_days, size_bytes
from stacks.check.rules.measured import forced_wal_bytes
from stacks.environment import EnvironmentSpec

_GIGABYTE = 2**30
_STACK = 7680 * 2**10
_DAY = 86400


@rule("environment", waivable=True)
def volume_holds_wal(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The volume that holds WAL holds all that PostgreSQL keeps of it.

    `max_wal_size` (default 1 GB) is written between two checkpoints. Besides it, `wal_keep_size`
    (CloudNativePG's default is 512 MB) or what a slot may keep remains, whichever is more. A full
    volume stops PostgreSQL: a volume of 2 GiB was filled by WAL alone (JiRaska/open-bank-oss
    #1486). A database that writes little is a reason for a waiver.
    """
    for name, database in environment.databases.items():
        field, size = wal_volume(database)
        kept = kept_wal(database)
        most = sum(kept.values())
        if size_bytes(size) <= most:
            yield Fault(
                f"'{size}' does not hold {_said(most)} of WAL, which {' and '.join(kept)} keep; "
                f"write at least '{most // _GIGABYTE + 1}Gi', or smaller parameters",
                ("databases", name, field),
            )


@rule("environment", waivable=True)
def limit_is_below_volume(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A limit of what a slot or a query writes is below the volume that it protects.

    A larger one limits nothing: the volume is full before (PostgreSQL, "Replication" and "Resource
    Consumption"). `temp_file_limit` counts for each process.
    """
    for name, database in environment.databases.items():
        limits = {"max_slot_wal_keep_size": wal_volume(database)[1]}
        limits["temp_file_limit"] = database.storage
        for parameter, size in limits.items():
            given = parameter_bytes(database.parameters, parameter, "-1")
            if given >= size_bytes(size):
                # Besides a slot's WAL there is that of max_wal_size; fewer than 1 MB is no size.
                kept = 0 if parameter == "temp_file_limit" else kept_wal(database)["max_wal_size"]
                half = max((size_bytes(size) - kept) // 2**21, 1)
                yield Fault(
                    f"'{database.parameters[parameter]}' is not below the volume of '{size}', so "
                    f"it limits nothing; write at most '{half}MB'",
                    ("databases", name, "parameters", parameter),
                )


@rule("environment", waivable=True)
def memory_holds_work_memory(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Memory holds what one operation may take besides the shared buffers.

    The pod's memory is limited; a process that takes more is killed, and PostgreSQL restarts
    (PostgreSQL, "Linux Memory Overcommit").
    """
    parameters = ("work_mem", "maintenance_work_mem", "autovacuum_work_mem", "temp_buffers")
    for name, database in environment.databases.items():
        left = left_besides_buffers(database)
        if database.resources is None or left is None:
            continue
        for parameter in (*parameters, "logical_decoding_work_mem"):
            given = parameter_bytes(database.parameters, parameter, "0")
            if parameter in database.parameters and given >= left:
                yield Fault(
                    f"'{database.parameters[parameter]}' for each operation is not below the "
                    f"{_said(left)} that memory '{database.resources.most_memory}' leaves besides "
                    f"shared_buffers; write at most '{max(left // 2**22, 1)}MB'",
                    ("databases", name, "parameters", parameter),
                )


@rule("environment", waivable=True)
def stack_depth_is_below_limit(environment: EnvironmentSpec) -> Iterator[Fault]:
    """`max_stack_depth` is at most what the usual stack of a process leaves, 7680 kB.

    With more PostgreSQL does not start: `"max_stack_depth" must not exceed 7680kB` (run on 14 to
    18, at Linux's own limit of 8 MB). A container runtime with a larger one is a reason for a
    waiver.
    """
    for name, database in environment.databases.items():
        if parameter_bytes(database.parameters, "max_stack_depth", "100kB") > _STACK:
            yield Fault(
                f"'{database.parameters['max_stack_depth']}' is more than the usual stack limit of "
                f"8 MB leaves, and PostgreSQL does not start; write at most '{_STACK >> 10}kB'",
                ("databases", name, "parameters", "max_stack_depth"),
            )


@rule("hint")
def wal_leaves_room_for_data(environment: EnvironmentSpec) -> Iterator[Fault]:
    """On one volume with the data, WAL takes at most half.

    Both grow into the same space, and a full volume stops PostgreSQL. If WAL does not fit at all,
    `volume-holds-wal` reports it.
    """
    for name, database in environment.databases.items():
        size, most = size_bytes(database.storage), sum(kept_wal(database).values())
        if database.wal_storage is None and most < size < 2 * most:
            yield Fault(
                f"WAL may take {_said(most)} of '{database.storage}', which leaves "
                f"{_said(size - most)} for data; a larger volume, a lower max_wal_size or "
                "wal_storage leaves more",
                ("databases", name, "storage"),
            )


@rule("hint")
def slots_are_limited(environment: EnvironmentSpec) -> Iterator[Fault]:
    """With replicas, what a replication slot keeps has a limit.

    While a replica is away its slot keeps each segment: 40 GB of WAL for 57 MB of data filled every
    volume (KBVE/kbve #7795).
    """
    for name, database in environment.databases.items():
        if database.instances > 1 and slot_limit(database) is None:
            yield Fault(
                f"'{database.parameters['max_slot_wal_keep_size']}' keeps all WAL for a replica "
                "that is away, until the volume is full and the primary stops; left out, it is "
                "limited to a part of the volume",
                ("databases", name, "parameters", "max_slot_wal_keep_size"),
            )


@rule("hint")
def temporary_files_leave_room(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The temporary files of all connections fit on the volume.

    `temp_file_limit` counts for each process (PostgreSQL, "Resource Consumption").
    """
    for name, database in environment.databases.items():
        limit = parameter_bytes(database.parameters, "temp_file_limit", "-1")
        connections = value_of(database.parameters, "max_connections", "100")
        size = size_bytes(database.storage)
        if isinstance(connections, float) and 0 < limit < size <= limit * connections:
            yield Fault(
                f"'{database.parameters['temp_file_limit']}' is for each of {connections:.0f} "
                f"connections, and {-(-size // limit)} of them fill '{database.storage}'; a lower "
                "limit leaves room for the others",
                ("databases", name, "parameters", "temp_file_limit"),
            )


@rule("hint")
def quota_holds_retained_wal(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A bucket's quota holds the WAL of the whole retention besides the base backups.

    The figure is that of a database that is never idle, uncompressed: a segment each
    `archive_timeout`. A full bucket refuses WAL too: 17 hours were without backups (ionfury/homelab
    #1573). If the base backups do not fit, `quota-holds-retained-backups` reports it.
    """
    for name, database in environment.databases.items():
        backup, bucket = database.backup, database.backup.bucket
        if not isinstance(bucket, BucketClaimSpec) or bucket.quota is None:
            continue
        gap = cron.longest_gap(backup.schedule)
        window = timedelta(days=retention_days(backup.retention))
        left = size_bytes(bucket.quota) - (window // gap + 1) * size_bytes(database.data_size)
        a_day = forced_wal_bytes(database)
        wal = round(a_day * ((window + gap) / timedelta(days=1)))
        if 0 <= left < wal:
            yield Fault(
                f"'{bucket.quota}' leaves {_said(left)} besides the base backups of a full volume, "
                f"and '{backup.retention}' keeps up to {_said(wal)} of WAL, {_said(a_day)} a day "
                "uncompressed; a full bucket stops archiving",
                ("databases", name, "backup", "bucket", "quota"),
            )


def _said(count: int) -> str:
    """Return bytes for a sentence, in PostgreSQL's units."""
    gigabytes = count / _GIGABYTE
    return f"{gigabytes:.1f} GB" if gigabytes >= 1 else f"{count / 2**20:.0f} MB"

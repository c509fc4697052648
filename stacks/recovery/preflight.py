"""What must hold before one database of a running cluster is restored from a clone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stacks.command import Fault
from stacks.recovery.loading import Load
from stacks.recovery.psql import Instance

_NOT_OURS = ("postgres", "template0", "template1")

_LIVE = """\
select json_build_object(
  'major', current_setting('server_version_num')::int / 10000,
  'databases', (select json_agg(datname) from pg_database),
  'size', (select pg_database_size(oid) from pg_database where datname = :'name'),
  'roles', (select json_agg(rolname) from pg_roles),
  'prepared transactions', (select json_agg(gid) from pg_prepared_xacts where database = :'name'),
  'logical slots',
    (select json_agg(slot_name) from pg_replication_slots where database = :'name'),
  'enabled subscriptions',
    (select json_agg(subname) from pg_subscription s join pg_database d on d.oid = s.subdbid
      where datname = :'name' and subenabled));
"""
_CLONE = r"""
select oid as database, datname from pg_database where datname in (:'name', :'incoming') \gset
\if :{?database}
select json_build_object(
  'name', :'datname',
  'size', pg_database_size(:database::oid),
  'roles', (select json_agg(distinct rolname) from pg_roles r where exists (
    select from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = r.oid
      and (dbid = :database
        or dbid = 0 and classid = 'pg_database'::regclass and objid = :database))
    or exists (select from pg_db_role_setting where setdatabase = :database and setrole = r.oid)),
  'prepared transactions',
    (select json_agg(gid) from pg_prepared_xacts where database = :'datname'),
  'subscriptions', (select json_agg(subname) from pg_subscription where subdbid = :database));
\else
\echo {}
\endif
"""
_RENAME = r"""
set lock_timeout = '30s';
select count(pg_terminate_backend(pid, 10000)) as gone from pg_stat_activity
where datname = :'name' \gset
alter database :"name" rename to :"incoming";
"""
_FIXES = {
    "prepared transactions": "end them with COMMIT PREPARED or ROLLBACK PREPARED",
    "logical slots": "stop their readers and drop them, and create them again afterwards",
    "enabled subscriptions": "disable them, and create them again in the restored database",
}
"""A rename is refused with the first; readers of the others would follow the old database."""


@dataclass(frozen=True)
class Found:
    """What a check of both sides found."""

    major: int
    """PostgreSQL's major version of the live cluster."""

    size: int
    """Bytes of the database in the clone."""

    notes: tuple[str, ...]
    """What the operator should know, and hinders nothing."""


def swappable(name: str, live: Instance) -> Mapping[str, Any]:
    """Return what the live cluster has; raise Fault where database *name* cannot be renamed."""
    place = f"database {name}"
    if name in _NOT_OURS:
        raise Fault(place, "PostgreSQL itself needs it", "restore the whole cluster")
    has: dict[str, Any] = json.loads(live.sql(_LIVE, {"name": name}))
    for what, fix in _FIXES.items():
        if has[what]:
            raise Fault(place, f"it has {what} ({', '.join(has[what])})", fix)
    return has


def check(load: Load, live: Instance, others: list[Instance], clone: Instance) -> Found:
    """Check both sides, and rename the clone's database to its name on the way; raise Fault.

    The clone is thrown away afterwards. With that name there, pg_dump and pg_restore carry what
    belongs to the database itself.
    """
    has = swappable(load.database, live)
    values = {"name": load.database, "incoming": load.incoming}
    copied: dict[str, Any] = json.loads(clone.sql(_CLONE, values))
    place = f"Cluster {load.clone}/{load.clone}"
    if not copied:
        fix = "write a database that existed at that time"
        raise Fault(place, f"it has no database {load.database}", fix)
    if waiting := copied["prepared transactions"]:
        fault = f"{load.database} has prepared transactions ({', '.join(waiting)})"
        raise Fault(place, fault, f"decide each there: {_FIXES['prepared transactions']}")
    if missing := sorted(set(copied["roles"] or []) - set(has["roles"])):
        fault = f"{load.database} uses roles that {load.live} does not have ({', '.join(missing)})"
        raise Fault(place, fault, "declare them, or create them with NOLOGIN, then run again")
    for instance in (live, *others):
        _has_room(instance, copied["size"])
    if copied["name"] != load.incoming:
        clone.sql(_RENAME, values)
    return Found(has["major"], copied["size"], tuple(_notes(load, has, copied)))


def _has_room(instance: Instance, size: int) -> None:
    """Raise Fault where a volume has no room for the database, or for the WAL that it writes.

    All of it may stay: while the archive does not take WAL, PostgreSQL deletes none, and stops
    once that volume is full.
    """
    command = ["sh", "-c", 'df -P -B1 "$PGDATA/base/." "$PGDATA/pg_wal/."']
    rows = [line.split() for line in instance.run(command).splitlines()[1:]]
    free = {row[5]: int(row[3]) for row in rows}
    needs = [(mount, size * (1 if len(free) > 1 else 2)) for mount in free]
    for mount, need in needs:
        if free[mount] < need:
            fault = f"{mount} has {mebibytes(free[mount])} free, and the restore needs "
            fault += f"{mebibytes(need)}, WAL included"
            raise Fault(f"Pod {instance.namespace}/{instance.pod}", fault, "enlarge the volume")


def mebibytes(size: int) -> str:
    """Return a number of bytes for a reader, rounded up."""
    return f"{-(-size // 2**20)} MiB"


def _notes(load: Load, has: Mapping[str, Any], copied: Mapping[str, Any]) -> Iterator[str]:
    if left := copied["subscriptions"]:
        yield f"subscriptions are not restored: {', '.join(left)}; create them when it is in place"
    prefix, _, _ = load.incoming.rpartition("_")
    for name in has["databases"]:
        if name.startswith(f"{prefix}_") and name != load.incoming:
            yield f"{name} is left from another restore; drop it if no longer needed"

"""One database takes the place of another by rename, in one transaction, with no client in it.

CloudNativePG creates a declared Database that it does not find (database_controller_sql.go,
v1.30.0). It never sees none: both renames appear at once.
"""

import time
from contextlib import suppress

from stacks.command import Fault
from stacks.recovery.psql import Instance

# One at a time. Nothing is printed before the transaction has ended: the reader may be gone.
_SWAP = r"""
do $$ begin perform pg_catalog.pg_advisory_lock(7165, 1); end $$;
set lock_timeout = '30s';
select exists (select from pg_database where datname = :'incoming') as ready,
    exists (select from pg_database where datname = :'name') as taken \gset
\if :ready
select clock_timestamp() as began \gset
\if :taken
alter database :"name" allow_connections false;
\endif
-- All get the signal before the first is waited for.
select count(pg_terminate_backend(pid)) as told from pg_stat_activity
where datname in (:'name', :'incoming') \gset
select count(pg_terminate_backend(pid, 10000)) as gone from pg_stat_activity
where datname in (:'name', :'incoming') \gset
begin;
\if :taken
alter database :"name" rename to :"kept";
alter database :"kept" allow_connections true;
\endif
alter database :"incoming" rename to :"name";
commit;
select extract(epoch from clock_timestamp() - :'began'::timestamptz);
\endif
"""
_REOPEN = r"""
select exists (select from pg_database where datname = :'name') as there \gset
\if :there
alter database :"name" allow_connections true;
\endif
"""
_SEEN = "select exists (select from pg_database where datname = :'kept');"
_PART = r"""
select count(pg_terminate_backend(pid)) as told from pg_stat_activity
where datname = :'kept' \gset
"""
_REPLAY_SECONDS = 60.0


def swap(instances: list[Instance], name: str, incoming: str, kept: str) -> float:
    """Let *incoming* take the place of *name*, which is *kept* under that name, if it exists.

    Return for how many seconds no client could connect. *instances* are the cluster's, primary
    first. Where it fails, the database is open again under its name; if the primary itself fails,
    it may be closed until the next run. Raise Fault.
    """
    primary, *replicas = instances
    values = {"name": name, "incoming": incoming, "kept": kept}
    printed = primary.sql(_SWAP, values, otherwise=_REOPEN, seconds=180)
    if not printed:
        raise Fault(f"database {incoming}", "it is no longer there", "run again")
    if replicas and has(primary, kept):
        for replica in replicas:
            _part(replica, kept)
    return float(printed)


def has(instance: Instance, name: str) -> bool:
    """Return whether the cluster has a database."""
    return instance.sql(_SEEN, {"kept": name}) == "t"


def _part(replica: Instance, kept: str) -> None:
    """End a replica's sessions in the old database: they would read on there."""
    deadline = time.monotonic() + _REPLAY_SECONDS
    with suppress(Fault):  # a replica that is away has no sessions
        while not has(replica, kept) and time.monotonic() < deadline:
            time.sleep(0.2)
        replica.sql(_PART, {"kept": kept})

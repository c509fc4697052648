"""What is asked of the restored server: whether it is this database, whole, and recent."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import Any

from .drill_archive import Archive
from .drill_run import Run, Value
from .drill_server import Server
from .drill_watch import Nonce
from .evidence import Evidence
from .heartbeat import NAME as HEARTBEAT
from .inert import ASKED, acts
from .job import Refusal
from .s3 import Fault
from .wal import lineage, segment_name

_NEAR = timedelta(seconds=5)
"""So near to the target no nonce is judged: the time in it is not the one in its commit's WAL."""

_END = "end of recovery"
_FAR = datetime.max.replace(tzinfo=UTC)
_FLOOR = 0.9
"""The part of the rows of the last good drill that a table must still have."""

_COUNTED = 1000
"""The most tables that are counted: the record holds 1 MiB, and evidence four times."""

_NAMED = 20
"""The most tables of which each is a proof, for the same reason."""


@dataclass(frozen=True)
class Before:
    """What was known before the restore."""

    archive: Archive
    end: tuple[int, int]
    """The archive's newest timeline, and the number of the last segment that leads to it."""

    nonce: Nonce | None
    """The one that this drill wrote; None if the watch did not answer."""

    good: Evidence | None
    """The last drill of this depth that passed or missed."""


class Proofs:
    """The proofs of one restored server."""

    def __init__(
        self, run: Run, server: Server, cluster: Mapping[str, Any], before: Before
    ) -> None:
        """*cluster* is the scratch Cluster."""
        self._run, self._server, self._cluster, self._before = run, server, cluster, before
        self._database = str(run.settings["application"]["database"])
        self._judged: Sequence[str] = ()

    def consistent(self) -> None:
        """Ask whether it is this database, whole, and acts on nothing."""
        prove = partial(self._run.prove, rung="consistent")
        prove("inert", ask=self._inert)
        prove("system identifier", ask=self._system)
        prove("timeline", ask=self._timeline)
        if self._run.target is None:
            prove(_END, ask=self._end)

    @property
    def cut(self) -> bool:
        """Whether the store gave less than it has: what is not there may be in the archive."""
        return any((it.name, it.outcome) == (_END, "not run") for it in self._run.proofs)

    def recent(self, nonces: Callable[[], Mapping[str, datetime]]) -> None:
        """Ask whether the nonces before the target are there, and the later ones are not.

        *nonces* returns those of the source.
        """
        if self._run.prove("nonces", "recent", partial(self._nonces, nonces)) and not self._judged:
            self._run.skip("nonces before the target", "recent", "the source has none so old")

    def yours(self) -> None:
        """Count rows, and ask what the user checks."""
        if self._run.prove("rows", "yours", self._rows):
            self._floors()
        good = {it.name: it.value for it in self._before.good.proofs} if self._before.good else {}
        checks = self._run.settings["checks"]
        for name, query in sorted(checks.items()):
            proof = f"check {name}"
            self._run.prove(proof, "yours", partial(self._check, query), good.get(proof))
        if not checks:
            self._run.skip("checks", "yours", "none is declared; write one in `checks`")

    def _inert(self) -> Value:
        (told,) = self._row(ASKED)
        told = json.loads(told) if isinstance(told, str) else told
        if found := [*acts(told, self._cluster["spec"])]:
            raise Refusal(
                f"the scratch server {' and '.join(found)}; suspend the drills, report it"
            )
        return "it archives nowhere and runs nothing in the background"

    def _system(self) -> Value:
        (running,) = self._row("select system_identifier::text from pg_control_system()")
        known = {it.system for it in self._before.archive.whole} - {""}
        if self._before.nonce:
            known = {self._before.nonce.system}
        if known and running not in known:
            raise Refusal(
                f"it is {running}, and the database is {', '.join(sorted(known))}; find out whose "
                "base backups the archive has"
            )
        return str(running)

    def _timeline(self) -> Value:
        newest, running = self._before.end[0], self._running()
        if running <= newest:
            raise Refusal(
                f"it is {running}, and the archive had {newest} already: a missing history file "
                "ends a recovery before that timeline; archive the file again from pg_wal of an "
                "instance, or make a base backup"
            )
        return running

    def _end(self) -> Value:
        """Prove that all WAL came back that the archive had.

        To PostgreSQL every segment that it does not get is the end of the archive, also while the
        store is away: CloudNativePG's wal-restore ends with the same status (v1.30.0, cmd.go).
        So the next record is read: only what cannot be replayed is the archive's fault.
        """
        (newest, last), running = self._before.end, self._running()
        (history,) = self._row("select pg_read_file(%s)", f"pg_wal/{running:08X}.history")
        ended = dict(lineage(history)).get(newest)
        if ended is None:
            raise Refusal(
                f"its timeline {running} does not descend from {newest}, the archive's newest; "
                "archive the history files again from pg_wal of an instance, or make a base backup"
            )
        size = self._before.archive.whole[-1].segment
        reached = (ended - 1) // size
        name = segment_name(newest, reached, size)
        if reached < last:
            if flaw := self._before.archive.flaw(ended):
                raise Refusal(f"it ended with WAL {name}: {flaw}")
            raise Fault(
                f"{self._before.archive.store.place}: the restore ended with WAL {name}, and the "
                "next record is there and whole, so the store did not answer meanwhile; see its "
                "log, and run the drill again"
            )
        return name

    def _nonces(self, nonces: Callable[[], Mapping[str, datetime]]) -> Value:
        """Compare the restored nonces with the source's; say how many are there."""
        restored, source = self._restored(), nonces()
        until, since = self._span()
        oldest = min(source.values(), default=since)
        self._judged = [one for one, at in source.items() if at <= until]
        lost = sorted({*self._judged} - restored.keys())
        early = sorted(one for one, at in source.items() if at > since and one in restored)
        foreign = sorted(one for one, at in restored.items() if at > oldest and one not in source)
        said = [
            f"{len(these)} {words}, as {these[0]}"
            for these, words in (
                (lost, "from before the target are not there"),
                (early, "from after the target are there"),
                (foreign, "are there that the database does not have"),
            )
            if these
        ]
        if said:
            raise Refusal(f"{' and '.join(said)}; find out what the archive was written by")
        return len(restored)

    def _restored(self) -> Mapping[str, datetime]:
        """Return the nonces that came back; none if the target is older than their table."""
        if not self._server.rows(f"select from pg_database where datname = '{HEARTBEAT}'"):
            return {}
        ((there,),) = self._server.rows(
            "select to_regclass('public.nonces') is not null", HEARTBEAT
        )
        if not there:
            return {}
        rows = self._server.rows("select nonce, written from public.nonces", HEARTBEAT)
        return {str(nonce): written.astimezone(UTC) for nonce, written in rows}

    def _span(self) -> tuple[datetime, datetime]:
        """Return until when nonces must be there, and since when they must not.

        Without a target the last one is that of this drill, and the end is not known.
        """
        if target := self._run.target:
            return target - _NEAR, target + _NEAR
        nonce = self._before.nonce
        assert nonce is not None  # noqa: S101 - without one this is not asked
        return nonce.written, _FAR

    def _rows(self) -> Value:
        """Count the rows of the application's tables; return how many tables were counted.

        Not of those that are unlogged: a restore empties them. Partitions count for their table:
        the old ones are dropped.
        """
        tables: dict[str, list[str]] = {}
        for name, quoted in self._server.rows(_TABLES, self._database):
            tables.setdefault(self._key(str(name)), []).append(str(quoted))
        # The tables of the last good drill first, whose rows are compared.
        names = sorted(tables, key=lambda it: it not in self._known())[:_COUNTED]
        for name in sorted(names):
            self._run.rows[name] = sum(self._counted(it) for it in tables[name])
        return len(self._run.rows)

    def _counted(self, quoted: str) -> int:
        # PostgreSQL has quoted the name.
        query = f"select count(*) from only {quoted}"  # noqa: S608 (as said above)
        ((count,),) = self._server.rows(query, self._database)
        return int(count)

    def _floors(self) -> None:
        """Refute each table that has become much smaller since the last good drill."""
        kept = {self._key(it) for it in self._run.settings["may_shrink"]}
        lost = [
            (name, rows, now)
            for name, rows in sorted(self._known().items())
            if name not in kept
            and ((now := self._run.rows.get(name)) is None or now < rows * _FLOOR)
        ]
        fix = "restore from before that, or write it in `drills.may_shrink` with the reason"
        for name, rows, now in lost[:_NAMED]:
            why = f"it has {now} rows and had {rows}; {fix}"
            if now is None:
                why = f"it is gone and had {rows} rows; {fix}"
            self._run.refute(f"rows of {name}", "yours", why, value=now, baseline=rows)
        if more := lost[_NAMED:]:
            why = f"{len(more)} more tables are gone, or have fewer rows, as {more[0][0]}; {fix}"
            self._run.refute("rows of other tables", "yours", why)

    def _known(self) -> Mapping[str, int]:
        """Return the rows by table to compare with: of a drill to an earlier moment."""
        good = self._before.good
        if good is None:
            return {}
        then = datetime.fromisoformat(good.target or good.begun)
        return good.rows if (self._run.target or self._run.begun) >= then else {}

    def _check(self, query: str) -> Value:
        """Ask what the user checks: true, or a number, which is only kept."""
        owner = str(self._run.settings["application"]["owner"])
        rows = self._server.check(query, self._database, owner)
        fix = "write one that returns true, false or a number"
        if len(rows) != 1 or len(rows[0]) != 1:
            many = f"{len(rows[0])} columns" if len(rows) == 1 else "several rows"
            raise Refusal(f"it returns {many if rows else 'no row'}; {fix}")
        value = rows[0][0]
        if value is False:
            raise Refusal("it returns false; look into the database, and into a restored one")
        if not isinstance(value, bool | int | float | Decimal) or not isfinite(float(value)):
            raise Refusal(f"it returns neither true or false nor a number; {fix}")
        return value if isinstance(value, bool) else float(value)

    def _key(self, name: str) -> str:
        return f"{self._database}.{name}"

    def _running(self) -> int:
        # pg_control_checkpoint() has the old one until a promotion's checkpoint is done.
        (segment,) = self._row("select pg_walfile_name(pg_current_wal_lsn())")
        return int(segment[:8], 16)

    def _row(self, query: str, *values: object) -> Any:  # noqa: ANN401 (a row)
        (row,) = self._server.rows(query, values=values)
        return row


_TABLES = """
select n.nspname || '.' || r.relname, format('%I.%I', l.nspname, c.relname)
  from pg_class c
  join pg_namespace l on l.oid = c.relnamespace
  join pg_class r on r.oid = coalesce(pg_partition_root(c.oid), c.oid)
  join pg_namespace n on n.oid = r.relnamespace
 where c.relkind in ('r', 'p') and c.relpersistence = 'p'
   and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
 order by sum(pg_relation_size(c.oid)) over (partition by r.oid) desc, 1, 2
"""
"""A table's name, and each of its parts as SQL names it; the largest first."""

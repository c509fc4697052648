"""`find`: the transactions that lost something, and the target that keeps all before each.

They are read from the archive alone (components/pods/find.py); only names need the live database.
"""

import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from components.kube.program import Program
from stacks.cluster import ClusterClient
from stacks.command import Fault, say
from stacks.environment import EnvironmentSpec
from stacks.recovery.archives import Archive, Which, archives
from stacks.recovery.names import Live, Names
from stacks.recovery.pods import PodProgram, run_program
from stacks.recovery.window import overlaps

_AROUND, _DROPPED = timedelta(minutes=10), timedelta(days=1)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SECONDS = 4 * 3600
_SHOWN = 8  # numbers of relations in a line

Told = Mapping[str, Any]
"""What components/pods/find.py tells, or a part of it."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the command line asks for."""

    environment: str
    """As it is named there."""

    database: str
    around: str | None = None
    dropped: bool = False
    table: str | None = None
    within: str | None = None
    store: Which = "archive"
    as_json: bool = False


def find(environment: EnvironmentSpec, asked: Finding, kube: ClusterClient) -> int:
    """Print the transactions; return 1 if there is none."""
    archive = archives(environment, asked.database, asked.store)[0]
    around, within = _moment(asked.around), _length(asked)
    live, why = _live(kube, archive)
    relations, files = _only(live, why, asked)
    told = run_program(
        kube,
        PodProgram(
            command="find",
            namespace=archive.namespace,
            cluster=archive.cluster,
            program=Program("find"),
            image=archive.python_image,
            settings={
                "server": archive.server,
                "around": around and around.isoformat(),
                "within": within.total_seconds(),
                "dropped": asked.dropped,
                "relations": relations,
                "files": files,
            },
            stores={"source": archive.store},
            waldump=archive.image,
            pull_secrets=archive.pull_secrets,
            seconds=_SECONDS,
        ),
    )
    names = live.names(_numbers(told["transactions"])) if live else Names()
    answers = [
        answer for one in told["transactions"] if (answer := _answered(asked, one, names))["losses"]
    ]
    if asked.as_json:
        say(json.dumps(dict(told) | {"transactions": answers}, indent=2))
    else:
        for line in _lines(told, answers):
            say(line)
    if why:
        sys.stderr.write(f"{why}; so relations are shown by number\n")
    return int(not answers)


def _live(kube: ClusterClient, archive: Archive) -> tuple[Live | None, str]:
    """Return the live database, or why there is none to ask."""
    try:
        return Live(kube, archive), ""
    except Fault as fault:
        return None, str(fault)


def _only(live: Live | None, why: str, asked: Finding) -> tuple[list[int], list[int]]:
    """Return OIDs and files of the only table that is looked for."""
    if asked.table is None:
        return [], []
    if live is None:
        raise Fault(f"--table {asked.table}", why.replace(";", ","), "leave --table out")
    return live.table(asked.table)


def _moment(said: str | None) -> datetime | None:
    """Return --around in UTC; raise Fault."""
    if said is None:
        return None
    example = "write one like 2026-11-30T10:00:00+00:00"
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Fault(f"--around {said}", "it is not a time", example) from None
    if moment.tzinfo is None:
        raise Fault(f"--around {said}", "it has no time zone", example)
    return moment.astimezone(UTC)


def _length(asked: Finding) -> timedelta:
    """Return --within; raise Fault."""
    if asked.within is None:
        return _DROPPED if asked.dropped else _AROUND
    match = re.fullmatch(r"([1-9]\d{0,5})([smhd])", asked.within)
    if match is None:
        raise Fault(f"--within {asked.within}", "it is not a length", "write 30s, 10m, 2h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _numbers(transactions: Collection[Told]) -> set[tuple[int, int]]:
    return {
        (loss["database"], number)
        for one in transactions
        for loss in one["losses"]
        for number in (*loss["relations"], *loss["files"])
    }


def _answered(asked: Finding, one: Told, names: Names) -> Told:
    """Return a transaction with the names of what it lost, and its commands."""
    losses = [_named(loss, names) for loss in one["losses"]]
    losses = [loss for loss in losses if not _is_noise(loss)]
    return {**one, "losses": losses, **_commands(asked, one)}


def _named(loss: Told, names: Names) -> Told:
    database = loss["database"]
    found = {names.relations.get((database, oid)) for oid in loss["relations"]}
    found |= {names.files.get((database, file)) for file in loss["files"]}
    return {
        **loss,
        "database_name": names.databases.get(database),
        "names": sorted(name for name in found if name),
    }


def _is_noise(loss: Told) -> bool:
    """Return whether only rows of a catalog or of a TOAST table are meant.

    VACUUM FULL has given that catalog a file with a number like a user's table.
    """
    names = loss["names"]
    hidden = bool(names) and all(name.startswith(("pg_catalog.", "pg_toast.")) for name in names)
    return hidden and loss["what"] in ("deleted", "updated")


def _commands(asked: Finding, one: Told) -> Told:
    """Return the commands that restore what a transaction lost, and that look into it."""
    if not one["stop"] or not one["backup"]:
        return {"restore": None, "inspect": None}
    store = " --from offsite" if asked.store == "offsite" else ""
    target = f"before-xid {one['stop']['xid']} --backup {one['backup']}{store}"
    command, where = "python -m stacks", f"{asked.environment} {asked.database}"
    return {
        "restore": f"{command} restore {where} --to {target}",
        "inspect": f"{command} inspect {where} --at {target}",
    }


def _lines(told: Told, answers: Collection[Told]) -> Iterator[str]:
    if told["last"] is None:
        yield "the archive holds no transaction"
        return
    for one in answers:
        at = datetime.fromisoformat(one["at"])
        yield f"{at:%Y-%m-%d %H:%M:%S.%f} UTC  xid {one['xid']}"
        at_least = "" if one["whole"] else "at least: "
        for loss in one["losses"]:
            yield f"    {at_least}{_sentence(loss)}"
        yield from (f"    {line}" for line in _advice(one))
    if not answers:
        yield "no transaction lost anything in that time"
    if told["smaller"]:
        yield f"{told['smaller']} more lost less; write a shorter --within to see them"
    for overlap in overlaps(told):
        yield f"clocks differed: {overlap}; so transactions are in the order of the WAL here"
    yield f"read: {told['since']} to {told['until']}; --within 2h reads two hours to either side"
    yield f"the last transaction in the archive ended at {told['last']}"


def _sentence(loss: Told) -> str:
    """Say what was lost."""
    database = loss["database_name"] or loss["database"]
    names, files = ", ".join(loss["names"]), loss["files"]
    match loss["what"]:
        case "dropped database":
            return f"dropped database {database}"
        case "deleted" | "updated":
            table = names or f"file {files[0]}"
            return f"{loss['what']} {loss['rows']:,} rows of {database}: {table}"
        case "truncated":
            numbers = loss["relations"] or files
            kind = "relation" if loss["relations"] else "file"
            return f"truncated {database}: {names or _list(kind, numbers)}"
        case what:
            relations = _list("relation", loss["relations"]) if loss["relations"] else ""
            count = "1 file" if len(files) == 1 else f"{len(files)} files"
            of = f"{count} of database {database}"
            return f"{what} {of}: {relations or _list('file', files)}"


def _list(kind: str, numbers: Collection[int]) -> str:
    shown = ", ".join(str(number) for number in sorted(numbers)[:_SHOWN])
    more = len(numbers) - _SHOWN
    return f"{kind}{'s' * (len(numbers) > 1)} {shown}{f' and {more} more' if more > 0 else ''}"


def _advice(one: Told) -> Iterator[str]:
    """Say how what a transaction lost comes back."""
    if one["stop"] is None:
        yield "no transaction ended before it in the time that was read; write a longer --within"
        return
    if one["backup"] is None:
        yield "no base backup of this archive ends before it, so it cannot be undone from here"
        return
    yield one["restore"]
    if one["stop"]["xid"] != one["xid"]:
        yield (
            f"transaction {one['stop']['xid']}, the last before it, is lost with it: PostgreSQL "
            "removes a database before it commits that"
        )
    if one["prepared"]:
        yield "it is prepared afterwards: run ROLLBACK PREPARED (see pg_prepared_xacts)"
    for loss in one["losses"]:
        if loss["what"] == "dropped":
            numbers = ",".join(str(oid) for oid in loss["relations"])
            where = f" --dbname {loss['database_name']}" if loss["database_name"] else ""
            query = f"select unnest('{{{numbers}}}'::oid[])::regclass"
            yield f'names: {one["inspect"]}{where} --query "{query}"'

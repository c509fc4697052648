"""`inspect`: a clone of a database at a moment, to look into; the environment stays as it is."""

import argparse
import csv
import json
import re
import secrets
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from components.postgres import PostgresSpec
from components.spec.words import duration_has_unit, seconds
from stacks.cluster import ClusterClient
from stacks.command import Fault, say
from stacks.environment import EnvironmentSpec
from stacks.recovery.archives import archives
from stacks.recovery.clone_objects import Target, Wanted
from stacks.recovery.clone_state import query
from stacks.recovery.clones import (
    Clone,
    Listed,
    clone,
    clones,
    database_of,
    expire,
    make_clone,
    remove,
    wanted_clone,
)
from stacks.recovery.target import start, start_of_all
from stacks.recovery.window import survey

_READ_ONLY = "PGOPTIONS=-c default_transaction_read_only=on"
_SAID = re.compile(r"ended with \w+ \(((?:.|\n)*)\); see its log$")


def inspect(environment: EnvironmentSpec, arguments: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    spec = database_of(environment, arguments.database)
    lasting = _lasting(arguments.lasting)
    if not (arguments.at or arguments.list or arguments.remove or arguments.extend):
        raise Fault("inspect", "it has no target", "write --at TIME, latest or before-xid N")
    target = _target(arguments.at, arguments.backup)
    with ClusterClient.connect(environment.context) as client:
        if arguments.list:
            _list(clones(client, spec.namespace, spec.cluster), as_json=arguments.json)
        elif name := arguments.remove:
            _existing(client, spec, name)
            remove(client, name)
        elif name := arguments.extend:
            found = _existing(client, spec, name)
            say(f"{name}: it ends at {expire(client, name, found.created, lasting)}")
        else:
            _look(client, environment, target, lasting, arguments)
    return 0


def _look(
    client: ClusterClient,
    environment: EnvironmentSpec,
    target: Target,
    lasting: timedelta,
    arguments: argparse.Namespace,
) -> None:
    """Make a clone; run the query in it and remove it, or say how to look into it."""
    wanted = wanted_clone(
        environment,
        arguments.database,
        target,
        which=arguments.source,
        generation=arguments.generation,
    )
    wanted = replace(wanted, target=_reached(client, arguments.database, wanted))
    database = arguments.dbname or wanted.spec.database
    if arguments.query is not None:
        with clone(client, wanted, lasting) as made:
            print_rows(client, made, database, arguments.query, as_json=arguments.json)
        return
    told = _told(environment, make_clone(client, wanted, lasting), wanted.target, database)
    if arguments.json:
        say(json.dumps(told, indent=2))
    else:
        _show(told)


def _lasting(duration: str) -> timedelta:
    for fault in duration_has_unit(duration):
        said, _, fix = fault.message.partition("; ")
        raise Fault("--for", said, fix)
    return timedelta(seconds=seconds(duration))


def _target(words: Sequence[str] | None, backup: str | None) -> Target:
    """Return what `--at` and `--backup` say; a time is not compared with the window yet."""
    if words is None:
        return Target(backup=backup)
    said = " ".join(words)
    if said == "latest":
        return Target(backup=backup, latest=backup is not None)
    if words[0] != "before-xid":
        return Target(time=said, backup=backup)
    if len(words) != 2 or not (words[1].isascii() and words[1].isdigit()):  # noqa: PLR2004 (a word and a number)
        raise Fault(f"--at {said}", "it names no transaction", "write before-xid N, a number")
    if backup is None:
        fault = "a transaction does not tell the base backup to start from"
        raise Fault(f"--at {said}", fault, "write --backup ID too")
    return Target(before_xid=int(words[1]), backup=backup)


def _reached(client: ClusterClient, role: str, wanted: Wanted) -> Target:
    """Return the target as CloudNativePG takes it; raise Fault if it is out of reach."""
    target = wanted.target
    # A removed generation's archive is not among them, and may still be there.
    active, *_ = archives(wanted.environment, role, wanted.which)
    found = survey(client, replace(active, server=wanted.server_name, image=wanted.image))
    if target.time:
        time = found.checked(target.time)
        return Target(time=time, backup=start(time, target.backup, found))
    if target.latest or target == Target():
        backup = start_of_all("--at latest", target.backup, found)
        return Target(backup=backup, latest=backup is not None)
    backups = [one["id"] for one in found.usable]
    if target.backup not in backups:
        fix = f"write one of {', '.join(backups)}" if backups else "there is none"
        raise Fault(f"--backup {target.backup}", "the archive has no such base backup", fix)
    return target


def _existing(client: ClusterClient, spec: PostgresSpec, name: str) -> Listed:
    found = {one.name: one for one in clones(client, spec.namespace, spec.cluster)}
    if name not in found:
        known = f"write one of {', '.join(found)}" if found else "there is none"
        raise Fault(f"clone {name}", f"{spec.cluster} has no such clone", known)
    return found[name]


def _told(
    environment: EnvironmentSpec, made: Clone, target: Target, database: str
) -> dict[str, Any]:
    kubectl = ["kubectl", "--context", environment.context, "-n", made.namespace, "exec"]
    inside = [made.pod, "-c", "postgres", "--"]
    psql = ["psql", database]
    copy = r"\copy (select * from TABLE) to stdout with (format csv, header)"
    return {
        "clone": made.name,
        "target": str(target),
        "until": made.until.isoformat(),
        "seconds": made.phases,
        "psql": shlex.join([*kubectl, "-it", *inside, "env", _READ_ONLY, *psql]),
        "copy": f"{shlex.join([*kubectl, *inside, *psql, '-c', copy])} > rows.csv",
    }


def _show(told: dict[str, Any]) -> None:
    took = ", ".join(f"{name} {number} s" for name, number in told["seconds"].items())
    say(f"{told['clone']}: {told['target']} ({took})")
    say(f"  look into it   {told['psql']}")
    say(f"  copy rows out  {told['copy']}")
    say(f"  it ends at     {told['until']}, or by --remove {told['clone']}")


def _list(found: Sequence[Listed], *, as_json: bool) -> None:
    if as_json:
        lines = [
            {
                "clone": one.name,
                "target": one.target,
                "phase": one.phase,
                "until": one.until.isoformat(),
            }
            for one in found
        ]
        say(json.dumps(lines, indent=2))
        return
    for one in found:
        left = max(one.until - datetime.now(UTC), timedelta())
        minutes = int(left.total_seconds() // 60)
        say(f"{one.name}: {one.target}; {one.phase or 'no phase'}; ends in {minutes} min")


def print_rows(
    client: ClusterClient, made: Clone, database: str, statement: str, *, as_json: bool
) -> None:
    """Run a read-only query in a clone; print psql's table, or JSON with columns and rows.

    A value in JSON is PostgreSQL's text, or null.
    """
    null = secrets.token_hex(8)
    options = ["-q", "--csv", "-P", f"null={null}"] if as_json else ["-q", "-P", "pager=off"]
    try:
        printed = query(client, made.namespace, made.pod, database, statement, options)
    except Fault as fault:
        if said := _SAID.search(str(fault)):
            why = " ".join(said[1].split()).removeprefix("ERROR: ")
            raise Fault("--query", f"PostgreSQL refuses it ({why})", "correct it") from None
        raise
    if not as_json:
        sys.stdout.write(printed)
        return
    columns, *rows = [*csv.reader(printed.splitlines(keepends=True))] or [[]]
    cells = [[None if cell == null else cell for cell in row] for row in rows]
    say(json.dumps({"columns": columns, "rows": cells}, indent=2, ensure_ascii=False))

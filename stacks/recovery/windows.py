"""`python -m stacks window`: what each archive of an environment can be restored to."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from stacks.cluster import ClusterClient, Unreachable
from stacks.command import Fault, say
from stacks.environment import EnvironmentSpec
from stacks.recovery.archives import Archive, Which, archives
from stacks.recovery.window import survey


def windows(
    environment: EnvironmentSpec, database: str | None, which: Which, *, as_json: bool
) -> int:
    """Print the windows of one database's archives, or of all; the active generation's come first.

    Return 1 if one cannot be read, or an active generation cannot be restored at all.
    """
    names = [database] if database else list(environment.databases)
    wanted = [it for name in names for it in archives(environment, name, which)]
    status, told = 0, list[Mapping[str, Any]]()
    with ClusterClient.connect(environment.context) as kube:
        for archive in wanted:
            found = _found(kube, archive)
            told.append({**_head(archive, which), **found})
            newest = archive == archives(environment, archive.database, which)[0]
            if "fault" in found:
                status = 1
                sys.stderr.write(f"{found['fault']}\n")
            elif not as_json:
                say("\n".join(_lines(archive, found)))
            if newest and not found.get("windows"):
                status = 1
    if as_json:
        say(json.dumps(told, indent=2))
    return status


def _found(kube: ClusterClient, archive: Archive) -> Mapping[str, Any]:
    """Return what is found in an archive, or its fault: others may still be read."""
    sys.stderr.write(f"{archive.place}: it is read by a pod in {archive.namespace}\n")
    try:
        return survey(kube, archive).found
    except Unreachable:
        raise
    except Fault as fault:
        return {"fault": str(fault)}


def _head(archive: Archive, which: Which) -> dict[str, Any]:
    return {
        "database": archive.database,
        "generation": archive.generation,
        "server": archive.server,
        "store": which,
        "archive": archive.place,
    }


def _lines(archive: Archive, found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that say what is found in an archive."""
    yield f"{archive.database}, generation {archive.generation}: {archive.place}"
    for one in found["windows"]:
        latest = _moment(one["latest"]) if one["latest"] else None
        if latest:
            yield f"  restorable: {_moment(one['earliest'])} to {latest}"
        else:
            why = found["unread"] or "no transaction ended after the base backup"
            yield f"  restorable: all up to WAL {one['last_wal']}, but to no time ({why})"
    if not found["windows"]:
        yield "  restorable: nothing"
    latest_from = found["windows"][-1]["backups"][-1] if found["windows"] else None
    for one in found["backups"]:
        span = f"{_moment(one['begin'])} to {_moment(one['end'])}"
        words = [one["id"], one["status"], span, f"{one['bytes'] / 1e6:.1f} MB"]
        if one["fault"]:
            words.append(f"not usable: {one['fault']}")
        if one["id"] == latest_from:
            words.append("used for the latest moment")
        yield f"  base backup: {', '.join(words)}"
    for gap in found["gaps"]:
        yield f"  missing WAL: {gap['first']} to {gap['last']}, {gap['segments']} segments"
    if found["missing_history"]:
        yield f"  missing history: {found['missing_history']}, where recovery ends"


def _moment(said: str | None) -> str:
    """Return a moment as people read it; UTC."""
    return f"{datetime.fromisoformat(said):%Y-%m-%d %H:%M:%S.%f}Z" if said else "?"

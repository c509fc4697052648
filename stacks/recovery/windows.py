"""`python -m stacks window`: what each archive of an environment can be restored to."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from components.postgres import PostgresSpec
from stacks.cluster import ClusterClient, Unreachable
from stacks.command import Fault, say
from stacks.environment import EnvironmentSpec
from stacks.recovery.archives import Archive, Which, archives
from stacks.recovery.snapshots import snapshots
from stacks.recovery.target import Target
from stacks.recovery.ways import spoken_moment, ways
from stacks.recovery.window import overlaps, survey

_FAILED = "docs/runbooks/failed-base-backup.md"


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
            newest = archive == archives(environment, archive.database, which)[0]
            spec = environment.databases[archive.database]
            found = _found(kube, archive, spec, snapped=newest and which == "archive")
            told.append({**_head(archive, which), **found})
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


def _found(
    kube: ClusterClient, archive: Archive, spec: PostgresSpec, *, snapped: bool
) -> Mapping[str, Any]:
    """Return what is found in an archive, or its fault: others may still be read.

    *snapped*: with the snapshots of its Cluster.
    """
    sys.stderr.write(f"{archive.place}: it is read by a pod in {archive.namespace}\n")
    try:
        with_wal = spec.wal_storage is not None
        # One of the data volume alone restores no tablespace.
        snapped = snapped and not spec.tablespaces
        held = snapshots(kube, archive, with_wal=with_wal) if snapped else []
        made = survey(kube, archive, held)
    except Unreachable:
        raise
    except Fault as fault:
        return {"fault": str(fault)}
    begins = Target("latest").begins(made) if made.stretches else None
    return {
        **made.found,
        "snapshots": [
            {
                **it.fields,
                "end": it.ended.isoformat(),
                "start_wal": it.start,
                "fault": made.unusable(it) or None,
            }
            for it in made.snapshots
        ],
        "ways": ways(spec, made, *begins) if begins else [],
    }


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
        for overlap in overlaps(one):
            yield f"  clocks differed: {overlap}; before-xid N, as find prints it, does"
    if not found["windows"]:
        yield "  restorable: nothing"
    yield from _base_backups(found)
    yield from _snapshots(found)
    for gap in found["gaps"]:
        yield f"  missing WAL: {gap['first']} to {gap['last']}, {gap['segments']} segments"
    if found["missing_history"]:
        yield f"  missing history: {found['missing_history']}, where recovery ends"


def _base_backups(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines about base backups."""
    latest_from = found["windows"][-1]["backups"][-1] if found["windows"] else None
    newest = max((it["timeline"] for it in found["windows"]), default=0)
    for one in found["backups"]:
        span = f"{_moment(one['begin'])} to {_moment(one['end'])}"
        words = [one["id"], one["status"], span, f"{one['bytes'] / 1e6:.1f} MB"]
        if one["fault"]:
            words.append(f"not usable: {one['fault']}")
        if one["status"] != "DONE" and 0 < (one["timeline"] or 0) < newest:
            words.append(
                f"keeps all WAL of timeline {one['timeline']} until it is deleted: {_FAILED}"
            )
        if one["id"] == latest_from:
            words.append("used for the latest moment")
        yield f"  base backup: {', '.join(words)}"


def _snapshots(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines about snapshots, and about what the latest moment is restored from."""
    for one in found["snapshots"]:
        words = [one["snapshot"], f"ended {_moment(one['end'])}", f"WAL from {one['start_wal']}"]
        words.append(f"not usable: {one['fault']}" if one["fault"] else "which is archived")
        yield f"  snapshot: {', '.join(words)}"
    for way in found["ways"]:
        yield f"  the latest moment {way}"


def _moment(said: str | None) -> str:
    """Return a moment as people read it; UTC."""
    return spoken_moment(datetime.fromisoformat(said)) if said else "?"

"""`restore --database`: one database of a cluster alone, out of a clone that is removed afterwards.

The environment's file stays as it is. An interrupted run leaves the clone, and the next one finds
it by database and target.
"""

import argparse
import json
import shlex
import sys
from dataclasses import asdict, dataclass
from typing import Any

from components.postgres import PostgresSpec
from stacks.check.rules.measured import LEAST_RESTORE_SECONDS
from stacks.cluster import ClusterClient
from stacks.command import Fault, say
from stacks.environment import EnvironmentSpec
from stacks.recovery import clone_objects
from stacks.recovery.archives import archives
from stacks.recovery.clone_objects import Wanted
from stacks.recovery.clones import (
    Listed,
    continued_clone,
    database_of,
    made_before,
    make_clone,
    remove,
    wanted_clone,
)
from stacks.recovery.following import LASTING
from stacks.recovery.loading import job_name
from stacks.recovery.one_database import (
    Replaced,
    put_back,
    require_alone,
    require_kept,
    restore_database,
)
from stacks.recovery.preflight import mebibytes, swappable
from stacks.recovery.psql import instances
from stacks.recovery.restore import latest_note
from stacks.recovery.sites import must_lead
from stacks.recovery.steps import PROGRAM, Step
from stacks.recovery.target import Target
from stacks.recovery.ways import restore_note
from stacks.recovery.window import survey


@dataclass(frozen=True)
class _Plan:
    """What a run does, or would do."""

    wanted: Wanted
    found: Listed | None
    """The clone that an earlier run has left."""

    size: int | None
    """Bytes of the database as it is now; None where there is none."""

    notes: list[str]


def restore_alone(environment: EnvironmentSpec, arguments: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    _require_fitting(arguments)
    spec = database_of(environment, arguments.database)
    must_lead(spec, arguments.database)
    name, kept = arguments.one, arguments.put_back
    target = None if kept else Target.of(arguments.to, arguments.backup)
    with ClusterClient.connect(environment.context) as client:
        if target is None:
            told = _put_back(client, environment, arguments)
        else:
            plan = _planned(client, environment, spec, target, arguments)
            if arguments.write:
                told = _restored(client, environment, plan, arguments)
            else:
                told = {"notes": plan.notes, "steps": [asdict(it) for it in _steps(plan, name)]}
    told = {"database": name, "cluster": spec.current.cluster, "written": arguments.write, **told}
    say(json.dumps(told, indent=2) if arguments.json else _shown(told))
    return 0


def _require_fitting(arguments: argparse.Namespace) -> None:
    """Raise Fault where options do not go with each other."""
    given = {
        "--all": arguments.all,
        "--at-once": arguments.at_once,
        "--reason": arguments.reason is not None,
        "--generation": arguments.generation is not None,
    }
    for option in (option for option, there in given.items() if there):
        fault = "it does not go with --database, which leaves the environment's file as it is"
        raise Fault(option, fault, "leave one of them out")
    if arguments.database is None:
        fix = f"write the name in the environment of the cluster that has {arguments.one}"
        raise Fault("restore", "no database is named", fix)
    aims = (arguments.to, arguments.backup, arguments.store)
    if arguments.put_back and any(aims):
        fault = "it restores nothing, so it takes no target and no store"
        raise Fault("--put-back", fault, "leave --to, --backup and --from out")
    if not (arguments.put_back or arguments.to):
        raise Fault("restore", "it has no target", "write --to, or --put-back")


def _planned(
    client: ClusterClient,
    environment: EnvironmentSpec,
    spec: PostgresSpec,
    target: Target,
    arguments: argparse.Namespace,
) -> _Plan:
    """Look at the archive and the live cluster; raise Fault where it is refused without a clone."""
    role, name = arguments.database, arguments.one
    archive, *_ = archives(environment, role, arguments.store or "archive")
    live = instances(client, spec.namespace, spec.current.cluster)
    size = swappable(name, live[0])["size"]
    _progress(f"{archive.place}: it is read by a pod in {archive.namespace}")
    found = survey(client, archive)
    wanted = wanted_clone(
        environment,
        role,
        clone_objects.Target(**target.fields(found)),
        which=arguments.store or "archive",
        clients=[spec.namespace],
        purpose=job_name(spec.current.cluster, name),
    )
    before = made_before(client, wanted)
    require_alone(client, spec, name, before.name if before else None)
    return _Plan(wanted, before, size, latest_note(role, target, found))


def _steps(plan: _Plan, name: str) -> list[Step]:
    """Return what --write does."""
    spec, wanted = plan.wanted.spec, plan.wanted
    live = spec.current.cluster
    clone = Step(
        f"restores a clone of {live} to {wanted.target}, in its own namespace, with a volume of "
        f"{spec.data_size}",
        LEAST_RESTORE_SECONDS,
        restore_note([spec]),
    )
    if plan.found:
        clone = Step(f"uses the clone {plan.found.name} of {plan.found.created}", 0)
    now = "it is not there now" if plan.size is None else f"{mebibytes(plan.size)} now"
    return [
        clone,
        Step(f"compares roles, and the room on each instance of {live}, with what the clone needs"),
        Step(
            f"dumps {name} there, loads it into {live} under another name, and compares", note=now
        ),
        Step(f"sends the clients of {name} away and renames: what is there now is kept"),
        Step("removes the clone", 0),
    ]


def _restored(
    client: ClusterClient,
    environment: EnvironmentSpec,
    plan: _Plan,
    arguments: argparse.Namespace,
) -> dict[str, Any]:
    role, name = arguments.database, arguments.one
    clone = _clone(client, plan, arguments)
    done = restore_database(client, environment, role, name, clone, say=_progress)
    remove(client, clone)
    undo = ["restore", arguments.environment, role, "--database", name, "--put-back"]
    back = f"{PROGRAM} {shlex.join([*undo, done.kept, '--write'])}" if done.kept else None
    did = f"{name}: restored to {plan.wanted.target}"
    return _told(did, done, [*plan.notes, *done.notes]) | {"put_back": back}


def _clone(client: ClusterClient, plan: _Plan, arguments: argparse.Namespace) -> str:
    """Return the clone of an earlier run, or a new one, when it serves."""
    found = plan.found
    if found:
        _progress(f"{found.name}: continues with this clone, made at {found.created}")
    clone = found.name if found else make_clone(client, plan.wanted, LASTING).name
    words = shlex.join(["inspect", arguments.environment, arguments.database, "--remove", clone])
    hours = LASTING.total_seconds() / 3600
    _progress(f"{clone}: it stays {hours:.0f} h for the next run if this one ends early, or until")
    _progress(f"  {PROGRAM} {words}")
    if found:
        continued_clone(client, plan.wanted, found, LASTING)
    return clone


def _put_back(
    client: ClusterClient, environment: EnvironmentSpec, arguments: argparse.Namespace
) -> dict[str, Any]:
    role, name, kept = arguments.database, arguments.one, arguments.put_back
    if not arguments.write:
        require_kept(client, environment, role, name, kept)
        does = f"sends the clients of {name} away and renames: {kept} takes its place"
        return {"notes": [], "steps": [asdict(Step(does))]}
    done = put_back(client, environment, role, name, kept)
    return _told(f"{name}: it is what was {kept} again", done, done.notes)


def _told(did: str, done: Replaced, notes: list[str]) -> dict[str, Any]:
    return {"did": did, "kept": done.kept, "gap_seconds": done.gap_seconds, "notes": notes}


def _shown(told: dict[str, Any]) -> str:
    """Return what a run did, or would do, for a reader."""
    if not told["written"]:
        steps = [Step(**step) for step in told["steps"]]
        numbered = [f"{number}. {step}" for number, step in enumerate(steps, 1)]
        return "\n".join(["with --write it", *numbered, *told["notes"]])
    gap = told["gap_seconds"]
    away = "" if gap is None else f"; no client could connect for {gap:.1f} s"
    lines = [f"{told['did']}{away}", *told["notes"]]
    if told.get("put_back"):
        lines.append(f"to put {told['kept']} back: {told['put_back']}")
    return "\n".join(lines)


def _progress(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()

"""The commands of recovery, by their arguments."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime

import pulumi

from stacks.check import load
from stacks.cluster import ClusterClient
from stacks.command import run_command, say


def run(arguments: argparse.Namespace) -> int:
    """Run the command of *arguments*; return its exit status."""
    return run_command(lambda: _COMMANDS[arguments.command](arguments), pulumi.RunError)


def _window(arguments: argparse.Namespace) -> int:
    from stacks.recovery.windows import windows  # noqa: PLC0415 - each command needs its own

    return windows(
        load(arguments.environment), arguments.database, arguments.store, as_json=arguments.json
    )


def _find(arguments: argparse.Namespace) -> int:
    from stacks.recovery.find import Finding, find  # noqa: PLC0415 - as above

    asked = Finding(
        environment=arguments.environment,
        database=arguments.database,
        around=arguments.around,
        dropped=arguments.dropped,
        table=arguments.table,
        within=arguments.within,
        store=arguments.store,
        as_json=arguments.json,
    )
    environment = load(arguments.environment)
    with ClusterClient.connect(environment.context) as kube:
        return find(environment, asked, kube)


def _inspect(arguments: argparse.Namespace) -> int:
    from stacks.recovery.inspect import inspect  # noqa: PLC0415 - as above

    return inspect(load(arguments.environment), arguments)


def _change(arguments: argparse.Namespace) -> int:
    """Print the change of the environment's file that a recovery needs, or make it."""
    from stacks.recovery.request import planned  # noqa: PLC0415 - as above

    found = planned(arguments)
    if arguments.write:
        found.file.write(found.text)
    if arguments.json:
        say(json.dumps(found.data(written=arguments.write), indent=2))
    else:
        say(found.shown(written=arguments.write))
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    if arguments.one is None:
        return _change(arguments)
    from stacks.recovery.alone import restore_alone  # noqa: PLC0415 - as above

    return restore_alone(load(arguments.environment), arguments)


def _runbook(arguments: argparse.Namespace) -> int:
    from stacks.recovery.runbook import markdown, runbook  # noqa: PLC0415 - as above

    made = runbook(arguments.environment, load(arguments.environment), datetime.now(UTC).date())
    say(json.dumps(asdict(made), indent=2) if arguments.json else markdown(made))
    return 0


_COMMANDS = {
    "window": _window,
    "find": _find,
    "inspect": _inspect,
    "restore": _restore,
    "activate": _change,
    "retire": _change,
    "runbook": _runbook,
}

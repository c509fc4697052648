"""`python -m stacks check|render|plan`: an environment without CLI, plugin, cluster or secret."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi

from stacks import InvalidEnvironment, environments, load

if TYPE_CHECKING:
    from stacks.recorder import Recording


def check(names: Sequence[str]) -> int:
    """Print a line for each sound environment and each fault; return 1 if there is a fault."""
    status = 0
    for name in names:
        try:
            environment = load(name)
        except InvalidEnvironment as error:
            status = 1
            prefix = f"{name}: " if len(names) > 1 else ""
            for line in str(error).splitlines():
                print(f"{prefix}{line}", file=sys.stderr)
        else:
            count = len(environment.databases)
            print(f"{name}: ok, {count} database{'' if count == 1 else 's'}")
    return status


def render(name: str, folder: Path | None) -> None:
    """Print the environment's objects, or write them into *folder*."""
    from stacks.render import to_files, to_yaml  # noqa: PLC0415 - `check` is to be quick

    manifests = _record(name).manifests()
    if folder:
        for path in to_files(manifests, folder):
            print(path)
    else:
        print(to_yaml(manifests), end="")


def plan(name: str, *, as_json: bool) -> None:
    """Print what the environment will be."""
    from rich.console import Console  # noqa: PLC0415 - `check` is to be quick

    from stacks.plan import plan, show  # noqa: PLC0415

    planned = plan(name, load(name), _record(name), datetime.now(UTC))
    if as_json:
        print(json.dumps(asdict(planned), indent=2))
    else:
        show(planned, Console())


def _record(name: str) -> "Recording":
    from stacks.compose import compose  # noqa: PLC0415 - `check` is to be quick
    from stacks.recorder import record  # noqa: PLC0415

    environment = load(name)
    return record(lambda: compose(environment).export())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m stacks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    known = f"{', '.join(environments())}, or the path of an environment module"
    checking = commands.add_parser("check", help="say whether environments are sound")
    checking.add_argument("environment", nargs="*", help=f"{known}; all when left out")
    rendering = commands.add_parser("render", help="print every Kubernetes object as YAML")
    rendering.add_argument("environment", help=known)
    rendering.add_argument("--out", type=Path, metavar="DIR", help="one file for each object")
    planning = commands.add_parser("plan", help="print what the environment will be")
    planning.add_argument("environment", help=known)
    planning.add_argument("--json", action="store_true", help="for programs")
    return parser.parse_args()


def main() -> int:
    """Run the command and return its exit status."""
    arguments = _arguments()
    try:
        match arguments.command:
            case "check":
                return check(arguments.environment or environments())
            case "render":
                render(arguments.environment, arguments.out)
            case "plan":
                plan(arguments.environment, as_json=arguments.json)
    except pulumi.RunError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

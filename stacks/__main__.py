"""`python -m stacks`: check, render and plan environments, and recover what they run."""

import gc

if __name__ == "__main__":
    # Imported modules stay; searching them for garbage took a quarter of the time of `plan`.
    gc.disable()

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pulumi

from stacks.adopt.arguments import add_adopt, add_reading
from stacks.check import InvalidEnvironment, compared, environments, load, module_of
from stacks.check.rules.waivers import waived
from stacks.command import Fault, run_command
from stacks.drill.arguments import add_drill
from stacks.recovery.arguments import RECOVERY, add_recovery
from stacks.report.arguments import add_report

if TYPE_CHECKING:
    from stacks.environment import EnvironmentSpec
    from stacks.render.diff import ObjectChange


Opened: TypeAlias = tuple[str, Sequence[str]]
"""The namespace and the variables of manifests that have none."""


def check(names: Sequence[str]) -> int:
    """Print a line for each valid environment and each fault; return 1 if there is a fault."""
    status = 0
    for name in names:
        try:
            environment, apart = compared(name)
        except InvalidEnvironment as error:
            status = 1
            prefix = f"{name}: " if len(names) > 1 else ""
            for line in str(error).splitlines():
                print(f"{prefix}{line}", file=sys.stderr)
        else:
            count = len(environment.databases)
            print(f"{name}: ok, {count} database{'' if count == 1 else 's'}")
            for line in [*waived(environment), *apart]:
                print(f"{name}: {line}")
    return status


def render(name: str, folder: Path | None) -> None:
    """Print the environment's objects, or write them into *folder* as Argo CD applies them."""
    from stacks.render.files import to_files, to_yaml  # noqa: PLC0415 - `check` is to be quick
    from stacks.render.owners import rendered, synced  # noqa: PLC0415

    recording = rendered(load(name))
    if folder:
        for path in to_files(synced(recording), folder):
            print(path)
    else:
        print(to_yaml(recording.manifests()), end="")


def secrets(name: str) -> None:
    """Print a line for each Secret that must exist before the environment can work."""
    from stacks.check.rules.required import required  # noqa: PLC0415 - `check` is to be quick

    for secret in required(load(name)):
        print(f"{secret.place}: {', '.join(sorted(secret.keys))} ({secret.purpose})")


def seal(name: str, place: str, folder: Path, kubeseal: str) -> None:
    """Write the Secret at *place* into *folder*, sealed, with the values on standard input."""
    from stacks.render.sealing import (  # noqa: PLC0415 - `check` is to be quick
        MANAGED,
        seal,
        values,
        wanted,
    )

    environment = load(name)
    secret = wanted(environment, place)
    written = seal(environment, secret, values(sys.stdin.read(), secret), folder, kubeseal)
    print(written or f"{place}: sealed already, with these values and this certificate")
    if written:
        print(
            f"{place}: if the cluster has this Secret, made by hand, let the controller write it "
            f"first: kubectl -n {secret.namespace} annotate secret {secret.name} {MANAGED}",
            file=sys.stderr,
        )


def plan(name: str, against: str | None, opened: Opened, *, as_json: bool) -> int:
    """Print the plan of an environment, or its differences from another, a tree, or manifests.

    *opened* is what manifests leave open. Return 1 if a difference cannot be made.
    """
    from rich.console import Console  # noqa: PLC0415 - `check` is to be quick

    from stacks.plan.plan import plan  # noqa: PLC0415
    from stacks.plan.show import show, show_differences  # noqa: PLC0415
    from stacks.render.owners import owned  # noqa: PLC0415
    from stacks.report.proof import path_of, read  # noqa: PLC0415

    environment = load(name)
    if against:
        changes = _differences(environment, against, opened)
        if as_json:
            print(json.dumps([asdict(change) for change in changes], indent=2))
        else:
            show_differences(against, changes, Console(soft_wrap=False))
        return int(any(change.impossible for change in changes))
    proofs = read(path_of(module_of(name)))
    planned = plan(name, environment, owned(environment).all, datetime.now(UTC), proofs)
    if as_json:
        print(json.dumps(asdict(planned), indent=2))
    else:
        show(planned, Console())
    return 0


def of_a_room(arguments: argparse.Namespace) -> int:
    """Adopt, run a drill, or report on all of them; return the exit status of that."""
    if arguments.command == "adopt":
        from stacks.adopt.command import run  # noqa: PLC0415 - `check` is to be quick
    elif arguments.command == "drill":
        from stacks.drill.drill import run  # noqa: PLC0415
    else:
        from stacks.report.report import run  # noqa: PLC0415
    return run_command(lambda: run(arguments), pulumi.RunError)


def _differences(
    environment: "EnvironmentSpec", against: str, opened: Opened
) -> "list[ObjectChange]":
    from stacks.adopt.differ import changed, is_rendered  # noqa: PLC0415 - `check` is to be quick
    from stacks.adopt.reading import asked, complete  # noqa: PLC0415
    from stacks.render.diff import differences, tree  # noqa: PLC0415
    from stacks.render.owners import owned, rendered, synced  # noqa: PLC0415

    if against.endswith(".py") or against in environments():
        other = load(against)
        return differences(owned(other).all.objects(), owned(environment).all.objects())
    path = Path(against)
    if path.exists() and not is_rendered(path):
        namespace, given = opened
        if manifests := complete(asked(path, namespace, given)):
            return changed(manifests, environment)
    return differences(tree(path), synced(rendered(environment)))


def _arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    names = environments()
    known = f"{', '.join(names)}, or " * bool(names) + "the path of an environment module"
    checking = commands.add_parser("check", help="check environments for faults")
    # A wheel has no environments: without a name `check` would print nothing, as if all were well.
    checking.add_argument(
        "environment",
        nargs="*" if names else "+",
        help=known + "; default: all" * bool(names),
    )
    rendering = commands.add_parser("render", help="print every Kubernetes object as YAML")
    rendering.add_argument("environment", help=known)
    rendering.add_argument(
        "--out", type=Path, metavar="DIR", help="write one file for each object into DIR"
    )
    planning = commands.add_parser(
        "plan", help="print what the environment will be, and what its choices cost"
    )
    planning.add_argument("environment", help=known)
    planning.add_argument(
        "--against",
        metavar="ENVIRONMENT|DIR|FILE",
        help="print instead the differences from another environment, from a rendered tree, or "
        "from manifests of what exists, and fail if one cannot be made",
    )
    add_reading(planning, "with --against, that of manifests which name none")
    planning.add_argument("--json", action="store_true", help="print JSON (docs/plan.schema.json)")
    listing = commands.add_parser(
        "secrets", help="list the Secrets that must exist before a deployment"
    )
    listing.add_argument("environment", help=known)
    sealing = commands.add_parser("seal", help="seal one of them into the rendered tree")
    sealing.add_argument("environment", help=known)
    sealing.add_argument(
        "secret",
        metavar="NAMESPACE/NAME",
        help="the Secret; its values are read from standard input, as a YAML or JSON mapping",
    )
    sealing.add_argument("--out", type=Path, metavar="DIR", required=True, help="the rendered tree")
    sealing.add_argument(
        "--kubeseal", default="kubeseal", metavar="PATH", help="the kubeseal program"
    )
    add_adopt(commands)
    add_recovery(commands, known)
    add_drill(commands, known)
    add_report(commands, known)
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Run the command of the arguments *given*, or of the command line; return its exit status."""
    arguments = _arguments(given)
    try:
        match arguments.command:
            case "check":
                return check(arguments.environment or environments())
            case "render":
                render(arguments.environment, arguments.out)
            case "secrets":
                secrets(arguments.environment)
            case "seal":
                seal(arguments.environment, arguments.secret, arguments.out, arguments.kubeseal)
            case "plan":
                opened = arguments.namespace or "", arguments.set
                return plan(
                    arguments.environment, arguments.against, opened, as_json=arguments.json
                )
            case "adopt" | "drill" | "report":
                return of_a_room(arguments)
            case command if command in RECOVERY:
                from stacks.recovery.commands import run  # noqa: PLC0415 - `check` is to be quick

                return run(arguments)
    except (pulumi.RunError, Fault) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

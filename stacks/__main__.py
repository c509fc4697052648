"""`python -m stacks`: check, render, plan and seal environments without Pulumi or a cluster."""

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
from typing import TYPE_CHECKING

import pulumi

from stacks.check import InvalidEnvironment, environments, load
from stacks.check.rules.waivers import waived
from stacks.command import run_command
from stacks.recovery.arguments import add_inspect

if TYPE_CHECKING:
    from stacks.environment import EnvironmentSpec
    from stacks.recovery.archives import Which
    from stacks.render.diff import ObjectChange


def check(names: Sequence[str]) -> int:
    """Print a line for each valid environment and each fault; return 1 if there is a fault."""
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
            for line in waived(environment):
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


def window(name: str, database: str | None, which: "Which", *, as_json: bool) -> int:
    """Print what the archives of an environment can be restored to; return 1 if one is faulty."""
    from stacks.recovery.windows import windows  # noqa: PLC0415 - `check` is to be quick

    return windows(load(name), database, which, as_json=as_json)


def runbook(name: str, *, as_json: bool) -> None:
    """Print the runbook of an environment: Markdown, or JSON."""
    from stacks.recovery.runbook import markdown, runbook  # noqa: PLC0415 - `check` is to be quick

    made = runbook(name, load(name), datetime.now(UTC).date())
    print(json.dumps(asdict(made), indent=2) if as_json else markdown(made))


def plan(name: str, against: str | None, *, as_json: bool) -> int:
    """Print the plan of an environment, or its differences from another or from a rendered tree.

    Return 1 if a difference cannot be made.
    """
    from rich.console import Console  # noqa: PLC0415 - `check` is to be quick

    from stacks.plan.plan import plan  # noqa: PLC0415
    from stacks.plan.show import show, show_differences  # noqa: PLC0415
    from stacks.render.owners import owned  # noqa: PLC0415

    environment = load(name)
    if against:
        changes = _differences(environment, against)
        if as_json:
            print(json.dumps([asdict(change) for change in changes], indent=2))
        else:
            show_differences(against, changes, Console(soft_wrap=False))
        return int(any(change.impossible for change in changes))
    planned = plan(name, environment, owned(environment).all, datetime.now(UTC))
    if as_json:
        print(json.dumps(asdict(planned), indent=2))
    else:
        show(planned, Console())
    return 0


def change(arguments: argparse.Namespace) -> None:
    """Print the change of the environment's file that a recovery needs, or make it."""
    from stacks.recovery.request import planned  # noqa: PLC0415 - `check` is to be quick

    found = planned(arguments)
    if arguments.write:
        found.file.write(found.text)
    if arguments.json:
        print(json.dumps(found.data(written=arguments.write), indent=2))
    else:
        print(found.shown(written=arguments.write))


def _differences(environment: "EnvironmentSpec", against: str) -> "list[ObjectChange]":
    from stacks.render.diff import differences, tree  # noqa: PLC0415 - `check` is to be quick
    from stacks.render.owners import owned, rendered, synced  # noqa: PLC0415

    if against.endswith(".py") or against in environments():
        other = load(against)
        return differences(owned(other).all.objects(), owned(environment).all.objects())
    return differences(tree(Path(against)), synced(rendered(environment)))


def _inspect(arguments: argparse.Namespace) -> int:
    from stacks.recovery.inspect import inspect  # noqa: PLC0415 - `check` is to be quick

    return run_command(lambda: inspect(load(arguments.environment), arguments))


def _find(arguments: argparse.Namespace) -> int:
    from stacks.cluster import ClusterClient  # noqa: PLC0415 - `check` is to be quick
    from stacks.recovery.find import Finding, find  # noqa: PLC0415

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

    def command() -> int:
        with ClusterClient.connect(environment.context) as kube:
            return find(environment, asked, kube)

    return run_command(command)


def _add_find(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", known: str) -> None:
    parser = commands.add_parser(
        "find", help="find the transactions that dropped, truncated, deleted or updated something"
    )
    parser.add_argument("environment", help=known)
    parser.add_argument("database", help="a key of the environment's databases")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--around", metavar="TIME", help="those around a moment, with its zone")
    what.add_argument(
        "--dropped",
        action="store_true",
        help="those that dropped or truncated, of the archive's last day",
    )
    parser.add_argument(
        "--within",
        metavar="LENGTH",
        help="how much time to either side is read, such as 30s, 2h or 7d; "
        "default: 10m with --around, 1d with --dropped",
    )
    parser.add_argument(
        "--table", metavar="NAME", help="only what a table lost that exists now, as in SQL"
    )
    parser.add_argument(
        "--from",
        dest="store",
        choices=["archive", "offsite"],
        default="archive",
        help="the archive, or its off-site copy",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


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
        metavar="ENVIRONMENT|DIR",
        help="print instead the differences from another environment or from a rendered tree, "
        "and fail if one cannot be made",
    )
    planning.add_argument("--json", action="store_true", help="print JSON (docs/plan.schema.json)")
    looking = commands.add_parser(
        "window", help="print which moments each database can be restored to, from its archive"
    )
    looking.add_argument("environment", help=known)
    looking.add_argument("database", nargs="?", help="one of its databases; default: all")
    looking.add_argument(
        "--from",
        dest="store",
        choices=["archive", "offsite"],
        default="archive",
        help="read the archive in the cluster's object store (default), or its off-site copy",
    )
    looking.add_argument("--json", action="store_true", help="print JSON")
    recovering = commands.add_parser(
        "runbook", help="print the page for the night it burns, with the environment's names"
    )
    recovering.add_argument("environment", help=known)
    recovering.add_argument("--json", action="store_true", help="print JSON")
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
    add_inspect(commands, known)
    _add_find(commands, known)
    _recoveries(commands, known)
    return parser.parse_args(given)


def _recoveries(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", known: str
) -> None:
    """Add the commands that change an environment's file."""
    restoring = commands.add_parser(
        "restore", help="print how the environment's file restores a database, and what follows"
    )
    activating = commands.add_parser("activate", help="the same, to send clients to a generation")
    retiring = commands.add_parser("retire", help="the same, to give a generation up")
    for one in (restoring, activating, retiring):
        one.add_argument("environment", help=known)
        one.add_argument(
            "database",
            nargs="?" if one is restoring else None,
            help="its name in the environment",
        )
        one.add_argument("--write", action="store_true", help="change the file, too")
        one.add_argument("--json", action="store_true", help="print JSON")
    restoring.add_argument(
        "--to",
        nargs="+",
        required=True,
        metavar="TARGET",
        help="latest, a time with its zone, before-xid N, or backup ID",
    )
    restoring.add_argument(
        "--backup", metavar="ID", help="the base backup that before-xid starts from"
    )
    restoring.add_argument(
        "--from",
        dest="store",
        choices=["archive", "offsite"],
        help="where it is restored from; default: archive, with --all offsite",
    )
    restoring.add_argument("--reason", metavar="TEXT", help="why; it stays in the file")
    restoring.add_argument(
        "--at-once", action="store_true", help="send clients to it without a look at it before"
    )
    restoring.add_argument(
        "--all", action="store_true", help="every database, after the loss of the cluster"
    )
    for one in (activating, retiring):
        one.add_argument("number", type=int, help="the generation's number; 1 is the first")
    retiring.add_argument(
        "--removed", action="store_true", help="delete its Cluster, too, once it is retired"
    )


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
            case "window":
                return run_command(
                    lambda: window(
                        arguments.environment,
                        arguments.database,
                        arguments.store,
                        as_json=arguments.json,
                    )
                )
            case "find":
                return _find(arguments)
            case "runbook":
                runbook(arguments.environment, as_json=arguments.json)
            case "plan":
                return plan(arguments.environment, arguments.against, as_json=arguments.json)
            case "inspect":
                return _inspect(arguments)
            case "restore" | "activate" | "retire":
                return run_command(lambda: change(arguments), pulumi.RunError)
    except pulumi.RunError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

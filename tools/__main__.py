"""The command line behind `make`.

It works on sandboxes, and asks the charts' repositories. On a real cluster one uses `pulumi`
itself, and what holds data there is protected: neither `pulumi destroy` nor anything here
removes it.
"""

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence

from stacks.check import InvalidEnvironment, environments, load
from stacks.command import run_command
from tools import ROOT, Fault, say
from tools.build.toolchain import SANDBOX_TOOLS, Toolchain
from tools.charts import PINS, forgotten, missing
from tools.sandbox.api_server import Sandbox
from tools.sandbox.deployment import Deployment

STATE = ROOT / ".tier0"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code, and say in a sentence why it is not 0."""
    options = _parser().parse_args(arguments)

    def command() -> int | None:
        if sys.platform != "linux":
            raise Fault("this machine", f"{sys.platform} is not Linux", "use a Linux machine")
        status: int | None = options.run(options)
        return status

    again = f"{options.command}: interrupted; run it again, it continues"
    return run_command(command, InvalidEnvironment, prefix="tier0: ", interrupted=again)


def _up(options: argparse.Namespace) -> None:
    started = time.monotonic()
    _deployment(options.stack).up()
    say(f"took {time.monotonic() - started:.0f} s; next: `make preview`, `make down`")


def _preview(options: argparse.Namespace) -> None:
    _deployment(options.stack).preview()


def _deployment(stack: str) -> Deployment:
    if stack not in environments():
        known = " or STACK=".join(environments())
        raise Fault(f"STACK={stack}", "there is no such environment", f"write STACK={known}")
    environment = load(stack)  # raises every fault that the environment has
    toolchain = Toolchain(tools=SANDBOX_TOOLS)
    toolchain.build()
    return Deployment(STATE / stack, ROOT, environment, toolchain)


def _down(_options: argparse.Namespace) -> None:
    for sandbox in _sandboxes():
        running = [name for name, pid in sandbox.status().items() if pid]
        sandbox.stop()
        what = f"stopped {', '.join(running)}" if running else "nothing ran"
        say(f"{sandbox.directory.parent.name}: {what}; the data stay in {sandbox.directory}")
    say("no sandbox runs")


def _status(_options: argparse.Namespace) -> None:
    for sandbox in _sandboxes():
        parts = [f"{name} {pid or 'stopped'}" for name, pid in sandbox.status().items()]
        say(f"{sandbox.directory.parent.name}: {', '.join(parts)}; {sandbox.kubeconfig}")


def _build(_options: argparse.Namespace) -> None:
    toolchain = Toolchain()
    toolchain.build()
    say(f"the toolchain is in {toolchain.cache}, the engine in {toolchain.engine()}")


def _charts(_options: argparse.Namespace) -> int:
    faults = [*missing(PINS), *forgotten(PINS, dt.datetime.now(dt.UTC).date())]
    for fault in faults:
        say(f"tier0: {fault}")
    if not faults:
        say(f"all {len(PINS)} charts are in their repositories, and looked at this quarter")
    return 1 if faults else 0


def _sandboxes() -> list[Sandbox]:
    return [Sandbox(path) for path in sorted(STATE.glob("*/sandbox"))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run, purpose in (
        ("up", _up, "deploy an environment to its sandbox"),
        ("preview", _preview, "show what `up` would change in it"),
        ("down", _down, "stop every sandbox of this checkout; the data stay"),
        ("status", _status, "say which sandboxes run"),
        ("build", _build, "build what the machine lacks of the toolchain"),
        ("charts", _charts, "ask each chart repository for the pinned chart"),
    ):
        command = commands.add_parser(name, help=purpose)
        command.set_defaults(run=run)
        if run in {_up, _preview}:
            command.add_argument("stack", nargs="?", default="homelab", help="default: homelab")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""The command line of the lab: up, down, status, ready."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from stacks.command import run_command
from tools import Fault, say
from tools.lab.bringup import PARTS, bring_up
from tools.lab.cluster import Lab
from tools.lab.machine import host
from tools.lab.programs.node import toolchain

STATE = Path(__file__).resolve().parents[2] / ".tier0"
DIRECTORY = STATE / "lab"

_IMAGES_SECONDS = 600
"""Assembling every image from cold caches takes half as long on two cores (measured)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code, and say in a sentence why it is not 0."""
    options = _parser().parse_args(arguments)
    again = f"{options.command}: interrupted; run it again, or `make lab-down`"

    def command() -> None:
        options.run(options, Lab(options.directory))

    return run_command(command, prefix="tier0: ", interrupted=again)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.lab", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run, purpose in (
        ("up", _up, "bring the lab up: a node with the real operators"),
        ("down", _down, "remove the lab without trace; images and programs stay in the cache"),
        ("status", _status, "say what of the lab runs"),
        ("ready", _ready, "fail where no lab can come up, or its programs are still to be built"),
    ):
        command = commands.add_parser(name, help=purpose)
        command.set_defaults(run=run)
        if run is _up:
            command.add_argument(
                "--node", action="store_true", help="only the node, without the operators"
            )
        if run is _ready:
            command.add_argument(
                "--within", type=int, default=0, help="minutes that building may take (0)"
            )
    parser.add_argument("--directory", type=Path, default=DIRECTORY, help="default: .tier0/lab")
    return parser


def _up(options: argparse.Namespace, lab: Lab) -> None:
    bring_up(lab, () if options.node else PARTS)
    say(f"KUBECONFIG={lab.kubeconfig} reaches it; `make lab-down` removes it")


def _down(_options: argparse.Namespace, lab: Lab) -> None:
    started = time.monotonic()
    lab.down()
    say(f"the lab is removed ({time.monotonic() - started:.0f} s)")


def _status(_options: argparse.Namespace, lab: Lab) -> None:
    for name, pid in lab.status().items():
        say(f"{name}: {pid or 'stopped'}")
    say(f"kubeconfig: {lab.kubeconfig if lab.kubeconfig.exists() else 'none'}")


def _ready(options: argparse.Namespace, _lab: Lab) -> None:
    host.check_root()
    host.check_kernel()
    missing = toolchain().missing()
    seconds = sum(tool.seconds for tool in missing) + (_IMAGES_SECONDS if missing else 0)
    if seconds > options.within * 60:
        raise Fault(
            "the lab",
            f"{len(missing)} of its programs are not built here",
            f"run `make lab`, which takes about {seconds / 60:.0f} min for them the first time",
        )
    say(f"the lab is ready, with {len(missing)} of its programs to be built first")


if __name__ == "__main__":
    sys.exit(main())

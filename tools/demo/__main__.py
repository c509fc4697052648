"""Shows what tier0 is for: a database under load, a drill, a fire, the recovery, and the report."""

import argparse
import sys
from collections.abc import Sequence

from stacks.command import run_command
from tools import Fault
from tools.demo.stage import Stage
from tools.demo.story import tell
from tools.lab.__main__ import DIRECTORY, STATE
from tools.lab.cluster import Lab
from tools.lab.machine import host
from tools.lock import held


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; return the exit code, and say in a sentence why it is not 0."""
    argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__).parse_args(arguments)
    return run_command(
        _demo,
        prefix="tier0: ",
        interrupted="the demo: interrupted; run it again, or `make lab-down`",
    )


def _demo() -> int:
    host.check_root()
    busy = Fault(str(STATE), "another demo runs here", "wait until it ends, or end it")
    with held(STATE / "demo.lock", busy):
        return tell(Stage(Lab(DIRECTORY, ("demo",)), STATE / "demo"))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks [NAME ...]`: figures of this machine."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import compared, in_lab, offline
from benchmarks.measure import Failed
from tools import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED_FOR = ("start", "restore", "drill", "archive", "failover", "sizes")
"""What runs by its name only: it needs a commit, or the lab."""


def main() -> int:
    """Run the benchmarks asked for, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "which",
        nargs="*",
        help="check, plan, render, adopt, window, look, report, up, start, restore, drill, "
        "archive, failover, sizes; all but the last six when left out",
    )
    parser.add_argument("--rounds", type=int, default=5, help="runs of `up` and `start`")
    parser.add_argument("--against", metavar="COMMIT", help="what `start` is compared with")
    parser.add_argument(
        "--sizes",
        type=float,
        nargs="+",
        default=in_lab.GIGABYTES,
        metavar="GB",
        help="what the database of `sizes` grows to",
    )
    arguments = parser.parse_args()
    benchmarks: dict[str, Callable[[Path], None]] = {
        "check": offline.check,
        "plan": offline.plan,
        "render": offline.render,
        "adopt": offline.adopt,
        "window": offline.window,
        "look": offline.look,
        "report": offline.report,
        "up": lambda folder: compared.up(folder, arguments.rounds),
        "start": lambda folder: compared.start(folder, arguments.against, arguments.rounds),
        "restore": in_lab.restore,
        "drill": in_lab.drill,
        "archive": in_lab.archive,
        "failover": in_lab.failover,
        "sizes": lambda folder: in_lab.sizes(folder, arguments.sizes),
    }
    if unknown := set(arguments.which) - benchmarks.keys():
        parser.error(
            f"{', '.join(sorted(unknown))}: no such benchmark; write {', '.join(benchmarks)}"
        )
    if "start" in arguments.which and not arguments.against:
        parser.error("start: compares with an earlier commit; write --against COMMIT")
    try:
        for name in arguments.which or [it for it in benchmarks if it not in ASKED_FOR]:
            with TemporaryDirectory(prefix="tier0-benchmark-") as folder:
                benchmarks[name](Path(folder))
    except (Failed, Fault) as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line prints
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The arguments of `report`; its code is imported when it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import argparse

    # argparse has no public name for it.
    _Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001


def add_report(commands: "_Commands", known: str) -> None:
    """Add the arguments; *known* says what an environment may be."""
    parser = commands.add_parser(
        "report", help="print what the drills have proved; fail unless every proof is fresh"
    )
    parser.add_argument("environment", help=known)
    parser.add_argument(
        "--from",
        dest="folder",
        type=Path,
        metavar="DIR",
        help="read the evidence in the JSON files under DIR, such as the off-site copy's `_drills` "
        "(default: what the cluster keeps)",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write it as a page, too")
    parser.add_argument(
        "--save",
        action="store_true",
        help="write the proof of each objective next to the environment's module, for `plan`",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")

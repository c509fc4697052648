"""The arguments of `drill`; its code is imported when it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import argparse

    # argparse has no public name for it.
    _Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001


def add_drill(commands: "_Commands", known: str) -> None:
    """Add the arguments; *known* says what an environment may be."""
    parser = commands.add_parser(
        "drill",
        help="prove a database's archive now: restore it into a throw-away cluster",
        description="Prove a database's archive now. Exit status: 0 passed, 3 an objective was "
        "missed, 4 the archive did not give the data, 5 could not verify; 1 it was not begun.",
    )
    parser.add_argument("environment", help=known)
    parser.add_argument("database", metavar="DATABASE", help="its role in the environment")
    parser.add_argument(
        "--depth",
        choices=["look", "restore", "deep"],
        default="restore",
        help="read the listing only, restore, or restore and read every page "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--from",
        dest="store",
        choices=["archive", "offsite"],
        help="the archive, or its off-site copy; default: each in turn",
    )
    parser.add_argument(
        "--to", metavar="TIME", help="restore to this moment, with its zone; default: the end"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="restore nothing: see whether it could be begun"
    )
    parser.add_argument("--json", action="store_true", help="print the evidence as JSON")
    parser.add_argument(
        "--junit", type=Path, metavar="FILE", help="write the evidence as JUnit XML, too"
    )

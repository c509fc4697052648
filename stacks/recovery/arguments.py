"""The arguments of the commands of recovery; their code is imported when one of them runs."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_inspect(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", known: str
) -> None:
    """Add the arguments of `inspect`."""
    parser = commands.add_parser(
        "inspect", help="restore a throw-away clone of a database, to look into it"
    )
    parser.add_argument("environment", help=known)
    parser.add_argument("database", metavar="DATABASE", help="its role in the environment")
    parser.add_argument(
        "--at",
        nargs="+",
        metavar="T",
        help="a time with its zone, `latest`, or `before-xid N` (with --backup)",
    )
    parser.add_argument("--backup", metavar="ID", help="the base backup to start from")
    parser.add_argument(
        "--from",
        dest="source",
        choices=["archive", "offsite"],
        default="archive",
        help="the archive, or its off-site copy (default: %(default)s)",
    )
    parser.add_argument(
        "--generation", type=int, metavar="N", help="whose archive (default: the active one's)"
    )
    parser.add_argument(
        "--for",
        dest="lasting",
        default="4h",
        metavar="DURATION",
        help="how long it stays, from when it is ready (default: %(default)s)",
    )
    parser.add_argument("--dbname", metavar="NAME", help="default: the application's database")
    parser.add_argument(
        "--query", metavar="SQL", help="run one read-only query, then remove the clone"
    )
    others = parser.add_mutually_exclusive_group()
    others.add_argument("--list", action="store_true", help="list the clones of the database")
    others.add_argument("--remove", metavar="CLONE", help="remove one now")
    others.add_argument("--extend", metavar="CLONE", help="let one stay for --for from now on")
    parser.add_argument("--json", action="store_true", help="print JSON")

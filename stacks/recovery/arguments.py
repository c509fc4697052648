"""The arguments of the commands of recovery; their code is imported when one of them runs."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import argparse

    # argparse has no public name for it.
    _Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001

RECOVERY = ("window", "find", "inspect", "restore", "activate", "retire", "runbook")
"""The commands of recovery."""


def add_recovery(commands: "_Commands", known: str) -> None:
    """Add the arguments of each; *known* says what an environment may be."""
    _add_window(commands, known)
    _add_find(commands, known)
    _add_inspect(commands, known)
    _add_changes(commands, known)
    _add_runbook(commands, known)


def _add_window(commands: "_Commands", known: str) -> None:
    parser = commands.add_parser(
        "window", help="print which moments each database can be restored to, from its archive"
    )
    parser.add_argument("environment", help=known)
    parser.add_argument("database", nargs="?", help="one of its databases; default: all")
    parser.add_argument(
        "--from",
        dest="store",
        choices=["archive", "offsite"],
        default="archive",
        help="read the archive in the cluster's object store (default), or its off-site copy",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _add_find(commands: "_Commands", known: str) -> None:
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


def _add_inspect(commands: "_Commands", known: str) -> None:
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


def _add_changes(commands: "_Commands", known: str) -> None:
    """Add the commands that change an environment's file."""
    restoring = commands.add_parser(
        "restore",
        help="print how the environment's file restores a database, and what follows; or restore "
        "one database of a cluster",
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
        does = "change the file, too" + "; with --database: do it" * (one is restoring)
        one.add_argument("--write", action="store_true", help=does)
        one.add_argument("--json", action="store_true", help="print JSON")
    restoring.add_argument(
        "--to",
        nargs="+",
        metavar="TARGET",
        help="latest, a time with its zone, before-xid N, or backup ID; default with --all: latest",
    )
    restoring.add_argument(
        "--backup",
        metavar="ID",
        help="the base backup that latest, a time or before-xid starts from",
    )
    restoring.add_argument(
        "--generation", type=int, metavar="N", help="whose archive (default: the active one's)"
    )
    restoring.add_argument(
        "--from",
        dest="store",
        choices=["archive", "offsite"],
        help="where it is restored from; default: a volume snapshot and the archive's WAL where "
        "one lies before the target, else archive; with --database archive; with --all offsite, or "
        "the archive if that is outside of the cluster",
    )
    restoring.add_argument("--reason", metavar="TEXT", help="why; it stays in the file")
    restoring.add_argument(
        "--at-once", action="store_true", help="send clients to it without a look at it before"
    )
    restoring.add_argument(
        "--all", action="store_true", help="every database, after the loss of the cluster"
    )
    restoring.add_argument(
        "--database",
        dest="one",
        metavar="NAME",
        help="one database of the cluster alone, in the running one; the file stays as it is",
    )
    restoring.add_argument(
        "--put-back",
        metavar="KEPT",
        help="with --database: what a restore has replaced takes its place again",
    )
    for one in (activating, retiring):
        one.add_argument("number", type=int, help="the generation's number; 1 is the first")
    retiring.add_argument(
        "--removed", action="store_true", help="delete its Cluster, too, once it is retired"
    )


def _add_runbook(commands: "_Commands", known: str) -> None:
    parser = commands.add_parser(
        "runbook", help="print the page for the night it burns, with the environment's names"
    )
    parser.add_argument("environment", help=known)
    parser.add_argument("--json", action="store_true", help="print JSON")

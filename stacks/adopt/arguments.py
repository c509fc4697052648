"""The arguments of `adopt`; its code is imported when it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import argparse

    # argparse has no public name for it.
    _Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001


def add_reading(parser: "argparse.ArgumentParser", namespace: str) -> None:
    """Add what manifests may leave open; *namespace* says what that option is."""
    parser.add_argument("--namespace", metavar="NAME", help=namespace)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a variable of manifests for Flux, which have it as ${NAME}; may be given again",
    )


def add_adopt(commands: "_Commands") -> None:
    """Add the arguments."""
    parser = commands.add_parser(
        "adopt",
        help="write the environment of databases that CloudNativePG runs already",
        description="Read Clusters with their ObjectStores, ScheduledBackups, Databases, "
        "DatabaseRoles and Poolers, write an environment that `check` accepts, and say line by "
        "line what tier0 has no word for, what changes, and what is yours to decide. Nothing in "
        "the cluster changes.",
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "path", nargs="?", type=Path, metavar="FILE|DIR", help="manifests, as YAML or JSON"
    )
    where.add_argument(
        "--context", metavar="NAME", help="read a cluster by this kubeconfig context"
    )
    add_reading(parser, "that of manifests which name none; with --context, the only one read")
    parser.add_argument(
        "--diff",
        action="store_true",
        help="print what the module changes and adds, in place of the module",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the module there; default: print it"
    )

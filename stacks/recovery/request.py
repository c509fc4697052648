"""What a command line asks of `restore`, `activate` or `retire`."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from stacks.check.rules.hosts import outlives_cluster
from stacks.cluster import ClusterClient, Refused
from stacks.command import Fault
from stacks.environment import EnvironmentSpec
from stacks.recovery.archives import Which, archives
from stacks.recovery.edit import EnvironmentFile
from stacks.recovery.restore import Look, restore, restore_all
from stacks.recovery.snapshots import snapshots
from stacks.recovery.steps import Planned
from stacks.recovery.switch import activate, retire
from stacks.recovery.target import Target
from stacks.recovery.window import Survey, survey


def planned(arguments: argparse.Namespace) -> Planned:
    """Return the change that *arguments* ask for; raise Fault and InvalidEnvironment."""
    if arguments.command == "restore" and arguments.put_back:
        raise Fault("--put-back", "it is for one database of a cluster", "write --database too")
    file, name = EnvironmentFile(arguments.environment), arguments.environment
    if arguments.command == "restore" and arguments.all:
        _only_latest(arguments)
        survives = outlives_cluster(file.environment)
        store: Which = arguments.store or ("archive" if survives else "offsite")
        with _answering(file.environment.context) as kube:
            return restore_all(file, name, store=store, reason=arguments.reason, kube=kube)
    if arguments.database is None:
        fix = f"write one of {', '.join(file.environment.databases)}, or --all after its loss"
        raise Fault("restore", "no database is named", fix)
    file.database(arguments.database)
    with ClusterClient.connect(file.environment.context) as kube:
        if arguments.command == "activate":
            return activate(file, name, arguments.database, arguments.number, kube)
        if arguments.command == "retire":
            return retire(
                file,
                name,
                arguments.database,
                arguments.number,
                removed=arguments.removed,
                kube=kube,
            )
        return restore(
            file,
            name,
            arguments.database,
            _target(arguments),
            store=arguments.store or "archive",
            source=arguments.generation,
            reason=arguments.reason,
            at_once=arguments.at_once,
            kube=kube,
            look=_looking(file.environment, kube, snapped=arguments.store is None),
        )


def _looking(environment: EnvironmentSpec, kube: ClusterClient, *, snapped: bool) -> Look:
    """Return what looks into an archive by a pod, and says so.

    *snapped*: a snapshot of the active generation's volumes may be restored, too.
    """

    def look(database: str, server: str, store: Which) -> Survey:
        known, *_ = archives(environment, database, store)
        archive = replace(known, server=server)
        sys.stderr.write(f"{archive.place}: it is read by a pod in {archive.namespace}\n")
        with_wal = environment.databases[database].wal_storage is not None
        own = snapped and archive == known
        found = snapshots(kube, archive, with_wal=with_wal) if own else []
        return survey(kube, archive, found)

    return look


def _target(arguments: argparse.Namespace) -> Target:
    if arguments.to is None:
        fix = "write --to latest, a time with its zone, before-xid N, or backup ID"
        raise Fault("restore", "it has no target", fix)
    return Target.of(arguments.to, arguments.backup)


def _only_latest(arguments: argparse.Namespace) -> None:
    if arguments.database is not None:
        raise Fault("--all", f"{arguments.database} is one database", "leave one of them out")
    if arguments.generation is not None:
        fault = "each database comes back from its active generation"
        raise Fault("--generation", fault, "leave it out, or restore one database")
    if arguments.backup is not None:
        fault = "it is of one database"
        raise Fault(f"--backup {arguments.backup}", fault, "leave it out, or restore one database")
    if arguments.to and Target.of(arguments.to, arguments.backup).kind != "latest":
        fault = "after the loss of a cluster each database comes back as far as it was stored"
        raise Fault("--all", fault, "write --to latest, or restore one database")


@contextmanager
def _answering(context: str) -> Iterator[ClusterClient | None]:
    """Yield the cluster's client; None, with the reason on stderr, if no cluster answers."""
    try:
        kube = ClusterClient.connect(context)
        kube.at("/version")
    except Refused:
        raise
    except Fault as fault:
        sys.stderr.write(f"the cluster counts as lost: {fault}\n")
        yield None
    else:
        with kube:
            yield kube

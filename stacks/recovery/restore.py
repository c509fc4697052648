"""`restore`: one more generation of a database, or of each after the loss of a cluster."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from pydantic import ValidationError

from components.postgres import FollowSpec, PostgresSpec, RestoreSpec
from components.postgres.generations import Generation, server_name
from stacks.check import InvalidEnvironment
from stacks.check.sentences import sentences
from stacks.cluster import ClusterClient
from stacks.command import Fault
from stacks.recovery.archives import Which
from stacks.recovery.edit import Change, EnvironmentFile
from stacks.recovery.sites import must_lead
from stacks.recovery.steps import Planned, Steps
from stacks.recovery.switch import generation_of
from stacks.recovery.target import Target
from stacks.recovery.ways import ways
from stacks.recovery.window import Survey

Look: TypeAlias = Callable[[str, str, Which], Survey]
"""Looks into the archive of a database that has a server name; raises Fault."""

_API = "postgresql.cnpg.io/v1"


def restore(  # noqa: PLR0913 - what the command line says, each by its name
    file: EnvironmentFile,
    name: str,
    database: str,
    target: Target,
    *,
    store: Which,
    source: int | None = None,
    reason: str | None,
    at_once: bool,
    kube: ClusterClient,
    look: Look,
) -> Planned:
    """Return the change that restores *database* as a candidate; *at_once*: as the active one.

    *source* is the generation whose archive is read; None: the active one.
    """
    spec, number = file.database(database), _next(file, database)
    must_lead(spec, database)
    old = spec.current
    origin = old if source is None else generation_of(spec, database, source)
    _unused(kube, look, database, spec, store)
    lost = kube.get(_API, "Cluster", old.cluster, spec.namespace) is None
    if lost and not at_once:
        fault = "it is lost, and pulumi up would make an empty one in its place"
        raise Fault(f"Cluster {spec.namespace}/{old.cluster}", fault, "add --at-once")
    survey = look(database, origin.server_name, store)
    fields, begins = target.fields(survey), target.begins(survey)
    if begins and (snapshot := survey.snapshot_at(*begins)):
        # A recovery takes one start: before_xid comes with the base backup otherwise.
        named = ("backup", "latest")
        fields = {key: it for key, it in fields.items() if key not in named} | snapshot.fields
    entry = _entry(origin, spec, fields, store=store, reason=reason, said=str(target))
    change = Change(
        entry=entry,
        active=number if at_once else None,
        removed=[*spec.removed, old.number] if lost else None,
    )
    text = file.changed({database: change})
    new = spec.model_copy(update=change.fields(spec)).lineage[-1]
    steps = Steps(name, file.environment)
    if lost:
        following = [
            steps.restored([(new.cluster, spec)], ", and sends clients to it", entry.snapshot)
        ]
    elif at_once:
        does = f", stops {old.cluster}, and sends clients to {new.cluster}"
        following = [
            steps.restored([(new.cluster, spec)], does, entry.snapshot),
            *steps.given_up(database, old, new),
        ]
    else:
        following = steps.candidate(database, new)
    notes = [
        *_ways(database, spec, survey, begins),
        *latest_note(database, target, survey),
    ]
    return Planned(file=file, text=text, notes=notes, steps=following)


def restore_all(
    file: EnvironmentFile,
    name: str,
    *,
    store: Which,
    reason: str | None,
    kube: ClusterClient | None,
) -> Planned:
    """Return the change after the loss of a cluster: each database, in place of what is gone.

    One that followed the other site follows it again.
    Nothing is asked of a store. A cluster that answers must have lost them: *kube* is None if none
    does.
    """
    environment = file.environment
    if said := [*_uncopied(file, store), *(_alive(kube, file) if kube else [])]:
        raise InvalidEnvironment("\n".join(said))
    changes = {}
    for database, spec in environment.databases.items():
        number = _next(file, database)
        gone = [it.number for it in spec.lineage if it.state not in ("removed", "upgraded")]
        changes[database] = Change(
            entry=_again(spec, reason)
            or _entry(spec.current, spec, {}, store=store, reason=reason, said="latest --all"),
            active=number,
            retired=(),
            removed=[*spec.removed, *gone],
        )
    restored = [
        (server_name(spec.cluster, _next(file, database)), spec)
        for database, spec in environment.databases.items()
    ]
    steps = [Steps(name, environment).restored(restored)]
    notes = ["no store was asked: what it holds comes back, and no commit that it does not hold"]
    notes += [
        f"databases.{database}: it is restored from the other site's {spec.site.server_name}, and "
        "follows it again"
        for database, spec in environment.databases.items()
        if spec.site and spec.is_replica
    ]
    notes += [
        f"databases.{database}: only if its other site has not taken over, as both would accept "
        "writes; else it comes back by a FollowSpec (docs/second-site.md)"
        for database, spec in environment.databases.items()
        if spec.site and not spec.is_replica
    ]
    if kube is None:
        notes.append(
            "no cluster was asked: `removed` deletes what is left of an earlier generation"
        )
    return Planned(file=file, text=file.changed(changes), notes=notes, steps=steps)


def latest_note(database: str, target: Target, survey: Survey) -> list[str]:
    """Return up to when `latest` restores, and what ends it too early; nothing for other targets.

    PostgreSQL takes a missing segment, and one without the history of its timeline, for the end.
    """
    if target.kind != "latest":
        return []
    end, place = survey.stretches[-1], f"databases.{database}"
    latest = end.window.latest if end.window else f"the end of base backup {end.backups[-1]}"
    rest = "what is committed later and not archived yet does not come back"
    notes = [f"{place}: the latest possible moment is {latest}; {rest}"]
    for gap in survey.found["gaps"]:
        if gap["first"] > end.last_wal:
            missing = f"WAL {gap['first']} to {gap['last']} is missing in the archive"
            notes.append(f"{place}: {missing}; what is archived after it does not come back")
    if history := survey.found["missing_history"]:
        rest = "what is archived from its timeline on does not come back"
        notes.append(f"{place}: {history} is missing in the archive; {rest}")
    return notes


def _unused(
    kube: ClusterClient, look: Look, database: str, spec: PostgresSpec, store: Which
) -> None:
    """Raise Fault if the cluster or the store knows the next generation already."""
    number = len(spec.lineage) + 1
    name = server_name(spec.cluster, number)
    fault, fix = f"it is there, so number {number} is used", "pull the latest environment file"
    if kube.get(_API, "Cluster", name, spec.namespace):
        raise Fault(f"Cluster {spec.namespace}/{name}", fault, fix)
    held = look(database, name, store).found
    if held["segments"] or held["backups"]:
        raise Fault(f"{store} {spec.backup.place}/{name}", fault, fix)


def _ways(
    database: str, spec: PostgresSpec, survey: Survey, begins: tuple[str, datetime] | None
) -> list[str]:
    """Return what the restore starts from, and what it would start from otherwise."""
    found = ways(spec, survey, *begins) if begins else []
    if not found:
        return []
    first, other = found
    other = f"with --from archive {other}" if " snapshot " in first else other
    return [f"databases.{database}: {first}", f"databases.{database}: {other}"]


def _next(file: EnvironmentFile, database: str) -> int:
    return len(file.environment.databases[database].lineage) + 1


def _entry(
    old: Generation,
    spec: PostgresSpec,
    fields: Mapping[str, Any],
    *,
    store: Which,
    reason: str | None,
    said: str,
) -> RestoreSpec:
    """Return the entry of a generation that is restored from *old*."""
    given: dict[str, Any] = {"source": old.number}
    given |= {"store": store} if store != "archive" else {}
    given |= fields
    given |= {"image": old.image} if old.image != spec.image else {}
    given["reason"] = reason or f"`restore --to {said}` of {datetime.now(UTC):%Y-%m-%d}"
    try:
        return RestoreSpec(**given)
    except ValidationError as error:
        raise InvalidEnvironment("\n".join(sentences(error, RestoreSpec))) from None


def _again(spec: PostgresSpec, reason: str | None) -> FollowSpec | None:
    """Return the entry of a generation that follows the other site again; None for no replica.

    Its own archive has nothing that the other site's has not.
    """
    if spec.site is None or not spec.is_replica:
        return None
    reason = reason or f"`restore --all` of {datetime.now(UTC):%Y-%m-%d}"
    old = spec.current
    image = {"image": old.image} if old.image != spec.image else {}
    return FollowSpec(server_name=spec.site.server_name, reason=reason, **image)


def _uncopied(file: EnvironmentFile, store: Which) -> list[str]:
    if store == "archive" or file.environment.offsite:
        return []
    fault = "the environment has no off-site copy; write --from archive if the object store is left"
    return [
        f"databases.{database}: {fault}"
        for database, spec in file.environment.databases.items()
        if not spec.is_replica
    ]


def _alive(kube: ClusterClient, file: EnvironmentFile) -> list[str]:
    """Return a sentence for each database that the cluster still has."""
    return [
        f"databases.{database}: Cluster {spec.namespace}/{it.cluster} is not lost; restore this "
        "database alone, without --all"
        for database, spec in file.environment.databases.items()
        for it in spec.lineage
        if it.state != "upgraded" and kube.get(_API, "Cluster", it.cluster, spec.namespace)
    ]

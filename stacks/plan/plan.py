"""The plan of an environment: what to know before it is deployed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from components.postgres import FollowSpec, PostgresSpec, UpgradeSpec
from components.postgres.generations import Generation
from components.postgres.objectives import UPLOAD_ALLOWANCE_SECONDS
from components.spec import cron
from components.spec.words import retention_days, seconds, size_bytes
from stacks.check.rules.hints import hints
from stacks.check.rules.hosts import outlives_cluster
from stacks.check.rules.measured import forced_wal_bytes
from stacks.check.rules.waivers import waived
from stacks.environment import EnvironmentSpec
from stacks.plan.archiver import ArchiverPlan, archiver
from stacks.plan.proven import ObjectivePlan, objectives
from stacks.plan.site import SitePlan, site
from stacks.render.diff import called
from stacks.render.recorder import Recording
from stacks.report.proof import Proofs

EMPTY = "created empty"
"""How a generation is created that comes from nothing."""

NEVER = "created empty, if ever"
"""What is known of a first generation that is removed, before one that follows the other site: a
site that begins as a replica never had it."""


@dataclass(frozen=True, kw_only=True)
class GenerationPlan:
    """One generation of a database."""

    number: int
    """1 is the first."""
    cluster: str
    """The name of its Cluster."""
    state: str
    """`active`, `candidate`, `stopped`, `retired`, `removed` or `upgraded`."""
    origin: str
    """How it was created, in words."""


@dataclass(frozen=True, kw_only=True)
class DatabasePlan:
    """One database."""

    name: str
    """The name of its role in the environment."""
    cluster: str
    """`namespace/name` of its Cluster."""
    instances: int
    """Number of instances."""
    storage: str
    """Size of each instance's volume."""
    wal_storage: str | None
    """Size of each instance's WAL volume; None if WAL is on the data volume."""
    tablespaces: Mapping[str, str]
    """Size of each instance's volume of each tablespace, by its name."""
    synchronous: str | None
    """`required` or `preferred` if commits wait for replicas."""
    host: str
    """The host name that always reaches its primary."""
    next_backups: list[str]
    """The next three base backups, RFC 3339, UTC."""
    next_snapshots: list[str]
    """The next three snapshots of its volumes, RFC 3339, UTC; empty without `snapshots`."""
    snapshots_a_year: int
    """How many of them a year adds. Nothing deletes them."""
    backup_method: str
    """The archiving method: `plugin` or `in-tree`."""
    retention: str
    """How far back recovery reaches, once the archive is that old."""
    recoverable_from: str
    """The oldest recoverable moment then, as of now; RFC 3339, UTC."""
    base_backups: int
    """How many base backups the archive holds at most."""
    base_backup_bytes: int
    """Their largest total size: each as large as the volume, and not compressed."""
    wal_bytes_a_day: int
    """Size of a day of WAL, before compression, of a database with few but steady writes: one
    segment every archive_timeout. A busy one writes more."""
    archive: str
    """URL of the archive."""
    earlier_archives: list[str]
    """URLs of the archives of its other generations, oldest first."""
    generations: list[GenerationPlan]
    """Its generations, oldest first."""
    endpoint: str
    """Address of the object store."""
    outlives_cluster: bool
    """Whether the archive is in an S3 outside of the cluster, as far as its address shows: the loss
    of every node leaves it, that of its bucket, account or provider does not."""
    encryption: str | None
    """Encryption at rest, by the object store."""
    rpo_seconds: int
    """The most time whose commits may be lost with the whole cluster: the sum of the next two."""
    archive_timeout_seconds: int
    """The longest time that a WAL segment with changes stays open."""
    upload_allowance_seconds: int
    """The time for its compression and upload."""
    archiver: ArchiverPlan
    """How fast its WAL is archived."""
    rto_seconds: int
    """Declared; only a drill can prove it."""
    objectives: list[ObjectivePlan]
    """Each objective with the drill that proved it, as `report --save` has kept it."""
    offsite: str | None
    """URL of the archive's copy, at its endpoint."""
    offsite_rpo_seconds: int | None
    """What may be lost in addition, together with the cluster and its object store."""
    site: SitePlan | None
    """Its other site; None if it has none."""


@dataclass(frozen=True, kw_only=True)
class CertificatePlan:
    """One certificate."""

    name: str
    """`namespace/name`."""
    lifetime_days: int
    """From issue to expiry; it is renewed when a third is left."""
    is_ca: bool
    """Whether it signs others."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An environment in figures."""

    environment: str
    """Its name."""
    context: str
    """The kubeconfig context of its cluster."""
    disposable: bool
    """Whether its data may be deleted."""
    waivers: list[str]
    """The rules that it breaks on purpose, a line each."""
    hints: list[str]
    """What its choices cost, each as `place: cost [rule]` (docs/rules.md); none is a fault."""
    databases: list[DatabasePlan]
    """Its databases."""
    certificates: list[CertificatePlan]
    """Its certificates."""
    releases: dict[str, str]
    """Helm releases, `namespace/name`: chart and version. `render` does not write them; their
    charts decide which objects they contain."""
    operators: dict[str, str]
    """The operators that it installs: version, and whether that ran in the lab or was only read."""
    objects: dict[str, int]
    """Number of Kubernetes objects by kind."""
    holding_data: list[str]
    """`kind namespace/name` of the objects whose deletion would lose data."""


def plan(
    name: str,
    environment: EnvironmentSpec,
    recording: Recording,
    now: datetime,
    proofs: Proofs = MappingProxyType({}),
) -> Plan:
    """Return the plan of *environment* as of *now*; *recording* is what its program declared.

    *proofs* are what drills have proved.
    """
    manifests = list(recording.manifests())
    return Plan(
        environment=name,
        context=environment.context,
        disposable=environment.disposable,
        waivers=list(waived(environment)),
        hints=list(map(str, hints(environment))),
        databases=[
            _database(
                key,
                spec,
                environment,
                now,
                objectives(key, environment, proofs.get(key, {}), now),
            )
            for key, spec in environment.databases.items()
        ],
        certificates=[
            CertificatePlan(
                name=called(manifest),
                lifetime_days=seconds(manifest["spec"]["duration"]) // 86400,
                is_ca=manifest["spec"].get("isCA", False),
            )
            for manifest in manifests
            if manifest["kind"] == "Certificate"
        ],
        releases={
            f"{release['namespace']}/{release['name']}": f"{release['chart']} {release['version']}"
            for release in recording.releases()
        },
        operators={
            str(operator): f"{pin.version} ({pin.proof})"
            for operator, pin in (
                environment.operators.charts() if environment.operators else {}
            ).items()
        },
        objects=dict(sorted(Counter(m["kind"] for m in manifests).items())),
        holding_data=[
            f"{resource.manifest['kind']} {called(resource.manifest)}"
            for resource in recording.resources
            if resource.holds_data and resource.manifest
        ],
    )


def _database(
    name: str,
    spec: PostgresSpec,
    environment: EnvironmentSpec,
    now: datetime,
    proven: list[ObjectivePlan],
) -> DatabasePlan:
    offsite, backup = environment.offsite, spec.backup
    kept = _base_backups(backup.schedule, timedelta(days=retention_days(backup.retention)), now)
    timeout = spec.objectives.archive_timeout_seconds
    snapshots = spec.snapshots.schedule if spec.snapshots else None
    copy = offsite.destination(backup.place) if offsite else None
    return DatabasePlan(
        name=name,
        cluster=f"{spec.namespace}/{spec.cluster}",
        instances=spec.instances,
        storage=spec.storage,
        wal_storage=spec.wal_storage,
        tablespaces={called: it.storage for called, it in spec.tablespaces.items()},
        synchronous=spec.synchronous.durability if spec.synchronous else None,
        host=spec.host,
        next_backups=[_moment(time) for time in cron.fires(backup.schedule, now, 3)],
        next_snapshots=[_moment(it) for it in cron.fires(snapshots, now, 3)] if snapshots else [],
        snapshots_a_year=cron.fires_a_year(snapshots) if snapshots else 0,
        backup_method=backup.method,
        retention=backup.retention,
        recoverable_from=_moment(now - timedelta(days=retention_days(backup.retention))),
        base_backups=kept,
        base_backup_bytes=kept * size_bytes(spec.data_size),
        wal_bytes_a_day=forced_wal_bytes(spec),
        archive=spec.archive,
        earlier_archives=[it for it in spec.archives if it != spec.archive],
        generations=[
            GenerationPlan(
                number=it.number, cluster=it.cluster, state=it.state, origin=_origin(it, spec)
            )
            for it in spec.lineage
        ],
        endpoint=environment.object_store.address,
        outlives_cluster=outlives_cluster(environment),
        encryption=backup.encryption,
        rpo_seconds=seconds(spec.objectives.rpo),
        archive_timeout_seconds=timeout,
        upload_allowance_seconds=UPLOAD_ALLOWANCE_SECONDS,
        archiver=archiver(spec),
        rto_seconds=seconds(spec.objectives.rto),
        objectives=proven,
        offsite=f"{copy}{spec.server_name}/ at {offsite.endpoint}" if offsite else None,
        offsite_rpo_seconds=seconds(offsite.rpo) if offsite else None,
        site=site(spec),
    )


def _origin(generation: Generation, spec: PostgresSpec) -> str:
    """Say how a generation was created."""
    it, source = generation.origin, spec.import_from
    first = spec.generations[0] if spec.generations else None
    if it is None and generation.state == "removed" and isinstance(first, FollowSpec):
        return NEVER
    if it is None and source:
        schema = "the schema of " * source.schema_only
        return f"imported from {schema}{', '.join(source.databases)} at {source.host}"
    if it is None:
        return EMPTY
    if isinstance(it, UpgradeSpec):
        return f"upgraded from PostgreSQL {it.from_major}"
    if isinstance(it, FollowSpec):
        return f"restored from the other site's {it.server_name}, to follow it: {it.reason}"
    until = "to the end"
    if it.time:
        until = f"to {it.time}"
    elif it.before_xid is not None:
        until = f"to before transaction {it.before_xid}"
    elif it.ends:
        until = f"to backup {it.backup}"
    copy = "the off-site copy of " * (it.store == "offsite")
    copy += f"snapshot {it.snapshot} of " if it.snapshot else ""
    return f"restored from {copy}generation {it.source} {until}: {it.reason}"


def _base_backups(schedule: str, retention: timedelta, now: datetime) -> int:
    """Return the most base backups that are kept: those in the window, and the one before it.

    A busy schedule has equally many in every window, so its first day stands for all.
    """
    day = timedelta(days=1)
    a_day = cron.fires_within(schedule, now, day)
    if a_day >= 2:  # noqa: PLR2004 - several times a day
        return a_day * (retention // day) + 1
    return cron.fires_within(schedule, now, retention) + 1


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")

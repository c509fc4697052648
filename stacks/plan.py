"""What a person wants to know of an environment before it is deployed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console, Group
from rich.table import Table

from components import cron
from components.objectives import UPLOAD_ALLOWANCE_SECONDS
from components.postgres import PostgresSpec
from components.words import seconds
from stacks.environment import EnvironmentSpec
from stacks.recorder import Recording


@dataclass(frozen=True, kw_only=True)
class DatabasePlan:
    """One database."""

    name: str
    cluster: str
    """`namespace/name` of its Cluster."""
    instances: int
    storage: str
    """Size of each instance's volume."""
    host: str
    next_backups: list[str]
    """The next three base backups, RFC 3339, UTC."""
    backup_method: str
    retention: str
    archive: str
    """URL of the archive."""
    endpoint: str
    encryption: str | None
    """At rest, by the object store."""
    rpo_seconds: int
    """The most time whose commits may be lost with the whole cluster."""
    archive_timeout_seconds: int
    upload_allowance_seconds: int
    rto_seconds: int
    """Declared; only a drill can prove it."""
    offsite: str | None
    """URL of the archive's copy, at its endpoint."""
    offsite_rpo_seconds: int | None
    """What may be lost in addition with cluster and object store."""


@dataclass(frozen=True, kw_only=True)
class CertificatePlan:
    """One certificate."""

    name: str
    """`namespace/name`."""
    lifetime_days: int
    is_ca: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An environment in figures."""

    environment: str
    context: str
    disposable: bool
    databases: list[DatabasePlan]
    certificates: list[CertificatePlan]
    releases: dict[str, str]
    """Helm releases, `namespace/name`: chart and version. They are no objects that `render` writes;
    what is in them, their charts decide."""
    objects: dict[str, int]
    """Number of Kubernetes objects by kind."""
    holding_data: list[str]
    """`kind namespace/name` of the objects whose deletion would lose data."""


def plan(name: str, environment: EnvironmentSpec, recording: Recording, now: datetime) -> Plan:
    """Return the plan of *environment*, whose program declared *recording*, as of *now*."""
    manifests = list(recording.manifests())
    return Plan(
        environment=name,
        context=environment.context,
        disposable=environment.disposable,
        databases=[
            _database(key, spec, environment, now) for key, spec in environment.databases.items()
        ],
        certificates=[
            CertificatePlan(
                name=_name(manifest),
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
        objects=dict(sorted(Counter(m["kind"] for m in manifests).items())),
        holding_data=[
            f"{resource.manifest['kind']} {_name(resource.manifest)}"
            for resource in recording.resources
            if resource.holds_data and resource.manifest
        ],
    )


def _database(
    name: str, spec: PostgresSpec, environment: EnvironmentSpec, now: datetime
) -> DatabasePlan:
    offsite = environment.offsite
    return DatabasePlan(
        name=name,
        cluster=f"{spec.namespace}/{spec.cluster}",
        instances=spec.instances,
        storage=spec.storage,
        host=spec.host,
        next_backups=[
            time.astimezone(UTC).isoformat() for time in cron.fires(spec.backup.schedule, now, 3)
        ],
        backup_method=spec.backup.method,
        retention=spec.backup.retention,
        archive=spec.archive,
        endpoint=environment.object_store.endpoint,
        encryption=spec.backup.encryption,
        rpo_seconds=seconds(spec.objectives.rpo),
        archive_timeout_seconds=spec.objectives.archive_timeout_seconds,
        upload_allowance_seconds=UPLOAD_ALLOWANCE_SECONDS,
        rto_seconds=seconds(spec.objectives.rto),
        offsite=(
            f"{offsite.destination(spec)}{spec.server_name}/ at {offsite.endpoint}"
            if offsite
            else None
        ),
        offsite_rpo_seconds=seconds(offsite.rpo) if offsite else None,
    )


def _name(manifest: Mapping[str, Any]) -> str:
    metadata = manifest["metadata"]
    where = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"{where}{metadata['name']}"


def show(plan: Plan, console: Console) -> None:
    """Print *plan* as tables."""
    fate = "disposable" if plan.disposable else "its data is protected and retained"
    console.print(
        f"[bold]{plan.environment}[/] in context {plan.context}: {fate}\n", highlight=False
    )
    for database in plan.databases:
        console.print(_facts(f"database {database.name}", _database_facts(database)))
    console.print(
        _facts(
            "certificates",
            {
                certificate.name: f"{certificate.lifetime_days} days"
                + (", root CA, key never changes" if certificate.is_ca else "")
                for certificate in plan.certificates
            },
        )
    )
    if plan.releases:
        console.print(_facts("operators, as Helm releases", plan.releases))
    console.print(
        _facts(
            f"{sum(plan.objects.values())} objects",
            {kind: str(count) for kind, count in plan.objects.items()},
        )
    )
    console.print(_facts("holding data", dict.fromkeys(plan.holding_data, "protected")))


def _database_facts(database: DatabasePlan) -> dict[str, str]:
    times = [
        datetime.fromisoformat(time).strftime("%a %Y-%m-%d %H:%M UTC")
        for time in database.next_backups
    ]
    return {
        "cluster": f"{database.cluster}, {database.instances} instances of {database.storage}",
        "host": database.host,
        "next base backups": "\n".join(times),
        "retention": f"{database.retention}, by the {database.backup_method} method",
        "archive": f"{database.archive}\nat {database.endpoint}",
        "encryption at rest": database.encryption or "none by the object store",
        "guaranteed RPO": (
            f"{_time(database.rpo_seconds)} = archive_timeout "
            f"{_time(database.archive_timeout_seconds)} + upload "
            f"{_time(database.upload_allowance_seconds)}"
        ),
        "declared RTO": f"{_time(database.rto_seconds)}, not yet proven by a drill",
    } | _offsite_facts(database)


def _offsite_facts(database: DatabasePlan) -> dict[str, str]:
    if database.offsite_rpo_seconds is None:
        return {}
    together = database.rpo_seconds + database.offsite_rpo_seconds
    return {
        "off-site copy": str(database.offsite).replace(" at ", "\nat "),
        "RPO off-site": (
            f"{_time(together)} = {_time(database.rpo_seconds)} + copy "
            f"{_time(database.offsite_rpo_seconds)}"
        ),
    }


def _facts(title: str, facts: Mapping[str, str]) -> Group:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    table.add_column(style="cyan")
    table.add_column(overflow="fold")
    for key, value in facts.items():
        table.add_row(key, value)
    return Group(f"[bold]{title}[/]", table, "")


def _time(count: int) -> str:
    minutes, rest = divmod(int(timedelta(seconds=count).total_seconds()), 60)
    return " ".join(([f"{minutes} min"] if minutes else []) + ([f"{rest} s"] if rest else []))

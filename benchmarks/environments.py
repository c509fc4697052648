"""Environments of any size, as modules: data, like those in `stacks/`."""

from pathlib import Path

_HEAD = '''"""{count} databases."""

from components.certificates import CertificateSpec
from components.ceph import BucketClaimSpec, ObjectStoreSpec
from components.postgres import BackupSpec
from components.postgres import DrillsSpec
from components.postgres import ObjectivesSpec
from components.postgres import PostgresSpec
from components.postgres import RestoreSpec
from components.postgres import UpgradeSpec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="sandbox",
    disposable=True,
    object_store=ObjectStoreSpec(
        name="store",
        certificate=CertificateSpec(name="store-tls", secret="store-tls"),
    ),
    databases={{
'''

_DATABASE = """        "db-{number}": PostgresSpec(
            namespace="databases-{namespace}",
            cluster="db-{number}",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=3,
            storage="10Gi",
            objectives=ObjectivesSpec(rpo="5m", rto="15m"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(bucket="db-{number}-backups", claim="db-{number}-backups"),
                schedule="{minute} 2 * * *",
                retention="30d",
            ),
{more}        ),
"""

_GENERATIONS = """            generations=[
                UpgradeSpec(from_major=16),
                RestoreSpec(source=2, time="2026-11-29T10:00:00Z", reason="a lost table"),
                RestoreSpec(source=3, backup="20261129T020000", reason="a lost row"),
                RestoreSpec(source=4, reason="a lost volume"),
            ],
            active=4,
            retired=[3],
            removed=[2],
"""
"""Five generations of a database."""

_DRILLS = """            drills=DrillsSpec(),
"""

_PER_NAMESPACE = 10


def write(path: Path, count: int, *, restored: bool = False, drilled: bool = False) -> Path:
    """Write an environment with *count* databases to *path* and return it.

    *restored*: each has five generations; *drilled*: each has drills.
    """
    databases = (
        _DATABASE.format(
            number=number,
            namespace=number // _PER_NAMESPACE,
            minute=number % 60,
            more=_GENERATIONS * restored + _DRILLS * drilled,
        )
        for number in range(count)
    )
    path.write_text(_HEAD.format(count=count) + "".join(databases) + "    },\n)\n", "utf-8")
    return path

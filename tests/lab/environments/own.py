"""own: what lab.py is, for somebody's own cluster: its context, no KMS and so no encryption."""

from components.ceph.buckets import BucketClaimSpec
from components.ceph.daemons import DaemonSpec
from components.ceph.object_store import ObjectStoreSpec
from components.certificates import CertificateSpec
from components.postgres import DrillsSpec, PostgresSpec
from components.postgres.archive import BackupSpec
from components.postgres.objectives import ObjectivesSpec
from components.postgres.resources import ResourcesSpec
from components.postgres.roles import DatabaseSpec, RoleSpec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="own",
    disposable=True,
    object_store=ObjectStoreSpec(
        name="tier0-own",
        namespace="rook-ceph",
        certificate=CertificateSpec(
            name="tier0-own-tls",
            secret="tier0-own-tls",
        ),
        gateways=1,
        resources=DaemonSpec(cpu="100m", memory="1Gi"),
        copies=1,
    ),
    databases={
        "n8n": PostgresSpec(
            namespace="tier0-own-n8n",
            cluster="n8n-postgres",
            database="n8n",
            owner="n8n",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=2,
            storage="1Gi",
            resources=ResourcesSpec(cpu="20m", memory="512Mi"),
            parameters={"log_min_duration_statement": "10s", "max_wal_size": "256MB"},
            databases={"events": DatabaseSpec(owner="reporting", extensions=["pg_trgm"])},
            roles={"reporting": RoleSpec(in_roles=["pg_read_all_data"], connection_limit=3)},
            checks={"it-answers": "select true"},
            # What is drilled meanwhile would meet what other tests take away.
            drills=DrillsSpec(suspended=True, deadline="30m"),
            objectives=ObjectivesSpec(rpo="90s", rto="15m"),
            backup=BackupSpec(
                tags={"tier0": "lab"},
                bucket=BucketClaimSpec(
                    bucket="n8n-postgres-backups",
                    claim="n8n-postgres-backup-s3",
                ),
                schedule="0 2 * * *",
                retention="30d",
                data_compression="gzip",
                wal_compression="gzip",
                jobs=2,
            ),
        ),
        "legacy": PostgresSpec(
            namespace="tier0-own-legacy",
            cluster="legacy-postgres",
            database="legacy",
            owner="legacy",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=1,
            storage="1Gi",
            resources=ResourcesSpec(cpu="20m", memory="512Mi"),
            parameters={"max_wal_size": "256MB"},
            objectives=ObjectivesSpec(rpo="90s", rto="15m"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(
                    bucket="legacy-backups",
                    claim="legacy-backups",
                ),
                schedule="0 2 * * *",
                retention="30d",
                method="in-tree",
                data_compression="gzip",
                wal_compression="gzip",
            ),
        ),
    },
)

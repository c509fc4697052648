"""lab: every choice once, small, for the lab's single node: both methods, a KMS, encryption."""

from components.ceph.buckets import BucketClaimSpec
from components.ceph.daemons import DaemonSpec
from components.ceph.object_store import KmsSpec, ObjectStoreSpec
from components.certificates import CertificateSpec
from components.offsite import OffsiteSpec
from components.postgres import DrillsSpec, PostgresSpec
from components.postgres.archive import BackupSpec
from components.postgres.objectives import ObjectivesSpec
from components.postgres.resources import ResourcesSpec
from components.postgres.roles import DatabaseSpec, RoleSpec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="lab",
    disposable=True,
    monitored=True,
    object_store=ObjectStoreSpec(
        name="lab-objectstore",
        namespace="rook-ceph",
        certificate=CertificateSpec(
            name="lab-objectstore-tls",
            secret="lab-objectstore-tls",
        ),
        gateways=1,
        bucket_policies=True,
        resources=DaemonSpec(cpu="100m", memory="1Gi"),
        copies=1,
        kms=KmsSpec(
            address="https://openbao.openbao.svc:8200",
            token_secret="openbao-token",
            ca_secret="openbao-ca",
        ),
    ),
    # Where tools/lab/offsite/store.py makes one; until then the copies say that nobody answers.
    offsite=OffsiteSpec(
        endpoint="https://offsite.tier0.test:443",
        bucket="copies",
        secret="offsite-copy",
        ca_secret="offsite-copy",
        rpo="2m",
        lock="31d",
    ),
    databases={
        "n8n": PostgresSpec(
            namespace="n8n-prod",
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
                encryption="AES256",
            ),
        ),
        "legacy": PostgresSpec(
            namespace="legacy",
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

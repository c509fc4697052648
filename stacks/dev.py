"""dev: one of everything, disposable."""

from components.ceph import BucketClaimSpec, ObjectStoreSpec
from components.certificates import CertificateSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="dev",
    disposable=True,
    object_store=ObjectStoreSpec(
        name="objectstore",
        namespace="rook-ceph",
        certificate=CertificateSpec(
            name="objectstore-tls",
            secret="objectstore-tls",
        ),
        gateways=1,
        copies=1,
    ),
    databases={
        "app": PostgresSpec(
            namespace="app-databases",
            cluster="app",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=1,
            storage="1Gi",
            parameters={"max_wal_size": "256MB", "wal_keep_size": "64MB"},
            objectives=ObjectivesSpec(rpo="2m", rto="15m"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(
                    bucket="app-backups",
                    claim="app-backups",
                    quota="5Gi",
                ),
                schedule="0 2 * * *",
                retention="7d",
            ),
        ),
    },
)

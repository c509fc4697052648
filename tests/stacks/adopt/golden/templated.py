"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import BucketClaimSpec, ObjectStoreSpec
from components.certificates import CertificateSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=ObjectStoreSpec(
        name="tier0",
        certificate=CertificateSpec(name="tier0-tls", secret="tier0-tls"),
    ),
    databases={
        "plain": PostgresSpec(
            namespace="database",
            cluster="plain",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=3,
            storage="20Gi",
            storage_class="local",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(bucket="database-plain-backups", claim="plain-backups"),
                schedule="0 2 * * *",
                retention="30d",
            ),
        ),
    },
    adopted=["Namespace database", "Cluster database/plain"],
)

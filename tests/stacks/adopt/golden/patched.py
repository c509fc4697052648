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
        "wiki": PostgresSpec(
            namespace="database",
            cluster="wiki",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.5-system-trixie",
            instances=2,
            storage="20Gi",
            storage_class="block",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(bucket="database-wiki-backups", claim="wiki-backups"),
                schedule="0 2 * * *",
                retention="30d",
            ),
        ),
    },
    adopted=["Namespace database", "Cluster database/wiki"],
)

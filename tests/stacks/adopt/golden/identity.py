"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec, ResourcesSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=S3Spec(
        region="us-east-1",
        endpoint="https://minio.minio.svc.cluster.local:9000",
        ca_secret="object-store-ca",
    ),
    databases={
        "social": PostgresSpec(
            namespace="social",
            cluster="social",
            database="social",
            owner="social",
            owner_secret="social-password",
            image="ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
            instances=2,
            storage="16Gi",
            storage_class="replicated",
            resources=ResourcesSpec(cpu="20m", memory="150Mi"),
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(bucket="social-archive", secret="social-archive-keys"),
                schedule="0 2 * * *",
                retention="14d",
                wal_compression="gzip",
            ),
        ),
    },
    adopted=["Namespace social", "Cluster social/social"],
)

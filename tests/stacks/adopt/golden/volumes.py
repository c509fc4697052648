"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import (
    BackupSpec,
    ObjectivesSpec,
    PostgresSpec,
    ResourcesSpec,
    SynchronousSpec,
)
from components.postgres.tablespaces import TablespaceSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=S3Spec(region="us-east-1"),
    databases={
        "infra": PostgresSpec(
            namespace="clusters",
            cluster="infra",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.2-bookworm",
            instances=3,
            synchronous=SynchronousSpec(number=1, durability="preferred"),
            storage="20Gi",
            storage_class="zfs-local",
            wal_storage="5Gi",
            wal_storage_class="zfs-local",
            tablespaces={"history": TablespaceSpec(storage="100Gi", storage_class="slow")},
            resources=ResourcesSpec(
                cpu="100m",
                cpu_limit="1",
                memory="512Mi",
                memory_limit="1536Mi",
            ),
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="infra-archive",
                    path="postgres",
                    secret="infra-keys",
                ),
                schedule="0 2 * * *",
                retention="2w",
                method="in-tree",
                wal_jobs=4,
            ),
        ),
    },
    adopted=["Namespace clusters", "Cluster clusters/infra"],
)

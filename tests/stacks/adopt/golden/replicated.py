"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import (
    BackupSpec,
    ObjectivesSpec,
    PostgresSpec,
    ResourcesSpec,
    RoleSpec,
    SnapshotsSpec,
    SynchronousSpec,
)
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=S3Spec(region="eu-central-1", encrypts=True),
    databases={
        "echo-16": PostgresSpec(
            namespace="staging",
            cluster="echo-16",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:16.9",
            instances=2,
            synchronous=SynchronousSpec(method="any", number=1, durability="required"),
            storage="1Gi",
            storage_class="essd",
            wal_storage="2Gi",
            wal_storage_class="essd",
            resources=ResourcesSpec(
                cpu="100m",
                cpu_limit="500m",
                memory="512Mi",
                memory_limit="1Gi",
            ),
            primary_update_method="switchover",
            roles={
                "logical_replication": RoleSpec(
                    password_secret="echo-replication",
                    in_roles=["app"],
                    replication=True,
                ),
            },
            objectives=ObjectivesSpec(rpo="11m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="echo-archive",
                    path="staging/echo",
                    secret="echo-s3",
                ),
                schedule="15 1 * * 0",
                retention="3650d",
                wal_compression="gzip",
                encryption="AES256",
            ),
            snapshots=SnapshotsSpec(
                class_name="disk-snapshot",
                schedule="30 1 * * 0",
                online=False,
            ),
        ),
    },
    adopted=["Namespace staging", "Cluster staging/echo-16"],
    waivers=[
        WaiverSpec(
            rule="writes-survive-replica-loss",
            place="databases.echo-16",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

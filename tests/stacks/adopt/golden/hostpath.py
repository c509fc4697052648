"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import (
    BackupSpec,
    ObjectivesSpec,
    PlacementSpec,
    PostgresSpec,
    ResourcesSpec,
)
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    monitored=True,
    object_store=S3Spec(region="us-west-001", endpoint="https://s3.us-west-001.backblazeb2.com"),
    databases={
        "main17": PostgresSpec(
            namespace="database",
            cluster="main17",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.4",
            instances=2,
            storage="20Gi",
            storage_class="hostpath",
            resources=ResourcesSpec(cpu="50m", memory="768Mi", memory_limit="2Gi"),
            placement=PlacementSpec(anti_affinity="required"),
            parameters={
                "max_connections": "200",
                "shared_buffers": "256MB",
                "autovacuum_vacuum_scale_factor": "0.05",
                "autovacuum_vacuum_cost_delay": "2",
            },
            superuser_access=True,
            superuser_secret="main-keys",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="main-archive",
                    secret="main-keys",
                    access_key="aws-access-key-id",
                    secret_key="aws-secret-access-key",
                ),
                server_name="main17-v1",
                schedule="0 0 * * *",
                retention="30d",
                method="in-tree",
                data_compression="bzip2",
                wal_compression="bzip2",
                wal_jobs=8,
            ),
        ),
    },
    adopted=["Namespace database", "Cluster database/main17"],
    waivers=[
        WaiverSpec(
            rule="superuser-stays-inside",
            place="databases.main17.superuser_access",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

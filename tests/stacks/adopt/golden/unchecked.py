"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec, ResourcesSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    monitored=True,
    object_store=S3Spec(region="us-east-1", endpoint="https://s3.example.org"),
    databases={
        "home17": PostgresSpec(
            namespace="database",
            cluster="home17",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie@sha256:6ae4a22c14bdc66e5feaafd38d12c3956fabf9ce9582189e6aa4ee767d981d1b",
            instances=3,
            storage="15Gi",
            storage_class="hostpath",
            resources=ResourcesSpec(cpu="500m", memory="4Gi", huge_pages="2Gi"),
            parameters={"max_connections": "400", "shared_buffers": "512MB"},
            superuser_access=True,
            superuser_secret="home-superuser",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(bucket="home-archive", secret="home-minio"),
                server_name="home17-v1",
                schedule="0 2 * * *",
                retention="14d",
                data_compression="bzip2",
                wal_compression="zstd",
                jobs=4,
                wal_jobs=4,
            ),
        ),
        "scratch": PostgresSpec(
            namespace="database",
            cluster="scratch",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=1,
            storage="1908Mi",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="database-scratch-backups",
                    secret="scratch-backups",
                ),
                schedule="0 2 * * *",
                retention="30d",
            ),
        ),
    },
    adopted=["Namespace database", "Cluster database/home17", "Cluster database/scratch"],
    waivers=[
        WaiverSpec(
            rule="database-has-replica",
            place="databases.scratch.instances",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
        WaiverSpec(
            rule="superuser-stays-inside",
            place="databases.home17.superuser_access",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

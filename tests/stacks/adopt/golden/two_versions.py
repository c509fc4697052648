"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    monitored=True,
    object_store=S3Spec(
        region="us-east-1",
        endpoint="https://minio.system.svc:9000",
        ca_secret="minio-ca",
    ),
    databases={
        "db-v16": PostgresSpec(
            namespace="database",
            cluster="db-v16",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:16.1-18",
            instances=3,
            storage="20Gi",
            storage_class="local",
            parameters={"max_connections": "800", "shared_buffers": "512MB"},
            superuser_access=True,
            superuser_secret="db-superuser",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="db-archive",
                    secret="db-minio",
                    access_key="minio_access_key",
                    secret_key="minio_secret_key",
                ),
                server_name="db-v16-v2",
                schedule="0 2 * * *",
                retention="30d",
                method="in-tree",
                wal_compression="bzip2",
                wal_jobs=8,
            ),
        ),
    },
    adopted=["Namespace database", "Cluster database/db-v16"],
    waivers=[
        WaiverSpec(
            rule="superuser-stays-inside",
            place="databases.db-v16.superuser_access",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

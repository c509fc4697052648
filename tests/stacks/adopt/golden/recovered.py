"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec, ResourcesSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    monitored=True,
    object_store=S3Spec(
        region="us-east-1",
        endpoint="https://minio.default.svc.cluster.local:9000",
        ca_secret="object-store-ca",
    ),
    databases={
        "shared17": PostgresSpec(
            namespace="database",
            cluster="shared17",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.4",
            instances=3,
            storage="50Gi",
            storage_class="hostpath",
            resources=ResourcesSpec(cpu="10m", memory="4Gi"),
            parameters={"max_connections": "400", "shared_buffers": "256MB"},
            superuser_access=True,
            superuser_secret="shared-keys",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="shared-archive",
                    secret="shared-keys",
                    access_key="aws-access-key-id",
                    secret_key="aws-secret-access-key",
                ),
                server_name="shared17-v2",
                schedule="0 2 * * *",
                retention="14d",
                method="in-tree",
                data_compression="bzip2",
                wal_compression="bzip2",
                wal_jobs=8,
            ),
        ),
    },
    adopted=["Namespace database", "Cluster database/shared17"],
    waivers=[
        WaiverSpec(
            rule="superuser-stays-inside",
            place="databases.shared17.superuser_access",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

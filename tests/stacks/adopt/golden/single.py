"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=S3Spec(
        region="us-east-1",
        endpoint="https://minio.database.svc:9000",
        ca_secret="object-store-ca",
    ),
    databases={
        "preview": PostgresSpec(
            namespace="database",
            cluster="preview",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:14.5",
            instances=1,
            storage="10Gi",
            storage_class="local",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="preview-archive",
                    secret="preview-minio",
                    access_key="ROOT_USER",
                    secret_key="ROOT_PASSWORD",
                ),
                schedule="0 2 * * *",
                retention="30d",
                method="in-tree",
                wal_compression="bzip2",
                wal_jobs=8,
            ),
        ),
    },
    adopted=["Namespace database", "Cluster database/preview"],
    waivers=[
        WaiverSpec(
            rule="database-has-replica",
            place="databases.preview.instances",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import (
    BackupSpec,
    ObjectivesSpec,
    PostgresSpec,
    ResourcesSpec,
    SynchronousSpec,
)
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    monitored=True,
    object_store=S3Spec(region="us-east-1", endpoint="https://gateway.example.org"),
    databases={
        "ledger-v17": PostgresSpec(
            namespace="finance",
            cluster="ledger-v17",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.4",
            instances=3,
            synchronous=SynchronousSpec(method="any", number=1),
            storage="20Gi",
            resources=ResourcesSpec(cpu="100m", memory="4Gi"),
            parameters={
                "max_connections": "300",
                "shared_buffers": "512MB",
                "pg_stat_statements.max": "10000",
                "pg_stat_statements.track": "all",
            },
            superuser_access=True,
            superuser_secret="ledger-keys",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="ledger-archive",
                    secret="ledger-keys",
                    access_key="S3_ACCESS_KEY",
                    secret_key="S3_SECRET_KEY",
                ),
                schedule="0 2 * * *",
                retention="30d",
                method="in-tree",
                data_compression="bzip2",
                wal_compression="bzip2",
                wal_jobs=8,
            ),
        ),
    },
    adopted=["Namespace finance", "Cluster finance/ledger-v17"],
    waivers=[
        WaiverSpec(
            rule="superuser-stays-inside",
            place="databases.ledger-v17.superuser_access",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

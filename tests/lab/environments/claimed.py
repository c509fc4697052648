"""claimed: a database with a bucket in the object store that the lab's environment has made."""

from components.ceph.buckets import BucketClaimSpec
from components.ceph.existing_store import ExistingObjectStoreSpec
from components.postgres import PostgresSpec
from components.postgres.archive import BackupSpec
from components.postgres.objectives import ObjectivesSpec
from components.postgres.resources import ResourcesSpec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="lab",
    disposable=True,
    object_store=ExistingObjectStoreSpec(
        name="lab-objectstore",
        namespace="rook-ceph",
        ca_secret="store-ca",
        encrypts=True,
    ),
    databases={
        "app": PostgresSpec(
            namespace="claimed",
            cluster="claimed",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=1,
            storage="1Gi",
            resources=ResourcesSpec(cpu="20m", memory="512Mi"),
            parameters={"max_wal_size": "256MB"},
            objectives=ObjectivesSpec(rpo="90s", rto="15m"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(bucket="claimed-backups", claim="claimed-s3", quota="2Gi"),
                schedule="0 2 * * *",
                retention="30d",
                encryption="AES256",
            ),
        ),
    },
)

"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import (
    ApplicationSpec,
    BackupSpec,
    ObjectivesSpec,
    PlacementSpec,
    PostgresSpec,
    ResourcesSpec,
)
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    monitored=True,
    object_store=S3Spec(
        region="eu-central-003",
        endpoint="https://s3.eu-central-003.backblazeb2.com",
    ),
    databases={
        "postgres": PostgresSpec(
            namespace="photos",
            cluster="postgres",
            database="pictures",
            owner="pictures",
            owner_secret="pictures-user",
            application=ApplicationSpec(
                post_init_sql=[
                    'CREATE EXTENSION IF NOT EXISTS "vectors";',
                    "CREATE EXTENSION IF NOT EXISTS cube WITH SCHEMA pg_catalog;",
                    "ALTER SCHEMA vectors OWNER TO pictures;",
                ],
            ),
            image="ghcr.io/tensorchord/cloudnative-pgvecto.rs:16-v0.2.1",
            instances=3,
            storage="12Gi",
            storage_class="lvm-thin",
            resources=ResourcesSpec(cpu="50m", memory="500Mi"),
            placement=PlacementSpec(anti_affinity="required"),
            shared_preload_libraries=["vectors.so"],
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="household-archive",
                    path="postgres/photos",
                    secret="postgres-backup",
                    access_key="S3_ACCESS_KEY",
                    secret_key="S3_SECRET_KEY",
                ),
                schedule="13 2 * * *",
                retention="14d",
                wal_compression="gzip",
            ),
        ),
    },
    adopted=["Namespace photos", "Cluster photos/postgres"],
)

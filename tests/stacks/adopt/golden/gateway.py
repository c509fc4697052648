"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec, ResourcesSpec, RoleSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=S3Spec(region="us-east-1", endpoint="https://fsn1.example-objects.com"),
    databases={
        "gateway": PostgresSpec(
            namespace="converse",
            cluster="gateway",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
            instances=2,
            storage="5Gi",
            resources=ResourcesSpec(
                cpu="200m",
                cpu_limit="300m",
                memory="500Mi",
                memory_limit="1Gi",
            ),
            roles={
                "codes": RoleSpec(password_secret="codes"),
                "viewer": RoleSpec(password_secret="viewer", in_roles=["pg_read_all_data"]),
                "admins": RoleSpec(),
            },
            objectives=ObjectivesSpec(rpo="31m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="converse-archive",
                    path="gateway",
                    secret="gateway-s3",
                ),
                schedule="0 2 * * *",
                retention="3650d",
                data_compression="gzip",
                wal_compression="gzip",
                wal_jobs=2,
            ),
        ),
    },
    adopted=["Namespace converse", "ObjectStore converse/gateway", "Cluster converse/gateway"],
)

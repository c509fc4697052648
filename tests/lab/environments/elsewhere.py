"""elsewhere: a database whose archive is in an S3 that is not Ceph, in a path of a bucket."""

from components.ceph.buckets import ExistingBucketSpec
from components.postgres import PostgresSpec
from components.postgres.archive import BackupSpec
from components.postgres.objectives import ObjectivesSpec
from components.postgres.resources import ResourcesSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="lab",
    disposable=True,
    # Where tools/lab/offsite/elsewhere.py starts one.
    object_store=S3Spec(
        endpoint="https://offsite.tier0.test:8443",
        region="us-east-1",
        ca_secret="elsewhere",
    ),
    databases={
        "app": PostgresSpec(
            namespace="elsewhere",
            cluster="away",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=1,
            storage="1Gi",
            resources=ResourcesSpec(cpu="20m", memory="512Mi"),
            parameters={"max_wal_size": "256MB"},
            objectives=ObjectivesSpec(rpo="90s", rto="15m"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="archives",
                    path="site/databases",
                    secret="elsewhere",
                    access_key="AWS_ACCESS_KEY_ID",
                    secret_key="AWS_SECRET_ACCESS_KEY",
                ),
                schedule="0 2 * * *",
                retention="30d",
            ),
        ),
    },
)

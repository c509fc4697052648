"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PlacementSpec, PostgresSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=S3Spec(region="us-east-1", endpoint="https://s3.example.org"),
    databases={
        "wiki-pg": PostgresSpec(
            namespace="wiki",
            cluster="wiki-pg",
            database="wiki",
            owner="wiki",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=3,
            storage="5Gi",
            storage_class="block",
            placement=PlacementSpec(node_selector={"example.org/disk": "fast"}),
            superuser_access=True,
            superuser_secret="wiki-pg-login",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="far-archives",
                    path="wiki",
                    secret="wiki-pg-login",
                    access_key="AWS_ACCESS_KEY_ID",
                    secret_key="AWS_SECRET_ACCESS_KEY",
                ),
                server_name="wiki-v2",
                schedule="0 0 * * *",
                retention="7d",
                data_compression="gzip",
                wal_compression="gzip",
            ),
        ),
    },
    adopted=["Namespace wiki", "Cluster wiki/wiki-pg"],
    waivers=[
        WaiverSpec(
            rule="superuser-stays-inside",
            place="databases.wiki-pg.superuser_access",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

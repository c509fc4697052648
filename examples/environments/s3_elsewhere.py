"""One database whose archive is in an S3 elsewhere, which outlives the cluster.

There is no Ceph: tier0 makes nothing in the store. The bucket and the Secrets with its keys exist
before; `python -m stacks secrets` lists these.
"""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec, ResourcesSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="elsewhere",  # of your kubeconfig
    object_store=S3Spec(
        endpoint="https://s3.eu-central-003.backblazeb2.com",
        region="eu-central-003",
    ),
    databases={
        "shop": PostgresSpec(
            namespace="shop-db",
            cluster="shop",
            database="shop",
            owner="shop",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=2,
            storage="20Gi",
            resources=ResourcesSpec(cpu="500m", memory="2Gi"),
            parameters={"shared_buffers": "512MB"},
            clients=["shop"],  # the namespace of the application
            objectives=ObjectivesSpec(rpo="5m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="archives",
                    path="clusters/prod",
                    secret="archive-keys",
                ),
                schedule="0 2 * * *",
                retention="30d",
            ),
        ),
    },
)

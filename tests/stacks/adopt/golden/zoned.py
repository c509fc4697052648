"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import (
    BackupSpec,
    ObjectivesSpec,
    PlacementSpec,
    PoolerSpec,
    PostgresSpec,
    ResourcesSpec,
)
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=S3Spec(
        region="us-east-1",
        endpoint="https://rook-ceph-rgw-store.rook-ceph.svc",
        ca_secret="rook-ca",
    ),
    databases={
        "orders": PostgresSpec(
            namespace="orders",
            cluster="orders",
            pooler=PoolerSpec(instances=2, mode="transaction", max_client_connections=500),
            replica_pooler=PoolerSpec(
                instances=2,
                mode="transaction",
                max_client_connections=500,
                default_pool_size=15,
            ),
            database="orders",
            owner="orders",
            image="ghcr.io/cloudnative-pg/postgresql:17.5-system-trixie",
            instances=3,
            storage="10Gi",
            storage_class="replicated",
            wal_storage="4Gi",
            wal_storage_class="replicated",
            resources=ResourcesSpec(cpu="250m", cpu_limit="1", memory="1Gi", memory_limit="2Gi"),
            placement=PlacementSpec(anti_affinity="required", zones="required"),
            parameters={"pgaudit.log": "ddl, role", "max_connections": "200"},
            objectives=ObjectivesSpec(rpo="2m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="orders-archive",
                    secret="orders-s3",
                    access_key="AWS_ACCESS_KEY_ID",
                    secret_key="AWS_SECRET_ACCESS_KEY",
                ),
                schedule="30 1 * * *",
                retention="14d",
            ),
        ),
    },
    adopted=[
        "Namespace orders",
        "Pooler orders/orders-pooler-rw",
        "Pooler orders/orders-pooler-ro",
        "Cluster orders/orders",
    ],
)

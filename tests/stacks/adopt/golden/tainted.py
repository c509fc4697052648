"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import (
    BackupSpec,
    InheritedMetadataSpec,
    ObjectivesSpec,
    PlacementSpec,
    PoolerSpec,
    PostgresSpec,
)
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=S3Spec(
        region="us-east-1",
        endpoint="https://rook-ceph-rgw-store.rook-ceph.svc:443",
        ca_secret="store-ca",
    ),
    databases={
        "secrets-db": PostgresSpec(
            namespace="vault",
            cluster="secrets-db",
            replica_pooler=PoolerSpec(instances=2, mode="session", max_client_connections=100),
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
            image_pull_secrets=["registry"],
            instances=3,
            storage="30Gi",
            storage_class="local",
            placement=PlacementSpec(
                node_selector={"node-role.kubernetes.io/database": ""},
                tolerations=["workload"],
                zones="required",
            ),
            inherited_metadata=InheritedMetadataSpec(
                labels={"team": "platform"},
                annotations={"prometheus.io/scrape": "true"},
            ),
            env={"TZ": "Europe/Berlin"},
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="secrets-archive",
                    secret="secrets-archive",
                    access_key="AWS_ACCESS_KEY_ID",
                    secret_key="AWS_SECRET_ACCESS_KEY",
                ),
                schedule="0 1 * * *",
                retention="30d",
                data_compression="gzip",
                wal_compression="gzip",
                wal_level=1,
                tags={"team": "platform"},
            ),
        ),
    },
    adopted=[
        "Namespace vault",
        "ObjectStore vault/secrets-db",
        "ScheduledBackup vault/secrets-db-backup",
        "Pooler vault/secrets-db-pooler-ro",
        "Cluster vault/secrets-db",
    ],
)

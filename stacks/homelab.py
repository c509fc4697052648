"""homelab: the n8n database and its archive in the cluster's own Ceph, over verified HTTPS."""

from components.ceph import BucketClaimSpec, ObjectStoreSpec
from components.certificates import CertificateSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="homelab",
    object_store=ObjectStoreSpec(
        name="homelab-objectstore",
        namespace="rook-ceph",
        certificate=CertificateSpec(
            name="ceph-rgw-tls",
            secret="ceph-rgw-tls-secret",
            duration="8760h",
        ),
        gateways=2,
        copies=3,
    ),
    databases={
        "n8n": PostgresSpec(
            namespace="n8n-prod",
            cluster="n8n-postgres",
            database="n8n",
            owner="n8n",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=2,
            storage="10Gi",
            objectives=ObjectivesSpec(rpo="5m", rto="15m"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(
                    bucket="n8n-postgres-backups",
                    claim="n8n-postgres-backup-s3",
                ),
                schedule="0 2 * * *",
                retention="30d",
                method="plugin",
                data_compression="gzip",
                wal_compression="gzip",
                jobs=2,
            ),
        ),
    },
)

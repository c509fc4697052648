"""demo: the homelab's n8n on the lab's single node, with an off-site copy and drills."""

from components.ceph import BucketClaimSpec, ObjectStoreSpec
from components.ceph.daemons import DaemonSpec
from components.certificates import CertificateSpec
from components.offsite import OffsiteSpec
from components.postgres import BackupSpec, DrillsSpec, ObjectivesSpec, PostgresSpec
from components.postgres.resources import ResourcesSpec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="demo",
    disposable=True,
    object_store=ObjectStoreSpec(
        name="demo-objectstore",
        namespace="rook-ceph",
        certificate=CertificateSpec(
            name="demo-objectstore-tls",
            secret="demo-objectstore-tls",
        ),
        gateways=1,
        bucket_policies=True,
        resources=DaemonSpec(cpu="100m", memory="1Gi"),
        copies=1,
    ),
    offsite=OffsiteSpec(
        endpoint="https://offsite.tier0.test:443",
        bucket="copies",
        secret="offsite-copy",
        ca_secret="offsite-copy",
        rpo="2m",
        lock="31d",
    ),
    databases={
        "n8n": PostgresSpec(
            namespace="n8n-prod",
            cluster="n8n-postgres",
            database="n8n",
            owner="n8n",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=1,
            storage="1Gi",
            resources=ResourcesSpec(cpu="20m", memory="512Mi"),
            parameters={"max_wal_size": "256MB"},
            checks={"the-client-wrote": "select count(*) > 0 from load"},
            drills=DrillsSpec(deadline="30m"),
            objectives=ObjectivesSpec(rpo="90s", rto="15m"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(
                    bucket="n8n-postgres-backups",
                    claim="n8n-postgres-backup-s3",
                ),
                schedule="0 2 * * *",
                retention="30d",
            ),
        ),
    },
)

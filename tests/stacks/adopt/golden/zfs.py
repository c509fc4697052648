"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec, ResourcesSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    monitored=True,
    object_store=S3Spec(
        region="auto",
        endpoint="https://0123456789abcdef.eu.r2.cloudflarestorage.com",
        encrypts=True,
    ),
    databases={
        "pool17": PostgresSpec(
            namespace="database",
            cluster="pool17",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.2@sha256:9308dcd778be66f56bdce8503916ab820d12420e7d1bc74fff0d663c95e126c3",
            instances=3,
            storage="20Gi",
            storage_class="zfs-32k",
            resources=ResourcesSpec(cpu="500m", memory="4Gi", huge_pages="2Gi"),
            parameters={
                "max_connections": "400",
                "max_wal_size": "4096",
                "shared_buffers": "256MB",
                "recovery_prefetch": "try",
                "wal_init_zero": "off",
                "wal_recycle": "off",
            },
            superuser_access=True,
            superuser_secret="pool-keys",
            pg_hba=[
                "hostssl all all 172.16.0.0/16 scram-sha-256",
                "hostssl all all 127.0.0.1/32 scram-sha-256",
                "host all all all reject",
            ],
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(bucket="pool-archive", secret="pool-keys"),
                server_name="pool17-v2",
                schedule="0 2 * * *",
                retention="30d",
                method="in-tree",
                data_compression="bzip2",
                wal_compression="bzip2",
                wal_jobs=8,
                encryption="AES256",
            ),
        ),
    },
    adopted=["Namespace database", "Cluster database/pool17"],
    waivers=[
        WaiverSpec(
            rule="superuser-stays-inside",
            place="databases.pool17.superuser_access",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import (
    BackupSpec,
    DatabaseSpec,
    ObjectivesSpec,
    PostgresSpec,
    ResourcesSpec,
    RoleSpec,
)
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    monitored=True,
    object_store=S3Spec(
        region="us-east-1",
        endpoint="https://garage.storage.svc:3900",
        ca_secret="object-store-ca",
    ),
    databases={
        "platform": PostgresSpec(
            namespace="platform",
            cluster="platform",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=3,
            storage="20Gi",
            storage_class="fast",
            resources=ResourcesSpec(cpu="100m", memory="512Mi", memory_limit="2Gi"),
            parameters={
                "shared_buffers": "256MB",
                "max_connections": "200",
                "effective_cache_size": "512MB",
                "log_statement": "ddl",
                "log_min_duration_statement": "1000",
            },
            superuser_access=True,
            pg_hba=[
                "host all all 10.0.0.0/8 scram-sha-256",
                "host all all 172.16.0.0/12 scram-sha-256",
            ],
            databases={
                "login": DatabaseSpec(owner="login"),
                "wiki": DatabaseSpec(owner="wiki", extensions=["pg_trgm", "unaccent"]),
                "open-chat": DatabaseSpec(owner="open-chat", extensions=["vector"]),
            },
            roles={
                "login": RoleSpec(password_secret="login-role"),
                "wiki": RoleSpec(password_secret="wiki-role"),
                "open-chat": RoleSpec(password_secret="open-chat-role"),
                "auditor": RoleSpec(password_secret="auditor", in_roles=["pg_read_all_data"]),
            },
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="platform-archive",
                    secret="platform-s3",
                    access_key="access-key-id",
                    secret_key="secret-access-key",
                ),
                schedule="0 3 * * *",
                retention="14d",
                method="in-tree",
                data_compression="gzip",
                wal_compression="gzip",
            ),
        ),
    },
    adopted=["Namespace platform", "Cluster platform/platform"],
    waivers=[
        WaiverSpec(
            rule="superuser-stays-inside",
            place="databases.platform.superuser_access",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

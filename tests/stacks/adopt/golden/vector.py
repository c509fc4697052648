"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import (
    BackupSpec,
    ExtensionImageSpec,
    ObjectivesSpec,
    PostgresSpec,
    ResourcesSpec,
)
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    monitored=True,
    object_store=S3Spec(
        region="auto",
        endpoint="https://0123456789abcdef.r2.cloudflarestorage.com",
    ),
    databases={
        "media": PostgresSpec(
            namespace="database",
            cluster="media",
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:18.6-standard-trixie@sha256:f89a40f4d74aa6e0900917eaf6299b125a6382eb02fd4ee5d46f55bcbf7e5726",
            instances=3,
            storage="20Gi",
            storage_class="hostpath",
            resources=ResourcesSpec(cpu="500m", memory="4Gi", huge_pages="2Gi"),
            parameters={
                "max_connections": "400",
                "shared_buffers": "512MB",
                "huge_pages": "on",
                "idle_in_transaction_session_timeout": "120s",
            },
            shared_preload_libraries=["vchord"],
            extension_images={
                "vchord": ExtensionImageSpec(
                    image="ghcr.io/tensorchord/vchord-scratch:pg18-v1.1.1@sha256:bdea43bed2a414e21bbf71767bf6f0739747ac480b267b51772dc214ac28dcb3",
                    extension_control_path=["/usr/share/postgresql/18/"],
                    dynamic_library_path=["/usr/lib/postgresql/18/lib/"],
                ),
            },
            superuser_access=True,
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="media-archive",
                    secret="media-r2",
                    access_key="access-key",
                    secret_key="secret-key",
                ),
                server_name="media-08",
                schedule="0 4 * * *",
                retention="30d",
                data_compression="bzip2",
                wal_compression="bzip2",
                wal_jobs=8,
            ),
        ),
    },
    adopted=["Namespace database", "Cluster database/media"],
    waivers=[
        WaiverSpec(
            rule="superuser-stays-inside",
            place="databases.media.superuser_access",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

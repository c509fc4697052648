"""production: everything underneath as well, and a database that loses nothing with a node."""

from components.ceph import BucketClaimSpec, KmsSpec, NamedNodesSpec, ObjectStoreSpec, StorageSpec
from components.certificates import CertificateSpec
from components.offsite import OffsiteSpec
from components.operators import OperatorsSpec
from components.postgres import (
    BackupSpec,
    ObjectivesSpec,
    PlacementSpec,
    PostgresSpec,
    ResourcesSpec,
    SynchronousSpec,
)
from stacks.environment import EnvironmentSpec
from stacks.kept import KeptAtSpec, KeptSpec

ENVIRONMENT = EnvironmentSpec(
    context="production",
    operators=OperatorsSpec(),
    storage=StorageSpec(
        disks=NamedNodesSpec(
            nodes={
                "worker-1": ["/dev/disk/by-path/pci-0000:00:1f.2-ata-2"],
                "worker-2": ["/dev/disk/by-path/pci-0000:00:1f.2-ata-2"],
                "worker-3": ["/dev/disk/by-path/pci-0000:00:1f.2-ata-2"],
            },
        ),
        copies=3,
        monitors=3,
        encrypted=True,
    ),
    object_store=ObjectStoreSpec(
        name="objectstore",
        namespace="rook-ceph",
        certificate=CertificateSpec(
            name="objectstore-tls",
            secret="objectstore-tls",
        ),
        gateways=2,
        copies=3,
        kms=KmsSpec(
            address="https://openbao.openbao.svc:8200",
            token_secret="openbao-token",
            ca_secret="openbao-ca",
        ),
    ),
    monitored=True,
    offsite=OffsiteSpec(
        endpoint="https://s3.backups.example.org",
        bucket="production-archives",
        secret="offsite-keys",
        rpo="10m",
        lock="45d",
    ),
    kept=KeptSpec(
        pulumi_state=KeptAtSpec(
            place="versioned bucket of the backend, eu-central account",
            seen="2026-11-24",
        ),
        pulumi_passphrase=KeptAtSpec(
            place="password manager, vault 'recovery'",
            seen="2026-11-24",
        ),
        root_ca=KeptAtSpec(
            place="two USB sticks: safe in house B, bank",
            seen="2026-10-05",
        ),
        offsite_keys=KeptAtSpec(
            place="password manager, vault 'recovery'",
            seen="2026-11-24",
        ),
        kms_snapshot=KeptAtSpec(
            place="https://s3.backups.example.org/openbao-snapshots",
            seen="2026-11-24",
        ),
        kms_unseal_keys=KeptAtSpec(
            place="sealed envelopes with three of the administrators",
            seen="2026-10-05",
        ),
        secret_values=KeptAtSpec(
            place="password manager, vault 'recovery'",
            seen="2026-11-24",
        ),
    ),
    databases={
        "orders": PostgresSpec(
            namespace="orders",
            cluster="orders",
            database="orders",
            owner="orders",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=3,
            synchronous=SynchronousSpec(durability="required"),
            storage="50Gi",
            storage_class="ceph-block",
            wal_storage="20Gi",
            wal_storage_class="ceph-block",
            wal_segment=64,
            resources=ResourcesSpec(cpu="2", memory="8Gi"),
            placement=PlacementSpec(anti_affinity="required"),
            parameters={
                "shared_buffers": "2GB",
                "max_slot_wal_keep_size": "10GB",
            },
            clients=["shop"],
            objectives=ObjectivesSpec(rpo="2m", rto="15m", write_rate="20MB/s"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(
                    bucket="orders-backups",
                    claim="orders-backups",
                    quota="500Gi",
                ),
                schedule="0 */6 * * *",
                retention="30d",
                encryption="AES256",
            ),
        ),
    },
)

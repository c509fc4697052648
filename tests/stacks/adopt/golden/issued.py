"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec
from components.postgres.certificates import DatabaseCertificatesSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec
from stacks.waivers import WaiverSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=S3Spec(region="us-east-1", endpoint="https://s3.example.org"),
    databases={
        "ledger": PostgresSpec(
            namespace="finance",
            cluster="ledger",
            certificates=DatabaseCertificatesSpec(
                server_tls_secret="ledger-server",
                client_ca_secret="ledger-clients",
            ),
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.5-standard-bookworm",
            instances=3,
            storage="20Gi",
            storage_class="nvme",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(bucket="finance", secret="finance-keys"),
                schedule="0 2 * * *",
                retention="30d",
                wal_compression="gzip",
            ),
        ),
        "notes": PostgresSpec(
            namespace="finance",
            cluster="notes",
            certificates=DatabaseCertificatesSpec(hosts=["notes.home.example.org"]),
            database="app",
            owner="app",
            image="ghcr.io/cloudnative-pg/postgresql:17.5-standard-bookworm",
            instances=2,
            storage="5Gi",
            storage_class="nvme",
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(bucket="finance", secret="finance-keys"),
                schedule="0 2 * * *",
                retention="30d",
                wal_compression="gzip",
            ),
        ),
    },
    adopted=[
        "Namespace finance",
        "ObjectStore finance/ledger",
        "Cluster finance/ledger",
        "Cluster finance/notes",
    ],
    waivers=[
        WaiverSpec(
            rule="certificate-has-who-renews-it",
            place="databases.ledger.certificates.server_tls_secret",
            because="the database is taken over as it runs",
            until="2027-02-28",
        ),
    ],
)

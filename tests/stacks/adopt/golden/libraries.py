"""What was there before tier0, as `python -m stacks adopt` found it."""

from components.ceph import ExistingBucketSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec, RoleSpec
from components.postgres.load_balancers import LoadBalancerSpec
from components.s3 import S3Spec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="write-yours",
    object_store=S3Spec(region="us-east-1"),
    databases={
        "base": PostgresSpec(
            namespace="base",
            cluster="base",
            load_balancers={
                "base-outside-outside": LoadBalancerSpec(
                    hosts=["base.example.org"],
                    source_ranges=["0.0.0.0/0"],
                    annotations={
                        "external-dns.alpha.kubernetes.io/hostname": "base.example.org",
                        "lbipam.cilium.io/ips": "192.0.2.7",
                    },
                ),
            },
            database="base",
            owner="base",
            owner_secret="base-login",
            image="registry.example.org/database:17.4",
            image_pull_secrets=["registry"],
            instances=3,
            storage="30Gi",
            parameters={
                "cron.database_name": "base",
                "pgaudit.log": "ddl",
                "max_connections": "300",
                "pg_stat_statements.track": "top",
            },
            shared_preload_libraries=["pg_cron", "pg_net"],
            pg_hba=["host all all 10.0.0.0/8 scram-sha-256"],
            roles={"admin": RoleSpec(password_secret="base-admin")},
            objectives=ObjectivesSpec(rpo="6m", rto="1h"),
            backup=BackupSpec(
                bucket=ExistingBucketSpec(
                    bucket="base-archive",
                    path="prod",
                    secret="base-archive-keys",
                ),
                schedule="0 */6 * * *",
                retention="60d",
                method="in-tree",
            ),
        ),
    },
    adopted=["Namespace base", "Cluster base/base"],
)

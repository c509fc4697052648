"""A shop with its database: its own program, which takes one component of tier0's wheel."""

# ruff: noqa: INP001 (a Pulumi project is a folder, not a package)

import pulumi
import pulumi_kubernetes as kubernetes
from tier0.components.ceph import ExistingBucketSpec
from tier0.components.certificates import Ca
from tier0.components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec
from tier0.components.postgres.cluster import PostgresCluster
from tier0.components.s3 import Store

config = pulumi.Config()
labels = {"app.kubernetes.io/name": "shop"}

namespace = kubernetes.core.v1.Namespace(
    "shop", metadata={"name": "shop"}, opts=pulumi.ResourceOptions(protect=True)
)
database = PostgresCluster(
    "shop-db",
    PostgresSpec(
        namespace="shop",
        cluster="shop-db",
        database="shop",
        owner="shop",
        image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
        instances=2,
        storage="20Gi",
        objectives=ObjectivesSpec(rpo="5m", rto="30m"),
        backup=BackupSpec(
            bucket=ExistingBucketSpec(bucket="shop-archive", secret="archive-keys"),
            schedule="0 3 * * *",
            retention="14d",
        ),
    ),
    namespace=namespace.metadata["name"],
    store=Store(endpoint=config.require("s3")),
    ca=Ca(secret="archive-ca"),
    copy=None,
    monitors=None,
    drilled=False,
    reader=None,
    keep=True,
)
kubernetes.apps.v1.Deployment(
    "shop",
    metadata={"name": "shop", "namespace": namespace.metadata["name"]},
    spec={
        "selector": {"match_labels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "containers": [
                    {
                        "name": "shop",
                        "image": "registry.example.org/shop:4.2",
                        "env": [{"name": "PGHOST", "value": database.host}],
                        "env_from": [{"prefix": "DB_", "secret_ref": {"name": "shop-db-app"}}],
                    }
                ],
            },
        },
    },
)
pulumi.export("database", database.host)

"""One database on a cluster that is there: its operators and its Ceph run already.

CloudNativePG, the barman-cloud plugin, cert-manager and Rook are installed, and tier0 leaves them
as they are: `operators` and `storage` are left out. It makes an object store in the Ceph cluster,
the database with its archive, and what proves both.
"""

from components.ceph import BucketClaimSpec, ObjectStoreSpec
from components.certificates import CertificateSpec
from components.monitoring import PrometheusSpec
from components.postgres import BackupSpec, ObjectivesSpec, PostgresSpec, ResourcesSpec
from stacks.environment import EnvironmentSpec

ENVIRONMENT = EnvironmentSpec(
    context="existing",  # of your kubeconfig
    monitored=True,
    prometheus=PrometheusSpec(labels={"release": "kube-prometheus-stack"}),
    object_store=ObjectStoreSpec(
        name="archives",
        namespace="rook-ceph",  # where the CephCluster is
        certificate=CertificateSpec(name="archives-tls", secret="archives-tls"),
    ),
    databases={
        "shop": PostgresSpec(
            namespace="shop-db",
            cluster="shop",
            database="shop",
            owner="shop",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=2,
            storage="20Gi",
            resources=ResourcesSpec(cpu="500m", memory="2Gi"),
            parameters={"shared_buffers": "512MB"},
            clients=["shop"],  # the namespace of the application
            objectives=ObjectivesSpec(rpo="5m", rto="30m"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(bucket="shop-archive", claim="shop-archive"),
                schedule="0 2 * * *",
                retention="30d",
            ),
        ),
    },
)

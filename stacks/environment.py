"""One environment: a Kubernetes cluster and what runs on it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from components.ceph.existing_store import ExistingObjectStoreSpec
from components.ceph.object_store import KmsSpec, ObjectStoreSpec
from components.ceph.reader import reader_of
from components.ceph.spec import CephSpec, StorageSpec
from components.certificates import ISSUER, CertificatesSpec
from components.gitops import GitOpsSpec
from components.monitoring import PrometheusSpec
from components.offsite import OffsiteSpec
from components.operators import OperatorsSpec
from components.postgres import DrillsSpec, PostgresSpec
from components.postgres.drills import DRILLS_NAMESPACE
from components.postgres.network import GATEWAY, EgressSpec, Gateways, NetworkSpec
from components.s3 import S3Spec
from components.spec import Spec
from components.spec.either import Either
from components.spec.rule import faulty
from components.spec.words import Name
from components.talos import BootstrapSpec
from stacks.adopted import AdoptedName
from stacks.kept import KeptSpec
from stacks.waivers import WaiverSpec, broken, waiver


class EnvironmentSpec(Spec):
    """Everything that runs in one Kubernetes cluster, and how much of it may be lost."""

    context: str = Field(min_length=1)
    """The kubeconfig context of its cluster; with `bootstrap`, only the cluster's name. No other
    environment of the checkout may have it: both would own the same objects."""

    bootstrap: BootstrapSpec | None = None
    """How its Talos cluster is created; none means that the cluster exists."""

    disposable: bool = False
    """Whether its data may be deleted. Otherwise everything that holds data is protected and
    retained."""

    operators: OperatorsSpec | None = None
    """The operators that tier0 installs. None: all that it needs are already installed."""

    certificates: CertificatesSpec = CertificatesSpec()
    """The private certificate authority."""

    storage: CephSpec | None = None
    """The Ceph cluster under the object store: a new one, or an existing one. None: it exists in
    the object store's namespace."""

    network: NetworkSpec = NetworkSpec()
    """Where databases find what they need in the cluster's network."""

    monitored: bool = False
    """Whether the Prometheus operator, or at least its CRDs, is in the cluster and reads the
    metrics of every database, of cert-manager, and of the Ceph cluster of `storage`, which have
    alerts then (docs/alerts.md). False: a cluster without those CRDs would refuse their objects.
    `offsite`, whose alerts are not optional, always needs them, and drills have theirs then too."""

    prometheus: PrometheusSpec | None = None
    """What that Prometheus selects PodMonitors and PrometheusRules by. None: they have no labels,
    so one of kube-prometheus-stack ignores them, alerts too; `PrometheusSpec()` says that yours
    takes every object."""

    object_store: Annotated[
        ObjectStoreSpec | S3Spec | ExistingObjectStoreSpec, Either("region", ("ca_secret",))
    ]
    """Where archives are stored: in a Ceph cluster managed by Rook, in a new store or one that
    exists, or in an S3 elsewhere (docs/object-stores.md)."""

    offsite: OffsiteSpec | None = None
    """Where archives are copied to, outside the cluster's failure domain. None: nowhere, so what
    destroys the cluster's disks destroys the archives too."""

    databases: Mapping[Name, PostgresSpec]
    """The databases, by their role in the environment."""

    gitops: GitOpsSpec | None = None
    """Where Argo CD finds the rendered objects, which it then applies. None: Pulumi applies
    them."""

    kept: KeptSpec | None = None
    """Where what a recovery needs is kept, outside of the cluster. `python -m stacks runbook`
    prints it, and no object depends on it. None: that is unknown."""

    adopted: Sequence[AdoptedName] = ()
    """Objects of its databases that exist already, like 'Cluster shop/orders': `pulumi up` takes
    them over, changes what differs, and replaces none. `python -m stacks adopt` writes it. Once
    that `up` went through it has no meaning any more; with an object that does not exist, as in a
    new cluster, `up` is refused until it is removed."""

    waivers: Sequence[WaiverSpec] = ()
    """Rules that the environment breaks on purpose."""

    def clients(self, namespace: str) -> list[str]:
        """Return the other namespaces that may connect to the databases of *namespace*, sorted."""
        here = [spec for spec in self.databases.values() if spec.namespace == namespace]
        return sorted({client for spec in here for client in spec.clients})

    def client_ranges(self, namespace: str) -> list[str]:
        """Return the addresses that may connect to the databases of *namespace*, sorted."""
        here = [spec for spec in self.databases.values() if spec.namespace == namespace]
        balancers = [it for spec in here for it in spec.load_balancers.values()]
        return sorted({found for it in balancers for found in it.source_ranges})

    def egress(self, namespace: str) -> list[EgressSpec]:
        """Return what the databases of *namespace* may reach outside, in their order."""
        here = [spec for spec in self.databases.values() if spec.namespace == namespace]
        return [it for spec in here for it in spec.egress]

    def pooled(self, namespace: str) -> bool:
        """Return whether a database of *namespace* has a pooler."""
        return any(
            bool(spec.poolers) for spec in self.databases.values() if spec.namespace == namespace
        )

    def drills(self, role: str) -> DrillsSpec | None:
        """Return the drills of the database *role*; None: it has none."""
        database = self.databases[role]
        if database.is_replica:
            return None
        return database.drills if database.drills or self.disposable else DrillsSpec()

    def drilled(self, namespace: str | None = None) -> list[str]:
        """Return the roles of the databases that have drills; of *namespace*, if it is given."""
        return [
            role
            for role, spec in self.databases.items()
            if namespace in (None, spec.namespace) and self.drills(role)
        ]

    def reader(self, role: str) -> str | None:
        """Return the CephObjectStoreUser that the drills of a database read its archive as.

        None: it has no drills, or their keys are made by hand.
        """
        if self.drills(role) is None:
            return None
        bucket = self.databases[role].backup.bucket
        return reader_of(role, bucket, bucket_policies=self.bucket_policies)

    @property
    def bucket_policies(self) -> bool:
        """Whether Rook's operator lets a bucket's claim say who else reads it."""
        if self.existing_rook:
            return self.existing_rook.bucket_policies
        installs_rook = self.operators is not None and "rook" in self.operators.install
        return installs_rook or (self.rook_store is not None and self.rook_store.bucket_policies)

    @property
    def rook_store(self) -> ObjectStoreSpec | None:
        """The object store that it creates; None: archives are in one that exists."""
        return self.object_store if isinstance(self.object_store, ObjectStoreSpec) else None

    @property
    def existing_s3(self) -> S3Spec | None:
        """The S3 elsewhere that archives are in; None: they are in a Ceph cluster."""
        return self.object_store if isinstance(self.object_store, S3Spec) else None

    @property
    def existing_rook(self) -> ExistingObjectStoreSpec | None:
        """The CephObjectStore that exists and archives are in; None: they are in another store."""
        given = self.object_store
        return given if isinstance(given, ExistingObjectStoreSpec) else None

    @property
    def existing_store(self) -> S3Spec | ExistingObjectStoreSpec | None:
        """The store that archives are in and that it does not create; None: it creates it."""
        return self.existing_s3 or self.existing_rook

    @property
    def store_ca(self) -> str | None:
        """Secret whose `ca.crt` signed the object store's certificate; None: a public CA did.

        It is in each namespace of databases, and in that of drills.
        """
        return self.existing_store.ca_secret if self.existing_store else ISSUER

    @property
    def kms(self) -> KmsSpec | None:
        """The KMS of the object store that it creates."""
        return self.rook_store.kms if self.rook_store else None

    @property
    def ceph_namespace(self) -> str | None:
        """Namespace of Rook's operator and its Ceph cluster; None: it has nothing in Ceph."""
        if self.rook_store:
            return self.rook_store.namespace
        given = self.storage or self.existing_rook
        return given.namespace if given else None

    @property
    def gateways(self) -> Gateways:
        """Where the stores of archives and copies are, for NetworkPolicies."""
        rook, given = self.rook_store or self.existing_rook, self.existing_store
        return Gateways(
            pods=(rook.namespace, rook.name) if rook else None,
            port=given.port if given else GATEWAY,
            offsite_port=self.offsite.port if self.offsite else None,
            site_ports=sorted({it.site.archive.port for it in self.databases.values() if it.site}),
            imports=sorted(
                {
                    (it.imported.cidr, it.imported.port)
                    for it in self.databases.values()
                    if it.imported
                },
                key=str,
            ),
        )

    @property
    def prometheus_operator(self) -> bool:
        """Whether its CRDs are in the cluster, so that metrics are read and alerts declared."""
        return self.monitored or self.offsite is not None

    @property
    def snapshot_class(self) -> str | None:
        """The VolumeSnapshotClass that it creates: that of a new Ceph cluster, if one is used."""
        if not isinstance(self.storage, StorageSpec):
            return None
        named = (db.snapshots for db in self.databases.values() if db.snapshots)
        used = {name for spec in named for name in (spec.class_name, spec.wal_class_name)}
        return self.storage.block_class if self.storage.block_class in used else None

    @property
    def restored(self) -> bool:
        """Whether a database has a restored generation."""
        return any(database.restored for database in self.databases.values())

    @property
    def sited(self) -> bool:
        """Whether a database has another site."""
        return any(database.site for database in self.databases.values())

    @property
    def namespaces(self) -> frozenset[str]:
        """Every namespace that it declares, or declares objects in."""
        return frozenset(
            {self.certificates.namespace}
            | ({self.ceph_namespace} if self.ceph_namespace else set())
            | {database.namespace for database in self.databases.values()}
            | ({DRILLS_NAMESPACE} if self.drilled() else set())
        )

    @model_validator(mode="after")
    def _rules(self) -> Self:
        waiver_of = waiver(self.waivers)
        found = [(it.rule.name, it.fault) for it in broken(self) if not waiver_of(it)]
        if found:
            raise faulty(type(self).__name__, found)
        return self

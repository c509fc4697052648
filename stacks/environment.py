"""One environment: a Kubernetes cluster and what runs on it."""

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from components.ceph.cluster import CephSpec
from components.ceph.object_store import ObjectStoreSpec
from components.certificates import CertificatesSpec
from components.gitops import GitOpsSpec
from components.offsite import OffsiteSpec
from components.operators import OperatorsSpec
from components.postgres import PostgresSpec
from components.postgres.network import NetworkSpec
from components.spec import Spec
from components.spec.rule import error
from components.spec.words import Name
from components.talos import BootstrapSpec
from stacks.waivers import WaiverSpec, broken, waiver


class EnvironmentSpec(Spec):
    """Everything that runs in one Kubernetes cluster, and how much of it may be lost."""

    context: str = Field(min_length=1)
    """The kubeconfig context of its cluster; with `bootstrap`, only the cluster's name. No other
    environment of the checkout has it: both would own the same objects."""

    bootstrap: BootstrapSpec | None = None
    """How its Talos cluster comes to be; none means that the cluster is there."""

    disposable: bool = False
    """Its data may be deleted. Otherwise whatever holds data is protected and retained."""

    operators: OperatorsSpec | None = None
    """The operators that tier0 installs. None: all that it needs are there already."""

    certificates: CertificatesSpec = CertificatesSpec()
    """The private certificate authority."""

    storage: CephSpec | None = None
    """The Ceph cluster under the object store: to be made, or there already. None: it is there, in
    the object store's namespace."""

    network: NetworkSpec = NetworkSpec()
    """Where in the cluster's network databases find what they need."""

    monitored: bool = False
    """Prometheus's operator is in the cluster, or at least its kinds are, and has the metrics of
    every database read. False, as a cluster without those kinds refuses their objects; `offsite`,
    whose alerts are no option, needs them in any case."""

    object_store: ObjectStoreSpec
    """Where archives are stored."""

    offsite: OffsiteSpec | None = None
    """Where archives are copied to, outside of the cluster's failure domain; none means nowhere:
    what destroys the cluster's disks destroys the archives too."""

    databases: Mapping[Name, PostgresSpec]
    """The databases, by the name their role has in the environment."""

    gitops: GitOpsSpec | None = None
    """Where Argo CD finds the rendered objects, which it then applies; none: Pulumi does."""

    waivers: Sequence[WaiverSpec] = ()
    """Rules that it breaks on purpose."""

    def clients(self, namespace: str) -> list[str]:
        """Return the other namespaces that may connect to the databases of *namespace*, sorted."""
        here = [spec for spec in self.databases.values() if spec.namespace == namespace]
        return sorted({client for spec in here for client in spec.clients})

    def pooled(self, namespace: str) -> bool:
        """Return whether a database of *namespace* has a pooler."""
        return any(
            spec.pooler is not None
            for spec in self.databases.values()
            if spec.namespace == namespace
        )

    @property
    def namespaces(self) -> frozenset[str]:
        """Every namespace that one of its objects is in, or is."""
        return frozenset(
            {self.certificates.namespace, self.object_store.namespace}
            | {database.namespace for database in self.databases.values()}
        )

    @model_validator(mode="after")
    def _rules(self) -> Self:
        waiver_of = waiver(self.waivers)
        errors = [
            InitErrorDetails(type=error(it.rule.name, it.fault), loc=it.fault.place, input=None)
            for it in broken(self)
            if not waiver_of(it)
        ]
        if errors:
            raise ValidationError.from_exception_data(type(self).__name__, errors)
        return self

"""How clients reach a database, and what it reaches: names, pools, load balancers, addresses."""

from collections.abc import Mapping, Sequence

from components.postgres.certificates import DatabaseCertificatesSpec
from components.postgres.load_balancers import LoadBalancerSpec
from components.postgres.network import EgressSpec
from components.postgres.pooler import PoolerSpec, PoolerType, pooler_name
from components.spec import Spec
from components.spec.words import ClusterName, Name, ServiceName


class AccessSpec(Spec):
    """How clients reach a database, and what it reaches."""

    namespace: Name
    """Namespace, which tier0 creates."""

    cluster: ClusterName
    """Name of the CloudNativePG Cluster, and of its folder in the archive (the server name) unless
    `backup` names another."""

    service: ServiceName | None = None
    """Name of the Service that always reaches the primary and is in the server's certificate.
    Clients connect to it, and it stays when the database moves to another Cluster. None: the
    cluster's own read-write Service."""

    pooler: PoolerSpec | None = None
    """A connection pool in front of it; none means that clients connect to PostgreSQL directly."""

    replica_pooler: PoolerSpec | None = None
    """A connection pool to its replicas, for reads that may be some moments old. None: there is
    none; CloudNativePG's Service `<cluster>-ro` reaches replicas without."""

    clients: Sequence[Name] = ()
    """Other namespaces whose pods may connect, if a network plugin enforces policies. They may
    reach every database of the namespace; the password decides which they may use."""

    load_balancers: Mapping[ServiceName, LoadBalancerSpec] = {}
    """Services through which clients outside of the cluster reach it, by name."""

    certificates: DatabaseCertificatesSpec = DatabaseCertificatesSpec()
    """Its certificates, where they are made elsewhere, and further host names in the server's."""

    egress: Sequence[EgressSpec] = ()
    """What its pods may reach outside of the cluster, for foreign tables, `pg_net` or
    subscriptions, if a network plugin enforces policies; the namespace's other databases may reach
    it too. A clone to look into and a drill may not, as they act on nothing."""

    @property
    def host(self) -> str:
        """The host name that always reaches the primary, and is in the server's certificate."""
        return f"{self.service_name}.{self.namespace}.svc"

    @property
    def service_name(self) -> str:
        """The Service that always reaches the primary."""
        return self.service or self.cluster

    @property
    def poolers(self) -> Mapping[PoolerType, PoolerSpec]:
        """Its connection pools, by what they reach."""
        made: Mapping[PoolerType, PoolerSpec | None]
        made = {"rw": self.pooler, "ro": self.replica_pooler}
        return {reached: pool for reached, pool in made.items() if pool}

    @property
    def pooler_hosts(self) -> Mapping[PoolerType, str]:
        """The host names of its connection pools."""
        return {it: f"{pooler_name(self.cluster, it)}.{self.namespace}.svc" for it in self.poolers}

    @property
    def hosts(self) -> list[str]:
        """Every host name that clients may use; all of them are in its certificate."""
        return [self.host, *self.pooler_hosts.values(), *self.outer_hosts]

    def ca_secret(self, cluster: str) -> str:
        """Return the Secret whose `ca.crt` signed the server's certificate of its *cluster*."""
        return self.certificates.server_ca or f"{cluster}-ca"

    @property
    def verified_host(self) -> str | None:
        """The host name to verify a Cluster's server by; None: the name of the Cluster's Service.

        CloudNativePG has those of each Cluster's Services in the certificates that it issues.
        """
        return self.host if self.certificates.server_tls_secret else None

    @property
    def outer_hosts(self) -> list[str]:
        """The host names that clients outside of the cluster use."""
        balancers = self.load_balancers.values()
        return list(dict.fromkeys(host for it in balancers for host in it.hosts))

"""What a person decides about a PostgreSQL cluster.

Archiving is not an option: a database without an archive cannot keep a declared RPO.
"""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from components import postgres_rules
from components.archive import BackupSpec
from components.objectives import ObjectivesSpec
from components.parameters import Parameters
from components.placement import PlacementSpec, ResourcesSpec
from components.pooler import PoolerSpec, pooler_name
from components.replication import SynchronousSpec
from components.roles import DatabaseName, DatabaseSpec, RoleName, RoleSpec
from components.rule import Fault, rule
from components.snapshots import SnapshotsSpec
from components.spec import Spec
from components.timers import TimersSpec
from components.words import ClusterName, Name, PostgresImage, Quantity, ServiceName


class PostgresSpec(Spec):
    """A PostgreSQL cluster, its application database and its archive."""

    namespace: Name
    """Namespace; made by tier0."""

    cluster: ClusterName
    """Name of the CloudNativePG Cluster and of its place in the archive (the server name)."""

    service: ServiceName | None = None
    """Name of the Service that always reaches the primary, which is in the server's certificate:
    what clients are told, and what stays when the database comes to be another Cluster. None: the
    cluster's."""

    database: DatabaseName
    """The application's database."""

    owner: RoleName
    """The role that owns it; its password is in the Secret `<cluster>-app`."""

    image: PostgresImage
    """PostgreSQL's image."""

    instances: int = Field(ge=1, le=9)
    """One primary and its replicas."""

    synchronous: SynchronousSpec | None = None
    """Whether a commit is acknowledged only when replicas have it too. None: it is not, and a
    failover loses what no replica had received."""

    storage: Quantity
    """Size of each instance's volume. Without `wal_storage` it must hold the WAL of the longest
    outage of the object store that is to be survived."""

    storage_class: Name | None = None
    """StorageClass of the volumes; none means the cluster's default."""

    wal_storage: Quantity | None = None
    """Size of a volume for each instance's WAL alone; none means that WAL is on the same volume as
    the data. Two fill up on their own: data that grows never keeps WAL from being written, and WAL
    that an archive or a replica does not take never the data. A full one stops PostgreSQL, whole;
    it goes on once the volume is larger, and CloudNativePG promotes nobody meanwhile
    (instance_manager.md, "Disk Full Failure"). It must hold the WAL of the longest outage of the
    object store that is to be survived. Once there it cannot be taken away."""

    wal_storage_class: Name | None = None
    """StorageClass of the WAL volumes; none means the cluster's default, not `storage_class`."""

    resources: ResourcesSpec | None = None
    """What each instance is given of its node. None: nothing is reserved, and its pods are the
    first that a node without memory kills; right where nobody knows yet what is needed."""

    placement: PlacementSpec = PlacementSpec()
    """Where instances run."""

    parameters: Parameters = Field(default={})
    """PostgreSQL's own parameters, as text: {'shared_buffers': '2GB'}. What is not here is
    CloudNativePG's or PostgreSQL's default; some restart each instance, one at a time."""

    timers: TimersSpec = TimersSpec()
    """How long starts, stops and failovers may take."""

    databases: Mapping[DatabaseName, DatabaseSpec] = {}
    """Databases beside the application's own, by name."""

    roles: Mapping[RoleName, RoleSpec] = {}
    """Roles beside the owner, by name."""

    pooler: PoolerSpec | None = None
    """A pool of connections before it; none means that clients connect to PostgreSQL itself."""

    clients: Sequence[Name] = ()
    """Namespaces whose pods may connect, beside those of its own, where a network plugin enforces
    policies; to any database of the namespace, for a password still decides which."""

    objectives: ObjectivesSpec
    """How much may be lost, and for how long."""

    backup: BackupSpec
    """Its archive."""

    snapshots: SnapshotsSpec | None = None
    """Volume snapshots beside the archive, never instead of it."""

    further_rules = postgres_rules.RULES

    @rule("T204", "spec")
    def image_can_archive_in_tree(self) -> Iterator[Fault]:
        """The in-tree method has an image with barman in it.

        Only the `-system-` images have (postgres-containers, README); others fail each upload.
        """
        if self.backup.method == "in-tree" and "-system-" not in self.image:
            yield Fault(
                f"method 'in-tree' needs barman inside the image and '{self.image}' has none; "
                "write a '-system-' image or method 'plugin'"
            )

    @rule("T205", "spec")
    def synchronous_has_a_replica(self) -> Iterator[Fault]:
        """Synchronous replication has a replica to wait for.

        CloudNativePG refuses it without (cluster_webhook.go, validateSynchronousReplication).
        """
        if self.synchronous and self.instances == 1:
            yield Fault(
                f"synchronous '{self.synchronous.durability}' with 1 instance has no replica to "
                "wait for; write 3 instances or leave synchronous out"
            )

    @rule("T206", "spec")
    def writes_outlast_a_replica(self) -> Iterator[Fault]:
        """Required synchronous replication goes on with one replica away.

        Each restart of a replica, an upgrade's too, stops every write where all must answer.
        """
        found = self.synchronous
        if found and found.durability == "required" and found.number == self.instances - 1 > 0:
            who = "the replica" if found.number == 1 else "one replica"
            yield Fault(
                f"synchronous 'required' with {self.instances} instances stops writes whenever "
                f"{who} is away; write {self.instances + 1} instances or 'preferred'"
            )

    @rule("T207", "spec")
    def enough_replicas_to_wait_for(self) -> Iterator[Fault]:
        """No commit waits for more replicas than there are.

        CloudNativePG refuses it (cluster_webhook.go, validateSynchronousReplicaConfiguration).
        """
        if self.synchronous and 1 < self.instances <= self.synchronous.number:
            yield Fault(
                f"{self.synchronous.number} replicas are more than {self.instances} instances "
                f"have; write at most {self.instances - 1}",
                ("synchronous", "number"),
            )

    @property
    def server_name(self) -> str:
        """The archive's folder in the bucket. Each generation of the database has its own."""
        return self.cluster

    @property
    def host(self) -> str:
        """The name that always reaches the primary, and is in the server's certificate."""
        return f"{self.service_name}.{self.namespace}.svc"

    @property
    def service_name(self) -> str:
        """The Service that always reaches the primary."""
        return self.service or self.cluster

    @property
    def pooler_host(self) -> str | None:
        """The name that reaches the primary through the pool, where there is one."""
        return f"{pooler_name(self.cluster)}.{self.namespace}.svc" if self.pooler else None

    @property
    def hosts(self) -> list[str]:
        """Every name that clients know it by; all of them are in its certificate."""
        return [self.host, *([self.pooler_host] if self.pooler_host else [])]

    @property
    def archive(self) -> str:
        """URL of the archive."""
        return f"s3://{self.backup.bucket.bucket}/{self.server_name}/"

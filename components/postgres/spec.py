"""What a person decides about a PostgreSQL cluster.

Archiving is not an option: a database without an archive cannot keep a declared RPO.
"""

from collections.abc import Mapping, Sequence

from pydantic import Field

from components.postgres.archive import BackupSpec
from components.postgres.objectives import ObjectivesSpec
from components.postgres.parameters import Parameters
from components.postgres.placement import PlacementSpec, ResourcesSpec
from components.postgres.pooler import PoolerSpec, pooler_name
from components.postgres.replication import SynchronousSpec
from components.postgres.roles import DatabaseName, DatabaseSpec, RoleName, RoleSpec
from components.postgres.snapshots import SnapshotsSpec
from components.postgres.timers import TimersSpec
from components.spec import Spec
from components.spec.words import ClusterName, Name, PostgresImage, Quantity, ServiceName


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

    @property
    def major(self) -> int:
        """PostgreSQL's major version, as the image's tag has it."""
        tag = self.image.partition("@")[0].rpartition(":")[2]
        return int(tag[: len(tag) - len(tag.lstrip("0123456789"))])

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

"""The spec of a PostgreSQL cluster.

Archiving is not an option: a database without an archive cannot keep a declared RPO.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from components.postgres.access import AccessSpec
from components.postgres.archive import BackupSpec, SegmentSize
from components.postgres.drills import DrillsSpec
from components.postgres.extensions import ExtensionImages, Libraries
from components.postgres.generations import (
    MOST,
    Generation,
    GenerationSpec,
    first_active,
    lineage,
)
from components.postgres.hba import HbaLines
from components.postgres.imports import ImportSpec
from components.postgres.instances import Environment, UpdateMethod
from components.postgres.metadata import InheritedMetadataSpec
from components.postgres.objectives import ObjectivesSpec
from components.postgres.parameters import Parameters
from components.postgres.placement import PlacementSpec
from components.postgres.replication import SynchronousSpec
from components.postgres.resources import ResourcesSpec
from components.postgres.roles import (
    ApplicationSpec,
    DatabaseName,
    DatabaseSpec,
    RoleName,
    RoleSpec,
    names_are_listed_once,
)
from components.postgres.site import SiteSpec
from components.postgres.snapshots import SnapshotsSpec
from components.postgres.tablespaces import TablespaceName, TablespaceSpec, total
from components.postgres.timers import TimersSpec
from components.spec.rule import obeys
from components.spec.words import Name, PostgresImage, Quantity


class PostgresSpec(AccessSpec):
    """A PostgreSQL cluster, its application database and its archive."""

    database: DatabaseName
    """The application's database."""

    owner: RoleName
    """The role that owns it; its password is in the Secret `<cluster>-app`, or `owner_secret`."""

    owner_secret: Name | None = None
    """Secret in the namespace, made elsewhere, with the owner's `username`, which is its name, and
    `password`; with the label `cnpg.io/reload: "true"` a new password takes effect at once. Nothing
    here writes it. None: CloudNativePG makes `<cluster>-app`."""

    application: ApplicationSpec | None = None
    """What is in the application's database. None: what the application makes itself."""

    import_from: ImportSpec | None = None
    """Another PostgreSQL that the new database is imported from; it stays as it was written once
    the database exists. None: the database begins empty."""

    image: PostgresImage
    """PostgreSQL's image."""

    image_pull_secrets: Annotated[Sequence[Name], obeys(names_are_listed_once)] = ()
    """Secrets in the namespace, of type `kubernetes.io/dockerconfigjson`, for the registries of its
    images; drills need them in their namespace too, and a clone gets a copy."""

    instances: int = Field(ge=1, le=9)
    """Number of instances: one primary, the others replicas."""

    synchronous: SynchronousSpec | None = None
    """Whether a commit is acknowledged only once replicas have it too. None: commits do not wait,
    and a failover loses what no replica has received."""

    storage: Quantity
    """Size of each instance's volume. Without `wal_storage` it must hold the WAL of the longest
    object store outage that the database must survive."""

    storage_class: Name | None = None
    """StorageClass of the volumes; none means the cluster's default."""

    wal_storage: Quantity | None = None
    """Size of a separate volume for each instance's WAL; none means that WAL is on the same volume
    as the data. Separate volumes fill up independently: growing data never stops WAL, and WAL that
    an archive or a replica does not take never stops data. A full volume stops PostgreSQL
    completely; it continues once the volume is larger, and CloudNativePG promotes no replica
    meanwhile (instance_manager.md, "Disk Full Failure"). It must hold the WAL of the longest object
    store outage that the database must survive. It cannot be removed later."""

    wal_storage_class: Name | None = None
    """StorageClass of the WAL volumes; none means the cluster's default, not `storage_class`."""

    tablespaces: Mapping[TablespaceName, TablespaceSpec] = {}
    """Further volumes of each instance, as tablespaces of PostgreSQL, by name."""

    wal_segment: SegmentSize = 16
    """Size of a WAL segment in MiB, of a new database and kept forever (`initdb`); its generations
    have it too. Archiving starts a Barman process for each, so a busy database archives about three
    times as much with 64 as with 16 (measured). A quiet one writes a whole segment every
    archive_timeout as soon as anything changes."""

    resources: ResourcesSpec | None = None
    """Resources of each instance. None: nothing is reserved, and its pods are the first that a node
    kills when it runs out of memory; use it while the needs are still unknown."""

    placement: PlacementSpec = PlacementSpec()
    """Where instances run."""

    inherited_metadata: InheritedMetadataSpec = InheritedMetadataSpec()
    """Labels and annotations of all its pods, volumes and other objects."""

    parameters: Parameters = Field(default={})
    """PostgreSQL parameters, as text: {'shared_buffers': '2GB'}. All others have CloudNativePG's or
    PostgreSQL's defaults. Changing some of them restarts each instance, one at a time."""

    shared_preload_libraries: Libraries = ()
    """Libraries that PostgreSQL loads at its start, in this order, like 'vchord'; the image or
    `extension_images` must contain them. CloudNativePG loads pg_stat_statements, pgaudit,
    auto_explain and pg_failover_slots by itself once a parameter of them is set. A change restarts
    each instance. A clone of the database loads them without those that act by themselves, like
    pg_cron."""

    extension_images: ExtensionImages = Field(default={})
    """Images that hold extensions, by a name for each. A change replaces each instance's pod."""

    superuser_access: bool = False
    """Whether the superuser `postgres` may log in over the network, with the password in
    `<cluster>-superuser`, which CloudNativePG makes for each generation, or in `superuser_secret`.
    It may do everything in every database of the cluster, and in its pods: a waiver must say why.
    Extensions, schemas, roles and SQL at creation need none."""

    superuser_secret: Name | None = None
    """Secret in the namespace, made elsewhere, with the `username` 'postgres' and its `password`,
    of every generation. None: CloudNativePG makes one for each."""

    pg_hba: HbaLines = ()
    """Lines of pg_hba.conf, the first that matches decides: like 'hostssl all all 10.0.0.0/8
    scram-sha-256'. CloudNativePG's own for replicas, pools and local connections come before them,
    and after them one that lets in everybody with a password: end with 'host all all all reject' to
    have it decide nothing. Pods of the namespace must stay let in as the owner, who proves a
    restored generation. A change needs no restart. A clone of the database has none of these lines,
    as its NetworkPolicy says who reaches it."""

    synchronize_logical_decoding: bool = False
    """Whether logical replication slots survive a failover: replicas keep a copy of those that were
    made with `failover` (PostgreSQL 17; before, by pg_failover_slots, whose parameters are then
    needed). A slot whose reader is away keeps WAL up to `max_slot_wal_keep_size` and is lost then;
    a restored database has none."""

    env: Environment = Field(default={})
    """Variables of the environment of instances, as plain text, like {'TZ': 'Etc/UTC'}. A change
    restarts each instance."""

    primary_update_method: UpdateMethod = "restart"
    """How the primary gets a change that needs a restart, once the replicas have it. 'restart': its
    pod restarts where it is. 'switchover': a replica takes its place first, which is shorter where
    PostgreSQL starts slowly; image and parameters must then change one after the other."""

    timers: TimersSpec = TimersSpec()
    """How long starts, stops and failovers may take."""

    databases: Mapping[DatabaseName, DatabaseSpec] = {}
    """Databases besides the application's, by name."""

    roles: Mapping[RoleName, RoleSpec] = {}
    """Roles besides the owner, by name."""

    objectives: ObjectivesSpec
    """How much may be lost, and how long recovery may take."""

    backup: BackupSpec
    """Its archive."""

    snapshots: SnapshotsSpec | None = None
    """Volume snapshots in addition to the archive, never instead of it."""

    generations: Sequence[GenerationSpec] = Field(default=(), max_length=MOST)
    """The database's later generations, oldest first; the first entry is generation 2. Each
    archives under its own name, so that no archive mixes two of them. An entry is never removed."""

    active: int | None = Field(default=None, ge=1, le=MOST + 1)
    """The number of the generation that clients reach; 1 is the first. Older ones are stopped,
    newer ones run to be proved. None: the one that the first became without any restore."""

    retired: Sequence[int] = ()
    """The numbers of generations that are given up: stopped and no longer protected."""

    removed: Sequence[int] = ()
    """The numbers of generations whose Cluster is deleted with its volumes. Each was retired
    before, or is lost with its cluster. Their archives stay for the retention and are then
    pruned."""

    checks: Mapping[Name, str] = {}
    """What a restored database is asked before clients reach it: read-only SQL by name that returns
    true, like `select count(*) > 1000 from members`. It is asked in the application's database, by
    its owner."""

    drills: DrillsSpec | None = None
    """The drills that prove its archive. None: in a disposable environment there are none, in any
    other one those of `DrillsSpec()`. While `site.role` is 'replica' there are none: a nonce is a
    write, and the other site's drills prove what is followed."""

    site: SiteSpec | None = None
    """The database's other site, and which of the two accepts writes (docs/second-site.md). None:
    there is one site."""

    @property
    def major(self) -> int:
        """PostgreSQL's major version, as the active image's tag has it."""
        return major_of(self.current.image)

    @property
    def credentials(self) -> str:
        """The Secret with the owner's password, of every generation."""
        return self.owner_secret or f"{self.cluster}-app"

    @property
    def contents(self) -> Mapping[str, ApplicationSpec | DatabaseSpec]:
        """What is declared of its databases, the application's first, by their names."""
        own = {self.database: self.application} if self.application else {}
        return own | dict(self.databases)

    @property
    def data_size(self) -> str:
        """The size of an instance's volumes without WAL's: what a full base backup holds."""
        return total(self.storage, self.tablespaces)

    @property
    def imported(self) -> ImportSpec | None:
        """Where its first generation is imported from; None once that is removed."""
        return None if self.lineage[0].state == "removed" else self.import_from

    @property
    def lineage(self) -> list[Generation]:
        """Every generation, oldest first."""
        return lineage(
            cluster=self.cluster,
            archive=self.backup.server_name,
            image=self.image,
            generations=self.generations,
            active=self.active or first_active(self.generations),
            retired=self.retired,
            removed=self.removed,
        )

    @property
    def current(self) -> Generation:
        """The active generation."""
        return next(it for it in self.lineage if it.state == "active")

    @property
    def clusters(self) -> list[str]:
        """The names of its Clusters, oldest first."""
        return list(dict.fromkeys(it.cluster for it in self.lineage))

    @property
    def restored(self) -> bool:
        """Whether a generation is, or was, restored from an archive."""
        return any(it.restored or it.follows for it in self.lineage)

    @property
    def is_replica(self) -> bool:
        """Whether the active generation follows the other site, and accepts no writes."""
        return self.site is not None and self.site.role == "replica"

    @property
    def server_name(self) -> str:
        """The archive's folder in the bucket. Each generation of the database has its own."""
        return self.current.server_name

    @property
    def server_names(self) -> list[str]:
        """The folders of all generations, oldest first."""
        return [it.server_name for it in self.lineage]

    @property
    def archive(self) -> str:
        """URL of the active generation's archive."""
        return f"s3://{self.backup.place}/{self.server_name}/"

    @property
    def archives(self) -> list[str]:
        """URLs of the archives of all generations, oldest first."""
        return [f"s3://{self.backup.place}/{name}/" for name in self.server_names]


def major_of(image: str) -> int:
    """Return PostgreSQL's major version, as the tag of *image* has it."""
    tag = image.partition("@")[0].rpartition(":")[2]
    return int(tag[: len(tag) - len(tag.lstrip("0123456789"))])

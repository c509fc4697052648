"""What a person decides about a PostgreSQL cluster.

Archiving is not an option: a database without an archive cannot keep a declared RPO.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from components.archive import BackupSpec
from components.objectives import ObjectivesSpec
from components.rule import Fault, rule
from components.spec import Spec
from components.words import ClusterName, Identifier, Image, Name, Quantity


class PostgresSpec(Spec):
    """A PostgreSQL cluster, its application database and its archive."""

    namespace: Name
    """Namespace; made by tier0."""

    cluster: ClusterName
    """Name of the CloudNativePG Cluster, of the Service that always reaches its primary, and of
    its place in the archive (the server name)."""

    database: Identifier
    """The application's database."""

    owner: Identifier
    """The role that owns it; its password is in the Secret `<cluster>-app`."""

    image: Image
    """PostgreSQL's image."""

    instances: int = Field(ge=1, le=9)
    """One primary and its replicas."""

    synchronous: Literal["preferred", "required"] | None = None
    """Whether a commit is acknowledged only when a replica has it too, which costs each commit a
    round trip. None: it is not; a failover loses what no replica had received. 'required': always;
    a failover loses nothing, but writes stop while every replica is away, and one is promoted only
    while all of them answer. 'preferred': while a replica is ready; writes go on without one, and
    what is written then is lost with the primary."""

    storage: Quantity
    """Size of each instance's volume. It must hold the WAL of the longest outage of the object
    store that is to be survived."""

    storage_class: Name | None = None
    """StorageClass of the volumes; none means the cluster's default."""

    clients: Sequence[Name] = ()
    """Namespaces whose pods may connect, beside those of its own, where a network plugin enforces
    policies; to any database of the namespace, for a password still decides which."""

    objectives: ObjectivesSpec
    """How much may be lost, and for how long."""

    backup: BackupSpec
    """Its archive."""

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
                f"synchronous '{self.synchronous}' with 1 instance has no replica to wait for; "
                "write 3 instances or leave synchronous out"
            )

    @rule("T206", "spec")
    def writes_outlast_a_replica(self) -> Iterator[Fault]:
        """Required synchronous replication goes on with one replica away.

        With two instances each restart of the replica stops every write.
        """
        if self.synchronous == "required" and self.instances == 2:  # noqa: PLR2004 - one replica
            yield Fault(
                "synchronous 'required' with 2 instances stops writes whenever the replica is "
                "away; write 3 instances or 'preferred'"
            )

    @property
    def server_name(self) -> str:
        """The archive's folder in the bucket. Each generation of the database has its own."""
        return self.cluster

    @property
    def host(self) -> str:
        """The name that always reaches the primary, and is in the server's certificate."""
        return f"{self.cluster}.{self.namespace}.svc"

    @property
    def archive(self) -> str:
        """URL of the archive."""
        return f"s3://{self.backup.bucket.bucket}/{self.server_name}/"

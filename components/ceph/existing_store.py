"""A CephObjectStore that exists, and the StorageClass by which buckets are claimed in it."""

import pulumi
from pydantic import Field

from components.ceph.buckets import bucket_class
from components.ceph.object_store import PORT
from components.kube import Component
from components.s3 import Rook, Store
from components.spec import Spec
from components.spec.words import Name, StoreName


class ExistingObjectStoreSpec(Spec):
    """A CephObjectStore that exists, managed by Rook in this cluster, over HTTPS.

    tier0 makes a StorageClass for bucket claims in it, which keeps what they claimed, and nothing
    else of the store: no certificate, no gateways, and none that restarts these.
    """

    name: StoreName
    """Name of the CephObjectStore."""

    namespace: Name = "rook-ceph"
    """Its namespace, which is also the Rook operator's."""

    port: int = Field(default=PORT, ge=1, le=65535)
    """The port that its gateways serve HTTPS on (`gateway.securePort`)."""

    ca_secret: Name
    """Secret in the namespace of each database, and in that of drills; its key `ca.crt` holds the
    CA that signed the gateways' certificate, which must have the name of Rook's Service."""

    encrypts: bool = False
    """Whether it has a KMS (`security.s3`), so that archives may ask for AES256: an object that was
    written so shows it (`head-object`)."""

    bucket_policies: bool = False
    """Whether drills get their own keys, which only read. The Rook operator must allow
    `bucketPolicy` in claims (its setting `ROOK_OBC_ALLOW_ADDITIONAL_CONFIG_FIELDS`), or a new claim
    stays unbound, and the store users of `tier0-drills` (`allowUsersInNamespaces`). Otherwise you
    make the Secrets that `python -m stacks secrets` lists."""

    @property
    def host(self) -> str:
        """The host name of Rook's Service, which clients use."""
        return f"rook-ceph-rgw-{self.name}.{self.namespace}.svc"

    @property
    def address(self) -> str:
        """The S3 address."""
        return f"https://{self.host}:{self.port}"

    @property
    def storage_class(self) -> str:
        """Name of the StorageClass that tier0 makes; one that exists may delete what is claimed."""
        return f"tier0-{self.name}"


class ExistingObjectStore(Component):
    """The StorageClass of buckets in a CephObjectStore that exists."""

    store: Store

    def __init__(
        self,
        name: str,
        spec: ExistingObjectStoreSpec,
        *,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("tier0:object_store:ExistingObjectStore", name, opts=opts)
        buckets = bucket_class(
            name,
            spec.storage_class,
            parent=self,
            store=spec.name,
            namespace=spec.namespace,
            keep=keep,
        )
        rook = Rook(name=spec.name, namespace=spec.namespace, storage_class=buckets.name)
        self.store = Store(endpoint=spec.address, rook=rook)

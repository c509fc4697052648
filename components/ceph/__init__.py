"""A Ceph cluster, its object store over HTTPS, and buckets in it."""

from components.ceph.buckets import BucketClaimSpec, ExistingBucketSpec
from components.ceph.daemons import CephResourcesSpec, DaemonSpec
from components.ceph.disks import EveryNodeSpec, NamedNodesSpec
from components.ceph.existing_store import ExistingObjectStoreSpec
from components.ceph.object_store import KmsSpec, ObjectStoreSpec
from components.ceph.placement import CephPlacementSpec
from components.ceph.spec import CephSpec, ExistingCephSpec, StorageSpec

__all__ = [
    "BucketClaimSpec",
    "CephPlacementSpec",
    "CephResourcesSpec",
    "CephSpec",
    "DaemonSpec",
    "EveryNodeSpec",
    "ExistingBucketSpec",
    "ExistingCephSpec",
    "ExistingObjectStoreSpec",
    "KmsSpec",
    "NamedNodesSpec",
    "ObjectStoreSpec",
    "StorageSpec",
]

"""The classes of volumes and of their snapshots."""

from collections.abc import Mapping
from typing import Any

from components.postgres import SnapshotsSpec
from tests import valid
from tests.components.ceph.test_cluster import SPARE_DISKS, classes, one, with_storage


def test_a_volume_outlives_its_claim() -> None:
    storage = valid.storage(disks=SPARE_DISKS)
    kept = classes(with_storage(storage))
    assert {driver: made["reclaimPolicy"] for driver, made in kept.items()} == {
        "rook-ceph.rbd.csi.ceph.com": "Retain",
        "rook-ceph.cephfs.csi.ceph.com": "Retain",
    }
    thrown = classes(with_storage(storage, {"disposable": True}))
    assert {made["reclaimPolicy"] for made in thrown.values()} == {"Delete"}


def test_a_storage_class_names_pools_and_secrets_that_rook_makes() -> None:
    recording = with_storage(valid.storage(disks=SPARE_DISKS))
    made = classes(recording)
    block = made["rook-ceph.rbd.csi.ceph.com"]["parameters"]
    assert block["pool"] == one(recording, "CephBlockPool")["metadata"]["name"]
    files = made["rook-ceph.cephfs.csi.ceph.com"]["parameters"]
    filesystem = one(recording, "CephFilesystem")
    assert files["fsName"] == filesystem["metadata"]["name"]
    # Rook calls a data pool after its filesystem and its own name (file/filesystem.go).
    assert files["pool"] == f"{files['fsName']}-{filesystem['spec']['dataPools'][0]['name']}"
    for driver, given in (("rbd", block), ("cephfs", files)):
        assert given["clusterID"] == "rook-ceph"
        names = {given[key] for key in given if key.endswith("-secret-name")}
        assert names == {f"rook-csi-{driver}-provisioner", f"rook-csi-{driver}-node"}


def snapshot_classes(
    named: str, changes: Mapping[str, Any] = {}, **fields: Any
) -> list[Mapping[str, Any]]:
    """Return the VolumeSnapshotClasses, if a database's snapshots are of the class *named*."""
    snapshots = SnapshotsSpec(class_name=named, schedule="0 4 * * *", **fields)
    storage = valid.storage(disks=SPARE_DISKS)
    recording = with_storage(storage, {"databases.n8n.snapshots": snapshots, **changes})
    return [m for m in recording.manifests() if m["kind"] == "VolumeSnapshotClass"]


def test_the_class_of_snapshots_that_a_database_names_is_made() -> None:
    (made,) = snapshot_classes("ceph-block")
    assert made == {
        "apiVersion": "snapshot.storage.k8s.io/v1",
        "kind": "VolumeSnapshotClass",
        "metadata": {"name": "ceph-block"},
        "driver": "rook-ceph.rbd.csi.ceph.com",
        "parameters": {
            "clusterID": "rook-ceph",
            "csi.storage.k8s.io/snapshotter-secret-name": "rook-csi-rbd-provisioner",
            "csi.storage.k8s.io/snapshotter-secret-namespace": "rook-ceph",
        },
        "deletionPolicy": "Retain",
    }
    (thrown,) = snapshot_classes("ceph-block", {"disposable": True})
    assert thrown["deletionPolicy"] == "Delete"


def test_a_class_of_snapshots_that_nobody_names_is_not_made() -> None:
    """Its CRD may not be there, and a class with another name is somebody else's."""
    kinds = {m["kind"] for m in with_storage(valid.storage(disks=SPARE_DISKS)).manifests()}
    assert "VolumeSnapshotClass" not in kinds
    assert snapshot_classes("csi-rbdplugin-snapclass") == []
    assert snapshot_classes("ceph-block", {"storage": valid.existing_ceph()}) == []


def test_the_class_of_snapshots_of_wal_volumes_is_made_too() -> None:
    changes = {"databases.n8n.wal_storage": "2Gi", "databases.n8n.wal_storage_class": "ceph-block"}
    (made,) = snapshot_classes("elsewhere", changes, wal_class_name="ceph-block")
    assert made["metadata"]["name"] == "ceph-block"

"""The StorageClasses and the VolumeSnapshotClass of Rook's CSI drivers."""

from collections.abc import Mapping

import pulumi

from components.kube import Object


def storage_class(
    resource_name: str,
    name: str,
    *,
    parent: pulumi.Resource,
    namespace: str,
    driver: str,
    parameters: Mapping[str, pulumi.Input[str]],
    keep: bool,
) -> None:
    """Make a StorageClass of Rook's CSI driver *driver* (csi/rbd and csi/cephfs in its examples).

    It is not the default class: existing claims without a class must not change.
    """
    secrets = {
        f"csi.storage.k8s.io/{step}-secret-{key}": value
        for step, role in (
            ("provisioner", "provisioner"),
            ("controller-expand", "provisioner"),
            ("node-stage", "node"),
        )
        for key, value in (("name", f"rook-csi-{driver}-{role}"), ("namespace", namespace))
    }
    format_ = {"csi.storage.k8s.io/fstype": "ext4"} if driver == "rbd" else {}
    Object(
        resource_name,
        parent=parent,
        api_version="storage.k8s.io/v1",
        kind="StorageClass",
        name=name,
        fields={
            "provisioner": f"{namespace}.{driver}.csi.ceph.com",
            "parameters": {"clusterID": namespace} | dict(parameters) | secrets | format_,
            # With Delete, a claim that is removed by mistake takes its volume with it.
            "reclaimPolicy": "Retain" if keep else "Delete",
            "allowVolumeExpansion": True,
        },
    )


def snapshot_class(
    resource_name: str, name: str, *, parent: pulumi.Resource, namespace: str, keep: bool
) -> None:
    """Make the VolumeSnapshotClass of Rook's block volumes (csi/rbd/snapshotclass.yaml).

    With Delete, a VolumeSnapshot that is removed by mistake takes the snapshot in Ceph with it.
    """
    secret = "csi.storage.k8s.io/snapshotter-secret"
    Object(
        resource_name,
        parent=parent,
        api_version="snapshot.storage.k8s.io/v1",
        kind="VolumeSnapshotClass",
        name=name,
        fields={
            "driver": f"{namespace}.rbd.csi.ceph.com",
            "parameters": {
                "clusterID": namespace,
                f"{secret}-name": "rook-csi-rbd-provisioner",
                f"{secret}-namespace": namespace,
            },
            "deletionPolicy": "Retain" if keep else "Delete",
        },
    )

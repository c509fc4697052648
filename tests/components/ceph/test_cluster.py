"""The Ceph cluster under the object store: what is safe about it, and what waits for it."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.ceph.cluster import least_copies
from components.ceph.spec import ExistingCephSpec, StorageSpec
from components.operators import OperatorsSpec
from stacks.render.recorder import Recording
from tests import valid
from tests.support import declared

SPARE_DISKS = valid.every_node(filter="^sd[b-z]$")


def with_storage(
    storage: StorageSpec | ExistingCephSpec, changes: Mapping[str, Any] = {}
) -> Recording:
    """Return what homelab declares with the Ceph cluster *storage* under it."""
    return declared(valid.homelab({"storage": storage, **changes}))


def one(recording: Recording, kind: str) -> Mapping[str, Any]:
    """Return the one object of a kind."""
    (found,) = [m for m in recording.manifests() if m["kind"] == kind]
    return found


def _renewal(recording: Recording) -> Mapping[str, Any]:
    """Return the pod that restarts the gateways, which has Ceph's image."""
    found = [m for m in recording.manifests() if m["kind"] == "Deployment"]
    (one,) = [m for m in found if m["metadata"]["name"].endswith("-renewal")]
    pod: Mapping[str, Any] = one["spec"]["template"]["spec"]
    return pod


def classes(recording: Recording) -> dict[str, Mapping[str, Any]]:
    """Return the StorageClasses of Ceph, by their drivers."""
    return {
        m["provisioner"]: m
        for m in recording.manifests()
        if m["kind"] == "StorageClass" and ".csi." in m["provisioner"]
    }


def test_a_write_needs_two_copies_however_many_there_are() -> None:
    assert [least_copies(copies) for copies in (1, 2, 3, 4, 5)] == [1, 2, 2, 2, 3]


def test_every_pool_has_three_copies_and_none_serves_from_the_last() -> None:
    recording = with_storage(valid.storage(disks=SPARE_DISKS))
    filesystem = one(recording, "CephFilesystem")["spec"]
    pools = [
        one(recording, "CephBlockPool")["spec"],
        filesystem["metadataPool"],
        *filesystem["dataPools"],
    ]
    for pool in pools:
        assert pool["replicated"] == {"size": 3, "requireSafeReplicaSize": True}
        assert pool["parameters"]["min_size"] == "2"
        assert pool["failureDomain"] == "host"
    defaults = one(recording, "CephCluster")["spec"]["cephConfig"]["global"]
    assert defaults == {"osd_pool_default_size": "3", "osd_pool_default_min_size": "2"}


def test_disks_and_traffic_are_encrypted() -> None:
    recording = with_storage(valid.storage(disks=SPARE_DISKS))
    spec = one(recording, "CephCluster")["spec"]
    assert spec["storage"]["config"] == {"encryptedDevice": "true"}
    assert spec["network"]["connections"]["encryption"] == {"enabled": True}
    assert "dashboard" not in spec, "Rook starts one only if it is told to"


def test_a_drain_waits_for_the_daemons_of_another_node() -> None:
    for disposable in (False, True):
        recording = with_storage(valid.storage(disks=SPARE_DISKS), {"disposable": disposable})
        managed = one(recording, "CephCluster")["spec"]["disruptionManagement"]
        assert managed == {"managePodBudgets": True}


@pytest.mark.parametrize(
    "operators",
    [
        None,
        valid.operators(),
        valid.operators(install=["cert-manager", "cloudnative-pg", "barman-cloud"]),
    ],
)
def test_a_filesystem_is_mounted_encrypted_whoever_installs_rook(
    operators: OperatorsSpec | None,
) -> None:
    recording = with_storage(valid.storage(disks=SPARE_DISKS), {"operators": operators})
    spec = one(recording, "CephCluster")["spec"]
    assert spec["csi"] == {"cephfs": {"kernelMountOptions": "ms_mode=secure"}}
    # What a StorageClass says can never be changed; the cluster's own settings can.
    for made in classes(recording).values():
        assert not {"kernelMountOptions", "mapOptions", "mounter"} & set(made["parameters"])


def test_only_the_disks_that_are_named_are_taken() -> None:
    nodes = {"b": ["sdb"], "a": ["/dev/disk/by-id/x"], "c": ["sdb", "sdc"]}
    recording = with_storage(valid.storage(disks=valid.named_nodes(nodes=nodes)))
    storage = one(recording, "CephCluster")["spec"]["storage"]
    assert not storage.keys() & {"useAllNodes", "useAllDevices"}, "Rook takes all only if told to"
    assert {n["name"]: [d["name"] for d in n["devices"]] for n in storage["nodes"]} == {
        "a": ["/dev/disk/by-id/x"],
        "b": ["sdb"],
        "c": ["sdb", "sdc"],
    }


def test_the_object_store_waits_for_the_cluster_and_follows_its_image() -> None:
    image = "quay.io/ceph/ceph:v19.2.3"
    recording = with_storage(valid.storage(disks=SPARE_DISKS, image=image))
    resources = {r.name: r for r in recording.resources}
    for waiting in ("s3-store", "ceph-blocks", "ceph-filesystem"):
        assert resources["ceph-cluster"].urn in resources[waiting].dependencies
    assert _renewal(recording)["containers"][0]["image"] == image


def test_no_filesystem_means_no_metadata_servers() -> None:
    recording = with_storage(valid.storage(disks=SPARE_DISKS, filesystem_class=None))
    assert "CephFilesystem" not in {m["kind"] for m in recording.manifests()}
    assert list(classes(recording)) == ["rook-ceph.rbd.csi.ceph.com"]


def test_a_cluster_that_is_there_is_used_and_not_made() -> None:
    recording = with_storage(
        valid.existing_ceph(namespace="ceph", image="quay.io/ceph/ceph:v19.2.3"),
        {"object_store.namespace": "ceph"},
    )
    assert "CephCluster" not in {m["kind"] for m in recording.manifests()}
    assert one(recording, "CephObjectStore")["metadata"]["namespace"] == "ceph"
    assert _renewal(recording)["containers"][0]["image"] == "quay.io/ceph/ceph:v19.2.3"


def test_every_daemon_runs_on_the_nodes_that_are_for_ceph() -> None:
    where = valid.ceph_placement(labels={"role": "storage"}, tolerations=["storage", "hw/nvme"])
    recording = with_storage(valid.storage(disks=SPARE_DISKS, placement=where))
    on_nodes = {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {"matchExpressions": [{"key": "role", "operator": "In", "values": ["storage"]}]}
                ]
            }
        },
        "tolerations": [
            {"key": "storage", "operator": "Exists"},
            {"key": "hw/nvme", "operator": "Exists"},
        ],
    }
    assert one(recording, "CephCluster")["spec"]["placement"] == {"all": on_nodes}
    assert one(recording, "CephFilesystem")["spec"]["metadataServer"]["placement"] == on_nodes
    assert one(recording, "CephObjectStore")["spec"]["gateway"]["placement"] == on_nodes


def test_a_daemon_runs_anywhere_unless_the_environment_says_where() -> None:
    recording = with_storage(valid.storage(disks=SPARE_DISKS))
    assert "placement" not in one(recording, "CephCluster")["spec"]
    assert "placement" not in one(recording, "CephFilesystem")["spec"]["metadataServer"]
    assert "placement" not in one(recording, "CephObjectStore")["spec"]["gateway"]


@pytest.mark.parametrize("family", ["IPv4", "IPv6", None])
def test_ceph_listens_on_the_family_of_pods(family: str | None) -> None:
    recording = with_storage(valid.storage(disks=SPARE_DISKS, ip_family=family))
    assert one(recording, "CephCluster")["spec"]["network"].get("ipFamily") == family

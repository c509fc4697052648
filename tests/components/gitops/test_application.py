"""How long Pulumi waits for Argo CD, which applies everything within that time."""

from typing import Any

from components.postgres import RestoreSpec, SnapshotsSpec, UpgradeSpec
from stacks.render.owners import rendered
from tests import valid
from tests.support import declared


def limits(kind: str, **changes: Any) -> list[int]:
    """Return the seconds that each object of *kind* may take in homelab with *changes*."""
    return [
        int(r.inputs["metadata"]["annotations"]["pulumi.com/timeoutSeconds"])
        for r in declared(valid.homelab(changes)).resources
        if r.manifest and r.manifest["kind"] == kind
    ]


def test_a_tree_has_longer_than_the_slowest_object_in_it() -> None:
    for disks in (["sdb"], [f"sd{letter}" for letter in "bcdefghijklm"]):
        storage = valid.storage(
            disks=valid.named_nodes(nodes=dict.fromkeys(("a", "b", "c"), disks))
        )
        (cluster,) = limits("CephCluster", storage=storage)
        (tree,) = limits("Application", storage=storage, gitops=valid.gitops())
        assert tree == cluster + 600


def test_a_tree_without_a_ceph_cluster_has_longer_than_one_object() -> None:
    assert limits("Application", gitops=valid.gitops()) == [1200]
    there = limits("Application", gitops=valid.gitops(), storage=valid.existing_ceph())
    assert there == [1200]


def test_a_ceph_cluster_of_many_disks_on_a_node_has_longer() -> None:
    def seconds(disks: int) -> int:
        names = [f"/dev/disk/by-id/{n}" for n in range(disks)]
        nodes = {"a": names, "b": ["sdb"], "c": ["sdb"]}
        (found,) = limits(
            "CephCluster", storage=valid.storage(disks=valid.named_nodes(nodes=nodes))
        )
        return found

    assert [seconds(count) for count in (1, 7, 8, 24)] == [1800, 1800, 1920, 3840]
    (every,) = limits("CephCluster", storage=valid.storage(disks=valid.every_node()))
    assert every == 1800


def test_the_project_admits_classes_of_snapshots_only_where_one_is_in_the_tree() -> None:
    def admitted(name: str) -> set[str]:
        changes = {
            "gitops": valid.gitops(),
            "storage": valid.storage(),
            "databases.n8n.snapshots": SnapshotsSpec(class_name=name, schedule="0 4 * * *"),
        }
        environment = valid.homelab(changes)
        manifests = declared(environment).manifests()
        (project,) = [m["spec"] for m in manifests if m["kind"] == "AppProject"]
        kinds = {m["kind"] for m in rendered(environment).manifests()}
        assert ("VolumeSnapshotClass" in kinds) == (name == "ceph-block")
        return {it["kind"] for it in project["clusterResourceWhitelist"]}

    assert admitted("ceph-block") - admitted("elsewhere") == {"VolumeSnapshotClass"}


def test_the_project_admits_policies_only_where_a_generation_is_restored() -> None:
    def admitted(*generations: RestoreSpec | UpgradeSpec) -> set[str]:
        changes = {"gitops": valid.gitops(), "databases.n8n.generations": generations}
        environment = valid.homelab(changes)
        manifests = declared(environment).manifests()
        (project,) = [m["spec"] for m in manifests if m["kind"] == "AppProject"]
        tree = {
            m["kind"]
            for m in rendered(environment).manifests()
            if not m["metadata"].get("namespace")
        }
        kinds = {it["kind"] for it in project["clusterResourceWhitelist"]}
        assert tree == kinds
        return kinds

    policies = {"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}
    assert admitted(valid.restore()) - admitted() == policies
    assert admitted(valid.upgrade(from_major=16)) == admitted()

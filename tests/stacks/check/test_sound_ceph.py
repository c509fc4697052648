"""What is right about Ceph, and near to what is refused, is not refused."""

from typing import Any

import pytest

from components.postgres import SnapshotsSpec
from stacks.check.rules.hints import hints
from stacks.environment import EnvironmentSpec
from tests import valid

IPV6 = {
    f"{role[:1]}-{n}": {"address": f"fd00:10::{n}{len(role)}", "role": role}
    for role in ("control-plane", "worker")
    for n in (1, 2, 3)
}


def _asked_of(image: str) -> EnvironmentSpec:
    return valid.environment(
        storage=valid.existing_ceph(image=image),
        object_store=valid.object_store(kms=valid.kms()),
        databases={"n8n": valid.database(backup=valid.backup(encryption="AES256"))},
    )


@pytest.mark.parametrize(
    "image",
    [
        "quay.io/ceph/ceph:v17.2.3",
        "quay.io/ceph/ceph:v17.2.10-20240101",
        "registry.example.org:5000/ceph:18.2.7",
        "quay.io/ceph/ceph:v17",  # a tag that moves, on to what has it
        "quay.io/ceph/ceph@sha256:" + "0" * 64,
    ],
)
def test_aes256_is_asked_of_a_ceph_that_has_it_or_may(image: str) -> None:
    assert _asked_of(image).databases


@pytest.mark.parametrize("family", ["IPv6", "IPv4"])
def test_machines_with_ipv6_addresses_say_which_family_pods_have(family: str) -> None:
    nodes = {name: valid.node(**made) for name, made in IPV6.items()}
    assert valid.environment(
        bootstrap=valid.talos(nodes=nodes, bootstrap_node="c-1"),
        operators=valid.operators(),
        storage=valid.storage(ip_family=family),
    ).databases


def test_the_family_of_every_machine_needs_no_word() -> None:
    nodes = {name: valid.node(**made) for name, made in IPV6.items()}
    environment = valid.environment(
        bootstrap=valid.talos(nodes=nodes, bootstrap_node="c-1"),
        operators=valid.operators(),
        storage=valid.storage(ip_family="IPv6"),
    )
    assert "ceph-family-is-one-of-nodes" not in {found.rule.name for found in hints(environment)}


@pytest.mark.parametrize(
    "disk",
    [
        "sdb",
        "nvme10n1",
        "mmcblk0",
        "md1",
        "/dev/mapper/data",
        "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4",
        "/dev/disk/by-path/pci-0000:00:1f.2-ata-2",
    ],
)
def test_a_whole_disk_is_encrypted_whatever_its_name(disk: str) -> None:
    nodes = {f"w-{n}": [disk] for n in (1, 2, 3)}
    assert valid.environment(storage=valid.storage(disks=valid.named_nodes(nodes=nodes))).databases


def test_a_partition_is_used_where_nothing_is_encrypted() -> None:
    nodes = {f"w-{n}": ["sdb1"] for n in (1, 2, 3)}
    storage = valid.storage(disks=valid.named_nodes(nodes=nodes), encrypted=False)
    assert valid.environment(disposable=True, storage=storage).databases


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": {"node-role.kubernetes.io/storage": ""}},
        {"tolerations": ["node-role.kubernetes.io/control-plane", "storage"]},
    ],
)
def test_nodes_are_named_by_what_kubernetes_calls_them(changes: dict[str, Any]) -> None:
    where = valid.ceph_placement(**changes)
    assert valid.environment(storage=valid.storage(placement=where)).databases


def test_nodes_that_a_label_selects_are_not_taken_for_control_planes() -> None:
    def said(**changes: Any) -> set[str]:
        storage = valid.storage(placement=valid.ceph_placement(**changes))
        environment = valid.environment(
            bootstrap=valid.talos(), operators=valid.operators(), storage=storage
        )
        return {found.rule.name for found in hints(environment)}

    assert "ceph-lives-apart-from-etcd" in said()
    assert "ceph-lives-apart-from-etcd" not in said(labels={"role": "storage"})


@pytest.mark.parametrize("host", ["archive", "s3.site-b.example.org", "xn--bcher-kva.example"])
def test_a_name_of_the_gateways_is_any_host_name(host: str) -> None:
    certificate = valid.certificate(hosts=[host])
    assert valid.environment(object_store=valid.object_store(certificate=certificate)).databases


@pytest.mark.parametrize(
    "disk",
    [
        "/dev/mapper/mpatha",
        "/dev/md/osd",
        "/dev/cciss/c0d0",
        "/dev/disk/by-id/wwn-0x5000",
        "nvme0n1",
    ],
)
def test_a_whole_disk_is_not_taken_for_a_part_of_one(disk: str) -> None:
    disks = valid.named_nodes(nodes={f"w-{n}": [disk] for n in (1, 2, 3)})
    assert valid.environment(storage=valid.storage(disks=disks)).databases


def test_a_part_of_a_disk_may_hold_plaintext_where_that_is_meant() -> None:
    disks = valid.named_nodes(nodes={f"w-{n}": ["/dev/vg0/osd", "sdb1"] for n in (1, 2, 3)})
    assert valid.environment(
        storage=valid.storage(disks=disks, encrypted=False), disposable=True
    ).databases


@pytest.mark.parametrize("disks", ["^sd[b-z]$", "^nvme[0-9]+n1$", "sdb", "^(sdb|sdc)$"])
def test_a_filter_of_whole_disks_is_not_refused(disks: str) -> None:
    storage = valid.storage(disks=valid.every_node(filter=disks))
    assert valid.environment(storage=storage).databases


def test_snapshots_of_ceph_with_a_class_of_ceph_are_not_spoken_of() -> None:
    snapshots = SnapshotsSpec(class_name="ceph-block", schedule="0 4 * * *")
    database = valid.database(storage_class="ceph-block", snapshots=snapshots)
    environment = valid.environment(storage=valid.storage(), databases={"n8n": database})
    names = {found.rule.name for found in hints(environment)}
    assert "snapshot-class-is-of-volumes-driver" not in names

"""The lab's volume snapshots, as far as they can be seen without a lab."""

from pathlib import Path

import pytest

from stacks.check import load
from tests.lab.recovering import NAME, Recovering
from tools import ROOT, Fault
from tools.lab.access import Cluster
from tools.lab.operators import snapshots
from tools.lab.operators.snapshots import CLASS, DRIVER, manifests


def test_the_driver_has_one_name() -> None:
    assert f'const name = "{DRIVER}"' in (ROOT / "tools" / "go" / "csi" / "main.go").read_text()


def test_the_driver_serves_where_the_kubelet_and_its_controllers_look() -> None:
    kubelet = Path("/lab/kubelet")
    pod = manifests(Path("/lab/pool"), kubelet)[-1]["spec"]["template"]["spec"]
    driver, *controllers = pod["containers"]
    served = snapshots.socket(kubelet)
    assert f"-socket={served}" in driver["args"]
    assert f"-registration={kubelet}/plugins_registry/{DRIVER}-reg.sock" in driver["args"]
    told = [one["args"] for one in controllers]
    assert told == [[f"--csi-address={served}"], [f"--csi-address={served}"], []]


def test_the_kinds_of_snapshots_are_of_the_pinned_release() -> None:
    names = {one["metadata"]["name"] for one in snapshots.definitions()}
    kinds = ("volumesnapshotclasses", "volumesnapshots", "volumesnapshotcontents")
    assert names == {f"{kind}.snapshot.storage.k8s.io" for kind in kinds}


def test_a_kernel_without_btrfs_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "filesystems").write_text("nodev\tproc\n\text4\n")
    monkeypatch.setattr(snapshots, "FILE_SYSTEMS", tmp_path / "filesystems")
    with pytest.raises(Fault, match=r"it has no btrfs, .*; load its module: `modprobe btrfs`"):
        snapshots.mount(tmp_path / "pool")
    assert not (tmp_path / "pool").exists()


def test_the_database_of_the_labs_tests_of_snapshots_is_sound(tmp_path: Path) -> None:
    shop = Recovering(Cluster(tmp_path, tmp_path / "kubeconfig", "lab"), tmp_path)
    shop.snapshot()
    spec = load(str(shop.file)).databases[NAME]
    assert spec.storage_class == CLASS
    assert spec.snapshots
    assert spec.snapshots.class_name == CLASS

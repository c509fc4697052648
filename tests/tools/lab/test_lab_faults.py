"""What keeps a lab from coming up is one sentence; none of this needs root or a lab."""

import fcntl
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes import client

from stacks.cluster import Answer
from tools import Fault
from tools.build import cache as store
from tools.build.toolchain import Tool, Toolchain
from tools.kube import Kube
from tools.lab import __main__ as commands
from tools.lab import cluster
from tools.lab.__main__ import main
from tools.lab.cluster import Lab
from tools.lab.images import image as images
from tools.lab.images import rootfs
from tools.lab.images.image import File, Image
from tools.lab.images.rootfs import Rootfs
from tools.lab.machine import cgroups, host, network
from tools.lab.machine import lock as claim
from tools.lab.machine import paths as place
from tools.lab.node import dns


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the lab another place for what is the machine's: its lock and its owner's note."""
    run = tmp_path / "run"
    run.mkdir()
    for module in (claim, cluster):
        monkeypatch.setattr(module, "OWNER", run / "owner")
    monkeypatch.setattr(claim, "LOCK", run / "lock")
    monkeypatch.setattr(cluster, "RUN", run)
    monkeypatch.setattr(host, "check", lambda: None)
    monkeypatch.setattr(host, "check_root", lambda: None)
    monkeypatch.setattr(host, "check_kernel", lambda: None)
    return run


def test_who_is_not_root_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for command in ("up", "down"):
        assert main(["--directory", str(tmp_path / "lab"), command]) == 1
        assert "which only root may; run it as root" in capsys.readouterr().err
    assert not (tmp_path / "lab").exists()


@pytest.mark.usefixtures("elsewhere")
def test_what_is_not_built_yet_is_counted_with_its_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tools = [
        Tool(name=f"t{n}", version="v1", package=".", folder="pause", seconds=90) for n in (1, 2)
    ]
    chain = Toolchain(cache=tmp_path, tools=tools)
    monkeypatch.setattr(commands, "toolchain", lambda: chain)
    (tmp_path / tools[0].home).mkdir()
    assert main(["ready"]) == 1
    assert main(["ready", "--within", "11"]) == 1
    sentence = (
        "tier0: the lab: 1 of its programs are not built here; run `make lab`, which takes about"
        " 12 min for them the first time\n"
    )
    assert capsys.readouterr().err == sentence * 2
    assert main(["ready", "--within", "12"]) == 0
    (tmp_path / tools[1].home).mkdir()
    assert main(["ready"]) == 0


def test_a_container_that_may_make_no_namespace_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "check", lambda: None)
    monkeypatch.setattr(host, "program", lambda _: "/bin/false")
    with pytest.raises(Fault, match="refuses network namespaces and mounts to root; use a virtual"):
        host.check_kernel()


def test_a_machine_without_control_groups_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "_hierarchies", list)
    with pytest.raises(Fault, match="offers no control groups for cpu, cpuset, memory, pids"):
        cgroups.check()


def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(Fault, match="nsenter: it is not installed; run `apt-get install util-lin"):
        host.program("nsenter")


def test_all_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(host, "NETWORK_PLUGINS", ())
    monkeypatch.setattr(
        shutil, "which", lambda name, **_: None if name in {"runc", "ctr"} else f"/{name}"
    )
    with pytest.raises(
        Fault, match=r"run `apt-get install .* containerd containernet.*-plugins runc`"
    ):
        host.check()


@pytest.mark.usefixtures("elsewhere")
def test_a_folder_of_somebody_elses_is_neither_taken_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter").write_text("dear")
    for act in (Lab(tmp_path / "home").up, Lab(tmp_path / "home").down):
        with pytest.raises(Fault, match="home: it is not a lab's directory"):
            act()
    assert (tmp_path / "home" / "letter").read_text() == "dear"


def test_a_second_lab_is_refused_and_the_first_one_named(elsewhere: Path, tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    (elsewhere / "owner").write_text(str(first))
    for act in (Lab(tmp_path / "second").up, Lab(tmp_path / "second").down):
        with pytest.raises(Fault, match=f"{first}: a lab of this directory is up"):
            act()


def test_two_runs_at_once_are_refused(elsewhere: Path, tmp_path: Path) -> None:
    with (elsewhere / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Fault, match="a lab is being brought up or down on this machine"):
            Lab(tmp_path / "lab").check()


@pytest.mark.usefixtures("elsewhere")
def test_a_disk_that_a_lab_would_fill_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=3e9))
    with pytest.raises(Fault, match=r"3\.0 GB are free, a lab needs 8 GB; free some space"):
        Lab(tmp_path / "lab").up()
    assert not (tmp_path / "lab").exists()


def test_what_the_network_lacks_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(network, "program", lambda _: "/bin/false")
    monkeypatch.setattr(network, "_mounted", lambda _: False)
    monkeypatch.setattr(network, "NODE_NETWORK", tmp_path / "node")
    with pytest.raises(Fault, match=r"the lab's network: `/bin/false --net=.* failed"):
        network.create()


def test_a_file_is_made_once_and_a_killed_draft_is_no_file(tmp_path: Path) -> None:
    wanted = tmp_path / "thing-abc.tar"
    (tmp_path / ".draft-thing-abc.tar").write_text("half")
    runs: list[str] = []

    def make(draft: Path, _: int) -> None:
        assert not draft.exists()
        runs.append("made")
        draft.write_text("whole")

    assert store.made(wanted, make).read_text() == "whole"
    assert store.made(wanted, make).read_text() == "whole"
    assert runs == ["made"]


def test_what_could_not_be_made_is_not_kept(tmp_path: Path) -> None:
    def make(draft: Path, _: int) -> None:
        draft.write_text("half")
        raise Fault("here", "it failed", "try again")

    with pytest.raises(Fault, match="it failed"):
        store.made(tmp_path / "thing-abc.tar", make)
    assert not (tmp_path / "thing-abc.tar").exists()


def test_a_folder_that_something_is_mounted_in_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    (root / "dev").mkdir(parents=True)
    real = Path.read_text

    def read(path: Path, *arguments: Any) -> str:
        if str(path) == "/proc/mounts":
            return f"udev {root}/dev devtmpfs rw 0 0\n"
        return real(path, *arguments)

    monkeypatch.setattr(Path, "read_text", read)
    with pytest.raises(Fault, match=r"root/dev is mounted in it; run `umount "):
        store.discard(root)
    assert (root / "dev").is_dir()


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    def make(draft: Path, _: int) -> None:
        raise OSError(28, "No space left on device", str(draft))

    with pytest.raises(Fault, match=r"cannot be written \(No space left on device\)"):
        store.made(tmp_path / "thing-abc.tar", make)


def test_an_image_holds_its_files_and_every_name(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("one")
    image = Image(
        name="registry.local/x:1",
        tags=("example.test/x:v1",),
        files={"/bin/x": File(program)},
        links={"/y": "bin/x"},
        folders={"/scratch": 0o1777},
        entrypoint=("/bin/x",),
        user="65532",
    )
    with tarfile.open(images.build(image, tmp_path / "cache")) as archive:
        (manifest,) = json.loads(_content(archive, "manifest.json"))
        settings = json.loads(_content(archive, manifest["Config"]))
        (layer,) = manifest["Layers"]
        with tarfile.open(fileobj=archive.extractfile(layer)) as files:
            entries = {entry.name: (entry.mode, entry.linkname) for entry in files}
    assert manifest["RepoTags"] == ["registry.local/x:1", "example.test/x:v1", image.made_from]
    assert settings["config"]["Entrypoint"] == ["/bin/x"]
    assert settings["config"]["User"] == "65532"
    assert entries["bin/x"] == (0o755, "")
    assert entries["scratch"] == (0o1777, "")
    assert entries["y"][1] == "bin/x"
    assert "bin" in entries


def test_another_program_is_another_image(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("one")
    image = Image(name="registry.local/x:1", files={"/x": File(program)})
    first, again = image.made_from, image.made_from
    program.write_text("two")
    assert first == again != image.made_from


def test_a_root_is_named_by_what_it_holds_not_by_how_long_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bootstrap(_: Rootfs, __: Path, draft: Path, ___: int) -> None:
        draft.touch()

    monkeypatch.setattr(rootfs, "_bootstrap", bootstrap)

    def root(**more: Any) -> Path:
        wanted: Any = {"name": "x", "suite": "trixie", "packages": ("a",), **more}
        return rootfs.build(Rootfs(**wanted), tmp_path)

    assert root() == root(seconds=1)
    assert len({root(), root(packages=("a", "b")), root(shims={"/x": "y"})}) == 3


def test_pods_resolve_the_names_outside_that_the_lab_is_given() -> None:
    found = [m for m in dns.manifests({"store.test": "10.0.0.2"}) if m["kind"] == "ConfigMap"]
    assert "    10.0.0.2 store.test\n" in found[0]["data"]["Corefile"]


def _answering(monkeypatch: pytest.MonkeyPatch, patch: Callable[[], tuple[int, Any]]) -> Kube:
    kube = Kube(client.ApiClient())

    def request(method: str, *_: Any) -> Answer:
        kinds = {"resources": [{"name": "pods", "kind": "Pod", "namespaced": True}]}
        status, content = (200, kinds) if method == "GET" else patch()
        return Answer(status, json.dumps(content))

    monkeypatch.setattr(kube, "request", request)
    return kube


_POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "y"}}


def test_a_webhook_that_is_only_starting_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([(500, {"message": "failed calling webhook"}), (200, {})])
    _answering(monkeypatch, lambda: next(answers)).apply_all([_POD])
    assert next(answers, None) is None


def test_a_refused_manifest_is_a_fault_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kube = _answering(monkeypatch, lambda: (422, {"message": "spec: unknown field"}))
    with pytest.raises(Fault, match="Pod y/x: spec: unknown field; correct that field"):
        kube.apply_all([_POD])


def test_an_unknown_kind_is_a_fault_when_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    kube = _answering(monkeypatch, lambda: (200, {}))
    with pytest.raises(Fault, match="Thing y/x: the cluster has no kind Thing in v1"):
        kube.apply_all([{**_POD, "kind": "Thing"}], seconds=0.1)


def test_everything_outside_of_the_directory_has_the_labs_name() -> None:
    for path in (place.RUN, place.LOCK, place.OWNER, place.NODE_NETWORK, place.OFFSITE_NETWORK):
        assert place.NAME in str(path)


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    assert found is not None
    return found.read()

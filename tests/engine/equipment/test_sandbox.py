"""The sandbox is a real API server with the operators' CRDs, and survives what a machine does."""

import base64
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client

from tools import Fault
from tools.build.toolchain import Toolchain
from tools.sandbox.api_server import Sandbox

DATABASE: dict[str, Any] = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "Cluster",
    "metadata": {"name": "db", "namespace": "default"},
    "spec": {"instances": 1, "storage": {"size": "1Gi"}},
}


@pytest.fixture
def own(tmp_path: Path, toolchain: Toolchain) -> Iterator[Sandbox]:
    """A sandbox of the test's own, to be killed and broken."""
    box = Sandbox(tmp_path / "own", ["first", "second"], toolchain)
    yield box
    box.stop()


def _create(sandbox: Sandbox, manifest: dict[str, Any]) -> None:
    with sandbox.api() as api:
        client.CustomObjectsApi(api).create_namespaced_custom_object(
            "postgresql.cnpg.io", "v1", "default", "clusters", manifest, field_validation="Strict"
        )


def _databases(sandbox: Sandbox) -> list[str]:
    with sandbox.api() as api:
        found: Any = client.CustomObjectsApi(api).list_namespaced_custom_object(
            "postgresql.cnpg.io", "v1", "default", "clusters"
        )
    return [item["metadata"]["name"] for item in found["items"]]


def _kill(sandbox: Sandbox) -> None:
    for pid in sandbox.status().values():
        if pid:
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(
    "kind",
    [
        "clusters.postgresql.cnpg.io",
        "scheduledbackups.postgresql.cnpg.io",
        "objectstores.barmancloud.cnpg.io",
        "certificates.cert-manager.io",
        "cephobjectstores.ceph.rook.io",
        "objectbucketclaims.objectbucket.io",
        "applications.argoproj.io",
        "sealedsecrets.bitnami.com",
    ],
)
def test_the_operators_kinds_are_there(kind: str, sandbox: Sandbox) -> None:
    with sandbox.api() as api:
        found: Any = client.ApiextensionsV1Api(api).read_custom_resource_definition(kind)
    assert "True" in {c.status for c in found.status.conditions if c.type == "Established"}


def test_the_operators_namespaces_are_there(sandbox: Sandbox) -> None:
    with sandbox.api() as api:
        core: Any = client.CoreV1Api(api)
        names = {item.metadata.name for item in core.list_namespace().items}
    assert names >= {"cert-manager", "cnpg-system", "rook-ceph", "argocd"}


def test_a_field_that_the_operator_does_not_know_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(client.ApiException, match=r'unknown field \\"spec.instnaces\\"'):
        _create(sandbox, DATABASE | {"spec": {"instances": 1, "instnaces": 2}})
    with pytest.raises(client.ApiException, match="should be greater than or equal to 1"):
        _create(sandbox, DATABASE | {"spec": {"instances": 0}})


def test_the_kubeconfig_is_its_owners_and_leads_here_under_every_name(own: Sandbox) -> None:
    own.start()
    assert stat.S_IMODE(own.kubeconfig.stat().st_mode) == 0o600
    assert stat.S_IMODE(own.directory.stat().st_mode) == 0o700
    document = yaml.safe_load(own.kubeconfig.read_text())
    assert [context["name"] for context in document["contexts"]] == ["first", "second", "sandbox"]
    assert document["current-context"] == "first"
    (cluster,) = document["clusters"]
    assert cluster["cluster"]["server"].startswith("https://127.0.0.1:")


def test_it_listens_on_this_machine_only_and_lets_no_stranger_in(sandbox: Sandbox) -> None:
    inodes = set()
    for pid in sandbox.status().values():
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            if descriptor.is_symlink() and "socket:" in (target := str(descriptor.readlink())):
                inodes.add(target.removeprefix("socket:[").removesuffix("]"))
    listening = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:  # 0A: LISTEN, proc_net_tcp(5)
                listening.add(fields[1].partition(":")[0])
    assert listening == {"0100007F"}, "it listens elsewhere than on 127.0.0.1"
    with sandbox.api() as api:
        api.configuration.api_key.clear()
        api.default_headers.pop("authorization", None)
        with pytest.raises(client.ApiException) as refused:
            client.CoreV1Api(api).list_namespace()
    assert refused.value.status in {401, 403}


def test_a_second_start_changes_nothing_and_data_outlive_a_stop(own: Sandbox) -> None:
    own.start()
    _create(own, DATABASE)
    before, parts = own.etcd.snapshot().entries, own.status()
    own.start()
    assert own.status() == parts
    after = own.etcd.snapshot().entries
    changed = {key for key in before if after.get(key) != before[key]}
    assert not [key for key in changed if b"customresource" in base64.b64decode(key)]
    port = yaml.safe_load(own.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    own.stop()
    assert own.status() == dict.fromkeys(parts)
    own.start()
    assert _databases(own) == ["db"]
    assert yaml.safe_load(own.kubeconfig.read_text())["clusters"][0]["cluster"]["server"] == port


@pytest.mark.parametrize(
    "damage",
    [
        lambda box: None,  # noqa: ARG005
        lambda box: (box.directory / "pki" / "apiserver.key").unlink(),
        lambda box: (box.directory / "pki" / "apiserver.crt").write_text("-----BEGIN"),
        lambda box: (box.directory / "kubeconfig").write_text(""),
    ],
    ids=["all parts", "and its key is lost", "and its certificate is torn", "and kubeconfig"],
)
def test_killed_at_any_moment_it_starts_again(
    damage: Callable[[Sandbox], object], own: Sandbox
) -> None:
    own.start()
    _create(own, DATABASE)
    _kill(own)
    damage(own)
    own.start()
    assert _databases(own) == ["db"]


def test_a_lost_kind_is_put_back_by_the_next_start(sandbox: Sandbox) -> None:
    name = "clusters.postgresql.cnpg.io"
    with sandbox.api() as api:
        kinds: Any = client.ApiextensionsV1Api(api)
        kinds.delete_custom_resource_definition(name)
        while name in {
            item.metadata.name for item in kinds.list_custom_resource_definition().items
        }:
            time.sleep(0.1)
    sandbox.start()
    _create(sandbox, DATABASE)


def test_the_kinds_that_one_sandbox_made_are_there_for_the_next(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = tmp_path / "crds"
    shutil.copytree(toolchain.crds() / "cert-manager", few / "cert-manager")
    monkeypatch.setattr(Toolchain, "crds", lambda _: few)
    made = []
    for name in ("first", "second"):
        box = Sandbox(tmp_path / name, [], toolchain)
        try:
            box.start()
            with box.api() as api:
                kinds: Any = client.ApiextensionsV1Api(api).list_custom_resource_definition()
        finally:
            box.stop()
        made.append({kind.metadata.name: kind.metadata.uid for kind in kinds.items})
    assert "certificates.cert-manager.io" in made[0]
    assert made[1] == made[0], "the second sandbox made them anew"


def test_a_deleted_namespace_goes_away(sandbox: Sandbox) -> None:
    with sandbox.api() as api:
        core: Any = client.CoreV1Api(api)
        core.create_namespace({"metadata": {"name": "short-lived"}})
        core.delete_namespace("short-lived")
        deadline = time.monotonic() + 60
        while "short-lived" in {item.metadata.name for item in core.list_namespace().items}:
            assert time.monotonic() < deadline, "it stays Terminating: a destroy would hang"
            time.sleep(0.2)


def test_a_snapshot_put_back_undoes_all_that_came_after_it(sandbox: Sandbox) -> None:
    before = sandbox.etcd.snapshot()
    with sandbox.api() as api:
        core: Any = client.CoreV1Api(api)
        core.create_namespace({"metadata": {"name": "later"}})
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        # Admission gives it a finalizer, and nothing here would ever take that away.
        core.create_namespaced_persistent_volume_claim(
            "later", {"metadata": {"name": "kept"}, "spec": claim}
        )
        core.patch_namespace("default", {"metadata": {"labels": {"changed": "yes"}}})
        sandbox.etcd.restore(before)
        names = {item.metadata.name for item in core.list_namespace().items}
        assert "later" not in names
        assert not core.list_persistent_volume_claim_for_all_namespaces().items
        assert "changed" not in (core.read_namespace("default").metadata.labels or {})


def test_a_full_disk_is_one_sentence(tmp_path: Path, toolchain: Toolchain) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a full disk needs a tmpfs, and mounting one needs root")
    box = Sandbox(disk / "box", [], toolchain)
    try:
        with pytest.raises(Fault, match=r"etcd: it ended \(.*no space left on device"):
            box.start()
    finally:
        box.stop()
        subprocess.run(["umount", str(disk)], check=True)


def test_it_works_in_a_directory_of_any_depth(tmp_path: Path, toolchain: Toolchain) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-name-of-a-directory"] * 6)
    box = Sandbox(deep, [], toolchain)
    try:
        box.start()
        assert None not in box.status().values()
    finally:
        box.stop()
        shutil.rmtree(deep)

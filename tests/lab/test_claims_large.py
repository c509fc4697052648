"""A large base backup comes back from RGW, though the volume that it is restored to stalls.

Red with the gateway as Ceph has it, green with tier0's, in one test; in another a restore is
killed. Twenty minutes on two busy cores. Ten gigabytes take three of the machine's disk: the
volumes and Ceph's pool compress. Barman does not, so as many bytes go through the gateway.
"""

import copy
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from components.pods.restoring import ENDED_EARLY, RECOVERY, SIDECAR, barman_said
from tests.lab.conftest import Claim
from tools.lab.cluster import Lab
from tools.lab.databases import archives
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.machine.packed import packed, stall, written
from tools.lab.operators import ceph, plugin
from tools.lab.operators.manifests import Manifest

pytestmark = [pytest.mark.own_parts("disks"), pytest.mark.group("alone")]

_GIGABYTES = 10
_DATABASES = 20
"""Of half a gigabyte each. A copy by `file_copy` is in no WAL, so only the first is archived."""

_STALLS_AT, _STALL_SECONDS = 300 << 20, 90
"""Longer than the 65 s that a gateway waits by itself; before, TCP's buffers are filled."""

_PATIENCE = 1800
_MOST = 0.9
_STORAGE = {"size": "12Gi", "storageClass": "packed"}
_FILL = """
create table filler as
select g as id, repeat(md5(g::text), 28) as word from generate_series(1, 500000) g
"""
_CONTENT = "select count(*), sum(hashtext(word)) from filler"

_PLAIN = """
import time
from boto3.s3.transfer import TransferConfig

origin, name = name.split()
middle = f"bytes={512 << 20}-{(513 << 20) - 1}"

class Same:
    left = size = 1 << 30
    block = client.get_object(Bucket=bucket, Key=origin, Range=middle)["Body"].read()

    def read(self, asked):
        given = (self.block * (-(-asked // len(self.block))))[: min(asked, self.left)]
        self.left -= len(given)
        return given

part = TransferConfig(multipart_chunksize=20 << 20, max_concurrency=2)
began = time.monotonic()
client.upload_fileobj(Same(), bucket, name, Config=part)
put = time.monotonic() - began
body = client.get_object(Bucket=bucket, Key=name)["Body"]
for _ in body.iter_chunks(1 << 20):
    pass
get = time.monotonic() - began - put
client.delete_object(Bucket=bucket, Key=name)
print(json.dumps([Same.size / 1e6 / put, Same.size / 1e6 / get]))
"""
"""A plain put by two connections, as Barman's jobs, and a plain get by one, in MB/s; of bytes that
Ceph compresses as well as those of the base backup."""


@dataclass(frozen=True)
class Large:
    """A database whose base backup is in the archive."""

    database: Deployed
    folder: Path
    """Where volumes of its restores are."""

    configuration: Mapping[str, Any]
    content: Sequence[str]
    files: str
    """Where its base backup is in the bucket, without the files' endings."""

    size: int
    """Bytes of it."""

    archived: float
    """The MB/s at which it was archived, without its checkpoint."""


@pytest.fixture(scope="module")
def large(lab: Lab, environment: Environment, legacy: Deployed) -> Iterator[Large]:
    """10 GB, backed up to RGW."""
    store = environment.store.name
    with ExitStack() as after:
        folder = after.enter_context(packed(lab.directory / "packed", 40))
        after.enter_context(_packing(lab, f"{store}.rgw.buckets.data"))
        with _filled(legacy, folder) as source:
            content = _content(source)
            source.sql("checkpoint")
            backup = source.back_up(f"{source.name}-whole", _PATIENCE)
            began, ended = (datetime.fromisoformat(backup[it]) for it in ("startedAt", "stoppedAt"))
            files = f"{source.name}/base/{backup['backupId']}/data"
            size = _size(source, files)
            archived = size / 1e6 / (ended - began).total_seconds()
            yield Large(source, folder, source.configuration(), content, files, size, archived)


def test_10_gb_come_back_through_a_gateway_that_cuts_long_reads(
    lab: Lab, environment: Environment, large: Large, claim: Claim
) -> None:
    claim("base backup", large.size / 1e9, "GB")
    with (
        _as_ceph_has_it(lab, environment.store.name),
        _stalling(large, "cut") as (cut, began),
    ):
        lab.wait("the restore failed", lambda: _failed(cut), _PATIENCE)
        seconds = time.monotonic() - began
        said = barman_said(_said(cut))
        assert ENDED_EARLY.search(said), said
        claim("with Ceph's 65 s it failed after", seconds, "s")
        claim("Barman said", said, "")

    with _stalling(large, "whole") as (whole, began):
        whole.wait_healthy(1, _PATIENCE)
        claim("with tier0's gateway it was back after", time.monotonic() - began, "s")
        claim("of them its volume stalled", _STALL_SECONDS, "s")
        assert _content(whole) == large.content


def test_a_restore_killed_at_nine_tenths_comes_back_by_itself_and_leaves_nothing(
    lab: Lab, large: Large, claim: Claim
) -> None:
    put, get = _plain(large)
    claim("base backup of a plain put", large.archived / put, f"of {put:.0f} MB/s")
    with _restored_on(large, "killed") as (killed, path, began):
        lab.wait("a part is restored", lambda: written(path) > _STALLS_AT, _PATIENCE)
        size, since = written(path), time.monotonic()
        lab.wait("most is restored", lambda: written(path) > _MOST * large.size, _PATIENCE)
        rate = (written(path) - size) / 1e6 / (time.monotonic() - since)
        claim("restore of a plain get", rate / get, f"of {get:.0f} MB/s")
        (pod,) = _restoring(killed)
        lab.kube.delete("v1", "Pod", pod["metadata"]["name"], killed.namespace, grace=0)
        claim(f"killed at {written(path) / 1e9:.1f} GB after", time.monotonic() - began, "s")
        killed.wait_healthy(1, _PATIENCE)
        claim("back after", time.monotonic() - began, "s")
        assert _content(killed) == large.content
        assert [one.name for one in path.glob("pgdata*")] == ["pgdata"]


@contextmanager
def _packing(lab: Lab, pool: str) -> Iterator[None]:
    """Let Ceph compress what it writes into a pool meanwhile: in blobs of 64 KiB, to an eighth."""
    settings = {"algorithm": "snappy", "min_blob_size": "65536", "mode": "force"}
    for name, value in settings.items():
        ceph.run(lab, ["ceph", "osd", "pool", "set", pool, f"compression_{name}", value])
    try:
        yield
    finally:
        ceph.run(lab, ["ceph", "osd", "pool", "set", pool, "compression_mode", "none"])


@contextmanager
def _as_ceph_has_it(lab: Lab, store: str) -> Iterator[None]:
    """Take away meanwhile what tier0 says to the gateways of how long they wait."""
    path = f"/apis/ceph.rook.io/v1/namespaces/{ceph.NAMESPACE}/cephobjectstores/{store}"
    flags = ((lab.get(path) or {})["spec"]["gateway"])["rgwCommandFlags"]
    try:
        _restart(lab, store, dict.fromkeys(flags))
        yield
    finally:
        _restart(lab, store, flags)


def _restart(lab: Lab, store: str, flags: Mapping[str, str | None]) -> None:
    """Give the gateways other flags, and wait until each runs with them."""
    change = {"spec": {"gateway": {"rgwCommandFlags": dict(flags)}}}
    lab.kube.patch("ceph.rook.io/v1", "CephObjectStore", store, ceph.NAMESPACE, change=change)
    name = f"rook-ceph-rgw-{store}-a"

    def restarted() -> bool:
        found = lab.kube.get("apps/v1", "Deployment", name, ceph.NAMESPACE) or {}
        arguments = str(found["spec"]["template"]["spec"]["containers"][0]["args"])
        has = all((value or "request_timeout_ms") in arguments for value in flags.values())
        return has is all(flags.values()) and lab.kube.available(ceph.NAMESPACE, name)

    lab.wait(f"gateways with {flags}", restarted)
    lab.wait("the store serves", lambda: ceph.store_serves(lab, store))


@contextmanager
def _filled(legacy: Deployed, folder: Path) -> Iterator[Deployed]:
    """Make a database of 10 GB on a volume in *folder*, which archives by the plugin; remove it."""
    assert legacy.archive
    name = f"large-{int(time.time()) % 1_000_000}"
    configuration = legacy.configuration()
    configuration["data"].pop("compression")
    stored: Manifest = {
        "apiVersion": "barmancloud.cnpg.io/v1",
        "kind": "ObjectStore",
        "metadata": {"name": name, "namespace": legacy.namespace},
        "spec": {"configuration": configuration},
    }
    host = f"{name}-rw.{legacy.namespace}.svc"
    archive = replace(legacy.archive, method="plugin")
    made = replace(legacy, name=name, host=host, first="", archive=archive)
    spec = copy.deepcopy(legacy.declared()) | {
        "instances": 1,
        "storage": _STORAGE,
        "certificates": {"serverAltDNSNames": [host]},
        "plugins": [_archiver(name)],
    }
    del spec["backup"]
    with _volume(made, folder):
        try:
            made.lab.apply([stored, made.manifest(spec)])
            made.wait_healthy(1)
            made.wait_archiving()
            made.sql("create database large_1", database="postgres")
            made.sql(_FILL, database="large_1")
            # Else the first look at each row of each copy is in WAL again, with its whole page.
            made.sql("vacuum (freeze) filler", database="large_1")
            for copied in _names()[1:]:
                made.sql(
                    f"create database {copied} template large_1 strategy file_copy",
                    database="postgres",
                )
            yield made
        finally:
            made.delete()
            made.lab.kube.delete(stored["apiVersion"], stored["kind"], name, made.namespace)


def _archiver(name: str) -> Manifest:
    parameters = {"barmanObjectName": name, "serverName": name}
    return {"name": plugin.NAME, "isWALArchiver": True, "parameters": parameters}


def _names() -> list[str]:
    return [f"large_{number}" for number in range(1, _DATABASES + 1)]


def _content(database: Deployed) -> Sequence[str]:
    """Return what is in each of its databases; they are as large as is said."""
    size = database.sql("select sum(pg_database_size(oid)) from pg_database")
    assert int(size) >= _GIGABYTES * 10**9
    return [database.sql(_CONTENT, database=name) for name in _names()]


def _size(source: Deployed, prefix: str) -> int:
    """Return the bytes of a base backup in the store; they are as many as is said."""
    assert source.archive
    found = archives.objects(source.lab, source.namespace, source.archive, prefix)
    size = sum(one["ContentLength"] for one in found.values())
    assert size >= _GIGABYTES * 10**9
    return int(size)


@contextmanager
def _volume(database: Deployed, folder: Path) -> Iterator[Path]:
    """Give a database's only instance a volume in *folder*; remove it after."""
    lab, name = database.lab, f"{database.name}-1"
    (node,) = lab.kube.items("/api/v1/nodes")
    host = "kubernetes.io/hostname"
    here = {"key": host, "operator": "In", "values": [node["metadata"]["labels"][host]]}
    path = folder / name
    path.mkdir(mode=0o777)
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": _STORAGE["size"]},
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": _STORAGE["storageClass"],
            "claimRef": {"namespace": database.namespace, "name": name},
            "local": {"path": str(path)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}},
        },
    }
    lab.apply([volume])
    try:
        yield path
    finally:
        lab.kube.delete("v1", "PersistentVolume", name)
        rmtree(path)


@contextmanager
def _restored_on(large: Large, name: str) -> Iterator[tuple[Deployed, Path, float]]:
    """Start to restore the archive onto a volume in its folder; yield both, and the start."""
    began = time.monotonic()
    source = large.database
    made = replace(source, name=f"{source.name}-{name}")
    with (
        _volume(made, large.folder) as path,
        source.restoring(
            made.name, configuration=large.configuration, storage=_STORAGE
        ) as restored,
    ):
        yield restored, path, began


@contextmanager
def _stalling(large: Large, name: str) -> Iterator[tuple[Deployed, float]]:
    """Restore the archive onto a volume that stalls in the middle; yield it then."""
    with _restored_on(large, name) as (restored, path, began):
        restored.lab.wait("a part is restored", lambda: written(path) > _STALLS_AT, _PATIENCE)
        stall(large.folder, _STALL_SECONDS)
        yield restored, began


def _plain(large: Large) -> tuple[float, float]:
    """Return the MB/s of a plain put and of a plain get of a gigabyte in its archive's bucket."""
    database = large.database
    assert database.archive
    place = (database.namespace, f"{database.name}-plain")
    names = f"{large.files}.tar {database.name}/plain"
    arguments = [database.archive.endpoint, database.archive.bucket, names]
    script = archives.CONNECT + _PLAIN
    put, get = json.loads(
        archives.ask(database.lab, place, database.configuration(), script, arguments)
    )
    return float(put), float(get)


def _restoring(database: Deployed) -> list[Manifest]:
    path = f"/api/v1/namespaces/{database.namespace}/pods"
    labels = f"cnpg.io%2Fcluster%3D{database.name},cnpg.io%2FjobRole%3D{RECOVERY}"
    return database.lab.kube.items(f"{path}?labelSelector={labels}")


def _failed(database: Deployed) -> bool:
    return any(pod["status"].get("phase") == "Failed" for pod in _restoring(database))


def _said(database: Deployed) -> list[str]:
    """Return the log of the container in which the plugin ran Barman, of the pod that failed."""
    pods = [pod for pod in _restoring(database) if pod["status"].get("phase") == "Failed"]
    name = pods[0]["metadata"]["name"]
    return database.lab.kube.log(database.namespace, name, SIDECAR).splitlines()

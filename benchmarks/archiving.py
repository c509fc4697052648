"""WAL archived and fetched under full load, as tier0 declares it and as it did before, in the lab.

Both ways are a Cluster with its ObjectStore, which take turns on one node, with the same image,
parameters and reserved CPU; clients run in the database's container, and share its CPU.
"""

import copy
import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.archived import (
    LOAD_SECONDS,
    LOADS,
    MEBIBYTE,
    Archived,
    Fetched,
    Sample,
    Way,
)
from benchmarks.restoring import bare, fill, source_in_lab
from components.postgres.resources import ResourcesSpec
from stacks.render.owners import rendered
from tests import valid
from tests.lab.recovering import NAME, Recovering
from tests.support import to_module
from tools import Fault
from tools.lab.databases import archives
from tools.lab.databases.deployed import Deployed
from tools.lab.pods import execute

WAYS = ("before", "now")


_SIDECAR = "plugin-barman-cloud"
_CPU = 100
_SIDECAR_CPU = {"before": _CPU // 10, "now": _CPU // 2}
"""Thousandths of a core: small, as one node has room for both, in `production`'s proportions."""

_CHANGES = {
    "offsite": None,  # the copy has a store that the lab starts for its own tests only
    f"databases.{NAME}.drills": None,
    f"databases.{NAME}.resources": ResourcesSpec(cpu=f"{_CPU}m", memory="1Gi"),
    f"databases.{NAME}.storage": "10Gi",
    f"databases.{NAME}.wal_segment": 64,
    f"databases.{NAME}.parameters": {"max_wal_size": "2GB", "shared_buffers": "256MB"},
}
_BEFORE = {"compression": "zstd", "restoreAdditionalCommandArgs": ["--no-partial"]}
"""What 87708f7 wrote of `wal`, with segments of 16 MiB: barman's own level of zstd, one process."""

_BULK = "insert into bulk select g, repeat(md5(random()::text), 8) from generate_series(1, 2000) g;"
_SAMPLE = (
    "select extract(epoch from clock_timestamp()), pg_current_wal_insert_lsn() - '0/0',"
    " coalesce(last_archived_wal, '') from pg_stat_archiver"
)
_SAMPLE_SECONDS = 0.5
_POSITION = (
    "select pg_walfile_name(pg_current_wal_insert_lsn()), pg_current_wal_insert_lsn() - '0/0'"
)
_FETCHED_TRANSACTIONS = 850  # of each of two clients: a GiB of WAL
_GET = """
from concurrent.futures import ThreadPoolExecutor
import time
name, first = name.split()
pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=name)
found = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
keys = [key for key in found if key.rsplit("/", 1)[1] >= first]
began = time.monotonic()
with ThreadPoolExecutor(4) as pool:
    got = pool.map(lambda key: client.get_object(Bucket=bucket, Key=key)["Body"].read(), keys)
    sizes = [len(body) for body in got]
print(json.dumps([time.monotonic() - began, sum(sizes)]))
"""


def archives_of(folder: Path, rounds: int, say: Callable[[str], None]) -> list[Way]:
    """Load both ways in turns, *rounds* times each, then restore what they have archived."""
    with source_in_lab(folder, _changed) as (shop, source):
        manifests = {
            (it["kind"], it["metadata"]["name"]): it
            for it in rendered(shop.environment.spec).manifests()
            if it["metadata"].get("namespace") == source.namespace
        }
        ways = []
        for name in WAYS:
            way = Way(name, _made(source, name, manifests), {it: [] for it in LOADS})
            fill(way.database)
            ways.append(way)
        for number in range(rounds):
            for load in LOADS:
                for way in ways if number % 2 else reversed(ways):
                    way.loads[load].append(_loaded(way.database, load))
                    say(_said(way, load))
        for way in ways:
            way.fetched = _fetched(shop, way.database)
            say(f"{way.name}: WAL replayed in {way.fetched.restored.phases[3]:.1f} s")
            way.database.delete()
    return ways


def _changed(shop: Recovering) -> None:
    to_module(valid.edited(str(shop.file), _CHANGES), shop.file)


def _made(
    source: Deployed, name: str, manifests: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Deployed:
    """Make the Cluster of one way with its ObjectStore; it archives then."""
    made = replace(source, name=f"{source.name}-{name}", first="")
    store = copy.deepcopy(dict(manifests["ObjectStore", source.name]))
    cluster = copy.deepcopy(dict(manifests["Cluster", source.name]["spec"]))
    store["metadata"] = {"name": made.name, "namespace": made.namespace}
    reserved = store["spec"]["instanceSidecarConfiguration"]["resources"]["requests"]
    reserved["cpu"] = f"{_SIDECAR_CPU[name]}m"
    if name == "before":
        store["spec"]["configuration"]["wal"] = _BEFORE
        cluster["bootstrap"]["initdb"].pop("walSegmentSize", None)
        for key in ("wal_compression", "min_wal_size"):
            cluster["postgresql"]["parameters"].pop(key, None)
    cluster["plugins"][0]["parameters"] = {"barmanObjectName": made.name, "serverName": made.name}
    cluster.pop("certificates", None)
    cluster.pop("managed", None)
    made.lab.apply([store, made.manifest(cluster)])
    made.wait_healthy(1)
    made.wait_archiving()
    return made


def _loaded(database: Deployed, load: str) -> Archived:
    """Load it at full speed for LOAD_SECONDS, until all is archived."""
    if load == "pgbench":
        _in(database, "pgbench", "-i", "-q", "-s", "10", database.holds)
        words = f"pgbench -n -c 4 -j 2 -T {LOAD_SECONDS} {database.holds}"
    else:
        database.sql("create table if not exists bulk (id bigint, filler text); truncate bulk")
        words = f"pgbench -n -c 2 -f <(echo '{_BULK}') -T {LOAD_SECONDS} {database.holds}"
    _drained(database)
    size = _size(database)
    before = _used(database)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(_in, database, "bash", "-c", words)
        times = int(LOAD_SECONDS / _SAMPLE_SECONDS)
        watch = f'echo "{_SAMPLE} \\watch i={_SAMPLE_SECONDS} c={times}" | psql -qAtX'
        said = _in(database, "bash", "-c", watch)
        loading.result()
    samples = _samples(said, size)
    ended = time.monotonic()
    _drained(database)
    drained = time.monotonic() - ended
    if load == "bulk":
        database.sql("truncate bulk")  # both ways at once would need much of the lab's disk
    return Archived(samples, drained, _used(database) - before, _peak(database))


def _samples(said: str, size: int) -> list[Sample]:
    """Read what psql has printed."""
    found, archived = [], 0
    for line in said.splitlines():
        if "|" not in line:
            continue  # between two of `\\watch`
        moment, written, name = line.split("|")
        if len(name) >= 24:  # noqa: PLR2004 - the length of a segment's name
            each = (1 << 32) // size
            number = int(name[8:16], 16) * each + int(name[16:24], 16)
            archived = max(archived, (number + 1) * size)
        found.append(Sample(float(moment), int(written), archived))
    return found


def _drained(database: Deployed) -> None:
    """Wait until no whole segment waits to be archived."""
    query = "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'"
    while database.sql(query) != "0":
        time.sleep(_SAMPLE_SECONDS)


def _size(database: Deployed) -> int:
    query = "select setting from pg_settings where name = 'wal_segment_size'"
    return int(database.sql(query))


def _used(database: Deployed) -> float:
    """Return the CPU seconds that the sidecar has used."""
    return int(_in(database, "cat", "/sys/fs/cgroup/cpuacct/cpuacct.usage", of=_SIDECAR)) / 1e9


def _peak(database: Deployed) -> float:
    said = _in(database, "cat", "/sys/fs/cgroup/memory/memory.max_usage_in_bytes", of=_SIDECAR)
    return int(said) / MEBIBYTE


def _in(database: Deployed, *command: str, of: str = "postgres") -> str:
    """Run a command in a container of the primary."""
    place = (database.namespace, database.status()["currentPrimary"], of)
    return execute(database.lab, place, command, seconds=600)


def _fetched(shop: Recovering, database: Deployed) -> Fetched:
    """Restore a GiB of WAL, and get the same objects with nothing done to them."""
    database.back_up(f"{database.name}-loaded")
    first, begun = database.sql(_POSITION).split("|")
    bulk = f"pgbench -n -c 2 -f <(echo '{_BULK}') -t {_FETCHED_TRANSACTIONS} {database.holds}"
    _in(database, "bash", "-c", bulk)
    database.archive_now()
    _drained(database)
    written = (int(database.sql(_POSITION).split("|")[1]) - int(begun)) / MEBIBYTE
    archive = database.archive
    if archive is None:
        raise Fault(database.name, "it has no archive", "give it one")
    said = archives.ask(
        database.lab,
        (database.namespace, f"{database.name}-get"),
        database.configuration(),
        archives.CONNECT + _GET,
        [archive.endpoint, archive.bucket, f"{database.name}/wals/ {first}"],
    )
    seconds, _ = json.loads(said)
    restored = bare(shop, database, f"{database.name}-restored")
    return Fetched(restored, written, seconds)


def _said(way: Way, load: str) -> str:
    one = way.loads[load][-1]
    return (
        f"{way.name}, {load}: written {one.written:.1f} MiB/s, archived {one.archived:.1f},"
        f" behind {one.behind:.1f} s, backlog {one.backlog:.0f} MiB drained in"
        f" {one.drained_seconds:.1f} s, {one.cpu_each:.2f} CPU s for 16 MiB,"
        f" peak {one.megabytes:.0f} MiB"
    )

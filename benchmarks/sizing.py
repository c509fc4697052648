"""A database that grows, restored from its archive and from a volume snapshot, in the lab.

What is written into it compresses well, as the lab's disk is small: an archive of other data takes
longer to fetch. A snapshot is not read at all, whatever is in it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.table import Table

from benchmarks.measure import verdict
from benchmarks.plot import plot
from benchmarks.restoring import answers, by_tier0, is_ready, source_in_lab, until
from tests.lab.recovering import Recovering
from tools import Fault
from tools.lab.bringup import add_snapshots
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed

GIGABYTES = (0.1, 1.0, 5.0, 10.0)
MOST = 1.3
"""The most that a restore of the largest from its snapshot may take, in those of the smallest."""

_PIECE = 10**8  # written by one statement
_UNIT = 10**9  # a database that further ones are copies of
_ALMOST = 0.95  # what is near enough: each database has 7 MB besides
_BACKUP_SECONDS = 3600.0
_SIZE = "select sum(pg_database_size(oid)) from pg_database"
_ROOM = "32Gi"  # of a volume, which takes only what is written


@dataclass(frozen=True)
class Sized:
    """What a database of one size took, in seconds."""

    bytes: int
    backup: float
    """Its base backup."""

    snapshot: float
    archive_phases: tuple[float, ...]
    """From the start of `pulumi up` to the volume, to the instance and to the first query."""

    snapshot_phases: tuple[float, ...]


def sized(folder: Path, gigabytes: Sequence[float], say: Callable[[str], None]) -> list[Sized]:
    """Let a database grow to each size, and restore it there both ways."""
    found = []
    with source_in_lab(folder, _prepared) as (shop, source):
        for turn, size in enumerate(sorted(gigabytes)):
            _grow(source, size * 1e9)
            held = int(source.sql(_SIZE))
            backup = _took(source, f"copied-{turn}", snapshot=False)
            snapshot = _took(source, f"snapped-{turn}", snapshot=True)
            source.archive_now()
            watch = partial(_watched, least=held)
            ways = [
                by_tier0(shop, source, 2 * turn + 2 + number, watch, *more).phases
                for number, more in enumerate(([], ["--from", "archive"]))
            ]
            found.append(Sized(held, backup, snapshot, ways[1], ways[0]))
            say(f"{held / 1e9:.2f} GB: archive {sum(ways[1]):.1f} s, snapshot {sum(ways[0]):.1f} s")
    return found


def sized_table(found: Sequence[Sized]) -> Table:
    """Return a row for each size; the ratios are to the smallest."""
    table = Table(title="restore to the first query, by size; one of each, data that compresses")
    for heading in ("GB", "backup s", "snapshot s", "from archive s", "ratio"):
        table.add_column(heading)
    for heading in ("from snapshot s", "until volume, instance, query", "ratio", "target", ""):
        table.add_column(heading)
    for one in found:
        archive = sum(one.archive_phases) / sum(found[0].archive_phases)
        snapshot = sum(one.snapshot_phases) / sum(found[0].snapshot_phases)
        judged = (f"<= {MOST}", verdict(snapshot, MOST)) if one is found[-1] else ()
        table.add_row(
            f"{one.bytes / 1e9:.2f}",
            f"{one.backup:.1f}",
            f"{one.snapshot:.1f}",
            f"{sum(one.archive_phases):.1f}",
            f"{archive:.2f}",
            f"{sum(one.snapshot_phases):.1f}",
            ", ".join(f"{seconds:.1f}" for seconds in one.snapshot_phases),
            f"{snapshot:.2f}",
            *judged,
        )
    return table


def sized_plot(found: Sequence[Sized]) -> str:
    """Return an SVG of how long a restore of each size took, both ways."""
    series = {
        "from the archive": [(it.bytes / 1e9, sum(it.archive_phases)) for it in found],
        "from a snapshot": [(it.bytes / 1e9, sum(it.snapshot_phases)) for it in found],
    }
    return plot("Restore to the first query, by size", "GB", "seconds", series)


def _prepared(shop: Recovering) -> None:
    """Give the database volumes with snapshots, and room on them."""
    if not isinstance(shop.lab, Lab):
        raise Fault("sizes", "it is not the lab", "run it without KUBECONFIG")
    add_snapshots(shop.lab)
    shop.snapshot()
    shop.file.write_text(shop.file.read_text().replace('storage="1Gi"', f'storage="{_ROOM}"', 1))


def _grow(source: Deployed, wanted: float) -> None:
    """Fill databases until the whole has about a size; WAL of a copied database is one record."""
    if wanted - int(source.sql(_SIZE)) > _ALMOST * _UNIT:
        if source.sql("select count(*) from pg_database where datname = 'unit'") == "0":
            source.sql("create database unit")
            _write(source, "unit", _UNIT)
        while wanted - int(source.sql(_SIZE)) > _ALMOST * _UNIT:
            number = source.sql("select count(*) from pg_database")
            source.sql(f"create database unit_{number} template unit strategy file_copy")
    _write(source, source.holds, wanted - int(source.sql(_SIZE)))


def _write(source: Deployed, database: str, wanted: float) -> None:
    """Write so many bytes into a database, and wait until their WAL is archived."""
    source.sql(
        "create table if not exists ballast (line text) with (autovacuum_enabled = off)",
        database=database,
    )
    left = wanted
    while left > 0:
        rows = int(min(left, _PIECE)) // 1024 + 1  # each takes an eighth of a page
        line = "repeat(md5(random()::text), 30)"
        filling = f"insert into ballast select {line} from generate_series(1, {rows})"  # noqa: S608 (our own number)
        source.sql(filling, database=database)
        source.archive_now()
        left -= _PIECE


def _took(source: Deployed, name: str, *, snapshot: bool) -> float:
    began = time.monotonic()
    source.back_up(f"{source.name}-{name}", _BACKUP_SECONDS, snapshot=snapshot)
    return time.monotonic() - began


def _watched(made: Deployed, check: Callable[[], None], least: int) -> list[datetime]:
    """Wait for the volume, the instance and the first query; see `restoring.Watch`."""
    claims = f"/api/v1/namespaces/{made.namespace}/persistentvolumeclaims/{made.name}-1"

    def bound() -> bool:
        claim = made.lab.get(claims) or {}
        return bool(claim.get("status", {}).get("phase") == "Bound")

    reached = [
        until(f"{made.name}'s volume", bound, check),
        until(f"{made.name} ready", lambda: is_ready(made), check),
        until(f"{made.name} with every row", lambda: answers(made), check),
    ]
    there = int(made.sql(_SIZE, pod=f"{made.name}-1"))
    if there < _ALMOST * least:  # a start removes some files that hold a cache
        raise Fault(made.name, f"it has {there} bytes of {least}", "look into its archive")
    return reached

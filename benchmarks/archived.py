"""What WAL under load came to, each of two ways: figures, tables and plots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from rich.table import Table

from benchmarks.measure import verdict
from benchmarks.plot import Point, plot
from benchmarks.restoring import Restored
from tools.lab.databases.deployed import Deployed

LOADS = ("pgbench", "bulk")
LOAD_SECONDS = 60
MEBIBYTE = 1 << 20

CPU_RATIO, DRAIN_RATIO, RPO_RATIO, FETCH_RATIO = 0.27, 0.10, 0.35, 0.25
ARCHIVED_RATIO = 8.0


@dataclass(frozen=True)
class Sample:
    """What the primary said in one moment."""

    moment: float
    written: int
    """The position in WAL, in bytes."""

    archived: int
    """The end of the newest archived segment, in bytes."""


@dataclass(frozen=True)
class Archived:
    """What one load came to."""

    samples: list[Sample]
    drained_seconds: float
    """From the load's end until each whole segment was archived."""

    cpu_seconds: float
    """Of the sidecar, until then."""

    megabytes: float
    """Most that the sidecar had resident since it started, caches included."""

    @property
    def seconds(self) -> float:
        """How long the load lasted."""
        return self.samples[-1].moment - self.samples[0].moment

    @property
    def written(self) -> float:
        """MiB of WAL written in a second."""
        return (self.samples[-1].written - self.samples[0].written) / MEBIBYTE / self.seconds

    @property
    def archived(self) -> float:
        """MiB of WAL archived in a second, while the load lasted."""
        return (self.samples[-1].archived - self.samples[0].archived) / MEBIBYTE / self.seconds

    @property
    def backlog(self) -> float:
        """MiB that were written and not archived at the load's end."""
        return (self.samples[-1].written - self.samples[-1].archived) / MEBIBYTE

    @property
    def cpu_each(self) -> float:
        """CPU seconds for 16 MiB."""
        return (
            self.cpu_seconds / (self.samples[-1].written - self.samples[0].archived) * 16 * MEBIBYTE
        )

    @property
    def behind(self) -> float:
        """The worst RPO: seconds since the oldest write that the archive did not have."""
        return max(_behind(self.samples))


def _behind(samples: list[Sample]) -> Iterator[float]:
    """Yield for each sample for how long the archive had not had all, at most."""
    for one in samples:
        whole = [it.moment for it in samples if it.written <= one.archived]
        yield max(0.0, one.moment - max(whole, default=samples[0].moment))


@dataclass(frozen=True)
class Fetched:
    """A restore of what the loads have archived."""

    restored: Restored
    wal_megabytes: float
    """MiB of WAL that were replayed."""

    get_seconds: float
    """What it takes to only get the same objects, four at once."""


@dataclass
class Way:
    """A database that archives in one of the two ways, with what was measured of it."""

    name: str
    database: Deployed
    loads: dict[str, list[Archived]]
    fetched: Fetched | None = None


def archived_tables(ways: list[Way]) -> Iterator[Table]:
    """Return what each load came to, and what the restores took."""
    for load in LOADS:
        before, now = (_medians(way.loads[load]) for way in ways)
        table = Table(
            title=f"WAL under {load} for {LOAD_SECONDS} s, median of {len(ways[0].loads[load])}"
        )
        for heading in ("", "before", "now", "ratio", "target", ""):
            table.add_column(heading)
        for what, most in _TARGETS.items():
            ratio = now[what] / before[what] if before[what] else float("nan")
            judged = ("", "") if most is None else _judged(ratio, most)
            table.add_row(what, f"{before[what]:.2f}", f"{now[what]:.2f}", f"{ratio:.2f}", *judged)
        yield table
    table = Table(title="WAL fetched and replayed")
    for heading in ("", "before", "now", "ratio", "target", ""):
        table.add_column(heading)
    rows: dict[str, list[float]] = {}
    for fetched in (way.fetched for way in ways):
        if fetched is None:
            continue
        size = fetched.wal_megabytes / 1024
        rows.setdefault("GiB of WAL", []).append(size)
        rows.setdefault("s for each GiB", []).append(fetched.restored.phases[3] / size)
        rows.setdefault("s to only get each GiB, four at once", []).append(
            fetched.get_seconds / size
        )
    for what, (before_, now_) in rows.items():
        ratio = now_ / before_
        judged = _judged(ratio, FETCH_RATIO) if what == "s for each GiB" else ("", "")
        table.add_row(what, f"{before_:.1f}", f"{now_:.1f}", f"{ratio:.2f}", *judged)
    yield table


_TARGETS: Mapping[str, float | None] = {
    "written, MiB/s": None,
    "archived, MiB/s": -ARCHIVED_RATIO,
    "RPO at worst, s": RPO_RATIO,
    "backlog, MiB": None,
    "backlog drained in, s": DRAIN_RATIO,
    "CPU s for 16 MiB": CPU_RATIO,
    "peak of the sidecar, MiB": None,
}
"""The target of each figure's ratio: at most; where it is negative, at least."""


def _medians(runs: list[Archived]) -> dict[str, float]:
    return {
        "written, MiB/s": median(it.written for it in runs),
        "archived, MiB/s": median(it.archived for it in runs),
        "RPO at worst, s": max(it.behind for it in runs),
        "backlog, MiB": median(it.backlog for it in runs),
        "backlog drained in, s": median(it.drained_seconds for it in runs),
        "CPU s for 16 MiB": median(it.cpu_each for it in runs),
        "peak of the sidecar, MiB": max(it.megabytes for it in runs),
    }


def _judged(ratio: float, target: float) -> tuple[str, str]:
    if target < 0:
        return f">= {-target}", verdict(-ratio, target)
    return f"<= {target}", verdict(ratio, target)


def archived_plot(ways: list[Way], load: str) -> str:
    """Return an SVG of what the archive lacked, in seconds, while the first load lasted."""
    series: dict[str, list[Point]] = {}
    for way in ways:
        samples = way.loads[load][0].samples
        times = [it.moment - samples[0].moment for it in samples]
        series[way.name] = list(zip(times, _behind(samples), strict=True))
    title = f"How far the archive is behind under {load}"
    return plot(title, "seconds of load", "seconds behind", series)

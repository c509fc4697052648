"""The benchmarks that need the lab, or a cluster by KUBECONFIG."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.archived import LOADS, archived_plot, archived_tables
from benchmarks.archiving import archives_of
from benchmarks.conditions import conditions, console
from benchmarks.deploying import ROOT
from benchmarks.drilling import drilled_tables, drills
from benchmarks.failing_over import failed_over_table, failovers
from benchmarks.restoring import restored_table, restores
from benchmarks.sizing import GIGABYTES, sized, sized_plot, sized_table

__all__ = ["GIGABYTES", "archive", "drill", "failover", "restore", "sizes"]

RESTORE_ROUNDS = 3
ARCHIVE_ROUNDS = 1
FAILOVER_ROUNDS = 5


def restore(folder: Path) -> None:
    """Measure the restore of a small database against CloudNativePG's own, in the lab."""
    found = restores(folder, RESTORE_ROUNDS, console.print)
    conditions()
    console.print(restored_table(*found))


def drill(folder: Path) -> None:
    """Measure a drill against the bare restore, and what it takes from its source, in the lab."""
    found = drills(folder, RESTORE_ROUNDS, console.print)
    conditions()
    for table in drilled_tables(*found):
        console.print(table)


def archive(folder: Path) -> None:
    """Measure WAL archived under full load, and fetched again, in the lab."""
    found = archives_of(folder, ARCHIVE_ROUNDS, console.print)
    conditions()
    for table in archived_tables(found):
        console.print(table)
    for load in LOADS:
        _draw(f"archive-{load}", archived_plot(found, load))


def failover(folder: Path) -> None:
    """Measure how long no write is accepted once the primary is killed, in the lab."""
    del folder
    found = failovers(FAILOVER_ROUNDS, console.print)
    conditions()
    console.print(failed_over_table(found))


def sizes(folder: Path, gigabytes: Sequence[float]) -> None:
    """Measure restores of a growing database, by archive and by snapshot, in the lab."""
    conditions()
    found = sized(folder, gigabytes, console.print)
    conditions()
    console.print(sized_table(found))
    _draw("sizes", sized_plot(found))


def _draw(name: str, plot: str) -> None:
    drawn = ROOT / ".tier0" / "benchmarks" / f"{name}.svg"
    drawn.parent.mkdir(parents=True, exist_ok=True)
    drawn.write_text(plot, encoding="utf-8")
    console.print(f"{drawn} is its plot", markup=False)

"""A drill of a small database, against the bare restore of the same archive, and what it takes.

Both run in turns in the lab. What a drill takes from its source is what pgbench does there
meanwhile, against before and after.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean, median

from rich.table import Table

from benchmarks.measure import verdict
from benchmarks.restoring import Restored, bare, source_in_lab
from components.pods.evidence import Evidence, read
from components.postgres import DrillsSpec
from components.postgres.drills import DRILLS_NAMESPACE
from tests import valid
from tests.lab.recovering import NAME, Recovering
from tests.support import to_module
from tools import Fault
from tools.lab.databases.deployed import Deployed
from tools.lab.pods import execute

RATIO, MORE_SECONDS = 1.15, 15.0
"""A drill may take so many times the bare restore, and so much more."""

MEBIBYTES = 128.0
"""What the pod of a drill may have at most, with pg_waldump's container."""

_CHANGES = {
    "offsite": None,  # the copy has a store that the lab starts for its own tests only
    f"databases.{NAME}.drills": DrillsSpec(suspended=True, deadline="30m"),
}
_ASK_SECONDS = 3.0
_AROUND_SECONDS, _MEANWHILE_SECONDS = 60, 10
_PEAK = "container_memory_max_usage_bytes"
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Drilled:
    """What one drill took."""

    evidence: Evidence
    mebibytes: float
    """The peak of its pod's control group, as the kubelet had it last; 0: it had none."""

    @property
    def seconds(self) -> float:
        """From its begin to its end, with all that it made removed."""
        ended, begun = (
            datetime.fromisoformat(it) for it in (self.evidence.ended, self.evidence.begun)
        )
        return (ended - begun).total_seconds()


@dataclass(frozen=True)
class Share:
    """Transactions of pgbench in a second."""

    before: float
    meanwhile: float
    after: float

    @property
    def ratio(self) -> float:
        """What is left of it while a drill runs."""
        return self.meanwhile / mean((self.before, self.after))


def drills(
    folder: Path, rounds: int, say: Callable[[str], None]
) -> tuple[list[Drilled], list[Restored], Share]:
    """Drill *rounds* times, and restore as often by hand; then drill once more under load."""
    ours: list[Drilled] = []
    theirs: list[Restored] = []
    with _source(folder) as (shop, source):
        for number in range(rounds):
            # The first one meets a colder machine: they take turns.
            for by_tier0 in (True, False) if number % 2 else (False, True):
                if by_tier0:
                    ours.append(_drill(shop))
                else:
                    theirs.append(bare(shop, source, f"{source.name}-bare-{number}"))
            say(f"drill: {ours[-1].seconds:.1f} s, bare restore: {theirs[-1].seconds:.1f} s")
        share = _share(shop, source)
    return ours, theirs, share


def drilled_tables(ours: list[Drilled], theirs: list[Restored], share: Share) -> Iterator[Table]:
    """Return the medians: in all, phase by phase, and of the source."""
    whole, other = median(it.seconds for it in ours), median(it.seconds for it in theirs)
    most = RATIO * other + MORE_SECONDS
    table = Table(title=f"drill, begin to end, median of {len(ours)}")
    for heading in ("", "seconds", "ratio", "target", "peak MiB", "target"):
        table.add_column(heading)
    peak = max(it.mebibytes for it in ours)
    memory = ("not known", "") if not peak else (f"{peak:.0f}", _judged(peak, MEBIBYTES))
    table.add_row("(bare restore, to its first query)", f"{other:.1f}")
    table.add_row(
        "drill", f"{whole:.1f}", f"{whole / other:.2f}", _judged(round(whole, 1), most), *memory
    )
    yield table
    phases = Table(title="of a drill")
    for heading in ("phase", "seconds"):
        phases.add_column(heading)
    names = list(dict.fromkeys(one.name for it in ours for one in it.evidence.phases))
    for name in names:
        took = [one.seconds for it in ours for one in it.evidence.phases if one.name == name]
        phases.add_row(name, f"{median(took):.1f}")
    rest = median(it.seconds - (it.evidence.restore_seconds or 0) for it in ours)
    phases.add_row("all around the restore", f"{rest:.1f}")
    yield phases
    left = Table(title="pgbench on the source, transactions in a second")
    for heading in ("before", "meanwhile", "after", "left"):
        left.add_column(heading)
    figures = (share.before, share.meanwhile, share.after)
    left.add_row(*(f"{it:.0f}" for it in figures), f"{share.ratio:.2f}")
    yield left


def _judged(figure: float, most: float) -> str:
    return f"<= {most:.0f} {verdict(figure, most)}"


@contextmanager
def _source(folder: Path) -> Iterator[tuple[Recovering, Deployed]]:
    """Deploy the database with drills that only the benchmark begins, and fill it."""

    def drilled(shop: Recovering) -> None:
        to_module(valid.edited(str(shop.file), _CHANGES), shop.file)

    with source_in_lab(folder, drilled) as found:
        yield found


def _drill(shop: Recovering) -> Drilled:
    """Drill the archive; see meanwhile what the kubelet says of its pod."""
    with ThreadPoolExecutor(1) as pool:
        drilling = pool.submit(_evidence, shop)
        peak = 0.0
        # A client for each thread: the drill is another process, so this one is free.
        for text in _asked(shop, drilling):
            peak = max(peak, peak_of(text))
        return Drilled(drilling.result(), peak)


def _evidence(shop: Recovering) -> Evidence:
    words = ("--depth", "restore", "--from", "archive")
    return read(shop.data("drill", NAME, *words))


def _asked(shop: Recovering, drilling: "Future[Evidence]") -> Iterator[str]:
    """Yield what the kubelets say, until the drill has ended."""
    kube = shop.lab.kube
    nodes = [it["metadata"]["name"] for it in kube.items("/api/v1/nodes")]
    while True:
        for node in nodes:
            answer = kube.request("GET", f"/api/v1/nodes/{node}/proxy/metrics/cadvisor")
            if answer.ok:
                yield answer.text
        try:
            drilling.result(timeout=_ASK_SECONDS)
        except TimeoutError:
            continue
        return


def peak_of(metrics: str) -> float:
    """Return the peak of the pod of a drill in MiB, out of a kubelet's metrics; 0 if it has none.

    A pod's control group holds all of its containers; earlier drills' pods have none any more.
    """
    found = [
        float(line.split("} ")[1].split()[0])
        for line in metrics.splitlines()
        if line.startswith(_PEAK + "{")
        and f'namespace="{DRILLS_NAMESPACE}"' in line
        and f'pod="{NAME}-restore-' in line
    ]
    return max(found, default=0.0) / (1 << 20)


def _share(shop: Recovering, source: Deployed) -> Share:
    """Let pgbench run on the source before, during and after one drill."""
    _pgbench(source, "-i", "-q", "-s", "5")
    before = _tps(source, _AROUND_SECONDS)
    meanwhile: list[float] = []
    with ThreadPoolExecutor(1) as pool:
        drilling = pool.submit(_evidence, shop)
        while not drilling.done():
            meanwhile.append(_tps(source, _MEANWHILE_SECONDS))
        drilling.result()
    # The last one lasted longer than the drill.
    return Share(before, mean(meanwhile[:-1] or meanwhile), _tps(source, _AROUND_SECONDS))


def _tps(source: Deployed, seconds: int) -> float:
    said = _pgbench(source, "-n", "-c", "2", "-T", str(seconds))
    found = _TPS.search(said)
    if found is None:
        raise Fault(source.name, f"pgbench says no figure ({said[-200:]})", "read its log")
    return float(found[1])


def _pgbench(source: Deployed, *arguments: str) -> str:
    """Run pgbench of the database's image in the primary's container."""
    place = source.namespace, source.status()["currentPrimary"], "postgres"
    return execute(source.lab, place, ["pgbench", *arguments, source.holds], seconds=300)

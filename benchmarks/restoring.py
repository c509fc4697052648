"""A database restored by tier0, and by bare CloudNativePG with a manifest written by hand.

Both read one archive in the lab, and run in turns, with the same image, resources and instances.
The lab's environment gets one more database for it, which is removed afterwards.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

from rich.table import Table

from benchmarks.measure import verdict
from components.postgres.resources import resources
from components.postgres.wal import wal_sizes
from stacks.cluster import condition_of
from tests.lab.conftest import MODULE, OWN
from tests.lab.recovering import NAME, Recovering
from tools import Fault
from tools.kube import PATIENCE
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.machine.paths import OWNER
from tools.lab.operators import plugin

ROWS = 100_000
MOST = 1.1
"""The most that tier0 may take, as a multiple of what bare CloudNativePG takes."""

PHASES = (
    "Cluster created",
    "recovery runs",
    "base backup there",
    "WAL replayed",
    "recovery ended",
    "instance ready",
    "first query",
)
"""What is reached, in this order; each phase ends with it."""

_PAUSE_SECONDS = 0.2
_QUERY = "select count(*) from filled"
_SAID = (
    "Generated recovery configuration",
    "archive recovery complete",
    "restore command execution completed without errors",
)
"""What CloudNativePG's recovery and PostgreSQL log at the end of three phases (restore.go,
v1.30.0)."""


@dataclass(frozen=True)
class Restored:
    """What one restore took."""

    phases: tuple[float, ...]
    """Seconds of each phase."""

    command_seconds: float = 0.0
    """What `restore --write` took before it; it looks into the archive, and nothing waits for it
    but its reader."""

    @property
    def seconds(self) -> float:
        """From the start of `pulumi up`, or of the request, to the first query."""
        return sum(self.phases)


def restores(
    folder: Path, rounds: int, say: Callable[[str], None]
) -> tuple[list[Restored], list[Restored]]:
    """Restore one archive *rounds* times each way; return what tier0 took, and what bare took."""
    ours: list[Restored] = []
    theirs: list[Restored] = []
    with source_in_lab(folder) as (shop, source):
        for number in range(rounds):
            # The first one meets a colder machine: they take turns.
            for turn_of_tier0 in (True, False) if number % 2 else (False, True):
                if turn_of_tier0:
                    ours.append(by_tier0(shop, source, number + 2, _watched))
                else:
                    theirs.append(bare(shop, source, f"{source.name}-bare-{number}"))
            say(f"tier0: {ours[-1].seconds:.1f} s, bare: {theirs[-1].seconds:.1f} s")
    return ours, theirs


def restored_table(ours: list[Restored], theirs: list[Restored]) -> Table:
    """Return the medians, phase by phase."""
    table = Table(title=f"restore to its first query, median of {len(ours)}")
    for heading in ("", "tier0 s", "bare s", "ratio", "target", ""):
        table.add_column(heading)
    for number, phase in enumerate(PHASES):
        took = (median(one.phases[number] for one in runs) for runs in (ours, theirs))
        table.add_row(f"until {phase}", *(f"{seconds:.1f}" for seconds in took))
    whole, other = (median(one.seconds for one in runs) for runs in (ours, theirs))
    ratio = whole / other
    figures = (f"{whole:.1f}", f"{other:.1f}", f"{ratio:.2f}")
    table.add_row("in all", *figures, f"<= {MOST}", verdict(ratio, MOST))
    before = median(one.command_seconds for one in ours)
    table.add_row("(restore --write before it)", f"{before:.1f}")
    return table


@contextmanager
def source_in_lab(
    folder: Path, change: Callable[[Recovering], None] = lambda _: None
) -> Iterator[tuple[Recovering, Deployed]]:
    """Deploy the lab's environment with one more, filled database; put it back afterwards.

    *change* edits the environment's file before. Raise Fault where no lab runs.
    """
    if OWN:
        raise Fault("restore", f"KUBECONFIG={OWN} is not the lab's", "run it without KUBECONFIG")
    if not OWNER.exists():
        raise Fault("restore", "no lab runs on this machine", "start one with `make lab`")
    directory = Path(OWNER.read_text(encoding="utf-8"))
    plain = Environment(Lab(directory), MODULE)
    plain.up()  # removes what a run that was killed has left
    shop = Recovering(Lab(directory), folder)
    change(shop)
    try:
        shop.up()
        # A second client: the first one is that of `pulumi up`, in another thread.
        source = replace(shop.active, lab=Lab(directory))
        fill(source)
        yield shop, source
    finally:
        plain.up()


def fill(source: Deployed) -> None:
    """Give it rows in a base backup, and as many in archived WAL."""
    source.sql(f"create table filled as select generate_series(1, {ROWS}) as id")
    source.back_up(f"{source.name}-filled")
    source.sql(f"insert into filled select generate_series(1, {ROWS})")
    source.archive_now()


Watch: TypeAlias = Callable[[Deployed, Callable[[], None]], list[datetime]]
"""Waits for the first query, and returns when each phase ended; what it calls raises if none will
come."""


def by_tier0(shop: Recovering, source: Deployed, number: int, watch: Watch, *more: str) -> Restored:
    """Restore the next generation by the command, with *more* of it, and by `pulumi up`.

    It is removed afterwards.
    """
    began = time.monotonic()
    shop.said("restore", NAME, "--to", "latest", *more, "--write")
    command = time.monotonic() - began
    made = replace(source, name=f"{source.name}-g{number}", archive=None)

    def up() -> datetime:
        seconds = shop.up().seconds
        return datetime.now(UTC) - timedelta(seconds=seconds)

    with ThreadPoolExecutor(1) as pool:
        upping = pool.submit(up)
        reached = watch(made, lambda: _failed(upping))
        phases = _phases(upping.result(), reached)
    for how in ([], ["--removed"]):
        shop.said("retire", NAME, str(number), *how, "--write")
        shop.up()
    return Restored(phases, command)


def bare(shop: Recovering, source: Deployed, name: str) -> Restored:
    """Restore into a Cluster written by hand, which archives under its own name."""

    def archive(server: str) -> dict[str, Any]:
        parameters = {"barmanObjectName": source.name, "serverName": server}
        return {"name": plugin.NAME, "parameters": parameters}

    declared = shop.environment.spec.databases[NAME]
    made = replace(source, name=name, archive=None)
    spec: Mapping[str, Any] = {
        "instances": 1,
        "imageName": source.image,
        "storage": {"size": declared.storage},
        **resources(declared.resources),
        "postgresql": {"parameters": dict(declared.parameters) | wal_sizes(declared)},
        "bootstrap": {"recovery": {"source": "origin", "database": NAME, "owner": NAME}},
        "externalClusters": [{"name": "origin", "plugin": archive(source.name)}],
        "plugins": [archive(name) | {"isWALArchiver": True}],
    }
    began = datetime.now(UTC)
    made.lab.apply([made.manifest(spec)])
    try:
        return Restored(_phases(began, _watched(made, lambda: None)))
    finally:
        made.delete()


def _failed(upping: "Future[datetime]") -> None:
    """Raise what `pulumi up` has raised, instead of waiting for what it does not make."""
    if upping.done():
        upping.result()


def _watched(made: Deployed, check: Callable[[], None]) -> list[datetime]:
    """Wait for the first query; return when each phase ended. *check* raises if none will."""
    log = ""

    def ready() -> bool:
        nonlocal log
        # The operator removes the recovery's pod once the Cluster is healthy.
        log = log if _SAID[-1] in log else made.recovery_log() or log
        return is_ready(made)

    created = until(f"{made.name} created", lambda: made.lab.get(made.path) is not None, check)
    was_ready = until(f"{made.name} ready", ready, check)
    answered = until(f"{made.name} with every row", lambda: answers(made), check)
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    if not lines:
        raise Fault(made.name, "the log of its recovery is gone", "run it again")
    said = [next((it for it in lines if text in json.dumps(it)), None) for text in _SAID]
    ended = [_moment(it) for it in [lines[0], *said] if it]
    if len(ended) <= len(said):
        raise Fault(made.name, "the log of its recovery lacks a phase", "run it again")
    return [created, *ended, was_ready, answered]


def is_ready(made: Deployed) -> bool:
    """Tell whether the first instance is ready."""
    pod = made.lab.get(f"/api/v1/namespaces/{made.namespace}/pods/{made.name}-1")
    return condition_of(pod or {}, "Ready").get("status") == "True"


def answers(made: Deployed) -> bool:
    """Tell whether the first instance has every row."""
    with suppress(Fault):
        return made.sql(_QUERY, pod=f"{made.name}-1") == str(2 * ROWS)
    return False


def until(what: str, true: Callable[[], bool], check: Callable[[], None]) -> datetime:
    """Wait until *true*, and return when; the lab's own patience looks less often with time."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        check()
        if time.monotonic() > deadline:
            fix = "read the logs in the lab's directory"
            raise Fault(what, f"it is not there after {PATIENCE:.0f} s", fix)
        time.sleep(_PAUSE_SECONDS)
    return datetime.now(UTC)


def _moment(line: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(line["ts"])


def _phases(began: datetime, reached: list[datetime]) -> tuple[float, ...]:
    return tuple((after - before).total_seconds() for before, after in pairwise([began, *reached]))

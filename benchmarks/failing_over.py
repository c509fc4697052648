"""A killed primary under load: how long no write is accepted, phase by phase, in the lab.

A copy of a database of the lab's environment has two instances. Both ways take turns on it: they
differ in the lease of its primary only, which a replica reads once it is to take over.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from rich.table import Table

from benchmarks.measure import verdict
from components.postgres import TimersSpec
from components.postgres.timers import timers
from tests.lab.conftest import MODULE, OWN
from tools import Fault
from tools.kube import PATIENCE
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.databases.load import load, longest_silence
from tools.lab.machine.paths import OWNER

WAYS: Mapping[str, Mapping[str, Any] | None] = {
    "before": None,
    "now": timers(TimersSpec())["primaryLease"],
}
"""The primary's lease: CloudNativePG's own, and that which tier0 declares."""

PHASES = (
    "the operator fails over",
    "it has chosen a replica",
    "the lease is free",
    "the replica is promoted",
    "the first write",
)
"""What is reached after the kill, in this order; each phase ends with it."""

RATIO = 0.5
_PENDING = "pending"
_LOOK_SECONDS = 0.1
_RUN_IN_SECONDS = 5
_LEASED = "Setting myself as primary"
"""What a replica logs once it has the lease (instance_controller.go, v1.30.0)."""


@dataclass(frozen=True)
class FailedOver:
    """What one killed primary came to."""

    phases: tuple[float, ...]
    """Seconds of each phase."""

    silence: float
    """Seconds without an acknowledged write."""


def failovers(rounds: int, say: Callable[[str], None]) -> dict[str, list[FailedOver]]:
    """Kill the primary *rounds* times each way, in turns."""
    if OWN:
        raise Fault("failover", f"KUBECONFIG={OWN} is not the lab's", "run it without KUBECONFIG")
    if not OWNER.exists():
        raise Fault("failover", "no lab runs on this machine", "start one with `make lab`")
    environment = Environment(Lab(Path(OWNER.read_text(encoding="utf-8"))), MODULE)
    environment.up()
    n8n = environment.database("n8n")
    found: dict[str, list[FailedOver]] = {way: [] for way in WAYS}
    with n8n.copied("n8n-killed", 2) as database:
        for number in range(rounds):
            for way in list(WAYS)[:: -1 if number % 2 else 1]:
                found[way].append(_killed(database, WAYS[way]))
                took = ", ".join(f"{it:.1f}" for it in found[way][-1].phases)
                say(f"{way}: {found[way][-1].silence:.1f} s without a write ({took})")
    return found


def _killed(database: Deployed, lease: Mapping[str, Any] | None) -> FailedOver:
    """Kill the primary under load; return what followed, once both instances are well again."""
    api, kind, change = "postgresql.cnpg.io/v1", "Cluster", {"spec": {"primaryLease": lease}}
    database.lab.kube.patch(api, kind, database.name, database.namespace, change=change)
    old = database.status()["currentPrimary"]
    with load(database) as writer:
        time.sleep(_RUN_IN_SECONDS)
        database.lab.kube.delete("v1", "Pod", old, database.namespace, grace=0)
        killed = time.time()
        pending = _until(database, lambda status: status["targetPrimary"] != old)
        chosen = _until(database, lambda status: status["targetPrimary"] not in {old, _PENDING})
        promoted = _until(database, lambda status: status["currentPrimary"] != old)
        writer.wait_written_after(promoted)
        acknowledged = writer.acknowledged()
        leased = _leased(database, killed)
    database.wait_healthy(2)
    written = min(at for at in acknowledged.values() if at > leased)
    moments = (killed, pending, chosen, leased, promoted, written)
    phases = tuple(later - earlier for earlier, later in pairwise(moments))
    return FailedOver(phases, longest_silence(acknowledged, killed))


def _until(database: Deployed, true: Callable[[Mapping[str, Any]], bool]) -> float:
    """Wait for a status, and return when it was seen; the lab's own patience looks less often."""
    deadline = time.monotonic() + PATIENCE
    while not true(database.status()):
        if time.monotonic() > deadline:
            raise Fault(database.name, database.trouble(), "read the operator's log")
        time.sleep(_LOOK_SECONDS)
    return time.time()


def _leased(database: Deployed, since: float) -> float:
    """Return when the new primary got the lease, by its log."""
    for line in database.log("postgres").splitlines():
        if _LEASED in line:
            moment = datetime.fromisoformat(json.loads(line)["ts"]).timestamp()
            if moment > since:
                return moment
    raise Fault(database.name, "its log has no word of the lease", "see what it logs now")


def failed_over_table(found: Mapping[str, list[FailedOver]]) -> Table:
    """Return the medians, phase by phase, and what is left of the whole."""
    before, now = found.values()
    table = Table(title=f"killed primary to the first write, median of {len(now)}")
    for heading in ("until", "before s", "now s", "ratio", "target", ""):
        table.add_column(heading)
    for number, phase in enumerate(PHASES):
        took = (median(one.phases[number] for one in runs) for runs in (before, now))
        table.add_row(phase, *(f"{seconds:.1f}" for seconds in took))
    then, whole = (median(one.silence for one in runs) for runs in (before, now))
    ratio = whole / then
    figures = (f"{then:.1f}", f"{whole:.1f}", f"{ratio:.2f}")
    table.add_row("without a write", *figures, f"<= {RATIO}", verdict(ratio, RATIO))
    return table

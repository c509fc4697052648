"""The lab's Prometheus with the alerts that tier0 has applied there, and the same much sooner."""

import copy
import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from stacks.environment import EnvironmentSpec
from tools import kube
from tools.kube import PATIENCE, Manifest
from tools.lab.cluster import Lab
from tools.lab.operators import prometheus

SOONER = 60
"""Part of an alert's `for` that its copy waits: a minute becomes a second."""

Fired = tuple[str, str]
"""The name of an alert without `Tier0`, and the role of its database; "" if it is of none."""

_SELECTOR = re.compile(r"\w+\{[^}]*\}")
_VERDICT = re.compile(r',verdict="\w+"')
_FIRING = 'ALERTS{alertstate="firing",alertname=~"Tier0.*"}'


class Alerting:
    """Prometheus with an environment's PodMonitors and PrometheusRules as they were applied."""

    def __init__(self, lab: Lab, spec: EnvironmentSpec) -> None:
        """Load them, and a copy of each alert with a shorter `for`."""
        of = {it.namespace for it in spec.databases.values()} | {spec.certificates.namespace}
        self.lab = lab
        self.applied, monitors = (
            [it for it in prometheus.declared(lab, kind) if it["metadata"]["namespace"] in of]
            for kind in ("PrometheusRule", "PodMonitor")
        )
        rules = [*self.applied, *map(_sooner, self.applied)]
        prometheus.install(lab, [prometheus.INSTANCES, *monitors], rules)

    def selectors(self) -> dict[str, set[str]]:
        """Return what the alerts select, by their names; a drill of any verdict for one of one."""
        found: dict[str, set[str]] = {}
        for rule in _alerts(self.applied):
            selected = _SELECTOR.findall(rule["expr"])
            found.setdefault(rule["alert"], set()).update(_VERDICT.sub("", it) for it in selected)
        return found

    def firing(self, seconds: int = 0) -> set[Fired]:
        """Return what fires now, or has fired within so many seconds."""
        asked = f"max_over_time({_FIRING}[{seconds}s])" if seconds else _FIRING
        labels = [one["metric"] for one in prometheus.query(self.lab, asked)]
        return {(it["alertname"].removeprefix("Tier0"), it.get("database", "")) for it in labels}

    def wait_quiet(self, expected: Collection[Fired], seconds: float = PATIENCE) -> None:
        """Wait until nothing fires but what is *expected*."""

        def others() -> set[Fired]:
            return self.firing() - {*expected}

        kube.wait("no alert", lambda: not others(), lambda: str(sorted(others())), seconds)

    @contextmanager
    def firing_for(self, *wanted: Fired, seconds: float = PATIENCE) -> Iterator[dict[Fired, float]]:
        """Wait at the end of the block until all have fired; give the seconds that each took."""
        begun, took = time.monotonic(), dict[Fired, float]()
        before = self.firing() & {*wanted}
        assert not before, f"{before} fire before anything is wrong"
        yield took

        def missing() -> set[Fired]:
            for one in self.firing() & {*wanted}:
                took.setdefault(one, time.monotonic() - begun)
            return {*wanted} - took.keys()

        kube.wait("alerts", lambda: not missing(), lambda: f"{missing()} do not fire", seconds)


def _alerts(rules: Collection[Manifest]) -> Iterator[Manifest]:
    for one in rules:
        for group in one["spec"]["groups"]:
            yield from (rule for rule in group["rules"] if "alert" in rule)


def _sooner(rule: Manifest) -> Manifest:
    """Return a PrometheusRule with the same alerts, whose `for` is shorter, and no metrics."""
    made = copy.deepcopy(rule)
    for group in made["spec"]["groups"]:
        group["name"] += "-sooner"
        group["rules"] = [it for it in group["rules"] if "alert" in it]
    for alert in _alerts([made]):
        alert["for"] = f"{int(alert['for'].removesuffix('s')) // SOONER}s"
        alert["labels"]["sooner"] = "yes"
    return made

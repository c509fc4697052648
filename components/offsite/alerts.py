"""Alerts on the off-site copy; the alert on its age also covers missing metrics."""

from collections.abc import Mapping
from typing import Any

from components.offsite.source import Source
from components.offsite.spec import OffsiteSpec
from components.spec import cron
from components.spec.words import seconds


def alerts(name: str, spec: OffsiteSpec, source: Source) -> list[Mapping[str, Any]]:
    """Return the rules of the PrometheusRule.

    The alert on the copy's age also covers missing metrics. A base backup may take hours to copy:
    it is late when the next one is due.
    """

    def metric(metric_name: str, part: str, function: str = "") -> str:
        series = f'tier0_offsite_{metric_name}{{database="{name}",part=~"{part}"}}'
        # An alert stays the same when another pod takes over.
        return f"max by (namespace, database) ({function}({series}))"

    def rule(alert: str, expression: str, says: str, lasting: str = "0s") -> Mapping[str, Any]:
        return {
            "alert": f"Tier0Offsite{alert}",
            "expr": expression,
            "for": lasting,
            "labels": {"severity": "critical", "database": name},
            "annotations": {"summary": f"{name}: {says}", "runbook": "docs/offsite.md"},
        }

    until = "copied_until_timestamp_seconds"
    gap = int(cron.longest_gap(source.schedule).total_seconds())
    pause = seconds(spec.rpo)
    log = f"kubectl -n {source.namespace} logs deployment/{source.cluster}-offsite"
    return [
        rule(
            "WalLate",
            f"time() - {metric(until, 'wal')} > {pause}",
            f"WAL older than {spec.rpo} exists only in the cluster; see {log}",
        ),
        rule(
            "BaseLate",
            f"time() - {metric(until, 'base')} > {gap}",
            f"a base backup is missing from the copy although the next one is due; see {log}",
        ),
        rule(
            "Unknown",
            metric(until, "wal", "absent"),
            f"the age of the copy is unknown; see {log}",
            f"{pause}s",
        ),
        rule(
            "Failing",
            f"{metric('failed', 'wal|base')} > 0",
            f"copying fails for {spec.rpo}; see {log}",
            f"{pause}s",
        ),
        rule(
            "Unlocked",
            f"{metric('failed', 'lock')} > 0",
            f"copies can be deleted; see {log}",
        ),
        rule(
            "Differs",
            f"{metric('differing_objects', 'wal|base')} > 0",
            "an object of the archive changed after it was copied; the copy keeps the first "
            "version",
        ),
    ]

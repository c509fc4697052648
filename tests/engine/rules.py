"""Tests of Prometheus's rules by Prometheus itself: promtool, with series of made metrics."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.build.promtool import promtool


def fires_alone(
    groups: Sequence[Mapping[str, Any]],
    alert: str,
    series: Mapping[str, str],
    *,
    at: str,
    before: str,
    labels: Mapping[str, str] = {},
    folder: Path,
) -> str:
    """Return what promtool says where *alert* does not fire for *series* at a time, or too early.

    It must fire with *labels* besides its own, and no other rule of *groups* may. *series* are
    values by the series' names, one for each minute.
    """
    rules = [one for group in groups for one in group["rules"]]
    fired = next(one for one in rules if one["alert"] == alert)
    summary = fired["annotations"]["summary"]
    for key, value in labels.items():
        summary = summary.replace(f"{{{{ $labels.{key} }}}}", value)
    expected = {
        "exp_labels": {**fired["labels"], **labels},
        "exp_annotations": {**fired["annotations"], "summary": summary},
    }
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [
            {"eval_time": before, "alertname": alert, "exp_alerts": []},
            {"eval_time": at, "alertname": alert, "exp_alerts": [expected]},
            *(
                {"eval_time": at, "alertname": one["alert"], "exp_alerts": []}
                for one in rules
                if one["alert"] != alert
            ),
        ],
    }
    return _promtool(groups, test, "1m", folder)


def tells(
    rules: Sequence[Mapping[str, Any]],
    series: Mapping[str, Sequence[float | None]],
    firing: Mapping[int, Sequence[Mapping[str, str]]],
    *,
    minutes: int = 1,
    folder: Path,
) -> str:
    """Return what promtool says where at a minute of *firing* other alerts fire than it has.

    Each of these is given by its labels. *series* have a value for each of *minutes*; None: the
    series ended, as one does that its target no longer has.
    """
    samples = [
        {
            "expr": "max without (alertstate) (ALERTS{alertstate='firing'})",
            "eval_time": f"{minute}m",
            "exp_samples": [{"labels": _selector(labels), "value": 1} for labels in expected],
        }
        for minute, expected in firing.items()
    ]
    test = {
        "interval": f"{minutes}m",
        "input_series": [
            {"series": name, "values": " ".join("stale" if it is None else str(it) for it in found)}
            for name, found in series.items()
        ],
        "promql_expr_test": samples,
    }
    return _promtool([{"name": "alerts", "rules": [*rules]}], test, f"{minutes}m", folder)


def _selector(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


def _promtool(
    groups: Sequence[Mapping[str, Any]], test: Mapping[str, Any], every: str, folder: Path
) -> str:
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": list(groups)}))
    document = {"rule_files": ["rules.yaml"], "evaluation_interval": every, "tests": [test]}
    (folder / "test.yaml").write_text(yaml.safe_dump(document))
    for command in (["check", "rules", "rules.yaml"], ["test", "rules", "test.yaml"]):
        done = subprocess.run(
            [promtool(), *command], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return done.stdout + done.stderr
    return ""

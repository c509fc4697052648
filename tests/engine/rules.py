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
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": list(groups)}))
    document = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}
    (folder / "test.yaml").write_text(yaml.safe_dump(document))
    for command in (["check", "rules", "rules.yaml"], ["test", "rules", "test.yaml"]):
        done = subprocess.run(
            [promtool(), *command], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return done.stdout + done.stderr
    return ""

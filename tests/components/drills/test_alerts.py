"""When a proof is too old; tests/engine/test_alerts.py fires the alerts."""

import re
from dataclasses import replace

import pytest

from components.drills import promises
from components.drills.alerts import alerts, objectives
from components.drills.dashboard import DOCUMENT
from components.monitoring.alert import Alert
from components.pods.evidence import Depth
from components.postgres.drills import DrillsSpec
from tests import valid
from tests.support import ROOT

PROMISED = promises(valid.database(), DrillsSpec())
HOUR = 3600
LIMITS = {"look": HOUR, "restore": 24 * HOUR, "deep": 7 * 24 * HOUR}


def _of(name: str, depth: Depth) -> Alert:
    (found,) = [
        it for it in alerts("n8n", PROMISED) if it.name == name and it.labels == {"depth": depth}
    ]
    return found


@pytest.mark.parametrize("depth", PROMISED.schedules)
def test_a_depth_is_measured_by_its_own_schedule(depth: Depth) -> None:
    gap, deadline, slack = LIMITS[depth], 2 * HOUR, 600
    due = gap + deadline + slack
    assert _of("DrillSlotMissed", depth).expression.endswith(f"> {due}")
    assert _of("DrillOld", depth).expression.endswith(f"> {due + gap}")
    assert _of("DrillNever", depth).lasting == due


def test_suspended_drills_miss_no_slot_but_their_proof_grows_old() -> None:
    names = {it.name for it in alerts("n8n", replace(PROMISED, suspended=True))}
    assert not {"DrillSlotMissed", "DrillNever"} & names
    assert "DrillOld" in names


def test_each_metric_is_one_that_a_program_in_a_pod_has() -> None:
    programs = "".join(it.read_text("utf-8") for it in (ROOT / "components" / "pods").glob("*.py"))
    said = " ".join(it.expression for it in alerts("n8n", PROMISED)) + DOCUMENT.read_text("utf-8")
    recorded = {it["record"] for it in objectives("n8n", PROMISED)}
    asked = set(re.findall(r"tier0_(?:offsite_)?(\w+)", said)) - {
        str(it).removeprefix("tier0_") for it in recorded
    }
    assert len(asked) > 8
    assert [it for it in sorted(asked) if f'"{it}"' not in programs] == []

"""What a plan says that a second site buys."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from stacks.plan.site import site
from stacks.recovery.measured import Measured
from tests import valid
from tests.support import to_module


def test_a_database_of_one_site_buys_nothing() -> None:
    assert site(valid.database()) is None


@pytest.mark.parametrize("took", [None, 14.2])
def test_a_second_site_is_its_archive_its_rpo_and_a_promotion(
    took: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"promotion": Measured(took, "2026-11-30")} if took else {}
    monkeypatch.setattr("stacks.plan.site.measured", lambda: known)
    found = site(valid.following(site=valid.site(min_apply_delay="8h")))
    assert found
    assert found.archive == "s3://north-copies/n8n-backups/n8n-north/ at https://s3.example.org"
    assert (found.role, found.rpo_seconds, found.delay_seconds) == ("replica", 600, 8 * 3600)
    assert found.promotion_seconds == took


def test_a_plan_shows_the_rto_and_rpo_that_the_other_site_buys(
    tmp_path: Path, stacks: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    path = tmp_path / "south.py"
    delayed = valid.site(min_apply_delay="8h")
    to_module(valid.environment(databases={"n8n": valid.following(site=delayed)}), path)
    said = " ".join(stacks("plan", str(path)).stdout.split())
    assert "RTO by the other site a promotion, which restores nothing" in said
    assert "RPO by the other site 10 min; none after a demotion" in said
    assert "time machine rows as they were 8 h ago" in said
    assert "2 active: restored from the other site's n8n-north, to follow it" in said

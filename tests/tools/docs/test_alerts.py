"""Each alert has the page that it names, and each page its alert."""

from pathlib import PurePosixPath

from tests.support import ROOT
from tools.docs.alerts import document, every_alert

FOLDER = ROOT / "docs" / "runbooks" / "alerts"
PARTS = ["At risk", "Look at", "Do"]


def test_each_alert_has_its_page_and_each_page_its_alert() -> None:
    named = {PurePosixPath(it.runbook).name for it in every_alert() if it.page is None}
    assert named == {path.name for path in FOLDER.glob("*")}


def test_a_page_is_of_the_alert_that_names_it() -> None:
    """It says what the alert means, what is at risk, what to look at, and what to do."""
    for alert in every_alert():
        text = (ROOT / alert.runbook).read_text("utf-8")
        if alert.page is None:
            lines = text.splitlines()
            assert lines[0] == f"# Tier0{alert.name}"
            assert [it[3:] for it in lines if it.startswith("## ")] == PARTS
        assert f"Tier0{alert.name}" in text, alert.runbook


def test_each_source_of_metrics_has_an_alert_that_it_is_silent() -> None:
    found = every_alert()
    guarded = {it.source for it in found if "absent(" in it.expression}
    assert guarded == {it.source for it in found} - {"drill"}, "the watch reports drills"


def test_the_page_of_all_alerts_shows_each_source() -> None:
    assert all(f"`Tier0{it.name}`" in document() for it in every_alert())

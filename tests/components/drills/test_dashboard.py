"""The dashboard of drills: what it asks, and what it leads to."""

import json
from typing import Any

from components.drills.dashboard import DOCUMENT

DASHBOARD: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
ASKED = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_objectives_are_drawn_next_to_what_is_measured() -> None:
    drawn = [
        {word for word in ("behind", "rpo", "restore", "rto") if f"tier0_{word}_" in asked}
        | {word for word in ("restore",) if "tier0_drill_restore_" in asked}
        for panel in DASHBOARD["panels"]
        for asked in [" ".join(target["expr"] for target in panel["targets"])]
    ]
    assert {"behind", "rpo"} in drawn
    assert {"restore", "rto"} in drawn


def test_each_panel_asks_the_chosen_prometheus_for_the_chosen_databases() -> None:
    names = {it["name"] for it in DASHBOARD["templating"]["list"]}
    assert names == {"source", "database"}
    assert {panel["datasource"]["uid"] for panel in DASHBOARD["panels"]} == {"${source}"}
    assert [it for it in ASKED if "$database" not in it and "ALERTS" not in it] == []


def test_what_it_does_not_show_is_a_link_away() -> None:
    assert ["20417" in link["url"] for link in DASHBOARD["links"]] == [True]

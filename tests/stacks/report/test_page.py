"""The page of an environment; tests/engine/test_report_page.py sees it in a browser."""

import re
from datetime import timedelta

import pytest

from components.pods.evidence import Evidence
from components.postgres import DrillsSpec
from stacks.report.page import page
from stacks.report.record import from_config_map, from_evidence
from stacks.report.standing import ORDER, Standing, standing
from tests import drilled
from tests.markup import Markup

OFFSITE = drilled.of(
    drilled.passed(store="offsite", earliest="2026-11-01T00:00:00+00:00"),
    "n8n",
    ago=timedelta(days=1),
)


def _stands(name: str, *found: Evidence) -> Standing:
    them = drilled.history(*(drilled.of(it, name) for it in found))
    return standing(name, from_evidence(them), DrillsSpec(), drilled.NOW)


def _page(*found: Standing, faults: tuple[str, ...] = ()) -> str:
    ordered = sorted(found, key=lambda it: ORDER.index(it.word))
    return page("homelab", ordered, faults, drilled.NOW)


@pytest.mark.parametrize(
    ("found", "title"),
    [
        ([_stands("n8n", drilled.passed())], "Drills of n8n in homelab, {}: fresh"),
        ([_stands("n8n")], "Drills of n8n in homelab, {}: never proved"),
        (
            [_stands("a", drilled.passed()), _stands("b", drilled.missed())],
            "Drills of homelab, {}: missed an objective, 1 of 2 databases",
        ),
    ],
    ids=["fresh", "never", "two"],
)
def test_the_title_says_of_what_when_and_the_verdict(found: list[Standing], title: str) -> None:
    assert f"<title>{title.format('2026-11-30 08:00 UTC')}</title>" in _page(*found)


def test_the_parts_of_one_database_come_in_the_order_in_which_one_asks() -> None:
    text = Markup(_page(_stands("n8n", drilled.passed()))).text
    parts = ["Fresh", "counts as proof until 2026-12-01 05:25 UTC", "Objectives", "Last runs"]
    parts += ["Where the restore's time went", "What can be restored", "Proofs", "3 tables"]
    parts += ["Versions and digests", "Left behind"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_of_many_databases_the_worst_comes_first_and_each_leads_to_its_section() -> None:
    found = [_stands("a", drilled.passed()), _stands("b", drilled.failed()), _stands("c")]
    text = _page(*found)
    assert re.findall(r'href="#(\w)"', text) == ["b", "c", "a"]
    assert re.findall(r'<section class="one" id="(\w)"', text) == ["b", "c", "a"]
    assert "1 failed, 1 never proved, 1 fresh" in Markup(text).text
    assert text.count("<details>") == 2


def test_each_run_is_a_mark_with_its_verdict_in_words_and_another_shape() -> None:
    last = [drilled.passed(), drilled.look(verdict="unverified", rung="none")]
    text = _page(_stands("n8n", *last))
    marks = re.findall(r'<path class="(\w+)" d="(\D)[^"]*"><title>([^<]*)</title>', text)
    assert len(marks) == 60
    assert marks[0] == (
        "passed",
        "M",
        "2026-11-01 03:23 UTC, the archive: passed, proved yours, 41 s",
    )
    assert marks[-1][0] == "unverified"
    assert "could not verify; 29 passed, 1 could not verify" in Markup(text).text
    shapes = {
        verdict: re.sub(r"(?<=^.)[\d.]+", "", path)
        for verdict, path in re.findall(r'<path class="(\w+)" d="([^"]*)"><title>', text)
    }
    assert len({*shapes.values()}) == len(shapes) == 2


def test_the_window_of_each_store_is_that_of_its_newest_evidence() -> None:
    record = from_config_map("x", drilled.data(drilled.passed(), good={"deep": OFFSITE}))
    text = Markup(_page(standing("n8n", record, DrillsSpec(), drilled.NOW))).text
    assert "the archive 2026-10-31 02:01 UTC to 2026-11-30 03:23 UTC" in text
    assert "the off-site copy 2026-11-01 00:00 UTC to 2026-11-30 03:23 UTC" in text


def test_a_record_that_cannot_be_read_is_said_and_never_fresh() -> None:
    record = from_config_map("ConfigMap x", drilled.data(drilled.passed()) | {"look": "<b>"})
    found = standing("n8n", record, DrillsSpec(), drilled.NOW)
    text = Markup(_page(found)).text
    assert text.index("Could not verify") < text.index("ConfigMap x, look: it is not JSON")


def test_a_file_that_cannot_be_read_is_said_at_the_verdict() -> None:
    text = Markup(_page(_stands("n8n", drilled.passed()), faults=("a.json: broken; fix",))).text
    assert text.index("Could not verify a.json: broken; fix") < text.index("Objectives")


def test_an_environment_without_drills_is_said_so() -> None:
    assert "No database has drills." in Markup(_page()).text

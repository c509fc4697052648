"""The page of one drill; tests/engine/test_report_page.py sees it in a browser."""

import re
from dataclasses import asdict, replace
from typing import Any

import pytest

from components.pods.evidence import Evidence, read
from components.pods.page import page
from tests import drilled
from tests.markup import Markup


def _read(evidence: Evidence) -> Markup:
    return Markup(page(evidence))


@pytest.mark.parametrize(
    ("evidence", "title"),
    [
        (drilled.passed(), "passed"),
        (drilled.missed(), "missed an objective"),
        (drilled.failed(), "failed"),
        (drilled.unverified(), "could not verify"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_the_title_says_what_when_and_the_verdict(evidence: Evidence, title: str) -> None:
    said = f"n8n in homelab, restore drill, 2026-11-30 03:23 UTC: {title}"
    assert f"<title>{said}</title>" in page(evidence)


def test_the_verdict_comes_first_then_objectives_phases_window_proofs_and_versions() -> None:
    text = _read(drilled.passed()).text
    parts = ["Passed", "Objectives", "Where the restore's time went", "What can be restored"]
    parts += ["Proofs", "3 tables, 48,294 rows", "Versions and digests", "Left behind"]
    places = [text.index(f" {part} ") for part in parts]
    assert places == sorted(places)


def test_the_objectives_are_compared_with_what_was_measured() -> None:
    text = _read(drilled.passed()).text
    assert "Restore time of one instance 41 s kept : 5 % of the RTO, 15 min" in text
    assert "Data at risk 2.4 s kept : 1 % of the RPO, 5 min" in text
    late = _read(drilled.missed()).text
    assert "16 min 5 s missed by 1 min 5 s : 107 % of the RTO, 15 min" in late
    assert "41 s the data is not proved : 5 %" in _read(drilled.failed()).text
    assert "not measured ; the RTO is 15 min" in _read(drilled.unverified()).text


def test_a_refuted_proof_says_what_it_found_and_what_it_was_compared_with() -> None:
    evidence = drilled.failed()
    text = _read(evidence).text
    assert f"{evidence.reason} refuted 12 47,981 consistent" in text
    assert "active_workflows a proof before it failed not run" in text


def test_what_is_left_behind_is_said_at_the_verdict_too() -> None:
    text = _read(drilled.passed(left_behind="Cluster tier0-drills/drill")).text
    assert text.count("Cluster tier0-drills/drill") == 2
    assert text.index("Left behind: Cluster") < text.index("Objectives")


def test_the_page_has_no_script_and_asks_for_nothing() -> None:
    found = _read(drilled.passed())
    assert not {"script", "img", "iframe", "object", "form"} & {*found.tags}
    assert not [name for name in found.attributes if name in {"src", "srcset", "action"}]
    assert "url(" not in page(drilled.passed())
    assert "@import" not in page(drilled.passed())


def test_nothing_of_the_evidence_becomes_html() -> None:
    evil = "<script>alert(1)</script>\"'&\ud800<b onclick=x>"

    def spoilt(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spoilt(it) for key, it in value.items()}
        if isinstance(value, list | tuple):
            return [spoilt(it) for it in value]
        return f"{value}{evil}" if isinstance(value, str) else value

    whole = asdict(drilled.failed(left_behind="a", bounded_by="b", target="c"))
    kept = {
        it: whole[it] for it in ("schema", "depth", "store", "verdict", "rung", "begun", "ended")
    }
    proofs = [spoilt(it) | {"rung": it["rung"], "outcome": it["outcome"]} for it in whole["proofs"]]
    rows = {f"{name}{evil}": count for name, count in whole["rows"].items()}
    versions = {f"{name}{evil}": f"{it}{evil}" for name, it in whole["versions"].items()}
    made = {"proofs": proofs, "rows": rows, "versions": versions}
    evidence = read(spoilt(whole) | kept | made)
    found = _read(evidence)
    assert not {"script", "b"} & {*found.tags}
    assert "onclick" not in found.attributes
    page(evidence).encode()
    assert found.text.count("<script>alert(1)</script>\"'&?<b onclick=x>") > 30


def test_a_table_is_written_once_with_its_rows_and_collapsed() -> None:
    text = page(replace(drilled.passed(), rows={"a.b.c": 1}))
    assert re.search(r"<details[^>]*><summary>1 table, 1 rows?</summary>", text)
    assert "<details open" not in text

"""The table of claims says no more than the lab's last run showed."""

import re
from typing import Any

import pytest

from tests.support import ROOT
from tools.docs.checklist import ITEMS
from tools.docs.claims import CLAIMS, RUN, document, show, verdicts

LAB = ROOT / "tests" / "lab"


def _run(outcome: str = "passed", **figure: object) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "date": "2026-11-23",
        "seconds": 1,
        "figures": [figure] if figure else [],
        "versions": {"rook": "v1.17.9"},
    }


def _word(record: dict[str, Any], test: str) -> str:
    return next(one.word for one in verdicts(record) if one.claim.test == test)


def test_every_claims_test_exists() -> None:
    source = "".join(path.read_text() for path in LAB.glob("test_claims_*.py"))
    written = set(re.findall(r"^def (test_\w+)", source, re.MULTILINE))
    assert {claim.test for claim in CLAIMS if claim.test and claim.tier == "lab"} == written
    for claim in CLAIMS:
        if claim.tier != "lab":
            path, _, name = claim.test.partition("::")
            assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), claim


def test_every_item_of_the_document_is_kept_by_a_claim_and_no_claim_keeps_another() -> None:
    items = [item for found in ITEMS.values() for item in found]
    assert len(items) == len({*items})
    assert {item for claim in CLAIMS for item in claim.keeps} == {*items}


def test_an_item_is_as_good_as_the_weakest_claim_that_keeps_it() -> None:
    item = "encrypted in transit (HTTPS/TLS 1.3)"
    tests = [test for claim in CLAIMS if item in claim.keeps for test in claim.tests]
    assert len(tests) > 1

    def word(record: dict[str, Any]) -> str:
        (line,) = [it for it in document(record).splitlines() if f"| {item} |" in it]
        return line.split(" | ")[2]

    assert word(dict.fromkeys(tests, _run())) == "**holds**"
    assert word(dict.fromkeys(tests[1:], _run())) == "**open**"
    assert word({**dict.fromkeys(tests, _run()), tests[0]: _run("failed")}) == "**fails**"


def test_what_the_lab_does_not_show_is_never_said_to_hold() -> None:
    words = {(one.claim.tier, one.word) for one in verdicts({})}
    assert words == {("lab", "open"), ("engine", "engine"), ("offline", "offline")}


def test_a_claim_that_nobody_tried_is_open() -> None:
    assert {one.word for one in verdicts({}) if one.claim.tier == "lab"} == {"open"}


def test_a_claim_holds_only_when_each_variant_of_its_test_passes() -> None:
    name = "test_1_a_manual_backup_completes"
    one, other = f"{name}[n8n]", f"{name}[legacy]"
    assert _word({one: _run(), other: _run()}, name) == "holds"
    assert _word({one: _run(), other: _run("failed")}, name) == "fails"
    assert _word({one: _run()}, name) == "open"
    assert _word({one: _run("failed")}, name) == "fails"


def test_the_document_holds_every_claim_with_its_figure() -> None:
    name = "test_a_second_up_changes_nothing"
    text = document({name: _run(name="up", figure=9.6, unit="s")})
    assert all(claim.says in text for claim in CLAIMS)
    assert f"**holds** | up: 9.6 s | 2026-11-23 | `{name}`" in text
    recorded = sum(claim.tier == "lab" for claim in CLAIMS)
    assert f"1 hold, 0 fail, {recorded - 1} are open" in text


def test_in_a_log_a_claim_and_its_figure_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    name = "test_a_second_up_changes_nothing"
    show({name: _run(name="pulumi up without a change", figure=9.6, unit="s")})
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "second `pulumi up`" in one]
    assert re.search(r"changes nothing .* holds .* pulumi up without a change: 9.6 s .*-23 ", line)


def test_of_a_part_of_the_suite_only_what_was_tried_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show({"test_a_second_up_changes_nothing": _run()}, tried_only=True)
    said = capsys.readouterr().out
    assert "second `pulumi up`" in said
    assert "open" not in said


def test_the_document_says_what_the_last_whole_run_took_and_beside_what() -> None:
    course = {
        "date": "2026-11-24",
        "commit": "0dfcff0",
        "phases": {"node": 14},
        "minutes": 28.5,
        "outcomes": "70 passed",
        "memory": 6.1,
        "cores": 2,
        "load": [0.3, 4.0],
    }
    text = document({RUN: course})
    assert "Of 2026-11-24, at commit 0dfcff0." in text
    assert "| up: node | 14 s |" in text
    assert "| the suite | 28.5 min, 70 passed |" in text
    assert "| memory at its peak | 6.1 GiB |" in text
    assert "load 0.3 before and 4.0 after" in text
    assert "The last whole run" not in document({}), "a run that nobody made"

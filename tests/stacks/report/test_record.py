"""What is read of a record, and what is said of one that cannot be read."""

import json
from datetime import timedelta

import pytest

from stacks.report.record import evidence_in, from_config_map, from_evidence
from tests import drilled

PLACE = "ConfigMap tier0-drills/n8n-drills"
FIX = "; read it with the tier0 that wrote it, or run a drill again"


def _text(**changes: object) -> str:
    return json.dumps(drilled.passed().json | changes)


def test_a_record_is_read_as_the_drill_wrote_it() -> None:
    good = drilled.of(drilled.passed(), "n8n", ago=timedelta(days=1))
    data = drilled.data(drilled.failed(), drilled.look(), good={"restore": good})
    running = json.dumps({"id": "n8n-deep-20261130T080000Z", "job": "x", "step": "replay"})
    record = from_config_map(PLACE, data | {"running": running})
    assert record.last == {"restore": drilled.failed(), "look": drilled.look()}
    assert record.good == {"restore": good, "look": drilled.look()}
    assert record.running == "n8n-deep-20261130T080000Z"
    assert len(record.runs) == 60
    assert record.faults == ()


def test_a_field_of_a_later_version_is_passed_over() -> None:
    assert evidence_in(_text(colour="blue")) == drilled.passed()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (_text(schema="tier0.drill/2"), "its schema is tier0.drill/2, not tier0.drill/1"),
        ("[1]", "its schema is None, not tier0.drill/1"),
        ('{"schema"', "it is not JSON (Expecting ':' delimiter: line 1 column 10 (char 9))"),
        ("[" * 100_000, "it is nested too deep"),
        (_text(restore_seconds=float("nan")), "NaN is no finite number"),
        (_text().replace("41.3", "1e999"), "1e999 is no finite number"),
        (
            _text(ended="9999-12-31T23:59:59+00:00"),
            "9999-12-31T23:59:59+00:00 is no moment of a drill",
        ),
        (
            _text(verdict="fine"),
            "verdict: Input should be 'passed', 'missed', 'failed' or 'unverified'",
        ),
        (_text(ended="yesterday"), "Invalid isoformat string: 'yesterday'"),
        (_text(ended="2026-11-30T03:25:12"), "2026-11-30T03:25:12 has no time zone"),
        (
            json.dumps({"schema": "tier0.drill/1"}),
            "id: Field required",
        ),
    ],
    ids=lambda it: it[:40] if "\n" not in it else "",
)
def test_what_cannot_be_read_is_one_sentence(text: str, fault: str) -> None:
    record = from_config_map(PLACE, {"restore": text, "look": json.dumps(drilled.look().json)})
    assert record.faults == (f"{PLACE}, restore: {fault}{FIX}",)
    assert record.last == {"look": drilled.look()}


def test_a_history_that_cannot_be_read_hides_no_evidence() -> None:
    record = from_config_map(PLACE, {"restore": _text(), "history": '[{"id": 1}]', "running": "x"})
    assert record.last == {"restore": drilled.passed()}
    history, running = record.faults
    assert history.startswith(f"{PLACE}, history: 0.id: Input should be a valid string; ")
    assert running.startswith(f"{PLACE}, running: it is not JSON")


def test_files_of_evidence_make_the_same_record_in_any_order() -> None:
    them = drilled.history(drilled.failed(), drilled.look())
    record = from_evidence(them)
    assert from_evidence([*reversed(them), *them]) == record
    assert record.last == {"restore": drilled.failed(), "look": drilled.look()}
    assert record.good["restore"].ended == "2026-11-29T03:25:12+00:00"
    assert [len([it for it in record.runs if it.depth == d]) for d in ("look", "deep")] == [30, 0]


def test_of_more_runs_the_newest_are_kept() -> None:
    more = [drilled.of(drilled.passed(), "n8n", ago=timedelta(days=n)) for n in range(40)]
    runs = from_evidence(more).runs
    assert len(runs) == 30
    assert [runs[0].begun, runs[-1].begun] == [more[29].begun, more[0].begun]

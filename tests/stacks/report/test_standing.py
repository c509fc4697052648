"""How the drills of a database stand."""

from datetime import timedelta

import pytest

from components.pods.evidence import Evidence
from components.postgres import DrillsSpec
from stacks.report.record import Record, from_config_map, from_evidence
from stacks.report.standing import Standing, standing
from tests import drilled

DAY = timedelta(days=1)


def _stands(
    *found: Evidence, record: Record | None = None, late: timedelta = timedelta()
) -> Standing:
    known = from_evidence(found) if record is None else record
    return standing("n8n", known, DrillsSpec(), drilled.NOW + late)


@pytest.mark.parametrize(
    ("found", "word", "status"),
    [
        ([], "never", 5),
        ([drilled.look()], "never", 5),
        ([drilled.passed()], "fresh", 0),
        ([drilled.passed(), drilled.look()], "fresh", 0),
        ([drilled.passed(depth="deep")], "fresh", 0),
        ([drilled.missed()], "missed", 3),
        ([drilled.failed()], "failed", 4),
        ([drilled.unverified()], "unverified", 5),
        ([drilled.of(drilled.passed(), "n8n", ago=2 * DAY)], "stale", 5),
        ([drilled.of(drilled.missed(), "n8n", ago=2 * DAY)], "stale", 5),
        # A good restore of yesterday is still young: the last drill counts all the same.
        ([drilled.of(drilled.passed(), "n8n", ago=DAY / 2), drilled.failed()], "failed", 4),
        ([drilled.of(drilled.passed(), "n8n", ago=DAY / 2), drilled.unverified()], "unverified", 5),
        # And what a look sees afterwards.
        ([drilled.passed(), drilled.look(verdict="failed")], "failed", 4),
        ([drilled.look(verdict="failed"), drilled.unverified()], "failed", 4),
    ],
    ids=lambda it: " ".join(one.verdict for one in it) if isinstance(it, list) else str(it),
)
def test_the_word_of_a_database(found: list[Evidence], word: str, status: int) -> None:
    stands = _stands(*found)
    assert (stands.word, stands.status) == (word, status)


def test_a_restore_is_proof_until_the_next_one_and_its_deadline_are_over() -> None:
    # 24 hours to the next, and 2 hours for it.
    left = timedelta(hours=26) - (drilled.NOW - drilled.ENDED)
    assert _stands(drilled.passed(), late=left).word == "fresh"
    assert _stands(drilled.passed(), late=left + timedelta(seconds=1)).word == "stale"


def test_a_schedule_of_weekdays_is_not_stale_on_a_monday() -> None:
    assert DrillsSpec(restore="23 3 * * 1-5", deadline="1h").proves_for() == 73 * 3600


def test_what_is_shown_is_what_decided_it_else_the_last_restore() -> None:
    assert _stands(drilled.look(), drilled.failed()).shown == drilled.failed()
    assert _stands(drilled.passed(), drilled.look()).shown == drilled.passed()
    assert _stands(drilled.look()).shown == drilled.look()
    assert _stands().shown is None


def test_a_record_that_cannot_be_read_is_never_fresh() -> None:
    data = drilled.data(drilled.passed()) | {"look": "{"}
    stands = _stands(record=from_config_map("ConfigMap tier0-drills/n8n-drills", data))
    assert (stands.word, stands.status) == ("unverified", 5)
    assert stands.why.startswith("ConfigMap tier0-drills/n8n-drills, look: it is not JSON")

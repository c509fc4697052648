"""Base backups happen when `plan` says: CloudNativePG's own parser (robfig/cron v1) decides."""

import json
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.spec import cron
from stacks.check import load
from stacks.plan.plan import plan
from tests.support import declared
from tools.build.toolchain import Toolchain

FROM = datetime(2025, 1, 31, 12, 34, 56, tzinfo=UTC)
"""The end of a month that the next one has no day for, in the year after a leap year."""

SCHEDULES = [
    "* * * * *",
    "0 2 * * *",
    "59 23 * * *",
    "*/15 * * * *",
    "5-59/10 * * * *",
    "0,30 * * * *",
    "0 */6 * * *",
    "0 1-23/4 * * *",
    "15 0,12,18 * * *",
    "*/7 */5 * * *",
    "0 22-23,0-2 * * *",
    # Days that not every month has.
    "0 2 1 * *",
    "0 2 28-31 * *",
    "0 2 29 * *",
    "0 2 30 * *",
    "0 2 31 * *",
    "59 23 31 12 *",
    "0 2 29 2 *",
    "0 2 31 1,3,5 *",
    "0 2 */10 * *",
    "0 2 2-30/7 * *",
    # Months and weekdays.
    "0 2 * 2 *",
    "0 2 1 */3 *",
    "0 2 1 2-12/5 *",
    "0 2 * * 0",
    "0 2 * * 1-5",
    "0 2 * * 6,0",
    "0 2 * * */2",
    "0 2 * * 1-5/2",
    # A day and a weekday: either is enough, unless one of them begins with a star.
    "0 2 13 * 5",
    "0 2 1,15 * 3",
    "0 2 1-7 * 1",
    "0 2 1-31 * 1",
    "0 2 1 * 0-6",
    "0 2 */2 * 1",
    "0 2 */2 * */3",
    "0 2 1-7 * */2",
    "0 2 */1 * 1",
    "0 2 29 2 0",
]

READ_OTHERWISE = [
    # One star in a list makes the parser ask for day and weekday both.
    "0 2 2,*/10 * 1",
    "0 2 15 * 1,*/4",
    # A step is taken to begin at the number and not to end there.
    "10-10/5 * * * *",
    "0 2 10-10/5 * *",
    "0 2 * * 1-1/2",
]
"""Schedules that our parser and CloudNativePG's read differently."""

NEVER = "0 2 29 2 */6"
"""A 29 February on a Saturday or Sunday: the parser gives up after five years."""

Parser = Callable[[Sequence[str], datetime, int], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def robfig(toolchain: Toolchain) -> Parser:
    """CloudNativePG's parser: what it makes of each expression from an instant on."""
    program = toolchain.binary("schedule")

    def parse(expressions: Sequence[str], after: datetime, count: int) -> list[dict[str, Any]]:
        done = subprocess.run(
            [program, after.isoformat(), str(count), *expressions],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        answers: list[dict[str, Any]] = json.loads(done.stdout)
        return answers

    return parse


def _times(answer: dict[str, Any]) -> list[datetime]:
    assert not answer["error"], f"{answer['expression']!r} is refused: {answer['error']}"
    return [datetime.fromisoformat(time) for time in answer["next"]]


def _emitted(environment: str) -> str:
    """The schedule of the environment's only ScheduledBackup, as the API server gets it."""
    manifests = declared(load(environment)).manifests()
    backups = [manifest for manifest in manifests if manifest["kind"] == "ScheduledBackup"]
    assert len(backups) == 1, f"{environment} has {len(backups)} ScheduledBackups, not one"
    return str(backups[0]["spec"]["schedule"])


def test_homelab_gets_one_base_backup_a_day_at_two_in_the_morning(robfig: Parser) -> None:
    (answer,) = robfig([_emitted("homelab")], FROM, 60)
    first = datetime(2025, 2, 1, 2, tzinfo=UTC)
    assert _times(answer) == [first + timedelta(days=day) for day in range(60)]


def test_the_five_fields_of_the_document_fire_at_two_minutes_past_every_hour(
    robfig: Parser,
) -> None:
    (answer,) = robfig(["0 2 * * *"], FROM, 48)
    first = datetime(2025, 1, 31, 13, 2, tzinfo=UTC)
    assert _times(answer) == [first + timedelta(hours=hour) for hour in range(48)]


def test_the_five_fields_of_a_weekly_backup_are_refused_where_ours_are_taken(
    robfig: Parser,
) -> None:
    theirs, ours = robfig(["30 2 * * 0", cron.six_fields("30 2 * * 0")], FROM, 2)
    assert theirs["error"], "CloudNativePG took weekday 0 for a month"
    sunday = datetime(2025, 2, 2, 2, 30, tzinfo=UTC)
    assert _times(ours) == [sunday, sunday + timedelta(weeks=1)]


def test_the_next_backups_that_plan_prints_are_those_that_happen(robfig: Parser) -> None:
    environment = load("homelab")
    (answer,) = robfig([_emitted("homelab")], FROM, 3)
    (database,) = plan("homelab", environment, declared(environment), FROM).databases
    assert [datetime.fromisoformat(time) for time in database.next_backups] == _times(answer)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_that_is_accepted_fires_when_plan_says(robfig: Parser, schedule: str) -> None:
    cron.check(schedule)
    (answer,) = robfig([cron.six_fields(schedule)], FROM, 40)
    assert cron.fires(schedule, FROM, 40) == _times(answer)


@pytest.mark.parametrize("schedule", READ_OTHERWISE)
def test_a_schedule_that_the_parsers_read_differently_is_refused(
    robfig: Parser, schedule: str
) -> None:
    (answer,) = robfig([cron.six_fields(schedule)], FROM, 40)
    assert cron.fires(schedule, FROM, 40) != _times(answer), "there is no reason to refuse it"
    with pytest.raises(ValueError, match="write "):
        cron.check(schedule)


def test_a_schedule_that_the_parser_gives_up_on_is_refused(robfig: Parser) -> None:
    (answer,) = robfig([cron.six_fields(NEVER)], FROM, 1)
    assert _times(answer) == [], "the parser does not give up on it"
    with pytest.raises(ValueError, match="never fires"):
        cron.check(NEVER)

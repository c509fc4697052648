"""What a program does when another system does not answer, and when it refuses itself."""

from collections.abc import Callable

import pytest

from components.pods import job
from components.pods.s3 import Fault


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr("components.pods.job.time.sleep", slept.append)
    return slept


def _work(*answers: Exception | None) -> Callable[[], None]:
    """Return a program to which other systems answer so, one try after another."""
    left = [*answers]

    def part() -> None:
        if answer := left.pop(0):
            raise answer

    return lambda: job.finish(part)


def test_what_does_not_answer_is_tried_again_after_a_pause(pauses: list[float]) -> None:
    job.persist(_work(Fault("s3: it is away"), Fault("s3: it is away"), None))
    assert pauses == [10, 20]


def test_what_refuses_is_not_tried_again(pauses: list[float]) -> None:
    with pytest.raises(SystemExit) as ended:
        job.persist(_work(Fault("s3: it is away"), job.Refusal("database: it is empty")))
    assert ended.value.code == 1
    assert pauses == [10]


def test_what_never_answers_ends_the_program_after_ten_minutes(
    pauses: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        job.persist(_work(*(Fault("s3: it is away") for _ in range(7))))
    assert ended.value.code == job.AGAIN
    assert sum(pauses) == 610
    assert capsys.readouterr().err.count("it is away") == 7

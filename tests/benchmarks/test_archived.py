"""The figures of WAL under load follow from what the primary said."""

import pytest

from benchmarks.archived import MEBIBYTE, Archived, Sample


def _archived(*positions: tuple[float, int, int]) -> Archived:
    """Return what positions in MiB come to: the moment, what is written, what is archived."""
    samples = [Sample(at, written * MEBIBYTE, done * MEBIBYTE) for at, written, done in positions]
    return Archived(samples, drained_seconds=3.0, cpu_seconds=8.0, megabytes=90.0)


def test_what_is_archived_while_the_load_lasts_is_a_rate() -> None:
    found = _archived((0, 160, 160), (10, 320, 240))
    assert (found.written, found.archived, found.backlog) == (16, 8, 80)


def test_the_worst_rpo_is_that_of_the_oldest_write_that_is_missing() -> None:
    """In the end 32 MiB are archived: what came after the second moment is not."""
    found = _archived((0, 16, 16), (10, 24, 16), (20, 40, 16), (35, 64, 32))
    assert found.behind == 35 - 10


def test_nothing_is_missing_where_all_is_archived() -> None:
    assert _archived((0, 16, 16), (10, 32, 32)).behind == 0


def test_cpu_is_that_of_sixteen_mebibytes() -> None:
    found = _archived((0, 160, 160), (10, 320, 240))
    assert found.cpu_each == pytest.approx(8.0 / 10)

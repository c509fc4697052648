"""How fast WAL is archived: the figures that were measured, and what follows from them."""

from math import inf
from typing import Any

import pytest

from components.postgres import PostgresSpec
from components.postgres.archiver import (
    archive_seconds,
    archived_bytes_a_second,
    replay_seconds,
    reserved_cores,
    rpo_under_load,
)
from tests import valid


def spec(
    *, cpu: str | None = "2", rpo: str = "2m", write_rate: str | None = None, **changes: Any
) -> PostgresSpec:
    """Return a database whose backup, but for `wal_segment`, has *changes*."""
    segment = changes.pop("wal_segment", 16)
    return valid.database(
        wal_segment=segment,
        resources=valid.resources(cpu=cpu) if cpu else None,
        objectives=valid.objectives(rpo=rpo, write_rate=write_rate),
        backup=valid.backup(**changes),
    )


@pytest.mark.parametrize(
    ("segment", "level", "least", "most"),
    [
        (16, 4, 1.35, 1.45),
        (16, 1, 0.95, 1.12),
        (32, 1, 0.55, 0.65),
        (64, 4, 0.61, 0.95),
        (64, 1, 0.32, 0.39),
        (128, 1, 0.22, 0.27),
    ],
)
def test_the_cost_of_16_mib_is_the_one_that_was_measured(
    segment: int, level: int, least: float, most: float
) -> None:
    takes = archive_seconds(valid.backup(wal_level=level), segment)
    assert takes is not None
    assert least <= takes * 16 / segment <= most


@pytest.mark.parametrize(
    ("changes", "least", "most"),
    [
        ({"cpu": "2"}, 16e6, 18e6),
        ({"cpu": "2", "wal_segment": 64}, 42e6, 50e6),
        ({"cpu": None, "wal_segment": 64}, 7.6e6, 10e6),
        ({"cpu": "4"}, 16e6, 18e6),  # one job uses one core
        ({"cpu": "4", "wal_jobs": 2}, 32e6, 36e6),
    ],
)
def test_what_is_archived_follows_from_the_cpu_that_is_reserved(
    changes: dict[str, Any], least: float, most: float
) -> None:
    found = archived_bytes_a_second(spec(**changes))
    assert found is not None
    assert least <= found <= most


def test_no_figure_is_made_up() -> None:
    assert archived_bytes_a_second(spec(method="in-tree")) is None
    assert archived_bytes_a_second(spec(wal_level=19)) is None


@pytest.mark.parametrize(
    ("rate", "loss"),
    [("20MB/s", 4.8), ("1MB/s", 61.4), ("48MB/s", inf), (None, None)],
)
def test_the_rpo_under_load_is_a_segment_that_fills_and_is_archived(
    rate: str | None, loss: float | None
) -> None:
    found = rpo_under_load(spec(wal_segment=64, write_rate=rate))
    assert found == (loss if loss in (None, inf) else pytest.approx(loss, abs=0.1))


def test_a_recovery_without_prefetch_takes_what_the_lab_measured() -> None:
    assert replay_seconds(spec(wal_fetch=1)) == pytest.approx(3, abs=0.1)
    assert replay_seconds(spec()) < 0.7
    assert replay_seconds(spec(wal_segment=64)) < 4 * replay_seconds(spec())


def test_each_job_uses_a_core_at_most() -> None:
    assert reserved_cores(spec(cpu="8", wal_jobs=2)) == 2
    assert reserved_cores(spec(cpu=None)) == 0.2

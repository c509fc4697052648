"""How long each step of a recovery took in the last run of the lab.

`python -m tools.docs.claims --write` writes the file next to this module from what the tests
recorded, together with docs/claims.md. The lab's databases hold some megabytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCES: Mapping[str, tuple[str, str]] = {
    "window": (
        "test_scenario_2_a_target_after_the_last_commit_is_refused_beforehand",
        "look into the archive",
    ),
    "restore": (
        "test_scenario_2_a_point_in_time_is_restored",
        "restore to a point in time, to healthy",
    ),
    "one database": (
        "test_scenario_3_one_database_is_restored_and_the_other_is_not_touched",
        "one of two restored",
    ),
    "failover": (
        "test_a_killed_primary_is_replaced_and_writes_go_on",
        "without an accepted write",
    ),
    "up of a lost cluster": (
        "test_scenario_1_a_lost_cluster_comes_back_from_the_archive_off_site",
        "pulumi up",
    ),
    "lost cluster": (
        "test_scenario_1_a_lost_cluster_comes_back_from_the_archive_off_site",
        "from the fire to the rows, of an RTO of 15m",
    ),
    "restore off-site": (
        "test_a_database_is_restored_from_the_copy_alone_after_its_archive_was_emptied",
        "restore from the copy, to healthy",
    ),
    "promotion": (
        "test_a_burnt_site_is_taken_over_by_the_other_and_follows_it_later",
        "from the change to the first write",
    ),
    "lost KMS": (
        "test_a_lost_kms_comes_back_from_its_snapshot_and_its_key_and_opens_the_archive",
        "KMS back, from its snapshot and its key",
    ),
}
"""Test and figure of each step that is measured."""

MEASURED = Path(__file__).with_name("measured.json")


@dataclass(frozen=True)
class Measured:
    """What one step took."""

    seconds: float
    date: str
    """The day of the run."""


@cache
def measured() -> Mapping[str, Measured]:
    """Return what each step took; one without a passing test is left out."""
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    return {step: Measured(**one) for step, one in found.items()}

"""Which state of a database of two sites leads to which: every pair."""

from itertools import product

import pytest

from components.postgres.site_rules import is_replica
from stacks.changes import judged, refused
from tests.sites import FOLLOWS, NO_GROUND, OTHER_HISTORY, STATES, cluster


@pytest.mark.parametrize(("before", "after"), [*product(STATES, STATES)])
def test_a_change_is_refused_where_two_sites_could_accept_writes(before: str, after: str) -> None:
    found = [it for it in judged(cluster(before), cluster(after)) if refused(it)]
    expected = {
        "promotion-has-a-ground": NO_GROUND,
        "only-the-active-one-is-demoted": OTHER_HISTORY,
    }
    assert [it.rule.name for it in found] == [
        name for name, pairs in expected.items() if (before, after) in pairs
    ]


@pytest.mark.parametrize("state", STATES)
def test_only_what_follows_is_a_replica(state: str) -> None:
    assert is_replica(cluster(state)) == (state in FOLLOWS)


@pytest.mark.parametrize(
    ("replica", "expected"),
    [
        ({"enabled": True, "source": "north"}, True),
        ({"enabled": False, "source": "north"}, False),
        ({"primary": "db", "source": "north"}, False),
        ({"primary": "north", "source": "north"}, True),
        ({"self": "south", "primary": "south", "source": "north"}, False),
    ],
)
def test_a_replica_is_told_as_cloudnative_pg_tells_it(
    replica: dict[str, object], *, expected: bool
) -> None:
    assert is_replica({"metadata": {"name": "db"}, "spec": {"replica": replica}}) == expected

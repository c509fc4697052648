"""The states that a database of two sites may declare for one Cluster, and which follow which."""

from collections.abc import Mapping
from typing import Any

from components.postgres import PostgresSpec
from tests import valid
from tests.recovery import by_name
from tests.support import declared


def _database(**changes: Any) -> PostgresSpec:
    """Return a database whose second generation, which followed the other site, is removed."""
    fields: dict[str, Any] = {"generations": [valid.follow()], "active": 1, "removed": [2]}
    return valid.database(**(fields | changes))


STATES: Mapping[str, PostgresSpec] = {
    "alone": _database(),
    "leads": _database(site=valid.site(role="primary")),
    "follows": _database(site=valid.site()),
    "follows later": _database(site=valid.site(min_apply_delay="8h")),
    "promoted": _database(site=valid.site(role="primary", promotion_token=valid.promotion_token())),
    "takes over": _database(site=valid.site(role="primary", lost="the north burnt down")),
    "stopped": _database(active=2, removed=[], site=valid.site()),
}

FOLLOWS = ("follows", "follows later")
NO_GROUND = {(before, after) for before in FOLLOWS for after in ("alone", "leads")}
"""Changes by which a replica would accept writes without a ground."""

OTHER_HISTORY = {("stopped", after) for after in FOLLOWS}
"""Changes by which a stopped generation would follow."""


def cluster(state: str) -> Mapping[str, Any]:
    """Return the Cluster of the first generation in a state."""
    environment = valid.environment(databases={"n8n": STATES[state]})
    return by_name(declared(environment))["Cluster", "n8n-postgres"]

"""Which changes of a database that exists restart its instances."""

from components.postgres.changes import ClusterChange
from components.postgres.restarts import pods_are_made_again


def test_resources_in_another_order_restart_nothing() -> None:
    requests, limits = {"cpu": "20m", "memory": "256Mi"}, {"memory": "512Mi"}
    old = {"spec": {"resources": {"requests": requests, "limits": limits}}}
    new = {"spec": {"resources": {"limits": limits, "requests": requests}}}
    assert list(pods_are_made_again(ClusterChange(old, new))) == []

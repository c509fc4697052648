"""What the API server refuses becomes a sentence."""

import pytest

from components.pods.api import Namespace
from components.pods.s3 import Fault
from tests.apiserver import SECRETS, ApiServer


def test_what_does_not_exist_is_none(server: ApiServer) -> None:
    namespace = Namespace("ns")
    assert (namespace.secret("a"), namespace.cluster("a"), namespace.service("a")) == (None,) * 3
    assert server.changed == []


def test_a_secret_that_has_changed_since_it_was_read_is_not_written_over(server: ApiServer) -> None:
    server.put(f"{SECRETS}/a", data={"key": "b2xk"})
    namespace = Namespace("ns")
    found = namespace.secret("a")
    assert found
    server.objects[f"{SECRETS}/a"]["metadata"]["resourceVersion"] = "7"
    with pytest.raises(Fault, match=f"{SECRETS}/a: it has changed meanwhile; it is tried again"):
        namespace.change_secret(found, {"data": {"key": "bmV3"}})
    assert server.objects[f"{SECRETS}/a"]["data"] == {"key": "b2xk"}


def test_a_refusal_of_the_quota_is_not_the_roles(server: ApiServer) -> None:
    server.refuses = (403, {"message": "pods is forbidden: exceeded quota: few"})  # type: ignore[assignment]  # a Status
    with pytest.raises(Fault, match=r"403 \(pods is forbidden: exceeded quota: few\); raise the q"):
        Namespace("ns").secret("a")


def test_a_refusal_says_where_and_why(server: ApiServer) -> None:
    server.refuses = (403, "forbidden")
    with pytest.raises(Fault, match=rf'{SECRETS}/a: .* 403 \("forbidden"\); see its Role'):
        Namespace("ns").secret("a")

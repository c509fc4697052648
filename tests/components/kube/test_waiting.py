"""What counts as ready, who does not wait, and what an operator deletes itself."""

import json
from typing import Any

import pulumi

from stacks.check import load
from stacks.compose import compose
from stacks.render.recorder import Resource, record
from tests.support import declared


def _annotations(resource: Resource) -> dict[str, Any]:
    found: dict[str, Any] = resource.inputs["metadata"].get("annotations", {})
    return found


def _waits() -> dict[str, str]:
    recording = declared(load("homelab"))
    return {
        r.name: _annotations(r)["pulumi.com/waitFor"]
        for r in recording.resources
        if r.manifest and "pulumi.com/waitFor" in _annotations(r)
    }


def test_a_database_is_ready_when_it_archives() -> None:
    assert json.loads(_waits()["n8n-cluster"]) == [
        "condition=Ready",
        "condition=ContinuousArchiving",
    ]


def test_certificates_stores_and_claims_are_waited_for() -> None:
    waits = _waits()
    assert waits["s3-certificate"] == waits["certificates-root"] == "condition=Ready"
    assert waits["s3-store"] == "jsonpath={.status.phase}=Ready"
    assert waits["n8n-claim"] == "jsonpath={.status.phase}=Bound"


def test_rook_still_has_its_gateway_when_a_store_is_deleted() -> None:
    (store,) = (r for r in declared(load("dev")).resources if r.name == "s3-store")
    assert _annotations(store)["pulumi.com/deletionPropagationPolicy"] == "background"


def test_nothing_is_waited_for_where_nothing_reconciles() -> None:
    pulumi.runtime.set_all_config({"tier0:wait": "false"})
    try:
        recording = record(lambda: compose(load("homelab")).export())
    finally:
        pulumi.runtime.set_all_config({})
    objects = [r for r in recording.resources if r.manifest]
    assert objects
    for resource in objects:
        annotations = _annotations(resource)
        assert annotations["pulumi.com/skipAwait"] == "true"
        assert "pulumi.com/waitFor" not in annotations
    assert list(recording.manifests()) == list(declared(load("homelab")).manifests())

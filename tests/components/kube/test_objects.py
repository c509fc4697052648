"""What counts as ready, who does not wait, what an operator deletes, and what a preview knows."""

import json
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components import kube
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


class _Unmade(mocks.Mocks):
    """Answers as the provider does in a preview: all that was asked for, and an id if it exists."""

    def __init__(self, identity: str) -> None:
        self.identity = identity

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return self.identity, args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise NotImplementedError(args.token)


@pytest.mark.parametrize("identity", ["", "a/b"])
def test_a_preview_knows_an_object_stores_name_only_once_it_exists(identity: str) -> None:
    found: list[bool] = []
    run: Any = pulumi.runtime.test

    def program() -> pulumi.Output[None]:
        parent = pulumi.ComponentResource("tier0:test:Parent", "parent")
        store = kube.Object(
            "store", parent=parent, api_version="a/v1", kind="ObjectStore", name="b", spec={}
        )

        async def look() -> None:
            found.append(await kube.after_created(store).is_known())

        return pulumi.Output.from_input(look())

    mocks.set_mocks(_Unmade(identity), preview=True)
    try:
        run(program)()
    finally:
        mocks.set_mocks(_Unmade("any"))
    assert found == [bool(identity)]

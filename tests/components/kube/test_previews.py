"""What a preview knows, by the SDK's own mocks in its preview mode."""

from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components import kube


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
        store = kube.CustomResource(
            "store", parent=parent, api_version="a/v1", kind="ObjectStore", name="b", spec={}
        )

        async def look() -> None:
            found.append(await kube.once_made(store).is_known())

        return pulumi.Output.from_input(look())

    mocks.set_mocks(_Unmade(identity), preview=True)
    try:
        run(program)()
    finally:
        mocks.set_mocks(_Unmade("any"))
    assert found == [bool(identity)]

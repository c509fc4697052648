"""What the engine gets of an object besides its manifest."""

import sys
from typing import Any

import pytest
from pulumi.runtime import resource as sdk

from components import kube
from stacks.render.recorder import record


class Part(kube.Component):
    def __init__(self) -> None:
        super().__init__("tier0:test:Part", "part")
        kube.Object("it", parent=self, api_version="v1", kind="ConfigMap", name="it")


def test_the_state_names_the_nearest_lines_of_the_program_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    traces: list[Any] = []
    monkeypatch.setattr(sdk, "_get_source_position", traces.append)
    record(Part)
    part, inside = ([frame.pc.uri for frame in trace.frames] for trace in traces[-2:])
    assert len(part) == len(inside) == 3
    assert part[0].endswith("/test_objects.py")
    assert inside[0].endswith("/test_objects.py")


def test_a_traceback_is_whole_again_afterwards() -> None:
    record(Part)
    assert not hasattr(sys, "tracebacklimit")

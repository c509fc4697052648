"""The offline command plugin by itself: what it checks and finds different."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2

from tools import Fault
from tools.engine.plugins import install
from tools.engine.plugins.command import Command
from tools.engine.plugins.properties import (
    UNKNOWN,
    Obj,
    Secret,
    changes,
    decode_struct,
    dotted,
    encode,
    plain,
)

NOTHING: Any = None
"""In the place of the gRPC context, which no method uses."""


def urn(token: str, name: str = "thing") -> str:
    return f"urn:pulumi:stack::project::{token}::{name}"


def diff(old: Obj, new: Obj) -> provider_pb2.DiffResponse:
    request = provider_pb2.DiffRequest(
        urn=urn("command:local:Command"), old_inputs=encode(old), news=encode(new)
    )
    return Command().Diff(request, NOTHING)


def test_properties_come_through_the_wire_as_they_went_in() -> None:
    tree = {
        "number": 3,
        "share": 0.5,
        "truth": False,
        "nothing": None,
        "list": [1, {"a": Secret("x")}, []],
        "secret": Secret({"k": "v"}),
        "later": UNKNOWN,
    }
    assert decode_struct(encode(tree)) == tree


def test_an_asset_is_refused() -> None:
    struct = struct_pb2.Struct()
    struct.update({"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17"})
    with pytest.raises(Fault, match="takes no assets or archives; give their text"):
        decode_struct(struct)


def test_a_difference_is_named_down_to_the_smallest_property() -> None:
    old = {"a": {"x.y": 1, "same": [1]}, "l": [{"n": 1}, {"n": 2}], "gone": True, "null": None}
    new = {"a": {"x.y": 2, "same": [1]}, "l": [{"n": 1}, {"n": UNKNOWN}, 3], "flag": 1}
    found = {dotted(change.path): change.kind for change in changes(old, new)}
    assert found == {
        'a["x.y"]': "UPDATE",
        "l[1].n": "UPDATE",
        "l[2]": "ADD",
        "gone": "DELETE",
        "flag": "ADD",
    }


def test_true_is_not_one() -> None:
    assert [change.path for change in changes({"a": 1}, {"a": True})] == [("a",)]


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"triggers": ["a"]}, {"triggers": ["b"]}, ["triggers[0]"]),
        ({"triggers": ["a"]}, {"triggers": ["a", UNKNOWN]}, ["triggers[1]"]),
        ({"create": "a"}, {"create": "b"}, []),
        ({"environment": {"A": "1"}}, {"environment": {"A": "2"}}, []),
    ],
)
def test_a_command_is_replaced_for_its_triggers_only(
    old: Obj, new: Obj, replaces: list[str]
) -> None:
    found = diff(old, new)
    assert found.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(found.replaces) == replaces


def test_a_command_with_an_unknown_way_of_logging_is_refused() -> None:
    request = provider_pb2.CheckRequest(
        urn=urn("command:local:Command"), news=encode({"logging": "loud"})
    )
    failures = Command().Check(request, NOTHING).failures
    assert [failure.reason for failure in failures] == [
        "logging is 'loud', and can be stdoutAndStderr, stdout, stderr, none"
    ]


def test_a_script_that_leaves_a_daemon_behind_does_not_hold_its_command() -> None:
    inputs = {"create": "sleep 600 & echo $!"}
    request = provider_pb2.CreateRequest(
        urn=urn("command:local:Command"), properties=encode(inputs), name="thing"
    )
    before = set(threading.enumerate())
    made = Command().Create(request, NOTHING)
    os.kill(int(plain(decode_struct(made.properties))["stdout"]), signal.SIGKILL)
    for reader in set(threading.enumerate()) - before:
        reader.join()  # a pipe that it leaves open is a warning, and so a failure


def test_the_installed_plugin_prints_its_port_wherever_it_is_started(tmp_path: Path) -> None:
    folder = tmp_path / "with space"
    install(folder, Path(sys.executable))
    install(folder, Path(sys.executable))
    (shim,) = folder.iterdir()
    assert shim.name == "pulumi-resource-command"
    (tmp_path / "tools").mkdir()  # a project may have a folder of this name
    with subprocess.Popen(
        [shim], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        assert int(started.stdout.readline()) > 0
        started.terminate()

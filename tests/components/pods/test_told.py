"""The last line of a program's log is what it tells the command."""

import json
import sys

import pytest

from components.pods.s3 import Fault
from components.pods.told import tell


def test_a_program_tells_what_it_returns_as_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["-c", '{"server": "x\\ny"}'])
    tell(lambda settings: {"read": settings["server"]})
    assert json.loads(capsys.readouterr().out) == {"told": {"read": "x\ny"}}


def test_a_fault_is_told_as_its_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(_: object) -> None:
        raise Fault("place: fault; fix")

    monkeypatch.setattr(sys, "argv", ["-c", "{}"])
    tell(work)
    assert json.loads(capsys.readouterr().out) == {"fault": "place: fault; fix"}

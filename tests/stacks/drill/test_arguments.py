"""What the command line of a drill takes, and what it refuses with a sentence."""

from pathlib import Path
from typing import Any

import pytest

from stacks import __main__ as command_line
from stacks.command import Fault
from stacks.drill.drill import Asked


def _asked(*words: str) -> Asked:
    arguments: Any = vars(command_line)["_arguments"](["drill", "homelab", "n8n", *words])
    return Asked.of(arguments)


def test_a_drill_restores_from_the_store_whose_turn_it_is_to_the_end() -> None:
    asked = _asked()
    assert (asked.database, asked.depth, asked.overrides) == ("n8n", "restore", {})


def test_a_moment_is_handed_on_in_utc() -> None:
    asked = _asked("--to", "2026-11-29T10:00:00+02:00", "--from", "offsite", "--dry-run")
    assert asked.overrides == {
        "store": "offsite",
        "to": "2026-11-29T08:00:00.000000+00:00",
        "dry": True,
    }


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--to", "2026-11-29T10:00:00"], "--to: '2026-11-29T10:00:00' has no time zone; write"),
        (["--to", "9999-01-01T00:00:00Z"], "is in the future; write a moment that has passed"),
        (["--to", "noon"], "'noon' is not a moment; write one like"),
        (
            ["--to", "2026-11-29T10:00:00+00:00", "--depth", "look"],
            "a look restores nothing; leave it out, or write --depth restore",
        ),
        (["--junit", "nowhere/drill.xml"], "--junit nowhere/drill.xml: its folder does not exist"),
    ],
)
def test_a_wrong_argument_is_a_sentence(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Fault) as fault:
        _asked(*words)
    assert sentence in str(fault.value)

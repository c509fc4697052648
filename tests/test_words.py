"""What users read is in the field's plain English, without spelling mistakes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import ROOT

INSTEAD = {
    "a person": "the operator, the reader, or `by hand`",
    "anew": "again",
    "are told|is told": "gets, or is configured with",
    "at its begin|its begin": "its start",
    "beside": "next to, besides, or in addition to",
    "called as": "named like",
    "came to be|come to be|comes to be": "is created",
    "for ever": "forever",
    "go on|goes on|going on|went on": "continue",
    "in silence|without a word": "silently",
    "mend|mended|mending|mends": "fix",
    "nobody|nobody's|somebody|somebody's|whoever": "the subject itself: a reader, a client",
    "of (?:its|their|our|your|one's) own": "its own ..., or separate",
    "that there are not|that there is not": "unknown",
    "there already": "existing",
    "without hands": "automatically",
}
"""Whole words, as a regular expression, and what to write instead."""

EXCEPT = {
    # The first line of files in users' repositories, which are known by it.
    "stacks/render/files.py": "# Sealed by tier0; seal it anew instead of editing it.",
}

READ = (
    *("*.md", "docs/*.md", "docs/runbooks/**/*.md", "examples/**/*.md", "Makefile"),
    *("components/**/*.py", "components/**/*.sh", "stacks/**/*.py"),
    *("tests/stacks/check/bad/**/*.py", "tests/stacks/check/hinted/**/*.py"),
)
"""Documents, and code whose docstrings and messages are shown. What was decided, and what the lab
recorded (docs/claims.md), stays as it was written."""

_GAP = r'(?:[\s#]|"\s*f?")+'
"""What stands between two words, where a string or a comment goes over two lines too."""

_WORDS = {
    re.compile(rf"\b(?:{words.replace(' ', _GAP)})\b", re.IGNORECASE): instead
    for words, instead in INSTEAD.items()
}


def found(text: str) -> list[str]:
    """Return `line: fault; fix` for each word in *text* that has a plainer one."""
    return [
        f"{text.count(chr(10), 0, match.start()) + 1}: '{match[0]}'; write {instead}"
        for pattern, instead in _WORDS.items()
        for match in pattern.finditer(text)
    ]


def read() -> list[Path]:
    """Return the files that users read."""
    files = {path for pattern in READ for path in ROOT.glob(pattern)}
    return sorted(files - {ROOT / "docs" / "claims.md"})


def test_what_users_read_is_in_plain_words() -> None:
    faults = []
    for path in read():
        name = str(path.relative_to(ROOT))
        text = path.read_text(encoding="utf-8").replace(EXCEPT.get(name, "\0"), "")
        faults += [f"{name}:{fault}" for fault in found(text)]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("It goes on.", "1: 'goes on'; write continue"),
        ("# It starts\n# ANEW.", "2: 'ANEW'; write again"),
        ('"a cluster of "\n    f"its own"', "1: 'of \"\n    f\"its own'; write its own ..., or"),
    ],
)
def test_a_word_is_found_in_whatever_way_it_is_wrapped(text: str, fault: str) -> None:
    (said,) = found(text)
    assert said.startswith(fault)


def test_words_within_words_and_names_are_let_pass() -> None:
    assert found("besides, test_backups_go_on, amend, Another one") == []


def test_nothing_is_misspelt() -> None:
    # "instnaces" is the input of a test: check asks whether another field was meant. "brin" is an
    # index of PostgreSQL.
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "codespell_lib",
            "--ignore-words-list=brin,instnaces",
            *map(str, read()),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0)

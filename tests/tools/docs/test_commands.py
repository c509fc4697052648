"""A command of tier0 that a page has is one that its command line takes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from stacks import __main__ as command_line
from tests.support import ROOT

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "runbooks").rglob("*.md")),
]
PROGRAM = re.compile(r"(?:\.venv/bin/)?python -m stacks (.+)")

STANDS_FOR = {
    "ENVIRONMENT": "homelab",
    "DATABASE": "n8n",
    "NAMESPACE/NAME": "n8n-prod/n8n-postgres-app",
    "RENDERED": "rendered",
}
"""Words of a page that a reader replaces."""


def _lines(page: Path) -> Iterator[str]:
    """Yield the lines of blocks for a shell, and what is in backticks in the text."""
    text = page.read_text("utf-8")
    block = r"^```(\w*)\n(.*?)^```$"
    for language, lines in re.findall(block, text, re.MULTILINE | re.DOTALL):
        if language == "sh":
            yield from lines.splitlines()
    rest = re.sub(block, "", text, flags=re.MULTILINE | re.DOTALL)
    for span in re.findall(r"`([^`]+)`", rest):
        yield " ".join(span.split())


COMMANDS = [
    (str(page.relative_to(ROOT)), found[1])
    for page in PAGES
    for line in _lines(page)
    if (found := PROGRAM.fullmatch(line))
]


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=[" ".join(it) for it in COMMANDS])
def test_a_command_is_one_that_its_command_line_takes(
    page: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [STANDS_FOR.get(it, it) for it in shlex.split(command.partition(" < ")[0])]
    if len(words) == 1:  # a sentence names it
        words.append("--help")
    refused: object = None
    try:
        vars(command_line)["_arguments"](words)
    except SystemExit as ended:
        refused = ended.code
    assert not refused, f"{page}: `{command}`: {capsys.readouterr().err}"


def test_every_page_of_a_recovery_has_commands() -> None:
    assert {"README.md", "docs/recovery.md", "docs/offsite.md"} <= {page for page, _ in COMMANDS}

"""Compares two rendered trees, as Markdown that fits into a comment.

A tree is what `python -m stacks render ENVIRONMENT --out DIR` writes: one file for each object.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import yaml

from stacks.changes import judged, refused
from stacks.command import Fault
from stacks.render.diff import How, called, holds_data, unequal
from stacks.waivers import Broken

COMMENT = 65_536
"""The most characters of a GitHub comment; counted here in bytes, which are never fewer."""

_ONE_OBJECT = 20_000  # bytes of one object's lines, so that one of them does not hide all others
_FOUND = 4_000  # bytes of each block of findings
_CUT = 400  # bytes kept back for the sentence that says what was cut
_ORDER = ("removed", "changed", "added")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One object that differs."""

    name: str
    """`Kind namespace/name`."""

    how: How
    holds_data: bool
    lines: Sequence[str]
    """A unified diff without file names."""

    found: Sequence[Broken] = ()
    """What the change cannot do, and what it brings with it."""

    @property
    def title(self) -> str:
        """The title of the folded section, as HTML."""
        data = "<b>holds data</b>, " if self.holds_data else ""
        signs = [line[:1] for line in self.lines]
        size = f"+{signs.count('+')} -{signs.count('-')}"
        return f"{data}{self.how}: <code>{escape(self.name)}</code> ({size})"


@dataclass(frozen=True)
class Difference:
    """What differs between two trees."""

    changes: Sequence[Change]
    """What holds data first, then removed, changed, added, each by file name."""

    unchanged: int

    @property
    def summary(self) -> str:
        """The counts."""
        counts = [
            f"{sum(change.how == how for change in self.changes)} {how}" for how in reversed(_ORDER)
        ]
        data = sum(change.holds_data for change in self.changes)
        holding = f"; {data} of these hold{'s' if data == 1 else ''} data" if data else ""
        return f"{', '.join(counts)}, {self.unchanged} unchanged{holding}"


def compare(base: Path, head: Path) -> Difference:
    """Compare the trees in the folders *base* and *head*. Raise Fault if one cannot be read."""
    before, after = _read(base), _read(head)
    changes = []
    for file, how, old, new in unequal(before, after):
        documents = [_document(text) for text in (new, old) if text]
        lines = difflib.unified_diff(
            (old or "").splitlines(), (new or "").splitlines(), lineterm=""
        )
        changes.append(
            Change(
                name=_name(documents[0]) or file,
                how=how,
                holds_data=any(map(holds_data, documents)),
                lines=[*lines][2:],  # without the names of files
                found=[*_judged(*reversed(documents))] if how == "changed" else [],
            )
        )
    changes.sort(key=lambda change: (not change.holds_data, _ORDER.index(change.how)))
    changed = sum(change.how == "changed" for change in changes)
    return Difference(changes, len(before.keys() & after.keys()) - changed)


def _judged(old: Any, new: Any) -> Iterator[Broken]:  # noqa: ANN401 - whatever the files hold
    if isinstance(old, dict) and isinstance(new, dict):
        yield from judged(old, new)


def to_markdown(difference: Difference, limit: int = COMMENT) -> str:
    """Return *difference* as Markdown of at most *limit* bytes; it says what was cut."""
    parts = [f"**Objects**: {difference.summary}\n", *_findings(difference)]
    left = limit - sum(map(_size, parts)) - _CUT
    hidden: list[Change] = []
    for change in difference.changes:
        section = "" if hidden else _section(change, min(left, _ONE_OBJECT))
        if section:
            parts.append(section)
            left -= _size(section)
        else:
            hidden.append(change)
    if hidden:
        data = sum(change.holds_data for change in hidden)
        parts.append(
            f"\n{len(hidden)} more ({data} holding data) are not shown, because a comment has a "
            "size limit; compare the rendered trees with `python -m stacks.review diff`.\n"
        )
    return "".join(parts)


def _findings(difference: Difference) -> Iterator[str]:
    """Yield a block of what cannot be done, and one of what the changes bring with them."""
    found = [(change.name, it) for change in difference.changes for it in change.found]
    for title, wanted in (("Cannot be changed", True), ("Consequences", False)):
        lines = [f"{name}: {it}" for name, it in found if refused(it) is wanted]
        if lines:
            yield f"\n**{title}**\n\n{fenced(chr(10).join(lines), _FOUND)}"


def fenced(text: str, limit: int) -> str:
    """Return *text* as it is, in a block that it cannot end, cut after *limit* bytes."""
    kept = "\n".join(lines_within(text, limit))
    fence = "```"
    while fence in kept:
        fence += "`"
    return f"{fence}text\n{kept}\n{fence}\n"


def _section(change: Change, limit: int) -> str:
    """Return a folded section of at most *limit* bytes, or nothing if not even a line fits."""
    longest = max((len(run) for run in re.findall("`+", "\n".join(change.lines))), default=0)
    fence = "`" * max(3, longest + 1)
    head = f"\n<details><summary>{change.title}</summary>\n\n{fence}diff\n"
    tail = f"{fence}\n</details>\n"
    room = limit - _size(head) - _size(tail)
    kept: list[str] = []
    for line in change.lines:
        room -= _size(line) + 1
        if room < (_CUT if len(kept) + 1 < len(change.lines) else 0):
            break
        kept.append(f"{line}\n")
    if not kept:
        return ""
    cut = len(change.lines) - len(kept)
    if cut:
        tail = (
            f"{fence}\n{cut} more lines are not shown, because a comment has a size limit; compare "
            "the rendered trees with `python -m stacks.review diff`.\n</details>\n"
        )
    return f"{head}{''.join(kept)}{tail}"


def _read(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise Fault(
            str(folder), "is not a folder", "create it with `python -m stacks render --out`"
        )
    try:
        return {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(str(folder), f"cannot be read ({error})", "render it again") from None


def _document(text: str) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return the object in a file; None if it is not an object, and then compared as text."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _name(document: Any) -> str:  # noqa: ANN401
    try:
        return f"{document['kind']} {called(document)}"
    except (TypeError, LookupError):
        return ""


def _size(text: str) -> int:
    return len(text.encode())


def lines_within(text: str, limit: int) -> Iterator[str]:
    """Yield the lines of *text* that fit into *limit* bytes, then one that says what was cut."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        limit -= _size(line) + 1
        if limit < 0:
            yield f"({len(lines) - number} more lines are not shown)"
            return
        yield line

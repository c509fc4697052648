"""PostgreSQL's parameters as PostgreSQL judges them: name, type, unit, range and words, by major.

The table is made by PostgreSQL itself (`python -m tools.docs.parameters`). Values are read as its
guc.c does: numbers in C's notations with a unit in its spelling, rounded to the parameter's own;
booleans by their beginnings; words in any case.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal

from components.postgres.texts import TEXTS

MAJORS = (14, 15, 16, 17, 18)
"""The major versions that the table has."""

TABLE = Path(__file__).with_name("parameters.json")

_MEMORY = {"B": 1, "kB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
_TIME = {"us": 1, "ms": 10**3, "s": 10**6, "min": 60 * 10**6, "h": 3600 * 10**6, "d": 86400 * 10**6}
_BASES = {"8kB": 2**13, "16MB": 2**24} | _MEMORY | _TIME
_NUMBER = re.compile(
    r"\s*(?P<number>[-+]?(?:0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?))"
    r"\s*(?P<unit>[A-Za-z]*)\s*",
    re.ASCII,
)
_OCTAL = re.compile(r"[-+]?0[0-9]+", re.ASCII)
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_UNLISTED = {"true", "false", "yes", "no", "1", "0"}
"""Other spellings of on and off, which pg_settings does not list either."""
_MEANT = {
    "k": "kB", "kb": "kB", "ki": "kB", "kib": "kB",
    "m": "MB", "mb": "MB", "mi": "MB", "mib": "MB",
    "g": "GB", "gb": "GB", "gi": "GB", "gib": "GB",
    "t": "TB", "tb": "TB", "ti": "TB", "tib": "TB",
    "b": "B",
}  # fmt: skip
_MEANT_TIME = {
    "m": "min", "mins": "min", "minute": "min", "minutes": "min",
    "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "hour": "h", "hours": "h", "hr": "h", "day": "d", "days": "d", "msec": "ms",
}  # fmt: skip


class UnreadableError(ValueError):
    """A value that PostgreSQL does not take; its text is `fault; fix` without the name."""


@dataclass(frozen=True)
class Setting:
    """One parameter of one major version."""

    name: str
    type: Literal["bool", "integer", "real", "string", "enum"]
    unit: str = ""
    """What a bare number counts."""
    least: float = 0
    most: float = 0
    words: tuple[str, ...] = ()
    group: str = ""
    """`archiving` or `recovery`, if it belongs to one."""
    fixed: bool = False
    """Whether it cannot be set."""

    def read(self, text: str) -> bool | float | str:
        """Return the value that PostgreSQL takes *text* for, in the parameter's own unit.

        Raise UnreadableError where it refuses to start with it.
        """
        match self.type:
            case "bool":
                return _boolean(text)
            case "enum":
                return self._word(text)
            case "string":
                if refused := TEXTS[self.name](text) if self.name in TEXTS else None:
                    raise UnreadableError(refused)
                return text
        return self._number(text)

    def amount(self, text: str) -> float:
        """Return a value that has a unit in bytes or in seconds; UnreadableError as by `read`."""
        value = self._number(text) * _BASES[self.unit]
        return value / 10**6 if self.unit in _TIME else value

    def misread(self, text: str) -> str | None:
        """Return as `fault; fix` why PostgreSQL takes a number for another one than it looks like.

        Raise UnreadableError as by `read`.
        """
        found = _NUMBER.fullmatch(text)
        value = self.read(text)
        if self.type != "integer" or found is None:
            return None
        number, unit = found["number"], found["unit"]
        if _OCTAL.fullmatch(number) and int(number, 8) != int(number):
            read, meant = (f"'{int(number, base)}{unit}'" for base in (8, 10))
            return f"is octal to PostgreSQL; write {read}, or {meant} if that is meant"
        if value == 0 and self._plain(number) != 0:
            return f"is rounded to 0; write '0' or at least {self._like()}"
        return None

    def _word(self, text: str) -> str:
        if text.lower() in map(str.lower, self.words):
            return text.lower()
        plain = [word for word in self.words if word and word not in _UNLISTED]
        raise UnreadableError(f"is not a choice; write {', '.join(plain)}")

    def _number(self, text: str) -> float:
        found = _NUMBER.fullmatch(text)
        if found is None:
            raise UnreadableError(f"is not a number; write one like {self._like()}")
        number, unit = found["number"], found["unit"]
        value = self._plain(number)
        if unit:
            value *= self._factor(number, unit)
        if self.type == "integer" and math.isfinite(value):
            value = float(round(value))
        if not self.least <= value <= self.most:
            raise UnreadableError(
                f"is out of range; write {self._said(self.least)} to {self._said(self.most)}"
            )
        return value

    def _plain(self, number: str) -> float:
        """Return a number without its unit: C's strtol reads 0x10 and 010, and 09 it does not."""
        if "x" in number.lower():
            return _float(int(number, 16))
        if self.type == "integer" and _OCTAL.fullmatch(number):
            if re.search("[89]", number):
                raise UnreadableError(f"is not a number; write one like {self._like()}")
            return _float(int(number, 8))
        return float(number)

    def _factor(self, number: str, unit: str) -> float:
        units = _TIME if self.unit in _TIME else _MEMORY if self.unit else {}
        if unit in units:
            return units[unit] / _BASES[self.unit]
        if not units:
            raise UnreadableError("has a unit and is a plain number; write it without a unit")
        meant = (_MEANT_TIME if units is _TIME else _MEANT).get(unit.lower())
        known = ", ".join(units)
        if meant:
            self._number(number + meant)  # one that is out of range is not what to write
        raise UnreadableError(
            f"has a unit that PostgreSQL does not know; write '{number}{meant}'"
            if meant
            else f"has a unit that PostgreSQL does not know; write one of {known}"
        )

    def _like(self) -> str:
        return f"'{self._said(max(self.least, 1))}'"

    def _said(self, value: float) -> str:
        unit = self.unit
        if unit in {"8kB", "16MB"}:  # no unit that can be written
            value, unit = (value * _BASES[unit] / _BASES["kB"], "kB") if value > 0 else (value, "")
        number = f"{value:.0f}" if value == int(value) else f"{value:g}"
        return f"{number}{unit}"


def _float(number: int) -> float:
    """Return *number* as `float` reads a text: beyond its range it is infinite, not an error."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _boolean(text: str) -> bool:
    """Return what PostgreSQL reads: any beginning of a word that only one of the two has."""
    word = text.lower()
    if word in {"1", "0"}:
        return word == "1"
    meanings = {
        meaning
        for meaning, words in ((True, _TRUE), (False, _FALSE))
        if word and any(it.startswith(word) for it in words)
    }
    if len(meanings) != 1:
        raise UnreadableError("is neither on nor off; write 'on' or 'off'")
    return meanings.pop()


@cache
def _table() -> dict[str, list[dict[str, Any]]]:
    table: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    del table["postgresql"]
    return table


@cache
def settings(major: int) -> Mapping[str, Setting]:
    """Return the parameters of a major version by name, in lower case.

    A newer one than the table has is read as its newest, an older one as its oldest.
    """
    known = min(max(major, MAJORS[0]), MAJORS[-1])
    return {
        name: Setting(
            name=name,
            type=entry["type"],
            unit=entry.get("unit", ""),
            least=entry.get("min", 0),
            most=entry.get("max", 0),
            words=tuple(entry.get("words", ())),
            group=entry.get("group", ""),
            fixed=entry.get("fixed", False),
        )
        for name, entries in _table().items()
        for entry in entries
        if entry.get("since", MAJORS[0]) <= known <= entry.get("until", MAJORS[-1])
    }


def unknown(name: str, major: int) -> str:
    """Return `fault; fix` of a name that the parameters of *major* lack."""
    if entries := _table().get(name):
        since = min(entry.get("since", MAJORS[0]) for entry in entries)
        until = max(entry.get("until", MAJORS[-1]) for entry in entries)
        when = (
            f"exists from PostgreSQL {since} on"
            if since > major
            else (f"was removed after PostgreSQL {until}")
        )
        return f"{when} and the image has {major}; leave it out"
    close = get_close_matches(name, settings(major), n=1)
    meant = f"did you mean '{close[0]}'?" if close else "leave it out"
    return f"is not a parameter of PostgreSQL {major}; {meant}"


@cache
def grouped(group: str) -> frozenset[str]:
    """Return the names of the parameters of a group, in any major version."""
    return frozenset(
        name for name, entries in _table().items() if any(e.get("group") == group for e in entries)
    )

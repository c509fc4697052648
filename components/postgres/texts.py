"""Parameters that are texts to PostgreSQL's table, and that it checks when it reads them.

Each follows its check hook (guc.c, variable.c, pgtz.c, encnames.c) and was held against servers of
14 to 18. What depends on the image, like a locale, or on a database is not judged.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

_MOST_HOURS = 168
_POSIX = re.compile(r"(<[^<>]+>|[A-Za-z]*)[-+]?[0-9]{1,3}(:[0-9]{1,2}){0,2}([^0-9].*)?")
_ORDERS = {"dmy": "dmy", "mdy": "mdy", "us": "mdy", "ymd": "ymd"}
_ENCODINGS = {
    "abc", "alt", "big5", "euccn", "eucjis2004", "eucjp", "euckr", "euctw", "gb18030", "gbk",
    "iso88591", "iso885910", "iso885913", "iso885914", "iso885915", "iso885916", "iso88592",
    "iso88593", "iso88594", "iso88595", "iso88596", "iso88597", "iso88598", "iso88599", "johab",
    "koi8", "koi8r", "koi8u", "latin1", "latin10", "latin2", "latin3", "latin4", "latin5",
    "latin6", "latin7", "latin8", "latin9", "mskanji", "shiftjis", "shiftjis2004", "sjis",
    "sqlascii", "tcvn", "tcvn5712", "uhc", "unicode", "utf8", "vscii", "win", "win1250",
    "win1251", "win1252", "win1253", "win1254", "win1255", "win1256", "win1257", "win1258",
    "win866", "win874", "win932", "win936", "win949", "win950", "windows1250", "windows1251",
    "windows1252", "windows1253", "windows1254", "windows1255", "windows1256", "windows1257",
    "windows1258", "windows866", "windows874", "windows932", "windows936", "windows949",
    "windows950",
}  # fmt: skip
_CONNECTIONS = ("receipt", "authentication", "authorization", "setup_durations")
_SWITCHES = {"on", "off", "true", "false", "yes", "no", "1", "0"}

_MASKED = (
    *("heap2", "heap", "btree", "hash", "gin", "gist", "sequence", "spgist", "brin", "generic"),
)

Reader = Callable[[str], str | None]
"""Returns `fault; fix` of a text that PostgreSQL refuses; None if it accepts it."""


def _listed(text: str) -> list[str] | None:
    """Return the items of a list in lower case, quoted ones as they are; None if it is none.

    As SplitIdentifierString does (varlena.c).
    """
    rest = text.strip()
    items: list[str] = []
    while rest or items:
        found = re.match(r'"((?:[^"]|"")+)"|([^\s,"][^\s,]*)', rest)
        if not found:
            return None
        items.append(found[1].replace('""', '"') if found[1] else found[2].lower())
        rest = rest[found.end() :].lstrip()
        if not rest:
            break
        if rest[0] != ",":
            return None
        rest = rest[1:].lstrip()
    return items


def _words(*words: str, like: str) -> Reader:
    """Return the reader of a list of *words*."""

    def read(text: str) -> str | None:
        items = _listed(text)
        if items is None:
            return f"is not a list; write words with ',' between them, like '{like}'"
        unknown = [item for item in items if item not in words]
        return f"has the unknown word '{unknown[0]}'; write {', '.join(words)}" if unknown else None

    return read


def _names(text: str) -> str | None:
    return None if _listed(text) is not None else "is not a list; write names with ',' between them"


@cache
def _zones() -> Mapping[str, str]:
    """Return the names of time zones by their lower case."""
    names = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return {name.lower(): name for name in names}


def _zone(text: str) -> str | None:
    zones = _zones()
    if text.lower() in zones or text.lower().startswith("interval '"):
        return None
    try:
        hours = float(text)
    except ValueError:
        if _POSIX.fullmatch(text):
            return None
    else:
        if abs(hours) < _MOST_HOURS:
            return None
    word = text.strip().lower()
    named = [name for low, name in zones.items() if low.rpartition("/")[2] == word]
    # A short name that is near is another zone: CEST is not EST.
    places = [low for low in zones if "/" in low]
    close = named or [zones[it] for it in get_close_matches(word, places, n=1)]
    like = f"'{min(close, key=len)}'" if close else "one like 'Europe/Berlin', or 'Etc/UTC'"
    return f"is not a time zone; write {like}"


def _date_style(text: str) -> str | None:
    fix = "write 'ISO, DMY', 'ISO, MDY' or 'ISO, YMD'"
    styles, orders = set(), set()
    for item in map(str.lower, _listed(text) or ([] if not text.strip() else [" "])):
        if item in {"iso", "sql", "german"} or item.startswith("postgres"):
            styles.add(item[:8])
        elif item in _ORDERS:
            orders.add(_ORDERS[item])
        elif item.startswith("euro"):
            orders.add("dmy")
        elif item.startswith("noneuro"):
            orders.add("mdy")
        elif item != "default":
            return f"is not a date style; {fix}"
    if len(styles) > 1 or len(orders) > 1:
        return f"says two different things; {fix}"
    return None


def _encoding(text: str) -> str | None:
    plain = re.sub(r"[^A-Za-z0-9]", "", text).lower()
    return None if plain in _ENCODINGS else "is not an encoding; write 'UTF8'"


def _connections(text: str) -> str | None:
    words = _words("all", *_CONNECTIONS, like="receipt, authorization")
    return None if text.strip().lower() in _SWITCHES else words(text)


def _abbreviations(text: str) -> str | None:
    known = ("Default", "Australia", "India")
    return None if text in known else f"is not a set of abbreviations; write {', '.join(known)}"


def _not_empty(text: str) -> str | None:
    return None if text else "is empty; leave it out"


TEXTS: Mapping[str, Reader] = {
    "client_encoding": _encoding,
    "createrole_self_grant": _words("set", "inherit", like="set, inherit"),
    "datestyle": _date_style,
    "debug_io_direct": _words("data", "wal", "wal_init", like="data, wal"),
    "default_table_access_method": _not_empty,
    "lc_messages": _not_empty,
    "log_connections": _connections,
    "log_timezone": _zone,
    "restrict_nonsystem_relation_kind": _words("view", "foreign-table", like="view, foreign-table"),
    "search_path": _names,
    "timezone": _zone,
    "timezone_abbreviations": _abbreviations,
    "wal_consistency_checking": _words("all", *_MASKED, like="heap, btree"),
}
"""The readers, by parameter."""

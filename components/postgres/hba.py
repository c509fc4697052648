"""Lines of pg_hba.conf: who may connect from where, and how they prove who they are.

CloudNativePG writes its own lines first, for local connections, replicas and pools, and one last
that asks everybody for a password (configuration.go, hbaTemplateString, 1.30). One line that
PostgreSQL cannot read keeps it from starting, so each is read here as hba.c reads it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Annotated, Any

from components.spec.rule import Fault, obeys, rule

TYPES = ("host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc")
METHODS = ("scram-sha-256", "md5", "password", "cert", "reject", "trust")
OFFERED = ("scram-sha-256", "cert", "reject")
"""What a message proposes."""

_ELSEWHERE = ("bsd", "gss", "ident", "ldap", "oauth", "pam", "peer", "radius", "sspi")
_TOKEN = r'(?:"[^"]*"|[^\s,"#])+'
_FIELD = re.compile(rf"\s*({_TOKEN}(?:,\s*{_TOKEN})*)(?=\s|$)")
_LIKE = "'hostssl all all 10.0.0.0/8 scram-sha-256'"
_LEAST = 5


class UnreadableError(ValueError):
    """A line that PostgreSQL does not read, or that cannot work here; its text is `fault; fix`."""


@dataclass(frozen=True)
class Line:
    """One line, read."""

    type: str
    databases: Sequence[str]
    users: Sequence[str]
    address: str
    method: str

    @property
    def encrypted(self) -> bool:
        """Whether it lets in encrypted connections only."""
        return self.type == "hostssl"


def read(text: str) -> Line:
    """Return *text* as PostgreSQL 14 to 18 read it; raise UnreadableError."""
    kind, databases, users, *rest = _fields(text)
    if kind == "local":
        raise UnreadableError(
            "is never reached, as CloudNativePG's own line for local connections comes first; "
            "leave it out"
        )
    if kind not in TYPES:
        raise UnreadableError(f"begins with '{kind}'; write one of {', '.join(TYPES)}")
    found = Line(kind, _names(databases), _names(users), *_address(rest))
    method, options = found.method, rest[2:] if found.address == rest[0] else rest[3:]
    if method in _ELSEWHERE:
        raise UnreadableError(
            f"asks for '{method}', which needs what no field declares; write one of "
            f"{', '.join(OFFERED)}"
        )
    if method not in METHODS:
        raise UnreadableError(
            f"has '{method}' where the method belongs; write one of {', '.join(OFFERED)}"
        )
    if method == "cert" and not found.encrypted:
        raise UnreadableError(f"asks for 'cert' on '{kind}'; write 'hostssl'")
    for option in options:
        _option(option, found)
    return found


def _fields(text: str) -> list[str]:
    """Return the fields of a line, those of a list joined by ','."""
    if not text.replace("\t", " ").isprintable() or text.rstrip().endswith("\\"):
        raise UnreadableError("is not one line; write one in each item")
    if "${" in text:
        raise UnreadableError("names pods by a selector, which no field declares; write a network")
    if "#" in text:
        raise UnreadableError("has a comment; write it into the module")
    fields: list[str] = []
    place = 0
    while text[place:].strip():
        field = _FIELD.match(text, place)
        if field is None:
            raise UnreadableError(f"has quotes or commas where none belong; write one like {_LIKE}")
        fields.append(re.sub(r",\s*", ",", field[1]))
        place = field.end()
    if fields and fields[0].startswith("include"):
        raise UnreadableError("includes a file, which is not there; write its lines")
    if len(fields) < (_LEAST if fields[:1] != ["local"] else 3):
        raise UnreadableError(
            f"is not type, database, user, address and method; write one like {_LIKE}"
        )
    return fields


def _names(field: str) -> list[str]:
    names = [name.replace('"', "") for name in re.findall(_TOKEN, field)]
    for name in names:
        if name[:1] in {"@", "/"}:
            what = "a file, which is not there" if name[0] == "@" else "a regular expression"
            raise UnreadableError(f"has '{name}', {what}; write names")
    return names


def _address(rest: Sequence[str]) -> tuple[str, str]:
    """Return the address and the method of what follows the users."""
    address, method, *others = rest
    if address in {"all", "samehost", "samenet"} or _is_network(address) or _is_name(address):
        return address, method
    if "/" in address or not _is_network(f"{address}/0"):
        raise UnreadableError(
            f"has '{address}' where the address belongs; write all, a network like '10.0.0.0/8' or "
            "a host name"
        )
    try:
        ip_network(f"{address}/{method}", strict=False)
    except ValueError:
        length = 128 if ":" in address else 32
        raise UnreadableError(
            f"has the address '{address}' without a mask; write '{address}/{length}'"
        ) from None
    if method.isdigit() or not others:
        raise UnreadableError(f"has a mask apart from its address; write '{address}/{method}'")
    return f"{address} {method}", others[0]


def _is_network(address: str) -> bool:
    """Return whether it is an IP address with the length of its mask."""
    if not re.search(r"/(0|[1-9][0-9]{0,2})$", address) or "%" in address:
        return False
    try:
        ip_network(address, strict=False)
    except ValueError:
        return False
    return True


def _is_name(address: str) -> bool:
    """Return whether it is a host name, or the end of one after a dot."""
    word = "[A-Za-z0-9_-]+"
    last = address.rpartition(".")[2]
    named = re.fullmatch(rf"\.?{word}(\.{word})*", address)
    return named is not None and re.search("[A-Za-z]", last) is not None


def _option(option: str, line: Line) -> None:
    name, equals, value = option.replace('"', "").partition("=")
    checks = ("verify-full",) if line.method == "cert" else ("verify-ca", "verify-full")
    values = {"clientcert": checks, "clientname": ("CN", "DN")}.get(name)
    if not equals or values is None:
        raise UnreadableError(
            f"has the option '{option}', which is not offered; write clientcert or clientname, or "
            "leave it out"
        )
    if not line.encrypted:
        raise UnreadableError(f"has '{name}' on '{line.type}'; write 'hostssl'")
    if value not in values:
        raise UnreadableError(f"has {name} '{value}'; write {' or '.join(values)}")


@rule("value")
def hba_line_is_readable(value: str) -> Iterator[Fault]:
    """A line of pg_hba.conf is one that PostgreSQL reads, with a method that works here.

    PostgreSQL does not start with one that it cannot read, `could not load pg_hba.conf`, and a
    running one keeps the old lines (hba.c; each form was held against servers of 14 to 18). Methods
    that need a keytab, a server or a map of users have no field.
    """
    try:
        read(value)
    except UnreadableError as refused:
        yield Fault(f"'{value}' {refused}")


HbaLines = Sequence[Annotated[str, obeys(hba_line_is_readable)]]


def hba_lines(lines: Sequence[str]) -> dict[str, Any]:
    """Return the part of `Cluster.spec.postgresql` with *lines*, in their order."""
    return {"pg_hba": [*lines]} if lines else {}

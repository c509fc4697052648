"""The table of docs/peers.md, from what is recorded."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.peers.faults import FAULTS, Fault, Word, recorded
from tools import ROOT

DOCUMENT = ROOT / "docs" / "peers.md"

PEERS: Mapping[str, str] = {
    "cnpg-drill": "cnpg-drill",
    "firedrill run": "`firedrill run`, a dump",
    "firedrill pitr": "`firedrill pitr`, base backup and WAL",
}
"""What is recorded, with its heading."""

_MEANS: Mapping[str, Word] = {
    "PASS": "passed",
    "passed": "passed",
    "FAIL": "failed",
    "failed": "failed",
    "COULD NOT VERIFY": "unverified",
}


def document() -> str:
    """Return docs/peers.md with its two tables of what is recorded made again."""
    page = DOCUMENT.read_text(encoding="utf-8")
    page = _replaced(page, "Faults", (*_head(), *map(_row, FAULTS)))
    runs = ("| | version | on | with |", "|---|---|---|---|", *map(_run, PEERS))
    return _replaced(page, "How it was run", runs)


def _replaced(page: str, heading: str, lines: Sequence[str]) -> str:
    """Return *page* with *lines* as the table that follows *heading*."""
    place = re.compile(rf"(?<=\n## {heading}\n\n)(?:\|.*\n)+")
    page, times = place.subn(lambda _: "".join(f"{line}\n" for line in lines), page)
    assert times == 1  # noqa: S101 - the page has one table there
    return page


def _run(peer: str) -> str:
    about = recorded()[peer]["about"]
    cells = (PEERS[peer], *(about[key] for key in ("version", "date", "with")))
    return f"| {' | '.join(map(str, cells))} |"


def _head() -> tuple[str, str]:
    headings = ("fault", "true is", "tier0", *PEERS.values())
    return f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"


def _row(fault: Fault) -> str:
    cells = (_peer(name, fault) for name in PEERS)
    return f"| {' | '.join((fault.says, fault.right, _tier0(fault), *cells))} |"


def _tier0(fault: Fault) -> str:
    name, _, case = fault.test.removesuffix("]").partition("[")
    return f"{fault.right}: `{case or name}`" if fault.test else "-"


def _peer(peer: str, fault: Fault) -> str:
    """Return what a peer said: silence in bold, a verdict that is not true with a dagger."""
    found: Mapping[str, Any] = recorded()[peer]["found"]
    if fault.name not in found:
        return "-"
    it = found[fault.name]
    means = "unverified" if it["rule"] == "preflight" else _MEANS.get(it["word"])
    word = f"{'no verdict' if it['word'] == 'none' else it['word']} ({it['status']})"
    if means == "passed" and fault.right != "passed":
        word = f"**{word}**"
    elif means and means != fault.right:
        word += " †"
    rule = f": `{it['rule']}`" if it["rule"] and it["rule"] != "preflight" else ""
    if fault.names and means and not (means == "passed" and not it["rule"]):
        rule += ", named" if it["named"] else ", not named"
    return word + rule + (f"; {it['note']}" if it["note"] else "")

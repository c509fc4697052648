"""The faults that each drill is tried against, and what came out."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from tools import write_atomically

RECORD = Path(__file__).with_name("record.json")
"""What the last run of each peer found."""

Word = Literal["passed", "missed", "failed", "unverified"]


@dataclass(frozen=True)
class Fault:
    """Something that a drill has to say."""

    name: str
    says: str
    right: Word
    """The verdict that is true of it."""

    names: str = ""
    """A regular expression that a message which names the fault matches."""

    test: str = ""
    """The test that shows that tier0's drill gives the right verdict, with its case."""


_TABLE = "test_each_fault_has_its_verdict_and_its_rung"
_DEEP = "test_damage_that_a_deep_drill_reads_is_a_failure"
_WHOLE = "test_a_whole_archive_passes_with_all_that_was_asked"
_DAMAGED = "corrupt|damaged|checksum|uncompress|unexpected eof|crc"

FAULTS: tuple[Fault, ...] = (
    Fault("whole", "none", "passed", test=_WHOLE),
    Fault(
        "empty",
        "the backup or archive is empty",
        "failed",
        "empty|no readable|not found|missing",
        f"{_TABLE}[archive empty]",
    ),
    Fault(
        "cut",
        "a backup that ends half-way",
        "failed",
        "end of file|cut off|truncat",
        f"{_TABLE}[a base backup without its data]",
    ),
    Fault(
        "damaged",
        "a damaged backup",
        "failed",
        _DAMAGED,
        f"{_TABLE}[damaged base backup]",
    ),
    Fault("page", "one damaged page, of a table that no check reads", "failed", _DAMAGED, _DEEP),
    Fault(
        "segment",
        "one WAL segment is missing",
        "failed",
        "segments? .*missing|wal unavailable",
        f"{_TABLE}[one segment missing]",
    ),
    Fault(
        "stale",
        "the newest data, a nonce, is not in it",
        "failed",
        "nonce|archive ends before",
        f"{_TABLE}[archive stale]",
    ),
    Fault(
        "another",
        "it is of another database with the same tables",
        "failed",
        "another (database|cluster)|wrong database|system identifier",
        f"{_TABLE}[archive of another cluster]",
    ),
    Fault(
        "shrunken",
        "a table has lost nine rows in ten",
        "failed",
        "orders.*(down|lost)",
        f"{_TABLE}[shrunken table]",
    ),
    Fault(
        "gone",
        "a table is gone",
        "failed",
        "orders",
        "test_a_table_that_is_gone_is_refuted",
    ),
    Fault(
        "false",
        "a declared check does not hold",
        "failed",
        "no order is negative",
        f"{_TABLE}[a check that is false]",
    ),
    Fault(
        "errors",
        "a declared check errors",
        "failed",
        "amuont|no order is negative.*could not run",
        f"{_TABLE}[a check that errors]",
    ),
    Fault(
        "collation",
        "the server sorts text by another version than the source",
        "failed",
        "collation",
        _DEEP,
    ),
    Fault(
        "late",
        "the objective of the restore time is missed",
        "missed",
        "budget|objective",
        f"{_TABLE}[restored one second too late]",
    ),
    Fault(
        "keys",
        "the store refuses the keys",
        "unverified",
        "access.?denied|403|forbidden",
        f"{_TABLE}[keys refused]",
    ),
    Fault("half", "the store cuts a GET half-way", "unverified", "incomplete|connection|short"),
    Fault(
        "room",
        "there is no room for the restore",
        "unverified",
        "no space|room|quota|insufficient",
        f"{_TABLE}[no node has room]",
    ),
    Fault(
        "never",
        "the restored server is never ready",
        "unverified",
        "did not accept|not become ready",
        f"{_TABLE}[restore never ready]",
    ),
    Fault(
        "away",
        "there is nothing to restore on",
        "unverified",
        "docker|connect|refused|unavailable",
        "test_a_drill_that_nothing_starts_could_not_verify_and_leaves_no_job",
    ),
    Fault(
        "killed",
        "the drill is killed (SIGKILL) during the restore",
        "unverified",
        test="test_the_next_drill_writes_the_evidence_of_one_that_could_not",
    ),
    Fault(
        "twice",
        "none: two drills at once",
        "passed",
        test="test_of_two_drills_at_once_the_later_one_waits",
    ),
    Fault(
        "acts",
        "none: a check asks whether the source's subscription is off in the clone",
        "passed",
        test=_WHOLE,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one run of a peer came to."""

    status: int
    """The exit status; negative: the signal."""

    word: str
    """The verdict, in the peer's words."""

    rule: str = ""
    """The peer's name for what it found, if it has one."""

    said: str = ""
    """Its first message."""

    named: bool = False
    """Whether one of its messages names the fault."""

    note: str = ""
    """What was seen besides."""


def record(peer: str, about: Mapping[str, str], found: Mapping[str, Found]) -> None:
    """Record what *peer* finds; *about* has its version, the date and the conditions.

    What was recorded of other faults stays.
    """
    known = recorded()
    before = known.get(peer, {}).get("found", {})
    known[peer] = {
        "about": dict(about),
        "found": {**before, **{name: asdict(it) for name, it in found.items()}},
    }
    write_atomically(RECORD, json.dumps(known, indent=1, sort_keys=True) + "\n", 0o644)


def recorded() -> dict[str, dict[str, dict[str, object]]]:
    """Return what is recorded, by peer."""
    if not RECORD.exists():
        return {}
    found: dict[str, dict[str, dict[str, object]]] = json.loads(RECORD.read_text("utf-8"))
    return found

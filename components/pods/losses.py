"""What a transaction lost: drops, truncations, deleted and updated rows.

WAL knows numbers, not names: a database's OID, a relation's OID where it is dropped or truncated,
and elsewhere its file's number, which a rewrite changes. A transaction that rewrites a relation
(VACUUM FULL, CLUSTER, REINDEX, ALTER TABLE, REFRESH MATERIALIZED VIEW) deletes the old file too,
but loses nothing. What tells it from a drop is the statistics that its commit drops (PostgreSQL 15
and later; heap.c, heap_drop_with_catalog): those of a relation that it did not create itself, or of
a TOAST table whose table's row type stays. What is not surely a rewrite counts as a drop. A drop of
indexes alone is no loss, nor is one of temporary tables, whose files WAL leaves out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

What = Literal[
    "dropped", "dropped or rewrote", "dropped database", "truncated", "deleted", "updated"
]

File = tuple[int, int, int]
"""OIDs of the tablespace and the database, and the file's number."""

Row = tuple[str, ...]
"""Page and place of a row in its file."""

TYPES, DATABASES, SEQUENCES, INDEXES = 1247, 1262, 2224, 2610
"""Files of catalogs, by name pg_type and so on, until VACUUM FULL gives them others."""

_DEFAULT_TABLESPACE = 1663  # pg_default
_DATABASE, _RELATION = "1", "2"  # kinds of statistics (pgstat_kind.h)

_FILE = re.compile(r"(?:base|pg_tblspc/(\d+)/PG_[^/]+)/(\d+)/(\d+)(?!\S)")
_FILES = re.compile(r"; rels: ([^;]*)")
_STATISTICS = re.compile(r"; dropped stats: ([^;]*)")


@dataclass(frozen=True)
class Stop:
    """The end of a transaction, before which a recovery can stop."""

    xid: int
    position: int
    """LSN of the record that ends it."""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One thing that a transaction lost."""

    what: What
    database: int
    """OID of the database."""

    relations: tuple[int, ...] = ()
    """OIDs of the relations: tables, and their TOAST tables, indexes and sequences.

    Those of temporary tables, views and partitioned tables, which have no file, are among them."""

    files: tuple[int, ...] = ()
    """Numbers of files: those that are gone, or now empty, or the one whose rows are counted."""

    rows: int = 0
    """Rows that were deleted or updated; 0 where WAL does not tell."""


@dataclass
class Work:
    """What a transaction, or a subtransaction, has done so far."""

    deleted: Counter[File] = field(default_factory=Counter)
    updated: Counter[File] = field(default_factory=Counter)
    forgotten: Counter[int] = field(default_factory=Counter)
    """Rows deleted from catalogs, by the catalog's file."""

    types: set[Row] = field(default_factory=set)
    """The rows that it wrote into pg_type, by page and place; a table has two there."""

    types_gone: set[Row] = field(default_factory=set)
    """The rows that it deleted there."""

    created: dict[File, bool] = field(default_factory=dict)
    """The files that it created, and whether they were filled as those of indexes and copies are.

    The rows that follow a truncation do not count."""

    truncated: list[int] = field(default_factory=list)
    """OIDs of truncated relations; PostgreSQL logs them with wal_level 'logical' only."""

    databases: list[int] = field(default_factory=list)
    """OIDs of databases whose directory it removed."""

    before: Stop | None = None
    """The transaction that ended last before the first of these was touched."""

    def add(self, other: "Work") -> None:
        """Take in a subtransaction."""
        self.deleted += other.deleted
        self.updated += other.updated
        self.forgotten += other.forgotten
        self.types |= other.types
        self.types_gone |= other.types_gone
        self.created |= other.created
        self.truncated += other.truncated
        self.databases += other.databases
        self.before = self.before or other.before


def paths(text: str) -> list[File]:
    """Return the relation files whose paths are in a record's description, main forks only."""
    return [
        (int(tablespace or _DEFAULT_TABLESPACE), int(database), int(number))
        for tablespace, database, number in _FILE.findall(text)
    ]


def losses(work: Work, record: str, *, whole: bool, statistics: bool) -> Iterator[Loss]:
    """Yield what a transaction lost that did some *work* and committed with a *record*.

    *whole*: the work is all it did. *statistics*: this PostgreSQL logs which it drops.
    """
    stated = _STATISTICS.search(record)
    dropped = [one.split("/") for one in (stated[1].split() if stated else ())]
    databases = {int(one[1]) for one in dropped if one[0] == _DATABASE}
    for database in work.databases:
        if database in databases or (not statistics and work.forgotten[DATABASES]):
            yield Loss(what="dropped database", database=database)
    listed = _FILES.search(record)
    old = [file for file in (paths(listed[1]) if listed else ()) if file not in work.created]
    if old and statistics:
        yield from _gone(work, old, {int(one[-1]) for one in dropped if one[0] == _RELATION}, whole)
    elif old:
        yield from _perhaps_gone(work, old)
    yield from _rows("deleted", work.deleted, {*old, *work.created})
    yield from _rows("updated", work.updated, {*old, *work.created})


def _rows(
    what: Literal["deleted", "updated"], rows: Counter[File], left_out: set[File]
) -> Iterator[Loss]:
    for file, count in rows.items():
        if file not in left_out:
            yield Loss(what=what, database=file[1], files=file[2:], rows=count)


def _gone(
    work: Work,
    old: list[File],
    dropped: set[int],
    whole: bool,  # noqa: FBT001 (its name is said by the only caller)
) -> Iterator[Loss]:
    """Tell what became of the relations that had the *old* files, by the OIDs that were dropped."""
    database = old[0][1]
    there = dropped - {number for _, _, number in work.created}
    if work.truncated:
        yield _truncated(work, database)
    elif not dropped:
        spaces = {tablespace for tablespace, _, _ in old}  # a move to another empties nothing
        empty = [file for file, written in work.created.items() if not written]
        if found := sorted(number for space, _, number in empty if space in spaces):
            yield Loss(what="truncated", database=database, files=tuple(found))
    if there and not (whole and _harmless(work, len(there))):
        numbers = tuple(sorted(number for _, _, number in old))
        relations = tuple(sorted(there))
        yield Loss(what="dropped", database=database, relations=relations, files=numbers)


def _perhaps_gone(work: Work, old: list[File]) -> Iterator[Loss]:
    """Tell the same where WAL does not say which relations were dropped."""
    database, numbers = old[0][1], tuple(sorted(number for _, _, number in old))
    if work.truncated:
        yield _truncated(work, database)
    else:
        what: What = "dropped or rewrote" if work.created else "dropped"
        yield Loss(what=what, database=database, files=numbers)


def _truncated(work: Work, database: int) -> Loss:
    relations = tuple(sorted(set(work.truncated)))
    return Loss(what="truncated", database=database, relations=relations)


def _harmless(work: Work, dropped: int) -> bool:
    """Return whether the relations that a transaction dropped are surely indexes or TOAST tables.

    A rewrite makes and drops a table, with its row type, and can replace the TOAST table.
    """
    rewritten = bool(work.types_gone) and work.types_gone <= work.types
    return dropped == work.forgotten[INDEXES] or (rewritten and not work.forgotten[SEQUENCES])

"""Names of relations, from the live database: WAL has only their numbers.

A number means the same in the live database as in its archive, for as long as the relation exists:
a relation's OID always, its file's number until it is rewritten.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from stacks.cluster import ClusterClient
from stacks.command import Fault
from stacks.recovery.archives import Archive

_SECONDS = 60.0
_DATABASES = "select json_object_agg(oid, datname) from pg_database where datallowconn"
_RELATIONS = """\
select c.oid, pg_relation_filenode(c.oid), format('%I.%I', n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace where """


@dataclass
class Names:
    """What numbers of an archive mean; each is looked up by the OID of its database first."""

    databases: dict[int, str] = field(default_factory=dict)
    relations: dict[tuple[int, int], str] = field(default_factory=dict)
    """By OID."""

    files: dict[tuple[int, int], str] = field(default_factory=dict)
    """By number of the file."""


class Live:
    """The primary of a database, asked through psql in its pod."""

    def __init__(self, kube: ClusterClient, archive: Archive) -> None:
        """Look the primary up of the Cluster that writes an archive; raise Fault if it has none."""
        self._kube, self._namespace = kube, archive.namespace
        place = f"Cluster {archive.namespace}/{archive.cluster}"
        version = "postgresql.cnpg.io/v1"
        found = kube.get(version, "Cluster", archive.cluster, archive.namespace) or {}
        self._pod = str(found.get("status", {}).get("currentPrimary") or "")
        if not self._pod:
            raise Fault(place, "it has no primary now", "names are known while it runs")

    def names(self, numbers: Collection[tuple[int, int]]) -> Names:
        """Return what *numbers* mean, each the OID of a database and a relation's OID or file."""
        names = Names(self._databases())
        for database, name in names.databases.items():
            wanted = ",".join(str(number) for oid, number in sorted(numbers) if oid == database)
            if not wanted:
                continue
            rows = self._rows(
                name,
                f"c.oid in ({wanted}) or pg_relation_filenode(c.oid) in ({wanted})",
            )
            names.relations |= {(database, oid): table for oid, _, table in rows}
            names.files |= {(database, file): table for _, file, table in rows if file}
        return names

    def table(self, table: str) -> tuple[list[int], list[int]]:
        """Return OIDs and file numbers of a table, with its partitions, in any database.

        Raise Fault if no database has it.
        """
        wanted = "to_regclass('" + table.replace("'", "''") + "')"
        partitions = f"select relid from pg_partition_tree({wanted})"  # noqa: S608 (quoted above)
        rows = [
            row
            for name in self._databases().values()
            for row in self._rows(name, f"c.oid = {wanted} or c.oid in ({partitions})")
        ]
        if not rows:
            raise Fault(
                f"--table {table}",
                "no database has it now, and WAL holds numbers of relations, not names",
                "leave --table out, and look the numbers up in a clone (inspect)",
            )
        return [row[0] for row in rows], [row[1] for row in rows if row[1]]

    def _databases(self) -> dict[int, str]:
        return {int(oid): name for oid, name in self._ask("postgres", _DATABASES).items()}

    def _rows(self, database: str, where: str) -> list[list[Any]]:
        found = f"({_RELATIONS} {where}) as found(oid, file, name)"
        aggregate = "select coalesce(json_agg(json_build_array(oid, file, name)), '[]') from "
        rows: list[list[Any]] = self._ask(database, aggregate + found)
        return [[int(oid), int(file or 0), name] for oid, file, name in rows]

    def _ask(self, database: str, statement: str) -> Any:  # noqa: ANN401 (JSON)
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]
        printed = self._kube.execute(
            self._namespace, self._pod, "postgres", command, seconds=_SECONDS
        )
        return json.loads(b"".join(printed))

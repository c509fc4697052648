"""`python3 -m pods.source <settings as JSON>`: whether a database can be imported from its source.

It is asked as pg_dump will ask it. Once the database exists nothing is asked: the source may be
gone by then.
"""

import json
import os
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from .api import Namespace
from .job import Refusal, finish, persist
from .s3 import Fault

_AWAY = (
    *("could not translate host name", "Connection refused", "timeout expired", "timed out"),
    *("No route to host", "Network is unreachable", "Connection reset", "starting up"),
)
"""What libpq says, or the server, of a source that may answer later."""

_UNREADABLE = """
select n.nspname || '.' || c.relname from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p', 'S') and c.relpersistence <> 't'
   and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
   and n.nspname <> all (%s)
   and not (pg_catalog.has_schema_privilege(n.oid, 'usage')
            and pg_catalog.has_table_privilege(c.oid, 'select'){visible})
   and not exists (select 1 from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      and d.objid = c.oid and d.deptype = 'e')
 order by 1
"""
"""Tables and sequences that pg_dump would read and may not; it leaves out those of extensions."""

_VISIBLE = " and not pg_catalog.row_security_active(c.oid)"
_ROW_SECURITY = 90_500
"""The first PostgreSQL whose policies hide rows; pg_dump ends at a table where one would."""


class Source(Protocol):
    """A database of the source."""

    @property
    def major(self) -> int:
        """PostgreSQL's major version; 9 for all that begin with it."""

    def unreadable(self, skipped: Sequence[str], *, rows: bool) -> Sequence[str]:
        """Return the tables and sequences that the role may not read; *rows*: all of their rows.

        Those of the *skipped* schemas are not read.
        """


class Client:
    """A database of the source, as psycopg2 reaches it."""

    def __init__(self, where: Mapping[str, Any], database: str, password: str, ca: str) -> None:
        """Connect; *ca* is the text of the authority, empty if none is declared.

        Raise Refusal if the source refuses, Fault if it does not answer.
        """
        # The image has it, as barman needs it; the machine that checks the program has not.
        import psycopg2  # type: ignore[import-untyped]  # noqa: PLC0415 (its types are not needed)

        try:
            self._connection = psycopg2.connect(
                host=where["host"],
                port=where["port"],
                dbname=database,
                user=where["user"],
                password=password,
                sslmode=where["ssl_mode"],
                sslrootcert=_in_memory(ca) if ca else None,
                connect_timeout=30,
                application_name="tier0-import",
                options="-c default_transaction_read_only=on",
            )
        except psycopg2.Error as error:
            raise meaning(f"{where['host']}:{where['port']}", str(error)) from None

    @property
    def major(self) -> int:
        """PostgreSQL's major version."""
        return int(self._connection.server_version) // 10_000

    def unreadable(self, skipped: Sequence[str], *, rows: bool) -> Sequence[str]:
        """Return the tables and sequences that the role may not read; *rows*: all of their rows."""
        with self._connection, self._connection.cursor() as cursor:
            hides = rows and self._connection.server_version >= _ROW_SECURITY
            cursor.execute(_UNREADABLE.format(visible=_VISIBLE if hides else ""), ([*skipped],))
            return [row[0] for row in cursor.fetchall()]


def meaning(place: str, said: str) -> Exception:
    """Return what an error of a connection is: one that another try may change, or not."""
    line = " ".join(said.split())
    if any(word in line for word in _AWAY):
        return Fault(f"{place}: {line}; it is tried again")
    return Refusal(f"{place}: {line}; correct import_from or its Secrets, then run pulumi up again")


def looked_at(settings: Mapping[str, Any], password: str, ca: str) -> None:
    """Raise Refusal if what is declared cannot be imported from the source."""
    where = settings["source"]
    for database in settings["databases"]:
        source: Source = Client(where, database, password, ca)
        place = f"{where['host']}:{where['port']}, database {database}"
        if source.major != where["major"]:
            raise Refusal(
                f"{place}: it is PostgreSQL {source.major}, not {where['major']}; write that major "
                "version"
            )
        if found := source.unreadable(settings["skipped"], rows=settings["rows"]):
            more = f" and {len(found) - 1} more" if found[1:] else ""
            raise Refusal(
                f"{place}: role {where['user']} may not read {found[0]}{more}; let it, as by "
                "pg_read_all_data and BYPASSRLS, or name a superuser"
            )
        print(f"{place}: it can be read", flush=True)


def _in_memory(text: str) -> str:
    """Return the path of a file that is on no disk: the pod has none that it may write to."""
    handle = os.memfd_create("ca.crt")
    os.write(handle, text.encode())
    return f"/proc/self/fd/{handle}"


def _value(namespace: Namespace, name: str, key: str) -> str:
    found = (namespace.secret(name) or {}).get("data") or {}
    if key not in found:
        raise Fault(
            f"Secret {namespace.name}/{name}: it is not there, or has no key '{key}'; make it "
            "(docs/import.md)"
        )
    return b64decode(found[key]).decode()


def main(settings: Mapping[str, Any]) -> None:
    """Look at the source of one database."""
    namespace, cluster = Namespace(settings["namespace"]), settings["cluster"]

    def work() -> None:
        if namespace.cluster(cluster) is not None:
            print(f"Cluster {cluster}: it is there, and imports nothing any more", flush=True)
            return
        ca = settings["ca_secret"]
        looked_at(
            settings,
            _value(namespace, settings["password_secret"], "password"),
            _value(namespace, ca, "ca.crt") if ca else "",
        )

    finish(work)


if __name__ == "__main__":
    persist(partial(main, json.loads(sys.argv[1])))

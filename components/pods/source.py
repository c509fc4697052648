"""`python3 -m pods.source <settings as JSON>`: whether a database can be imported from its source.

It is asked as pg_dump will ask it. Once the database has run nothing is asked: the source may be
gone by then.
"""

import json
import os
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from .api import Namespace
from .job import Refusal, finish, persist
from .s3 import Fault

_AWAY = (
    *("could not translate host name", "Connection refused", "timeout expired", "timed out"),
    *("No route to host", "Network is unreachable", "Connection reset", "starting up"),
    *("shutting down", "in recovery mode", "not yet accepting connections"),
    *("too many clients", "too many connections", "remaining connection slots"),
    *("closed the connection unexpectedly", "terminating connection"),
)
"""What libpq says, or the server, of a source that may answer later."""

_UNREADABLE = """
select n.nspname || '.' || c.relname from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
       and d.objid = c.oid and d.deptype = 'e'
  left join pg_catalog.pg_extension e on e.oid = d.refobjid
 where c.relkind in ('r', 'p', 'S') and c.relpersistence <> 't'
   and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
   and n.nspname <> all (%(schemas)s)
   and not (pg_catalog.has_schema_privilege(n.oid, 'usage')
            and pg_catalog.has_table_privilege(c.oid, 'select'){visible})
   and (d.objid is null
        or %(rows)s and c.oid = any (e.extconfig) and e.extname <> all (%(extensions)s))
 order by 1
"""
"""Tables and sequences that pg_dump would read and may not. Of an extension's it reads those with
the rows of users, like pg_cron's jobs."""

_UNREADABLE_LARGE = """
select 'large object ' || l.oid from pg_catalog.pg_largeobject_metadata l
 where not pg_catalog.pg_has_role(l.lomowner, 'usage')
   and pg_catalog.current_setting('lo_compat_privileges') = 'off'
   and not exists (select 1 from pg_catalog.aclexplode(l.lomacl) a
                    where a.privilege_type = 'SELECT'
                      and (a.grantee = 0 or pg_catalog.pg_has_role(a.grantee, 'usage')))
 order by 1
"""
"""Large objects that pg_dump may not read; pg_read_all_data has no right to them."""

_DATABASES = """
select datname from pg_catalog.pg_database
 where datallowconn and not datistemplate and datname <> 'postgres' order by 1
"""
"""All that CloudNativePG imports for `*` (logicalimport/database.go, v1.30.0)."""

_ROLES = "select pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'select')"
"""Whether roles can be read, with their passwords (logicalimport/role.go, v1.30.0)."""

_VISIBLE = """
            and (c.relkind = 'p' or not pg_catalog.row_security_active(c.oid)
                 or exists (select 1 from pg_catalog.unnest(%(tables)s::pg_catalog.text[]) left_out
                             where n.nspname || '.' || c.relname ~ left_out
                                or '.' || c.relname ~ left_out
                                   and pg_catalog.pg_table_is_visible(c.oid)))"""
"""Rows of a partitioned table are read from its partitions, whose own policies count."""

_ROW_SECURITY = 90_500
"""The first PostgreSQL whose policies hide rows; pg_dump ends at a table where one would."""


class Source(Protocol):
    """A database of the source."""

    @property
    def major(self) -> int:
        """PostgreSQL's major version; 9 for all that begin with it."""

    @property
    def databases(self) -> Sequence[str]:
        """The databases of the server that `*` stands for."""

    @property
    def tells_roles(self) -> bool:
        """Whether the role may read the roles of the server."""

    def unreadable(self, left_out: Mapping[str, Sequence[str]], *, rows: bool) -> Sequence[str]:
        """Return what the role may not read; *rows*: all rows, and large objects, too.

        The `schemas` and `extensions` are *left out* of the import, and the `rows` of tables.
        """


class Client:
    """A database of the source, as psycopg2 reaches it."""

    def __init__(self, where: Mapping[str, Any], database: str, password: str, ca: str) -> None:
        """Connect; *ca* is the text of the authority, empty if none is declared.

        Raise Refusal if the source refuses, Fault if it does not answer.
        """
        # The image has it, as barman needs it; the machine that checks the program has not.
        import psycopg2  # type: ignore[import-untyped]  # noqa: PLC0415 (its types are not needed)

        self._place = f"{where['host']}:{where['port']}"
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
            )
            # Not by `options`, which a PgBouncer in front of the source refuses.
            self._connection.set_session(readonly=True)
        except psycopg2.Error as error:
            raise meaning(self._place, str(error)) from None

    @property
    def major(self) -> int:
        """PostgreSQL's major version."""
        return int(self._connection.server_version) // 10_000

    @property
    def databases(self) -> Sequence[str]:
        """The databases of the server that `*` stands for."""
        return self._asked(_DATABASES)

    @property
    def tells_roles(self) -> bool:
        """Whether the role may read the roles of the server."""
        return bool(self._asked(_ROLES)[0])

    def unreadable(self, left_out: Mapping[str, Sequence[str]], *, rows: bool) -> Sequence[str]:
        """Return what the role may not read; *rows*: all rows, and large objects, too."""
        hides = rows and self._connection.server_version >= _ROW_SECURITY
        named = {name: [*left_out[name]] for name in ("schemas", "extensions")}
        given = {**named, "tables": [*left_out["rows"]], "rows": rows}
        found = self._asked(_UNREADABLE.format(visible=_VISIBLE if hides else ""), given)
        return [*found, *(self._asked(_UNREADABLE_LARGE) if rows else [])]

    def _asked(self, question: str, given: Mapping[str, Any] | None = None) -> list[Any]:
        """Return the first column of the answer; raise as the constructor does."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(question, given)
                return [row[0] for row in cursor.fetchall()]
        except self._connection.Error as error:
            raise meaning(self._place, str(error)) from None


def meaning(place: str, said: str) -> Exception:
    """Return what an error of a connection is: one that another try may change, or not."""
    line = " ".join(said.split())
    if any(word in line for word in _AWAY):
        return Fault(f"{place}: {line}; it is tried again")
    return Refusal(f"{place}: {line}; correct import_from or its Secrets, then run pulumi up again")


def looked_at(settings: Mapping[str, Any], password: str, ca: str) -> None:
    """Raise Refusal if what is declared cannot be imported from the source."""
    where, databases = settings["source"], settings["databases"]
    if settings["roles"]:
        source, place = _reached(where, "postgres", password, ca)
        if not source.tells_roles:
            raise Refusal(
                f"{place}: role {where['user']} may not read pg_authid, which holds the roles; let "
                "it, as by pg_read_all_data, or name a superuser"
            )
        databases = source.databases if databases == ["*"] else databases
    for database in databases:
        source, place = _reached(where, database, password, ca)
        if found := source.unreadable(settings["left_out"], rows=settings["rows"]):
            more = f" and {len(found) - 1} more" if found[1:] else ""
            raise Refusal(
                f"{place}: role {where['user']} may not read {found[0]}{more}; let it, as by "
                "pg_read_all_data and BYPASSRLS, or name a superuser"
            )
        print(f"{place}: it can be read", flush=True)


def _reached(where: Mapping[str, Any], database: str, password: str, ca: str) -> tuple[Source, str]:
    """Return a database of the source, and what messages call it."""
    source: Source = Client(where, database, password, ca)
    place = f"{where['host']}:{where['port']}, database {database}"
    if source.major != where["major"]:
        raise Refusal(
            f"{place}: it is PostgreSQL {source.major}, not {where['major']}; write that major "
            "version"
        )
    return source, place


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
    with suppress(UnicodeDecodeError):
        text = b64decode(found[key]).decode()
        if "\0" not in text:  # libpq takes none
            return text
    raise Refusal(
        f"Secret {namespace.name}/{name}: '{key}' is no text in UTF-8; correct it, then run "
        "pulumi up again"
    )


def _waits(cluster: Mapping[str, Any]) -> bool:
    """Return whether the operator says that a Cluster has never run: its import fails so far.

    The first instance notes itself (instance_startup.go, v1.30.0). Of one that is new to the
    operator, like after a loss, nothing is said yet.
    """
    status = cluster.get("status") or {}
    return bool(status.get("phase")) and not status.get("currentPrimary")


def main(settings: Mapping[str, Any]) -> None:
    """Look at the source of one database."""
    namespace, cluster = Namespace(settings["namespace"]), settings["cluster"]

    def work() -> None:
        if (found := namespace.cluster(cluster)) is not None and not _waits(found):
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

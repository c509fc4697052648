"""The restored server, asked as its superuser."""

import tempfile
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from .api import Namespace
from .drill_run import Run
from .drill_scratch import CA, NAME, SUPERUSER
from .job import Refusal
from .s3 import Fault
from .waldump import FOLDER

STATEMENT_SECONDS = 300
"""The longest time for a check of the user's."""

_PATIENCE_SECONDS = 120
_AWAY = ("08", "53", "57P")
"""Codes of a lost connection, of too little of a resource and of a shutdown (errcodes.txt)."""

_CANCELED = "57014"

_ROW = Sequence[Any]


class Server(Protocol):
    """A database server."""

    def rows(self, query: str, database: str = "postgres", values: _ROW = ()) -> Sequence[_ROW]:
        """Return the rows of a query; raise Refusal if PostgreSQL refuses it."""

    def execute(self, statement: str, database: str) -> None:
        """Execute a statement that writes."""

    def check(self, query: str, database: str, owner: str) -> Sequence[_ROW]:
        """Return at most two rows of a query of the user's, as the owner, who writes nothing."""


class Superuser:
    """A server, as psycopg2 reaches it."""

    def __init__(self, run: Run, host: str, password: str, ca: Path) -> None:
        """*ca* is the file with the CA that its certificate is verified by."""
        # The image has it, as barman needs it; the machine that checks the program has not.
        import psycopg2.extras  # type: ignore[import-untyped]  # noqa: PLC0415 (no types needed)

        # So that a signal ends a statement, which otherwise is waited for in C.
        psycopg2.extensions.set_wait_callback(psycopg2.extras.wait_select)
        self._run, self._host, self._library = run, host, psycopg2
        self._given = {"user": "postgres", "password": password, "sslrootcert": str(ca)}

    def rows(self, query: str, database: str = "postgres", values: _ROW = ()) -> Sequence[_ROW]:
        """Return the rows of a query, with the names of PostgreSQL's own catalog only."""
        with self._cursor(database, "-c default_transaction_read_only=on") as cursor:
            cursor.execute(query, values or None)
            found: Sequence[_ROW] = cursor.fetchall()
        return found

    def execute(self, statement: str, database: str) -> None:
        """Execute a statement that writes."""
        with self._cursor(database) as cursor:
            cursor.execute(statement)

    def check(self, query: str, database: str, owner: str) -> Sequence[_ROW]:
        """Return at most two rows of a query, with the settings that the owner connects with."""
        with self._cursor(database, path=None, most=STATEMENT_SECONDS) as cursor:
            cursor.execute(_SETTINGS, (owner,))
            for setting in cursor.fetchall():
                name, _, value = setting[0].partition("=")
                cursor.execute("select set_config(%s, %s, true)", (name, value))
            cursor.execute("select set_config('role', %s, true)", (owner,))
            cursor.execute("select set_config('transaction_read_only', 'on', true)")
            cursor.execute(query)
            found: Sequence[_ROW] = cursor.fetchmany(2)
        return found

    @contextmanager
    def _cursor(
        self, database: str, options: str = "", *, path: str | None = "", most: int | None = None
    ) -> Iterator[Any]:
        """Yield a cursor in one transaction; its errors are sentences."""
        seconds = max(1, int(min(self._run.left, most or self._run.left)))
        if path is not None:
            # What a user has put into another schema must not be what the superuser calls.
            options += f" -c search_path={path}"
        connection = None
        try:
            connection = self._library.connect(
                host=self._host,
                dbname=database,
                sslmode="verify-full",
                connect_timeout=30,
                application_name="tier0-drill",
                options=f"{options} -c statement_timeout={seconds}s".strip(),
                **self._given,
            )
            with connection, connection.cursor() as cursor:
                yield cursor
        except self._library.Error as error:
            raise self._meaning(error) from None
        finally:
            if connection is not None:
                connection.close()

    def _meaning(self, error: Any) -> Exception:  # noqa: ANN401 (psycopg2's)
        """Return what an error says; its details, which may hold a row, are left out."""
        code = error.pgcode or _AWAY[0]
        said = " ".join((getattr(error.diag, "message_primary", "") or str(error)).split())
        if code.startswith(_AWAY) or (code == _CANCELED and self._run.left <= 1):
            return Fault(f"{self._host}: {said}; see the log of its pod")
        return Refusal(f"{said}; see whether the source answers the same")


_SETTINGS = """
select unnest(s.setconfig) from pg_catalog.pg_db_role_setting s
  join pg_catalog.pg_roles r on r.oid = s.setrole
  left join pg_catalog.pg_database d on d.oid = s.setdatabase
 where r.rolname = %s and (d.oid is null or d.datname = pg_catalog.current_database())
 order by d.oid nulls first
"""


def connected(run: Run, namespace: Namespace) -> Superuser:
    """Return the restored server once its first query is answered."""
    password = _plain(namespace, SUPERUSER, "password")
    ca = Path(tempfile.mkdtemp(dir=FOLDER)) / "ca.crt"
    ca.write_text(_plain(namespace, CA, "ca.crt"))
    server = Superuser(run, f"{NAME}-rw.{namespace.name}.svc", password, ca)
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            server.rows("select 1")
        except Fault as fault:
            # The operator sets the password, and the Service its address, a moment later.
            if time.monotonic() > until:
                raise
            run.pause(str(fault))
        else:
            return server


def _plain(namespace: Namespace, name: str, key: str) -> str:
    data: Mapping[str, str] = (namespace.secret(name) or {}).get("data") or {}
    if key not in data:
        raise Fault(
            f"Secret {namespace.name}/{name}: it is not there, or has no key {key}; see the log of "
            "the operator"
        )
    return b64decode(data[key]).decode()

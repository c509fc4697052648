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
_PLAIN = ("42", "XX001", "XX002")
"""Codes of a query that cannot be, and of damage: PostgreSQL's own message of them has no row."""

_SUPERUSER = "-c role=none"
"""A database's owner may set another one for all who connect to it."""

_OWN_NAMES = f"{_SUPERUSER} -c search_path="
"""What a user has put into another schema must not be what the superuser calls."""

_WRITING = f"{_OWN_NAMES} -c default_transaction_read_only=off -c session_replication_role=replica"
"""As a replica it fires no trigger on statements; a parameter for that is new in 17."""


_ROW = Sequence[Any]


class Server(Protocol):
    """A database server."""

    def rows(self, query: str, database: str = "postgres", values: _ROW = ()) -> Sequence[_ROW]:
        """Return the rows of a query; raise Refusal if PostgreSQL refuses it."""

    def execute(self, statement: str, database: str) -> None:
        """Execute a statement that writes."""

    def check(self, query: str, database: str, owner: str) -> Sequence[_ROW]:
        """Return at most two rows of a query of the user's, as the owner, who writes nothing."""

    def close(self) -> None:
        """Leave it: it has no client then."""


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
        self._kept: tuple[str, Any] | None = None

    def rows(self, query: str, database: str = "postgres", values: _ROW = ()) -> Sequence[_ROW]:
        """Return the rows of a query, with the names of PostgreSQL's own catalog only."""
        with self._errors(), self._reading(database).cursor() as cursor:
            cursor.execute(query, values or None)
            found: Sequence[_ROW] = cursor.fetchall()
        return found

    def execute(self, statement: str, database: str) -> None:
        """Execute a statement that writes."""
        options = f"{_WRITING} -c statement_timeout={self._seconds()}s"
        with self._errors(), self._new(database, options) as connection:
            connection.cursor().execute(statement)

    def check(self, query: str, database: str, owner: str) -> Sequence[_ROW]:
        """Return at most two rows of a query, with the settings that the owner connects with.

        How long it may take is the drill's to say: its volumes are cold, its CPU is less.
        """
        options = f"{_SUPERUSER} -c statement_timeout={self._seconds(STATEMENT_SECONDS)}s"
        with self._errors(), self._new(database, options) as connection:
            cursor = connection.cursor()
            cursor.execute(_SETTINGS, (owner,))
            for setting in cursor.fetchall():
                name, _, value = setting[0].partition("=")
                if not name.endswith("_timeout"):
                    cursor.execute("select set_config(%s, %s, true)", (name, value))
            cursor.execute("select set_config('role', %s, true)", (owner,))
            cursor.execute("select set_config('transaction_read_only', 'on', true)")
            with self._errors(hide=True):
                cursor.execute(query)
                found: Sequence[_ROW] = cursor.fetchmany(2)
        return found

    def close(self) -> None:
        """Close the connection that is kept."""
        if self._kept:
            self._kept[1].close()

    def _reading(self, database: str) -> Any:  # noqa: ANN401 (psycopg2's)
        """Return a connection that only reads; it is kept until another database is asked."""
        if self._kept and (self._kept[0] != database or self._kept[1].closed):
            self._kept[1].close()
            self._kept = None
        if self._kept is None:
            options = (
                f"{_OWN_NAMES} -c default_transaction_read_only=on "
                f"-c statement_timeout={self._seconds()}s"
            )
            self._kept = database, self._connect(database, options)
            self._kept[1].autocommit = True
        return self._kept[1]

    @contextmanager
    def _new(self, database: str, options: str) -> Iterator[Any]:
        """Yield a connection of one transaction."""
        connection = self._connect(database, options)
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def _connect(self, database: str, options: str) -> Any:  # noqa: ANN401 (psycopg2's)
        return self._library.connect(
            host=self._host,
            dbname=database,
            sslmode="verify-full",
            connect_timeout=30,
            application_name="tier0-drill",
            options=options,
            **self._given,
        )

    def _seconds(self, most: int | None = None) -> int:
        """Return how long a statement may take: not longer than the drill."""
        return max(1, int(min(self._run.left, most or self._run.left)))

    @contextmanager
    def _errors(self, *, hide: bool = False) -> Iterator[None]:
        """Make sentences of PostgreSQL's errors; *hide* those whose sentence may hold a row."""
        try:
            yield
        except self._library.Error as error:
            raise self._meaning(error, hide=hide) from None

    def _meaning(self, error: Any, *, hide: bool) -> Exception:  # noqa: ANN401 (psycopg2's)
        """Return what an error says; its details, which may hold a row, are left out."""
        code = error.pgcode or _AWAY[0]
        said = " ".join((getattr(error.diag, "message_primary", "") or str(error)).split())
        if code == _CANCELED and hide and self._run.left > 1:
            return Fault(
                f"{self._host}: a check takes longer than {STATEMENT_SECONDS} s; write a faster one"
            )
        if code.startswith(_AWAY) or code == _CANCELED:
            return Fault(f"{self._host}: {said}; see the log of its pod")
        # A function may raise whatever it reads, with any code.
        if hide and (getattr(error.diag, "context", None) or not code.startswith(_PLAIN)):
            said = f"it ends with SQLSTATE {code}, whose message may hold a row"
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

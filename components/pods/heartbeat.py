"""The database that drills write into: nonces, how far the primary has written WAL, and clocks.

Each question has its own connection. One that stayed would delay a smart shutdown, in which
PostgreSQL waits for its clients. Asking writes nothing: an idle database stays idle.
"""

import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .clocks import ahead
from .s3 import Fault
from .wal import segment_name

NAME = "tier0_heartbeat"
"""Of the role, and of the database that it owns."""

KEYS = Path("/heartbeat")
"""The folder with `tls.crt`, `tls.key` and `ca.crt`.

libpq takes a key that its group may read if it is root's, as a Secret's files are
(fe-secure-openssl.c, since 14.3)."""

KEPT = 500
"""So many nonces are kept."""

_PART = 16 << 20
"""The most that one message fills."""

_TRIES = 5

_EXISTS = "select to_regclass('public.nonces') is not null"
_CREATE = (
    "create table if not exists public.nonces "
    "(nonce text primary key, written timestamptz not null)"
)
_PRUNE = (
    "delete from public.nonces where nonce in "
    "(select nonce from public.nonces order by written desc offset %s)"
)
# What RETURNING reads comes after the row and before its commit.
_INSERT = (
    "insert into public.nonces values (%s, clock_timestamp()) "
    "returning written, pg_current_wal_insert_lsn() - '0/0'"
)
_INSERTED = "select pg_current_wal_insert_lsn() - '0/0'"
_FILL = "select pg_logical_emit_message(true, 'tier0', repeat(' ', %s))"
_NONCES = "select nonce, written from public.nonces order by written desc limit %s"
_CLOCK = "select host(inet_server_addr()), extract(epoch from clock_timestamp())::float8"
_POSITION = (
    "select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int, "
    "pg_current_wal_lsn() - '0/0', "
    "(select setting::bigint from pg_settings where name = 'wal_segment_size'), "
    "(select system_identifier::text from pg_control_system())"
)


@dataclass(frozen=True)
class Position:
    """How far a primary has written WAL."""

    timeline: int
    lsn: int
    size: int
    """Of a segment, in bytes."""

    system: str
    """The identifier of its database system."""

    @property
    def current(self) -> int:
        """The number of the segment that is not closed yet."""
        return self.lsn // self.size


class Primary:
    """The primary of the active generation."""

    def __init__(self, host: str, keys: str, instances: str) -> None:
        """*keys* names what holds the files, for its faults; *instances* is any instance's name."""
        self._host, self._keys, self._instances = host, keys, instances

    def position(self) -> Position:
        """Return how far it has written; raise Fault if it is away, or no primary."""
        with self._connected() as cursor:
            return _position(cursor)

    def clock(self) -> tuple[str, float]:
        """Return the address of an instance, and by how many seconds its clock is ahead, at least.

        The Service of all instances chooses one: the next primary is a replica now.
        """
        try:
            found = socket.getaddrinfo(self._instances, None, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Fault(
                f"{self._instances}: its name is not found ({error}); it is tried again"
            ) from None
        with self._connected(str(found[0][4][0])) as cursor:
            asked = time.time()
            cursor.execute(_CLOCK)
            address, shown = cursor.fetchone()
            return address, ahead(asked, time.time(), shown, shown)

    def nonces(self) -> list[Mapping[str, str]]:
        """Return the nonces that are kept, newest first."""
        with self._connected() as cursor:
            cursor.execute(_EXISTS)
            if not cursor.fetchone()[0]:
                return []
            cursor.execute(_NONCES, (KEPT,))
            return [{"nonce": nonce, "written": _iso(at)} for nonce, at in cursor.fetchall()]

    def beat(self) -> Mapping[str, str]:
        """Write a nonce, and fill the rest of its segment, so that it is archived.

        `written` is when the row was written, `segment` is the segment that has its commit. Only a
        superuser may switch WAL; a message of logical decoding anyone may write, in any `wal_level`
        (PostgreSQL 14 to 18). Of 16 MiB of blanks 38 kB are archived with gzip.
        """
        with self._connected() as cursor:
            cursor.execute(_EXISTS)
            if not cursor.fetchone()[0]:
                cursor.execute(_CREATE)
            cursor.execute(_PRUNE, (KEPT - 1,))
            position = _position(cursor)
            for _ in range(_TRIES):
                nonce = secrets.token_hex(16)
                cursor.execute(_INSERT, (nonce,))
                written, before = cursor.fetchone()
                number = int(before) // position.size
                # Otherwise the commit may be in either.
                if _inserted(cursor) // position.size == number:
                    break
            else:
                raise Fault(f"{self._host}: it writes too fast to tell a segment; try again")
            while (here := _inserted(cursor)) // position.size == number:
                left = position.size - here % position.size
                cursor.execute(_FILL, (min(left, _PART),))
            return {
                "nonce": nonce,
                "written": _iso(written),
                "segment": segment_name(position.timeline, number, position.size),
                "system": position.system,
            }

    @contextmanager
    def _connected(self, address: str | None = None) -> Iterator[Any]:
        """Yield a cursor, which commits each statement; raise Fault for what PostgreSQL refuses.

        At another *address* than the primary's, the certificate must still have the primary's name.
        """
        # The image has it, as barman needs it; the machine that checks the program has not.
        import psycopg2  # type: ignore[import-untyped]  # noqa: PLC0415 (its types are not needed)

        for name in ("tls.crt", "tls.key", "ca.crt"):
            if not (KEYS / name).exists():
                raise Fault(f"{self._keys}: it has no {name} yet; it is tried again")
        try:
            connection = psycopg2.connect(
                host=self._host,
                hostaddr=address,
                dbname=NAME,
                user=NAME,
                sslmode="verify-full",
                sslrootcert=str(KEYS / "ca.crt"),
                sslcert=str(KEYS / "tls.crt"),
                sslkey=str(KEYS / "tls.key"),
                connect_timeout=10,
                keepalives_idle=10,
                keepalives_interval=5,
                keepalives_count=3,
                application_name="tier0-watch",
                # No timeout of PostgreSQL ends a commit that waits for a replica.
                options="-c statement_timeout=30s -c synchronous_commit=local -c timezone=UTC",
            )
            try:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    yield cursor
            finally:
                connection.close()
        except psycopg2.Error as error:
            said = " ".join(str(error).split())
            raise Fault(f"{address or self._host}: {said}; it is tried again") from None


def _position(cursor: Any) -> Position:  # noqa: ANN401 (psycopg2's, without types)
    cursor.execute(_POSITION)
    timeline, lsn, size, system = cursor.fetchone()
    return Position(int(timeline), int(lsn), int(size), system)


def _inserted(cursor: Any) -> int:  # noqa: ANN401 (as above)
    cursor.execute(_INSERTED)
    return int(cursor.fetchone()[0])


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()

"""`python3 -m pods.proof <settings as JSON>`: whether a restored generation is what it should be.

Clients are sent to it only once this has ended with 0. Each proof is a line of JSON. Nothing is
written into a database. Where clients are sent to it already, it was proved before: by now the
archive that it came from may be pruned, and rows may be gone that a check expects.
"""

import json
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from .api import Namespace
from .job import Refusal, finish, persist
from .s3 import Fault, Gone, Store
from .segments import Archived
from .wal import archived, fields, histories, lineage, segment_name

APPLICATION, CA = Path("/application"), Path("/ca/ca.crt")
PAUSE_SECONDS, SLACK_SECONDS, STATEMENT_SECONDS = 5, 60, 300

NEXT = "next transaction"
"""The name of the line that says from which transaction on clients have used it."""


class Server(Protocol):
    """A database server that is asked in transactions that write nothing."""

    def row(self, query: str) -> tuple[Any, ...]:
        """Return the only row of *query*; raise Refusal if it fails or has another number."""


class Client:
    """A server, as psycopg2 reaches it."""

    def __init__(self, host: str, database: str, verified: str | None) -> None:
        """Connect as the application does, to a server with the generation's certificate.

        *verified* is the name in it, which may lead to another generation still; None: the *host*.
        """
        # The image has it, as barman needs it; the machine that checks the program has not.
        import psycopg2  # type: ignore[import-untyped]  # noqa: PLC0415 (its types are not needed)

        self._error = psycopg2.Error
        try:
            self._connection = psycopg2.connect(
                **({"host": verified, "hostaddr": _address(host)} if verified else {"host": host}),
                dbname=database,
                user=(APPLICATION / "username").read_text(),
                password=(APPLICATION / "password").read_text(),
                sslmode="verify-full",
                sslrootcert=str(CA),
                connect_timeout=30,
                application_name="tier0-proof",
                options="-c default_transaction_read_only=on "
                f"-c statement_timeout={STATEMENT_SECONDS}s",
            )
        except (psycopg2.Error, FileNotFoundError, socket.gaierror) as error:
            raise Fault(f"{host}: {_line(error)}; it is tried again") from None

    def row(self, query: str) -> tuple[Any, ...]:
        """Return the only row of *query*; raise Fault if the server is away."""
        try:
            with self._connection, self._connection.cursor() as cursor:
                cursor.execute(query)
                rows = cursor.fetchall()
        except self._error as error:
            # Without a code the connection is lost; 08 and 57P are that or a shutdown (errcodes).
            if (error.pgcode or "08").startswith(("08", "57P")):
                raise Fault(f"{_line(error)}; it is tried again") from None
            raise Refusal(_line(error)) from None
        if len(rows) != 1:
            raise Refusal(f"it returns {len(rows)} rows")
        return tuple(rows[0])


def _address(host: str) -> str:
    """Return an address of *host*; raise gaierror if it has none."""
    return str(socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)[0][4][0])


class Proofs(NamedTuple):
    """What is proved, and by what."""

    settings: Mapping[str, Any]
    cluster: Mapping[str, Any]
    """The Cluster object."""

    server: Server
    origin: Store
    """The store with the archive that it was restored from."""

    own: Store
    """The store with its own archive."""

    def each(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield each proof with its name: a function that returns what was found."""
        if self.settings["snapshot"]:
            yield "source", self.source
        yield "bootstrap", self.bootstrap
        yield "system identifier", self.system
        yield "timeline", self.timeline
        yield "archiving", self.archiving
        for name, query in sorted(self.settings["checks"].items()):
            yield f"check {name}", partial(self.check, query)
        yield "own segment", self.segment
        if self.settings["latest"]:
            yield "end of recovery", self.end
        yield NEXT, self.following

    def source(self) -> object:
        """Say what it was restored from, if that is no base backup of the archive."""
        return f"snapshot {self.settings['snapshot']} (proves nothing about the archive)"

    def bootstrap(self) -> object:
        """Prove that the Cluster was made by a recovery."""
        found = sorted(self.cluster["spec"].get("bootstrap") or {})
        if found != ["recovery"]:
            raise Refusal(
                f"its bootstrap is {' and '.join(found) or 'empty'}, not recovery, so it may be an "
                "empty database; restore the next generation"
            )
        return found[0]

    def system(self) -> object:
        """Prove that it is the database system of the archive that it came from."""
        (running,) = self.server.row("select system_identifier::text from pg_control_system()")
        archives = {
            info["systemid"]
            for key in self.origin.listed(f"{self.settings['from']}/base/")
            if key.endswith("/backup.info")
            and (info := _info(self.origin, key)).get("status") == "DONE"
            and "systemid" in info
        }
        if running not in archives:
            raise Refusal(
                f"it is {running}, and the base backups in {self.origin.place}/"
                f"{self.settings['from']}/ are of {', '.join(sorted(archives)) or 'none'}; restore "
                "the next generation from an archive that has one"
            )
        return running

    def timeline(self) -> object:
        """Prove that it is on a newer timeline than the archive had when it was restored."""
        newest, running = _newest(self._before()), self._running()
        if running <= newest:
            raise Refusal(
                f"it is {running}, and the archive had {newest} already: a missing history file "
                "ends a recovery before that timeline; archive the file again from pg_wal of an "
                "instance, and restore the next generation"
            )
        return {"running": running, "archive": newest}

    def archiving(self) -> object:
        """Prove that the running server archives."""
        (mode,) = self.server.row("select current_setting('archive_mode')")
        if mode not in ("on", "always"):
            raise Refusal(f"archive_mode is {mode}; see the plugin in its Cluster")
        return mode

    def check(self, query: str) -> object:
        """Prove what the user checks."""
        row = self.server.row(query)
        if len(row) != 1 or row[0] is not True:
            raise Refusal(
                f"it returns {', '.join(map(str, row))}, not true; look into the generation, and "
                "correct the check or restore the next generation"
            )
        return True

    def segment(self) -> object:
        """Prove that a WAL segment of its timeline is in its archive; wait for it.

        A transaction with an ID ends with a record in WAL, and nothing else, so that
        `archive_timeout` closes the segment of a quiet database, too. That begins to count at the
        first checkpoint after a start of the server (PostgreSQL 18, checkpointer.c: measured).
        """
        running, waited = self._running(), 0
        if not (found := self._segments(running)):
            self.server.row("select pg_current_xact_id()::text")
            (patience,) = self.server.row(
                "select sum(setting::int)::int from pg_settings "
                "where name in ('archive_timeout', 'checkpoint_timeout')"
            )
        while not found:
            if waited > patience + SLACK_SECONDS:
                raise Refusal(
                    f"none of timeline {running} is in {self.own.place}/{self.settings['server']}/"
                    f"wals/ after {waited} s; see the log of the instance"
                )
            time.sleep(PAUSE_SECONDS)
            waited += PAUSE_SECONDS
            found = self._segments(running)
        return min(found)

    def end(self) -> object:
        """Prove that all WAL came back that the archive had without a gap.

        To PostgreSQL every segment that it does not get is the end of the archive, also while the
        store is away: CloudNativePG's wal-restore ends with the same status (v1.30.0, cmd.go). With
        a target PostgreSQL refuses to start before it.
        """
        before, running = self._before(), self._running()
        newest, below = _newest(before), f"{self.settings['server']}/wals/"
        history = Archived(self.own, self.own.keys(below)).history(running)
        ended = dict(lineage(history)).get(newest)
        if ended is None:
            raise Refusal(
                f"the history of timeline {running} in {self.own.place}/{below} has no timeline "
                f"{newest}, which the archive has; restore the next generation"
            )
        (size,) = self.server.row(
            "select setting::bigint from pg_settings where name = 'wal_segment_size'"
        )
        last = (ended - 1) // size
        name, following = (segment_name(newest, number, size) for number in (last, last + 1))
        if following in archived(before):
            raise Refusal(
                f"it ended with WAL {name}, and the archive had {following}: the store was away "
                "meanwhile, or that segment is damaged; restore the next generation, to a time "
                "before it if it is"
            )
        return name

    def following(self) -> object:
        """Return the ID of the next transaction: what clients do is counted from it."""
        (number,) = self.server.row("select pg_snapshot_xmax(pg_current_snapshot())::text")
        return int(number)

    def _before(self) -> list[str]:
        """Return the keys of the WAL that the archive had when the Cluster was created."""
        created = datetime.fromisoformat(self.cluster["metadata"]["creationTimestamp"])
        found = self.origin.listed(f"{self.settings['from']}/wals/")
        return [key for key, one in found.items() if one.modified < created]

    def _running(self) -> int:
        # pg_control_checkpoint() has the old one until a promotion's checkpoint is done.
        (segment,) = self.server.row("select pg_walfile_name(pg_current_wal_lsn())")
        return int(segment[:8], 16)

    def _segments(self, timeline: int) -> set[str]:
        names = archived(self.own.listed(f"{self.settings['server']}/wals/"))
        return {name for name in names if int(name[:8], 16) == timeline}


def _newest(keys: Sequence[str]) -> int:
    """Return the newest timeline of an archive by its *keys*; 0 if it has none."""
    timelines = [*(int(name[:8], 16) for name in archived(keys)), *histories(keys)]
    return max(timelines, default=0)


def _info(store: Store, key: str) -> Mapping[str, str]:
    try:
        return fields(store.read(store.ask("get_object", key)["Body"]).decode())
    except Gone:
        return {}  # retention has just deleted it


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def said(name: str, found: object) -> None:
    """Print a proof as a line of JSON."""
    print(json.dumps({"proof": name, "found": found}), flush=True)


def main(settings: Mapping[str, Any]) -> None:
    """Prove one generation, all of it even if a part fails."""
    namespace, name = Namespace(settings["namespace"]), settings["cluster"]

    def proved(proof: str, prove: Callable[[], object]) -> None:
        try:
            said(proof, prove())
        except Refusal as refusal:
            raise Refusal(f"{name}: {proof}: {refusal}") from None

    def work() -> None:
        service = namespace.service(settings["service"])
        if service and service["spec"].get("selector", {}).get("cnpg.io/cluster") == name:
            said("before", f"Service {settings['service']} selects it")
            return
        cluster = namespace.cluster(name)
        if cluster is None:
            raise Fault(f"Cluster {name}: it does not exist; it is tried again")
        proofs = Proofs(
            settings,
            cluster,
            Client(f"{name}-rw", settings["database"], settings["verified"]),
            origin=Store(settings["store"], settings[settings["store"]]),
            own=Store("source", settings["source"]),
        )
        finish(*[partial(proved, *one) for one in proofs.each()])

    finish(work)


if __name__ == "__main__":
    persist(partial(main, json.loads(sys.argv[1])))

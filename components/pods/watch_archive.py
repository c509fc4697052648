"""What a store holds of one database's archive, kept up to date at little cost.

A listing of a large archive takes many requests: only its end is listed often, all of it once an
hour, and a segment is read once.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .backups import Backup, base_backups, gap_after, held
from .clocks import dated
from .ended import Known
from .heartbeat import Position
from .s3 import KEYS, Fault, Store
from .segments import Archived
from .wal import Lineage, lineage
from .waldump import Waldump
from .window import examine

SURVEY_SECONDS, BASE_SECONDS, CERTIFICATE_SECONDS = 3600, 300, 300
"""How often all of the WAL is listed, the base backups are, and the store is asked for its
certificate."""

_AGAIN = 200
"""So many objects at the end are listed again: several are archived at once, in any order."""

_MOST_KNOWN = 20_000
_CONNECT_SECONDS = 10


class Closed:
    """The segments that the primary has closed, and since when a store lacks them.

    What was closed before the first question is unknown, but for the last one: archiving is in
    order. It counts from then on.
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._lock = threading.Lock()
        self._position: Position | None = None
        self._since: dict[int, float] = {}
        self._first = -1
        self._tried = -inf

    @property
    def position(self) -> Position | None:
        """How far the primary had written when it was seen last."""
        return self._position

    def seen(self, position: Position, at: float) -> None:
        """Note how far the primary had written at a time."""
        with self._lock:
            if self._position is None:
                self._first = position.current - 1
            begin = self._position.current if self._position else max(self._first, 1)
            for number in range(begin, position.current):
                self._since.setdefault(number, at)
            # A promoted replica may have less; what it lacks is lost, not late.
            for number in [it for it in self._since if it >= position.current]:
                del self._since[number]
            self._position = position

    def listed(self, names: Collection[str], history: str, position: Position, at: float) -> None:
        """Note what the store had when its listing began."""
        way = Lineage(position.timeline, lineage(history), position.size)
        with self._lock:
            self._tried = at
            for number in list(self._since):
                name = way.name(number)
                # The last one before a restore is in the archive that it was restored from.
                elsewhere = number == self._first and int(name[:8], 16) != position.timeline
                if name in names or elsewhere:
                    del self._since[number]

    def unlisted(self, at: float) -> None:
        """Note that the store could not be listed: what it was not seen to have counts."""
        with self._lock:
            self._tried = at

    def behind(self, now: float) -> float:
        """Return for how many seconds the store has lacked a closed segment; 0 if it has all."""
        with self._lock:
            since = [at for at in self._since.values() if at <= self._tried]
        return max(0.0, now - min(since)) if since else 0.0


class Nearer(Archived):
    """The WAL of a copy, read from the archive while that has it: stores outside bill for it."""

    def __init__(
        self, store: Store, listed: Collection[str], near: Callable[[], Archived | None]
    ) -> None:
        """*near* returns the archive, as it was listed last."""
        super().__init__(store, listed)
        self._near = near

    def fetch(self, name: str, size: int, folder: Path) -> Path:
        """Write a segment into *folder*, decompressed, and return its path."""
        near = self._near()
        if near and name in near.names:
            try:
                return near.fetch(name, size, folder)
            except Fault:  # it is removed, or damaged there only
                pass
        return super().fetch(name, size, folder)


class Watched:
    """The archive of one server in one store."""

    def __init__(
        self,
        name: str,
        settings: Mapping[str, Any],
        server: str,
        known: Known,
        near: "Watched | None" = None,
    ) -> None:
        """*name* is that of the store's keys; *known* is shared with the other store, *near*."""
        self.closed = Closed()
        self.values: dict[str, float] = {}
        """Metrics by name."""
        self.archive: Archived | None = None
        """As it was listed last."""
        self.ahead: float | None = None
        """By how many seconds the store's clock is ahead, at least; None: it does not say."""
        self._store, self._name, self._settings = Store(name, settings), name, settings
        self._server, self._dump, self._known, self._near = server, Waldump(), known, near
        self._keys: list[str] = []
        self._taken = list[Backup]()
        self._surveyed: object = None
        self._histories: dict[int, str] = {}
        self._next: dict[str, float] = {}

    def look(self) -> None:
        """Look once, and set the metrics; raise Fault for what could not be seen."""
        began = time.time()
        try:
            self._every(CERTIFICATE_SECONDS, self._certificate)
            self._every(BASE_SECONDS, self._base)
            # Listed after backup.info was read, which comes when a backup's WAL is archived.
            self._keys = self._keys[:-_AGAIN]
            self._every(SURVEY_SECONDS, self._keys.clear)
            self._keys += self._after(self._keys[-1] if self._keys else "")
            near = self._near
            archive = Nearer(self._store, self._keys, lambda: near.archive if near else None)
            if position := self.closed.position:
                history = self._history(archive, position.timeline)
                self.closed.listed(archive.names, history, position, began)
        except Fault:
            self._next.pop("clear", None)
            self.closed.unlisted(began)
            self.ahead = None
            raise
        self.archive = archive
        self._survey(archive)

    def _every(self, seconds: float, work: Callable[[], None]) -> None:
        """Do *work* if its time has come; what fails is done again the next time."""
        if time.monotonic() >= self._next.get(work.__name__, 0.0):
            work()
            self._next[work.__name__] = time.monotonic() + seconds

    def _certificate(self) -> None:
        ca = KEYS / self._name / "ca.crt"
        until = served_until(self._settings["endpoint"], ca if ca.exists() else None)
        self.values["store_certificate_expiry_timestamp_seconds"] = until

    def _base(self) -> None:
        self._taken = base_backups(self._store, self._server)

    def _after(self, key: str) -> list[str]:
        """Return the keys of WAL after *key*, in order."""
        hidden = self._settings["prefix"]
        more: dict[str, str] = {"StartAfter": hidden + key} if key else {}
        found: list[str] = []
        while True:
            asked = time.time()
            page = self._store.ask(
                "list_objects_v2", Prefix=f"{hidden}{self._server}/wals/", **more
            )
            self.ahead = dated(page, asked, time.time())
            found += [one["Key"].removeprefix(hidden) for one in page.get("Contents", [])]
            if not page.get("IsTruncated"):
                return sorted(found)
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def _history(self, archive: Archived, timeline: int) -> str:
        if not self._histories.get(timeline):
            self._histories[timeline] = archive.history(timeline)
        return self._histories[timeline]

    def _survey(self, archive: Archived) -> None:
        """Set the metrics of the window, if the archive has changed."""
        state = hash((*self._keys,)), self._taken
        if state == self._surveyed:
            return
        found = examine(self._taken, archive, (), self._dump, self._known)
        for old in list(self._known)[:-_MOST_KNOWN]:
            self._known.pop(old, None)
        self.values |= window_metrics(found, self._taken)
        self.values["archive_held_segments"] = float(held(self._taken, archive.names))
        if found["unread"]:
            self.values.pop("latest_restorable_timestamp_seconds", None)
            raise Fault(f"{self._store.place}: {found['unread']}; make a base backup")
        self._surveyed = state


def window_metrics(found: Mapping[str, Any], taken: Iterable[Backup]) -> dict[str, float]:
    """Return the metrics out of a survey; 0 is never.

    Without a transaction after the base backup the latest restorable time is the earliest.
    """
    window = found["windows"][-1] if found["windows"] else {"earliest": None, "latest": None}
    whole = [one["end"] for one in found["backups"] if not one["fault"]]
    newest = max((it for it in taken if it.whole), key=lambda it: str(it.ended), default=None)
    return {
        "latest_restorable_timestamp_seconds": _seconds([window["latest"] or window["earliest"]]),
        "earliest_restorable_timestamp_seconds": _seconds([window["earliest"]]),
        "base_backup_timestamp_seconds": _seconds(whole),
        "archive_gaps": float(len(found["gaps"])),
        "archive_broken": float(bool(newest and gap_after(newest, found["gaps"]))),
    }


def _seconds(moments: Iterable[str | None]) -> float:
    """Return the last of *moments*, in ISO 8601, as Unix time; 0 if there is none."""
    times = [datetime.fromisoformat(it).timestamp() for it in moments if it]
    return max(times, default=0.0)


def served_until(endpoint: str, ca: Path | None) -> float:
    """Return until when the certificate is valid that a store serves, as Unix time.

    Raise Fault if it is not trusted: by *ca*, or by the public CAs.
    """
    address = urlsplit(endpoint)
    host, port = address.hostname or "", address.port or 443
    try:
        trusted = ssl.create_default_context(cafile=str(ca) if ca else None)
        with (
            socket.create_connection((host, port), _CONNECT_SECONDS) as plain,
            trusted.wrap_socket(plain, server_hostname=host) as connection,
        ):
            served = connection.getpeercert() or {}
    except ssl.SSLError as error:
        raise Fault(f"{endpoint}: its certificate is not trusted ({error}); fix its CA") from None
    except OSError as error:
        raise Fault(f"{endpoint}: it does not answer ({error}); see that it runs") from None
    return float(ssl.cert_time_to_seconds(str(served["notAfter"])))

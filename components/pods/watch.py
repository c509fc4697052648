"""`python3 -m pods.watch <settings as JSON>`: how far a database can be restored, as metrics.

It asks the primary how far it has written WAL, and an instance for its time, lists the archive and
the off-site copy, and reads the record of the drills, for which it writes nonces. Each runs in its
own thread, so that a store that is away stops none of the others. Port 8080 serves metrics and
nonces.
"""

import json
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from .ended import Known
from .heartbeat import Primary
from .s3 import Fault
from .waldump import FOLDER
from .watch_archive import Watched
from .watch_record import Copies, Labels, Record, drill_metrics

PORT = 8080
PAUSES = {"primary": 15, "archive": 30, "offsite": 60, "record": 30}
"""Seconds between two looks; stores outside bill for each listing."""

_ASKED = ("GET /metrics", "GET /nonces", "GET /system")
_REQUEST_SECONDS = 30
"""The longest time that a request may take to come."""

_AT_ONCE, _EACH_SECONDS = 30, 120
"""So many nonces may be written at once, and then one in so many seconds: each fills a segment, and
whatever reaches the port may ask for one."""

_LATE_SECONDS = 600
"""A look that takes longer has failed; an instance that was not asked for longer has no clock."""


class Watch:
    """One database, and what is known of it."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Nothing is known yet."""
        self.database = str(settings["database"])
        self.primary = Primary(settings["host"], settings["heartbeat"], settings["instances"])
        self.server, known = str(settings["server"]), Known()
        archive = Watched("source", settings["source"], self.server, known)
        self.stores = {"archive": archive}
        if "target" in settings:
            self.stores["offsite"] = Watched(
                "target", settings["target"], self.server, known, archive
            )
        self._record = Record(settings["namespace"], settings["record"])
        self._copies = Copies(settings) if "target" in settings else None
        self._drills: dict[tuple[str, Labels], float] = {}
        self._failed: dict[str, bool] = {}
        self._ended: dict[str, float] = {}
        self._clocks: dict[str, tuple[float, float]] = {}
        """When each instance was asked, and by how many seconds its clock was ahead."""
        self._beating, self._beaten, self._left = threading.Lock(), 0.0, float(_AT_ONCE)

    def look_at_primary(self) -> None:
        """Ask the primary how far it has written."""
        position, now = self.primary.position(), time.time()
        for store in self.stores.values():
            store.closed.seen(position, now)
        self.tried("clocks", self.look_at_clock)

    def look_at_clock(self) -> None:
        """Ask an instance for its time; each has its turn, as it is chosen by chance."""
        address, ahead = self.primary.clock()
        self._clocks[address] = time.monotonic(), ahead

    def look_at_record(self) -> None:
        """Read the record, and copy each new evidence."""
        record = self._record.read()
        self._drills = drill_metrics(record)
        if self._copies:
            copies = self._copies
            self.tried("evidence", lambda: copies.keep(record))

    def tried(self, part: str, look: Callable[[], object]) -> None:
        """Look once; log a fault when it begins and when it is over."""
        said: str | None = None
        try:
            look()
        except Fault as fault:
            said = str(fault)
        if (said is not None) != self._failed.get(part, False):
            print(json.dumps({"part": part, "fault": said}), flush=True)
        self._ended[part] = time.monotonic()
        self._failed[part] = said is not None

    def beat(self) -> Mapping[str, str] | None:
        """Write a nonce; None if too many were asked for, or the last a second ago."""
        with self._beating:
            now = time.monotonic()
            left = min(_AT_ONCE, self._left + (now - self._beaten) / _EACH_SECONDS)
            if now - self._beaten < 1 or left < 1:
                return None
            self._beaten, self._left = now, left - 1
        return {**self.primary.beat(), "server": self.server}

    def metrics(self) -> str:
        """Return the metrics in Prometheus's text format."""
        found = dict(self._drills)
        now = time.time()
        for part, failed in self._failed.copy().items():
            late = time.monotonic() - self._ended[part] > _LATE_SECONDS
            found["watch_failed", (("part", part),)] = float(failed or late)
        for name, store in self.stores.items():
            label = (("store", name),)
            found |= {(metric, label): value for metric, value in store.values.copy().items()}
            if store.closed.position:
                found["behind_seconds", label] = store.closed.behind(now)
            if store.ahead is not None:
                found["clock_ahead_seconds", (("clock", name),)] = store.ahead
        for address, (at, ahead) in self._clocks.copy().items():
            if time.monotonic() - at <= _LATE_SECONDS:
                found["clock_ahead_seconds", (("clock", address),)] = ahead
        lines = []
        for (metric, labels), value in sorted(found.items()):
            each = "".join(f',{label}="{it}"' for label, it in labels)
            lines.append(f'tier0_{metric}{{database="{self.database}"{each}}} {value!r}\n')
        return "".join(lines)


class Answer(NamedTuple):
    """What a request is answered with."""

    status: HTTPStatus
    text: str
    kind: str = "text/plain"


_TOO_MANY = (
    f"one nonce a second, and after {_AT_ONCE} one in {_EACH_SECONDS // 60} minutes; try again\n"
)


def answer(watch: Watch, asked: str) -> Answer:
    """Return the answer to a request, by its method and path."""
    try:
        if asked == "GET /metrics":
            return Answer(HTTPStatus.OK, watch.metrics(), "text/plain; version=0.0.4")
        if asked in {"GET /nonces", "GET /system"}:
            primary = watch.primary
            told: object
            if asked == "GET /system":
                told = {"system": primary.position().system, "server": watch.server}
            else:
                told = primary.nonces()
            return Answer(HTTPStatus.OK, json.dumps(told), "application/json")
        if asked != "POST /nonce":
            return Answer(HTTPStatus.NOT_FOUND, f"ask {', '.join(_ASKED)} or POST /nonce\n")
        written = watch.beat()
    except Fault as fault:
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{fault}\n")
    if written is None:
        return Answer(HTTPStatus.TOO_MANY_REQUESTS, _TOO_MANY)
    return Answer(HTTPStatus.OK, json.dumps(written), "application/json")


def server(watch: Watch, port: int) -> ThreadingHTTPServer:
    """Return the server of requests, listening."""

    class Handler(BaseHTTPRequestHandler):
        timeout = _REQUEST_SECONDS

        def do_GET(self) -> None:
            said = answer(watch, f"{self.command} {self.path}")
            body = said.text.encode()
            self.send_response(said.status)
            self.send_header("Content-Type", said.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 (the library's name)

        def log_message(self, *_: object) -> None:
            """Log nothing: metrics are scraped often."""

    return ThreadingHTTPServer(("", port), Handler)


def main(settings: Mapping[str, Any]) -> None:
    """Watch forever; an unexpected error ends the process, and Kubernetes restarts it."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    for left in FOLDER.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    watch = Watch(settings)

    def loop(part: str, look: Callable[[], None]) -> None:
        try:
            while True:
                watch.tried(part, look)
                time.sleep(PAUSES[part])
        except BaseException:  # noqa: BLE001 (whatever it was, the others must not continue alone)
            traceback.print_exc()
            os._exit(1)

    parts = {"primary": watch.look_at_primary, "record": watch.look_at_record}
    parts |= {name: store.look for name, store in watch.stores.items()}
    for part, look in parts.items():
        threading.Thread(target=loop, args=(part, look), daemon=True).start()
    server(watch, PORT).serve_forever()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

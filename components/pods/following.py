"""`python3 -m pods.following <settings as JSON>`: how far a replica follows the other site.

It archives what it replays. So what the other site's archive has beyond its own newest segment is
what it lacks, also while the primary is idle or the replica waits on purpose. Each pass that says
something new logs a line of JSON; port 8080 serves metrics.
"""

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from typing import Any

from .s3 import Fault, Store
from .served import serve
from .wal import archived

PAUSE_SECONDS = 60
"""Stores outside bill for each listing."""

_LAST = "~"
"""Behind the name of a segment it comes after each of its suffixes."""


class Following:
    """Two archives: the replica's own, and the one that it follows."""

    def __init__(self, settings: Mapping[str, Any], own: Store, other: Store) -> None:
        """Nothing is known yet."""
        self._server, self._followed = str(settings["server"]), str(settings["followed"])
        self._database, self._own, self._other = str(settings["database"]), own, other
        self._values: dict[str, float] = {}
        self._said = ""

    def look(self) -> None:
        """Look once, and log a fault when it begins and when it is over."""
        said = ""
        try:
            self._values["site_replayed_until_timestamp_seconds"] = self._until()
        except Fault as fault:
            said = str(fault)
        self._values["site_failed"] = float(bool(said))
        if said != self._said:
            print(json.dumps({"database": self._database, "fault": said or None}), flush=True)
        self._said = said

    def _until(self) -> float:
        """Return when the oldest segment was archived that it lacks; now if it lacks none."""
        now = time.time()
        newest = max(archived(self._own.keys(f"{self._server}/wals/")), default="")
        folder = f"{self._followed}/wals/"
        after = f"{folder}{newest[:16]}/{newest}{_LAST}" if newest else ""
        lacking = self._other.listed(folder, after=after)
        return min(
            (one.modified.timestamp() for key, one in lacking.items() if archived([key])),
            default=now,
        )

    def metrics(self) -> str:
        """Return the metrics in Prometheus's text format."""
        return "".join(
            f'tier0_{name}{{database="{self._database}"}} {value!r}\n'
            for name, value in sorted(self._values.copy().items())
        )


def main(settings: Mapping[str, Any]) -> None:
    """Look forever; an unexpected error ends the process, and Kubernetes restarts it."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    own, other = (Store(name, settings[name]) for name in ("source", "other"))
    following = Following(settings, own, other)

    def loop() -> None:
        try:
            while True:
                following.look()
                time.sleep(PAUSE_SECONDS)
        except BaseException:  # noqa: BLE001 (whatever it was, the metrics must not stay as they are)
            traceback.print_exc()
            os._exit(1)

    threading.Thread(target=loop, daemon=True).start()
    serve(following.metrics)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

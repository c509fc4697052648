"""`python3 -m pods.offsite <settings as JSON>`: copy what is missing, repeatedly, and report.

One thread copies WAL and another base backups, so that a large base backup does not delay WAL. Each
pass logs a line of JSON; port 8080 serves metrics.
"""

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from .copying import Copy
from .s3 import Fault, Store
from .served import serve


def one_pass(copy: Copy, part: str, work: Callable[[], int]) -> None:
    """Copy once, and print the result as a line of JSON."""
    began = time.time()
    said: dict[str, Any] = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "part": part}
    try:
        said["copied"] = work()
    except Fault as fault:
        said["fault"] = str(fault)
    if copy.unlocked:
        said["lock"] = copy.unlocked
    copy.values["failed", part] = float("fault" in said)
    copy.values["failed", "lock"] = float(bool(copy.unlocked))
    until = copy.values.get(("copied_until_timestamp_seconds", part))
    said |= {"seconds": round(time.time() - began, 1), "copied_until": until}
    print(json.dumps(said), flush=True)


def metrics(copy: Copy, database: str) -> str:
    """Return the metrics in Prometheus's text format."""
    known = sorted(copy.values.copy().items())
    return "".join(
        f'tier0_offsite_{name}{{database="{database}",part="{part}"}} {value!r}\n'
        for (name, part), value in known
    )


def main(settings: Mapping[str, Any]) -> None:
    """Copy forever; an unexpected error ends the process, and Kubernetes restarts it."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    source, target = (Store(name, settings[name]) for name in ("source", "target"))
    copy = Copy(settings, source, target)

    def loop(part: str, work: Callable[[], int]) -> None:
        try:
            while True:
                one_pass(copy, part, work)
                time.sleep(settings["pause_seconds"])
        except BaseException:  # noqa: BLE001 (whatever it was, the other thread must not continue alone)
            traceback.print_exc()
            os._exit(1)

    for part, work in (("wal", copy.wal), ("base", copy.base)):
        threading.Thread(target=loop, args=(part, work), daemon=True).start()
    serve(lambda: metrics(copy, settings["database"]))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

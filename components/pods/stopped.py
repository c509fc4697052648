"""`python3 -m pods.stopped <settings as JSON>`: whether generations that clients leave are stopped.

Clients are sent to another generation only once this has ended with 0: what a forgotten one
acknowledges would be lost. Fencing stops PostgreSQL within a second, and no field of a Cluster says
so: its pods are not ready half a minute later, and its condition Ready stays true (measured with
CloudNativePG 1.30.0).
"""

import json
import socket
import sys
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from .api import Namespace
from .job import Refusal, finish, persist

PORT = 5432
CONNECT_SECONDS, PAUSE_SECONDS, PATIENCE_SECONDS = 2, 0.2, 120


def answering(cluster: Mapping[str, Any]) -> list[str]:
    """Return the instances of a Cluster that accept connections.

    One whose address does not answer at all has lost its node or its network; whether it runs
    cannot be known from here.
    """
    reported = cluster.get("status", {}).get("instancesReportedState") or {}
    return sorted(name for name, one in reported.items() if one.get("ip") and _accepts(one["ip"]))


def _accepts(address: str) -> bool:
    try:
        socket.create_connection((address, PORT), CONNECT_SECONDS).close()
    except OSError:
        return False
    return True


def main(settings: Mapping[str, Any]) -> None:
    """Wait until no instance of the stopped Clusters accepts connections."""
    namespace = Namespace(settings["namespace"])

    def work() -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        for name in settings["clusters"]:
            while (cluster := namespace.cluster(name)) and (running := answering(cluster)):
                if time.monotonic() > deadline:
                    raise Refusal(
                        f"Cluster {name}: {', '.join(running)} accept connections; see whether the "
                        "operator runs, which stops them"
                    )
                time.sleep(PAUSE_SECONDS)
            print(f"Cluster {name}: no instance accepts connections", flush=True)

    finish(work)


if __name__ == "__main__":
    persist(partial(main, json.loads(sys.argv[1])))

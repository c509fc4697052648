"""cnpg-drill against the faults, in a cluster with CloudNativePG, the plugin and Rook's buckets.

It is installed from its registry into a scratch folder and run unchanged. All that is made is in
one namespace, which is removed at the end; the bucket goes with its claim.
"""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from benchmarks.peers.backups import CHECKS, NONCE, SCHEMA, SHRINK, SUBSCRIPTION
from benchmarks.peers.databases import OTHER, SHOP, Databases
from benchmarks.peers.faults import FAULTS, Found
from benchmarks.peers.install import install
from benchmarks.peers.kubernetes import CLUSTERS, PATIENCE_SECONDS

VERSION = "0.1.5"

_RESTARTS = re.compile(r"the database system is (shutting down|starting up)|container not found")
"""The plugin has the restored server's pod made again, without its sidecar (0.15.0,
shouldInjectBarmanSidecar); it was ready before."""

_TIMES = 4

_Note = Callable[[str, Callable[[], Found]], None]

_NAMES = {it.name: it.names for it in FAULTS}
_SECONDS = 150
"""How long a drill waits for its cluster; a whole restore takes half of it."""


class CnpgDrill:
    """The installed program, with the database that it drills."""

    def __init__(self, folder: Path, databases: Databases) -> None:
        """Install it into *folder*."""
        self.folder = folder
        self.databases = databases
        self.cluster = databases.cluster
        self.program = install(folder, f"cnpg-drill=={VERSION}", "cnpg-drill")
        self.nonce = os.urandom(6).hex()
        self.asked, self.raced = 0, 0
        """Drills that ran to their end, and those of them that met a restart of their server."""
        self._number = 0

    def start(
        self, config: Mapping[str, Any], env: Mapping[str, str] | None = None
    ) -> tuple[subprocess.Popen[str], Path]:
        """Start a drill; return it with the place of its report."""
        self._number += 1
        place = self.folder / f"run-{self._number}.json"
        settings = {
            "namespace": self.cluster.namespace,
            "cluster": SHOP,
            "timeoutSeconds": _SECONDS,
            **config,
        }
        place.write_text(json.dumps(settings), encoding="utf-8")
        report = place.with_suffix(".report")
        command = [str(self.program), "--kubectl", self.cluster.kubectl, "run"]
        started = subprocess.Popen(
            [*command, "--config", str(place), "--report", str(report)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**self.cluster.env, **(env or {})},
        )
        return started, report

    def drill(
        self, fault: str, config: Mapping[str, Any], env: Mapping[str, str] | None = None
    ) -> Found:
        """Run a drill to its end."""
        return self.drills(1, fault, config, env)

    def drills(
        self,
        number: int,
        fault: str,
        config: Mapping[str, Any],
        env: Mapping[str, str] | None = None,
    ) -> Found:
        """Run drills at once to their end; return the worst.

        They are run again if one asked while its restored server restarted, but not for ever.
        """
        for _ in range(_TIMES):
            ends = [_end(fault, *one) for one in [self.start(config, env) for _ in range(number)]]
            self.asked += number
            raced = [end for end in ends if _RESTARTS.search(end.said)]
            self.raced += len(raced)
            if not raced:
                break
        return max(ends, key=lambda end: end.status)

    def checks(self, *names: str) -> dict[str, Any]:
        """Return the configuration that makes these checks, and that of the nonce."""
        found = (CHECKS[name] for name in ("nonce", *names))
        return {
            "checks": [
                {
                    "name": name,
                    "query": query.format(nonce=self.nonce),
                    "expected": str(answer),
                    "database": "app",
                }
                for name, query, answer in found
            ]
        }

    def clusters(self) -> list[str]:
        """Return the drills' Clusters that are there."""
        label = "app.kubernetes.io/managed-by=cnpg-drill"
        return self.cluster.call("get", CLUSTERS, "-l", label, "-o", "name").split()


def _end(fault: str, started: subprocess.Popen[str], report: Path) -> Found:
    """Return what a run comes to, from what it prints and its report."""
    said, _ = started.communicate(timeout=_SECONDS + PATIENCE_SECONDS)
    result = json.loads(report.read_text("utf-8")) if report.exists() else {"error": said}
    text = f"{result.get('failureReason', '')} {result.get('error', '')}".replace("_", " ")
    pattern = _NAMES[fault]
    return Found(
        status=started.returncode,
        word=result.get("status", "none"),
        rule=result.get("failureReason", result.get("phase", "")),
        said=(result.get("error") or "").strip().replace("\n", " ")[:300],
        named=bool(pattern and re.search(pattern, text, re.IGNORECASE | re.DOTALL)),
    )


def find(
    it: CnpgDrill, wanted: Collection[str], say: Callable[[str, Found], None]
) -> dict[str, Found]:
    """Return what it finds, by those faults that are *wanted*; *say* each once it is known."""
    found: dict[str, Found] = {}

    def note(fault: str, tried: Callable[[], Found]) -> None:
        if fault in wanted:
            found[fault] = tried()
            say(fault, found[fault])

    missing, later = _prepare(it)
    sound = it.checks("sound", "enough")
    note("whole", lambda: it.drill("whole", sound))
    _of_the_archive(it, note, missing, later)
    for name in ("false", "errors", "acts"):
        note(name, partial(it.drill, name, it.checks(name)))
    note("late", lambda: it.drill("late", {**sound, "timeoutSeconds": 30}))
    note("keys", lambda: it.drill("keys", {**sound, "recoveryObjectStore": "refused"}))
    with _full(it):
        note("room", lambda: it.drill("room", sound))
    none = {"KUBECONFIG": str(it.folder / "none")}
    note("away", lambda: it.drill("away", sound, none))
    note("killed", lambda: _killed(it))
    note("twice", lambda: it.drills(2, "twice", sound))
    _of_the_data(it, note)
    return found


def _prepare(it: CnpgDrill) -> tuple[str, str]:
    """Make the databases; return the segment to remove, and the nonce's."""
    for name in (SHOP, OTHER):
        it.databases.database(name)
        it.databases.sql(name, SCHEMA)
    it.databases.sql(SHOP, *SUBSCRIPTION)
    for name in (SHOP, OTHER):
        it.databases.backup(name, f"{name}-first")
    it.databases.sql(SHOP, "insert into unread (note) values ('between')")
    missing = it.databases.close(SHOP)
    it.databases.sql(SHOP, NONCE.format(nonce=it.nonce))
    later = it.databases.close(SHOP)
    it.databases.close(OTHER)
    it.databases.keep()
    return missing, later


def _of_the_archive(it: CnpgDrill, note: _Note, missing: str, later: str) -> None:
    sound = it.checks("sound", "enough")
    with it.databases.changed(delete=it.databases.keys):
        note("empty", lambda: it.drill("empty", sound))
    data = [key for key in it.databases.keys if "/base/" in key and "data.tar" in key]
    with it.databases.changed(damage=data):
        note("damaged", lambda: it.drill("damaged", sound))
    with it.databases.changed(cut=data):
        note("cut", lambda: it.drill("cut", sound))
    wal = {key.rpartition("/")[2][:24]: key for key in it.databases.keys if "/wals/" in key}
    with it.databases.changed(delete=[wal[missing]]):
        note("segment", lambda: it.drill("segment", sound))
    with it.databases.changed(delete=[key for name, key in wal.items() if name >= later]):
        note("stale", lambda: it.drill("stale", sound))
    others = [key for key in it.databases.store() if key.startswith(f"{OTHER}/")]
    copies = [(key, key.replace(OTHER, SHOP, 1)) for key in others]
    with it.databases.changed(delete=it.databases.keys, copy=copies):
        note("another", lambda: it.drill("another", sound))


def _of_the_data(it: CnpgDrill, note: _Note) -> None:
    """Damage the data itself, step by step, and back it up."""
    it.databases.sql(
        SHOP, "update pg_database set datcollversion = '0' where datname = 'app'", "checkpoint"
    )
    page = it.databases.sql(SHOP, "select pg_relation_filepath('unread')")
    it.cluster.call(
        *("exec", f"{SHOP}-1", "-c", "postgres", "--", "dd", "if=/dev/urandom"),
        *(f"of=/var/lib/postgresql/data/pgdata/{page}", "bs=4096", "seek=6", "count=1"),
        "conv=notrunc",
    )
    it.databases.backup(SHOP, f"{SHOP}-second")
    # One restore with both faults: what finds neither need not be asked twice.
    both = cache(lambda: it.drill("page", it.checks("sound")))
    note("page", both)
    note("collation", both)
    it.databases.sql(SHOP, SHRINK)
    it.databases.close(SHOP)
    note("shrunken", lambda: it.drill("shrunken", it.checks("enough")))
    it.databases.sql(SHOP, "drop table orders")
    it.databases.close(SHOP)
    note("gone", lambda: it.drill("gone", it.checks("sound")))


@contextmanager
def _full(it: CnpgDrill) -> Iterator[None]:
    """Leave the namespace no room for another pod."""
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "full"}}
    it.cluster.apply({**quota, "spec": {"hard": {"pods": "2"}}})
    try:
        yield
    finally:
        it.cluster.call("delete", "resourcequota", "full")


def _killed(it: CnpgDrill) -> Found:
    """Kill a drill once its Cluster is there; say what is left, and what removes it."""
    sound = it.checks("sound")
    started, _ = it.start(sound)
    until = time.monotonic() + PATIENCE_SECONDS
    while not it.clusters() and time.monotonic() < until:
        time.sleep(0.5)
    time.sleep(5)
    started.send_signal(signal.SIGKILL)
    started.communicate()
    killed = len(it.clusters())
    it.drill("whole", sound)
    kept = it.clusters()
    for name in kept:
        it.cluster.call("delete", name)
    note = f"{killed} Cluster stays; after the next run {len(kept)}"
    return Found(status=started.returncode, word="none", note=note)

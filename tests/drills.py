"""A database that is drilled, with all around it in memory: API server, stores, watch, server."""

import copy
import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest

from components.pods import (
    api,
    drill,
    drill_archive,
    drill_follow,
    drill_scratch,
    drill_server,
    evidence,
    window,
)
from components.pods.drill_run import Run, Which
from components.pods.drill_watch import Nonce
from components.pods.evidence import Depth
from components.pods.restoring import SIDECAR
from components.pods.s3 import Fault
from components.pods.wal import segment_name
from tests.s3 import Bucket
from tests.tars import tarred

SIZE = 1 << 20
CORE, CLUSTERS, JOBS = (
    "/api/v1/namespaces/tier0-drills",
    "/apis/postgresql.cnpg.io/v1/namespaces/tier0-drills/clusters",
    "/apis/batch/v1/namespaces/tier0-drills/jobs",
)
RECORD = f"{CORE}/configmaps/shop-drills"
HEALTHY = {"phase": "Cluster in healthy state", "readyInstances": 1}
SETTING_UP = {"phase": "Setting up primary"}
NOW = datetime.now(UTC).replace(microsecond=0)
MANIFEST = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "Cluster",
    "metadata": {"name": "drill", "namespace": "tier0-drills"},
    "spec": {
        "bootstrap": {"recovery": {"source": "source", "database": "app", "owner": "app"}},
        "plugins": [{"name": "barman", "enabled": False}],
    },
}
QUIET = {
    "logical_workers": "0",
    "archive_command": "/controller/manager wal-archive --log-destination x %p",
    "libraries": "",
    "processes": ["checkpointer", "client backend"],
}


class Fixed(datetime):
    """A clock that stands: the pods of the scratch Cluster have their times from it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromisoformat(NOW.astimezone(tz).isoformat())


class Clock:
    """Time that passes only while a program sleeps."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.ticks: list[Callable[[], None]] = []

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds
        for tick in self.ticks:
            tick()


def log_line(at: float, message: str, **record: str) -> str:
    """Return a line of CloudNativePG's log, so many seconds after now."""
    ts = (NOW + timedelta(seconds=at)).isoformat().replace("+00:00", "Z")
    if record:
        entry = {"msg": "record", "record": {"message": message, **record}}
    else:
        entry = {"msg": message}
    return json.dumps({"level": "info", "ts": ts, **entry}) + "\n"


def recovering(phase: str = "Running", **status: Any) -> dict[str, Any]:
    """Return the pod that restores."""
    at = {
        name: (NOW + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
        for name, seconds in (("scheduled", 2), ("started", 5))
    }
    state: dict[str, Any] = {"running": {"startedAt": at["started"]}}
    if phase == "Pending":
        state = {"waiting": {"reason": "PodInitializing", "message": ""}}
    return {
        "metadata": {
            "name": "drill-1-full-recovery-x",
            "labels": {"cnpg.io/cluster": "drill", "cnpg.io/jobRole": "full-recovery"},
        },
        "status": {
            "phase": phase,
            "conditions": [
                {"type": "PodScheduled", "status": "True", "lastTransitionTime": at["scheduled"]}
            ],
            "containerStatuses": [{"name": "full-recovery", "state": state}],
        }
        | status,
    }


def instance() -> dict[str, Any]:
    """Return the pod of PostgreSQL."""
    labels = {"cnpg.io/cluster": "drill", "cnpg.io/podRole": "instance"}
    return {"metadata": {"name": "drill-1", "labels": labels}, "status": {"phase": "Running"}}


class Kube:
    """The API server: a Cluster `drill` that is created goes through *states* as it is read."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, list[dict[str, Any]]] = {"events": []}
        self.asked: list[tuple[str, str, Any]] = []
        self.states: list[tuple[Mapping[str, Any], list[dict[str, Any]]]] = [
            (SETTING_UP, []),
            (SETTING_UP, [recovering("Pending")]),
            (SETTING_UP, [recovering()]),
            (SETTING_UP, [instance()]),
            (HEALTHY, [instance()]),
        ]
        self.log = (
            log_line(6, "Starting barman-cloud-restore")
            + log_line(25, "Starting up instance")
            + log_line(26, "redo starts at 0/2000028", error_severity="LOG")
            + log_line(55, "redo done at 0/5000110 system usage: x", error_severity="LOG")
        )
        self.sidecar = ""
        """The log of the container in which the plugin restores."""

        self.refuses: dict[str, tuple[int, str]] = {}
        """By a word of `METHOD path`: the status and what is said."""

        self.keeps = False
        """Whether volumes stay though their Cluster is gone."""

        self.on: Callable[[str, str], None] = lambda *_: None
        self._read = 0
        self._uids = 0
        self._answer: tuple[int, str] = (0, "")

    def put(self, path: str, **fields: Any) -> dict[str, Any]:
        self._uids += 1
        metadata = {"name": path.rsplit("/", 1)[1], "resourceVersion": "1"}
        metadata["uid"] = f"uid-{self._uids}"
        fields["metadata"] = metadata | fields.get("metadata", {})
        self.objects[path] = fields
        return fields

    def request(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> None:
        assert headers["Authorization"] == "Bearer token"
        self.asked.append((method, path, json.loads(body) if body else None))
        self.on(method, path)
        for word, (status, said) in self.refuses.items():
            if word in f"{method} {path}":
                self._answer = status, json.dumps({"message": said})
                return
        place, given = urlsplit(path), json.loads(body) if body else {}
        status, found = self._answered(method, place.path, parse_qs(place.query), given)
        text = found if isinstance(found, str) else json.dumps(found)
        self._answer = int(status), text

    def _answered(
        self, method: str, path: str, query: Mapping[str, Any], given: dict[str, Any]
    ) -> tuple[int, Any]:
        if method == "POST":
            return self._created(f"{path}/{given['metadata']['name']}", given, "dryRun" in query)
        above, _, last = path.rpartition("/")
        if above == CORE or last == "log":
            logs = self.sidecar if query.get("container") == [SIDECAR] else self.log
            return HTTPStatus.OK, logs if last == "log" else {"items": self._list(last)}
        if path not in self.objects:
            return HTTPStatus.NOT_FOUND, {"message": "there is none"}
        found = self.objects[path]
        if method == "DELETE":
            if given["preconditions"]["uid"] != found["metadata"]["uid"]:
                return HTTPStatus.CONFLICT, {"message": "the UID is another one"}
            del self.objects[path]
        elif method == "PATCH":
            return _merged(found, given)
        elif path == f"{CLUSTERS}/drill":
            self._read += 1
            found["status"] = self._state[0]
        return HTTPStatus.OK, copy.deepcopy(found)

    def _created(self, path: str, given: dict[str, Any], dry: bool) -> tuple[int, Any]:  # noqa: FBT001 (as the query says it)
        if path in self.objects:
            return HTTPStatus.CONFLICT, {"message": "exists"}
        if dry:
            return HTTPStatus.CREATED, given
        self._read = 0
        return HTTPStatus.CREATED, self.put(path, **given)

    @property
    def _state(self) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
        return self.states[min(max(self._read, 1), len(self.states)) - 1]

    def _list(self, kind: str) -> list[dict[str, Any]]:
        there = f"{CLUSTERS}/drill" in self.objects
        if kind == "pods":
            return self._state[1] if there else []
        if kind == "persistentvolumeclaims":
            return [{"metadata": {"name": "drill-1"}}] if there or self.keeps else []
        return self.lists[kind]

    def getresponse(self) -> Any:
        status, said = self._answer
        return type("Answer", (), {"status": status, "read": lambda _: said.encode()})()

    def close(self) -> None:
        pass


def _merged(found: dict[str, Any], given: Mapping[str, Any]) -> tuple[int, Any]:
    version = given.get("metadata", {}).get("resourceVersion")
    if version not in {None, found["metadata"]["resourceVersion"]}:
        return HTTPStatus.CONFLICT, {"message": "changed"}
    data = {**found["data"], **given["data"]}
    found["data"] = {key: value for key, value in data.items() if value is not None}
    found["metadata"]["resourceVersion"] += "1"
    return HTTPStatus.OK, found


class Running:
    """The restored server: rows by a word of the query, and what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.closed = False
        self.nonces: dict[str, datetime] = {}
        self.tables = {"public.members": 1000, "public.orders": 50}
        """The rows by table, each as SQL names it."""

        self.partitions: dict[str, str] = {}
        """The table that each is a part of."""

        self.checks: dict[str, Sequence[Sequence[Any]] | Exception] = {}
        self.answers: dict[str, Sequence[Sequence[Any]] | Exception] = {
            "server_version_num": [(170006,)],
            "shared_preload_libraries": [(QUIET,)],
            "pg_control_system": [("77",)],
            "pg_walfile_name": [(segment_name(2, 6, SIZE),)],
            "pg_read_file": [(f"1\t0/{6 * SIZE:X}\tno target\n",)],
            "datname = 'tier0_heartbeat'": [()],
            "to_regclass": [(True,)],
            "data_checksums": [("on",)],
            "where datallowconn": [("app",), ("postgres",)],
            "pg_extension": [("public",)],
            "c.relkind::text": [("r", 1, "members"), ("i", 2, "members_pkey")],
            "verify_heapam": [],
            "bt_index_check": [(1, "")],
            "collversion": [],
        }
        self.on: Callable[[str], None] = lambda _: None
        self.until: Callable[[], datetime | None] = lambda: None
        """The moment that it was restored to."""

    def rows(
        self, query: str, database: str = "postgres", values: Sequence[Any] = ()
    ) -> Sequence[Sequence[Any]]:
        del database, values
        self.asked.append(query)
        self.on(query)
        if "from public.nonces" in query:
            until = self.until()
            return [it for it in self.nonces.items() if until is None or it[1] <= until]
        if "count(*)" in query:
            return [(self.tables[query.rpartition(" only ")[2]],)]
        if "format('%I.%I'" in query:
            return [(self.partitions.get(it, it.replace('"', "")), it) for it in self.tables]
        (answer,) = [found for word, found in self.answers.items() if word in query]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True

    def execute(self, statement: str, database: str) -> None:
        self.asked.append(f"{database}: {statement}")

    def check(self, query: str, database: str, owner: str) -> Sequence[Sequence[Any]]:
        assert (database, owner) == ("app", "app")
        answer = self.checks[query]
        if isinstance(answer, Exception):
            raise answer
        return answer


class World:
    """A database whose archive is whole, and all that a drill asks."""

    def __init__(self, stores: Mapping[str, Any], archive: Bucket, copies: Bucket) -> None:
        self.kube, self.running, self.clock = Kube(), Running(), Clock()
        self.archive, self.copies = archive, copies
        self.watch_away = False
        self.replayable = True
        """Whether pg_waldump reads a record where the restore has ended."""

        self.archives = True
        """Whether the segment of a nonce arrives."""

        self.system = "77"
        self.source = {"old": NOW - timedelta(hours=30)}
        self.running.nonces = dict(self.source)
        self.running.until = self.restored_to
        self.drills = 0
        self.major = 17
        self.settings: dict[str, Any] = {
            "environment": "prod",
            "database": "shop",
            "depth": "restore",
            "namespace": "tier0-drills",
            "record": "shop-drills",
            "watch": "http://shop-watch.shop.svc:8080",
            "source": stores["source"],
            "server": "db",
            "generation": 1,
            "scratch": {"archive": MANIFEST, "offsite": MANIFEST},
            "application": {"database": "app", "owner": "app"},
            "checks": {"floor": "select count(*) > 10 from members"},
            "may_shrink": {},
            "rpo_seconds": 300,
            "rto_seconds": 900,
            "within_seconds": 1200,
            "image": "postgres:17",
            "spec": "abc",
        }
        self.target = stores["target"]
        self.running.checks["select count(*) > 10 from members"] = [(True,)]
        self.overrides: dict[str, Any] = {}
        self.kube.put(RECORD, data={})
        self.kube.put(f"{JOBS}/job", metadata={"uid": "job-uid"})
        for name in ("drill-superuser", "drill-ca"):
            self.kube.put(f"{CORE}/secrets/{name}", data={})
        self.back_up(archive, "20261129T030000", 2, hours=24)
        for number in range(2, 6):
            self.wal(archive, number)

    def with_copy(self) -> None:
        """Let there be an off-site copy, of all that the archive has."""
        self.settings |= {"target": self.target, "offsite_rpo_seconds": 600}
        for key, found in self.archive.objects.items():
            self.copies.put(f"archive/{key}", found["data"], NOW)

    @staticmethod
    def back_up(
        bucket: Bucket, name: str, number: int, *, hours: float, system: str = "77"
    ) -> None:
        ended = NOW - timedelta(hours=hours)
        segment = segment_name(1, number, SIZE)
        bucket.put(f"db/base/{name}/data.tar.gz", tarred("tar.gz"))
        bucket.put(
            f"db/base/{name}/backup.info",
            f"status=DONE\nbegin_time={ended}\nend_time={ended}\ntimeline=1\nbegin_wal={segment}\n"
            f"end_wal={segment}\nend_xlog=0/{number * SIZE + 0x100:X}\nversion=170006\n"
            f"xlog_segment_size={SIZE}\nsystemid={system}\n",
        )

    @staticmethod
    def wal(bucket: Bucket, number: int) -> None:
        name = segment_name(1, number, SIZE)
        bucket.put(f"db/wals/{name[:16]}/{name}.gz", gzip.compress(bytes(SIZE), 1))

    def lines(self, arguments: Sequence[str]) -> Iterator[str]:
        """Answer as pg_waldump: a transaction ended in segment 5 an hour ago."""
        at = (NOW - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        if "--limit=1" in arguments:
            if self.replayable:
                yield "rmgr: Heap"
        elif segment_name(1, 5, SIZE) in arguments[2:]:
            yield f"lsn: 0/{5 * SIZE + 0x28:08X}, prev 0/0, desc: COMMIT {at} UTC\n"

    def write(self) -> Nonce:
        """Write a nonce, as the watch; its segment, the fifth, arrives after two seconds."""
        if self.watch_away:
            raise Fault("http://shop-watch: it does not answer; see its log")
        made = Nonce(
            "fresh", datetime.now(UTC), segment_name(1, 6, SIZE), self.system, self.clock.at
        )
        self.source["fresh"] = self.running.nonces["fresh"] = made.written
        self.running.answers["pg_read_file"] = [(f"1\t0/{7 * SIZE:X}\tno target\n",)]
        at = self.clock.at + 2

        def tick() -> None:
            if self.archives and self.clock.at >= at:
                for bucket, prefix in ((self.archive, ""), (self.copies, "archive/")):
                    name = f"{prefix}db/wals/{made.segment[:16]}/{made.segment}.gz"
                    if name not in bucket.objects:
                        bucket.put(name, gzip.compress(bytes(SIZE), 1))

        self.clock.ticks.append(tick)
        return made

    def restored_to(self) -> datetime | None:
        """Return the target of the scratch Cluster."""
        recovery = self.kube.objects[f"{CLUSTERS}/drill"]["spec"]["bootstrap"]["recovery"]
        at = recovery.get("recoveryTarget", {}).get("targetTime")
        return datetime.fromisoformat(at) if at else None

    def run(self, settings: Mapping[str, Any], depth: Depth, store: Which) -> Run:
        """Return a drill that begins a second after the one before."""
        self.drills += 1
        return Run(settings, depth, store, begun=NOW + timedelta(seconds=self.drills))

    def nonces(self) -> Mapping[str, datetime]:
        return dict(self.source)

    def told_system(self) -> str:
        if self.watch_away:
            raise Fault("http://shop-watch: it does not answer; see its log")
        return self.system

    def drill(self, depth: str = "restore", **overrides: Any) -> evidence.Evidence:
        """Run a drill, as the pod does; return its evidence."""
        self.settings["depth"] = depth
        job = {"name": "job", "uid": "job-uid"}
        made = drill.Drill(self.settings, overrides or self.overrides, job)
        self.made = made
        return made.evidence()

    @property
    def record(self) -> dict[str, Any]:
        data = self.kube.objects[RECORD]["data"]
        return {key: json.loads(value) for key, value in data.items()}


@pytest.fixture
def world(
    stores: Mapping[str, Any],
    archive: Bucket,
    copies: Bucket,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    """A database that is drilled."""
    made = World(stores, archive, copies)
    (tmp_path / "token").write_text("token")
    monkeypatch.setattr(api, "ACCOUNT", tmp_path)
    monkeypatch.setattr("ssl.create_default_context", lambda cafile: cafile)
    monkeypatch.setattr(api, "HTTPSConnection", lambda *_, **__: made.kube)
    monkeypatch.setattr(window, "FOLDER", tmp_path)
    monkeypatch.setattr(drill_archive, "Waldump", lambda: made)
    monkeypatch.setattr(drill_server, "FOLDER", tmp_path)
    monkeypatch.setattr(drill_archive, "FOLDER", tmp_path)
    watch = type(
        "Watch",
        (),
        {
            "write": lambda _: made.write(),
            "nonces": lambda _: made.nonces(),
            "system": lambda _: made.told_system(),
        },
    )
    monkeypatch.setattr(drill, "Watch", lambda *_: watch())
    monkeypatch.setattr(drill, "Run", made.run)
    monkeypatch.setattr(drill, "connected", lambda *_: made.running)
    for module in (drill, drill_follow, drill_scratch):
        monkeypatch.setattr(module, "datetime", Fixed)
    # What a killed drill ignores, the processes of later tests would ignore too.
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("time.sleep", made.clock.sleep)
    monkeypatch.setattr("time.monotonic", made.clock.monotonic)
    return made

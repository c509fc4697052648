"""The program: its metrics, what it answers, and what it says of faults."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection
from typing import Any

import pytest

from components.pods import watch as pod
from components.pods.heartbeat import Position
from components.pods.s3 import Fault
from tests.apiserver import ApiServer
from tests.components.pods.conftest import SETTINGS, Archive
from tests.components.pods.test_watch_record import PATH, evidence

WATCHED: dict[str, Any] = {
    "database": "n8n",
    "server": "db",
    "host": "db-rw",
    "instances": "db-r",
    "heartbeat": "Secret db-heartbeat-client-cert",
    "namespace": "tier0-drills",
    "record": "n8n-drills",
    "encrypted": True,
    "source": SETTINGS,
}


class Primary:
    """A primary of which the test says what it answers."""

    def __init__(self) -> None:
        self.away = False
        self.clocks = {"10.0.0.1": 0.0}
        """By how many seconds each instance's is ahead; they are asked in turn."""

    def _there(self) -> None:
        if self.away:
            raise Fault("db-rw: it is away; it is tried again")

    def position(self) -> Position:
        self._there()
        return Position(1, 4 << 20, 1 << 20, "77")

    def clock(self) -> tuple[str, float]:
        address, ahead = next(iter(self.clocks.items()))
        self.clocks[address] = self.clocks.pop(address)
        return address, ahead

    def beat(self) -> Mapping[str, str]:
        self._there()
        return {"nonce": "n", "written": "w", "segment": "s", "system": "77"}

    def nonces(self) -> list[Mapping[str, str]]:
        self._there()
        return [{"nonce": "n", "written": "w"}]


@pytest.fixture(autouse=True)
def archived(wal_archive: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.pods.watch_archive.served_until", lambda *_: 2.0)
    made = wal_archive()
    made.wal(2, 3)
    made.back_up("a", 2, 0)
    made.commits(3, 60)


@pytest.fixture
def primary() -> Primary:
    return Primary()


@pytest.fixture
def watch(primary: Primary) -> pod.Watch:
    made = pod.Watch(WATCHED)
    made.primary = primary  # type: ignore[assignment]  # as far as it is asked
    return made


def _look(watch: pod.Watch) -> None:
    watch.tried("primary", watch.look_at_primary)
    watch.tried("archive", watch.stores["archive"].look)
    watch.tried("record", watch.look_at_record)


def test_the_metrics_are_these(watch: pod.Watch, server: ApiServer) -> None:
    text = json.dumps(evidence(restore_seconds=61.5).json)
    server.put(PATH, data={"restore": text, "good-restore": text})
    _look(watch)
    assert watch.metrics() == (
        'tier0_archive_broken{database="n8n",store="archive"} 0.0\n'
        'tier0_archive_gaps{database="n8n",store="archive"} 0.0\n'
        'tier0_archive_held_segments{database="n8n",store="archive"} 0.0\n'
        'tier0_base_backup_timestamp_seconds{database="n8n",store="archive"} 1795536000.0\n'
        'tier0_behind_seconds{database="n8n",store="archive"} 0.0\n'
        'tier0_clock_ahead_seconds{database="n8n",clock="10.0.0.1"} 0.0\n'
        'tier0_drill_good_timestamp_seconds{database="n8n",depth="deep"} 0.0\n'
        'tier0_drill_good_timestamp_seconds{database="n8n",depth="look"} 0.0\n'
        'tier0_drill_good_timestamp_seconds{database="n8n",depth="restore"} 1796009400.0\n'
        'tier0_drill_left_behind{database="n8n"} 0.0\n'
        'tier0_drill_restore_seconds{database="n8n",depth="restore"} 61.5\n'
        'tier0_drill_timestamp_seconds{database="n8n",depth="restore",verdict="passed"} '
        "1796009400.0\n"
        'tier0_earliest_restorable_timestamp_seconds{database="n8n",store="archive"} '
        "1795536000.0\n"
        'tier0_latest_restorable_timestamp_seconds{database="n8n",store="archive"} '
        "1795536059.999999\n"
        'tier0_store_certificate_expiry_timestamp_seconds{database="n8n",store="archive"} 2.0\n'
        'tier0_watch_failed{database="n8n",part="archive"} 0.0\n'
        'tier0_watch_failed{database="n8n",part="clocks"} 0.0\n'
        'tier0_watch_failed{database="n8n",part="primary"} 0.0\n'
        'tier0_watch_failed{database="n8n",part="record"} 0.0\n'
    )


def test_a_program_that_has_seen_nothing_yet_says_nothing(watch: pod.Watch) -> None:
    assert watch.metrics() == ""


def _clocks(watch: pod.Watch) -> list[str]:
    named = "tier0_clock_ahead_seconds"
    return [line for line in watch.metrics().splitlines() if line.startswith(named)]


def test_each_instance_and_store_has_a_clock(watch: pod.Watch, primary: Primary) -> None:
    primary.clocks = {"10.0.0.1": 0.0, "10.0.0.2": -61.5}
    watch.stores["archive"].ahead = 2.5
    for _ in range(2):
        watch.look_at_clock()
    assert _clocks(watch) == [
        'tier0_clock_ahead_seconds{database="n8n",clock="10.0.0.1"} 0.0',
        'tier0_clock_ahead_seconds{database="n8n",clock="10.0.0.2"} -61.5',
        'tier0_clock_ahead_seconds{database="n8n",clock="archive"} 2.5',
    ]


def test_an_instance_that_is_gone_has_no_clock(
    watch: pod.Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.look_at_clock()
    assert len(_clocks(watch)) == 1
    monkeypatch.setattr(pod, "_LATE_SECONDS", -1)
    assert _clocks(watch) == []


def test_a_primary_that_is_away_is_said_once_and_when_it_is_back(
    watch: pod.Watch,
    primary: Primary,
    server: ApiServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.put(PATH)
    primary.away = True
    for _ in range(2):
        _look(watch)
    assert 'tier0_watch_failed{database="n8n",part="primary"} 1.0\n' in watch.metrics()
    assert "tier0_behind_seconds" not in watch.metrics(), "it is unknown, not fine"
    primary.away = False
    _look(watch)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        {"part": "primary", "fault": "db-rw: it is away; it is tried again"},
        {"part": "primary", "fault": None},
    ]


def test_a_look_that_does_not_end_has_failed(
    watch: pod.Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.tried("primary", watch.look_at_primary)
    later = time.monotonic() + 601
    monkeypatch.setattr("time.monotonic", lambda: later)
    assert 'tier0_watch_failed{database="n8n",part="primary"} 1.0\n' in watch.metrics()


def test_the_evidence_is_copied_where_there_is_a_copy(
    server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(PATH, data={"restore": json.dumps(evidence().json)})
    watch = pod.Watch(WATCHED | {"target": SETTINGS})
    assert set(watch.stores) == {"archive", "offsite"}
    monkeypatch.setattr(
        "components.pods.watch_record.Copies.keep", lambda *_: (_ for _ in ()).throw(Fault("full"))
    )
    watch.tried("record", watch.look_at_record)
    failed = [line for line in watch.metrics().splitlines() if "watch_failed" in line]
    assert failed == [
        'tier0_watch_failed{database="n8n",part="evidence"} 1.0',
        'tier0_watch_failed{database="n8n",part="record"} 0.0',
    ]


@pytest.fixture
def address(watch: pod.Watch) -> Iterator[str]:
    server = pod.server(watch, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def _ask(address: str, path: str, method: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection(address)
    connection.request(method, path)
    said = connection.getresponse()
    return said.status, said.read().decode()


def test_it_answers_metrics_and_nonces_over_http(address: str, watch: pod.Watch) -> None:
    watch.tried("primary", watch.look_at_primary)
    assert _ask(address, "/metrics") == (200, watch.metrics())
    assert _ask(address, "/nonces") == (200, '[{"nonce": "n", "written": "w"}]')
    status, said = _ask(address, "/nonce", "POST")
    assert status == 200
    assert json.loads(said) == {
        "nonce": "n",
        "written": "w",
        "segment": "s",
        "system": "77",
        "server": "db",
    }


def test_a_second_nonce_within_a_second_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 1000.9)
    assert _ask(address, "/nonce", "POST")[0] == 200
    assert _ask(address, "/nonce", "POST") == (
        429,
        "one nonce a second, and after 30 one in 2 minutes; try again\n",
    )


def test_without_its_primary_it_answers_with_the_sentence(address: str, primary: Primary) -> None:
    primary.away = True
    assert _ask(address, "/nonce", "POST") == (503, "db-rw: it is away; it is tried again\n")
    assert _ask(address, "/nonces")[0] == 503
    assert _ask(address, "/metrics")[0] == 200


@pytest.mark.parametrize(
    ("path", "method"), [("/", "GET"), ("/nonce", "GET"), ("/metrics", "POST")]
)
def test_another_path_does_not_exist(address: str, path: str, method: str) -> None:
    said = "ask GET /metrics, GET /nonces, GET /system or POST /nonce\n"
    assert _ask(address, path, method) == (404, said)


def test_whatever_asks_for_nonces_fills_no_volume(
    watch: pod.Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fills a WAL segment of 16 MiB or more."""
    clock = [time.monotonic()]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    written = 0
    for _ in range(24 * 3600):
        clock[0] += 1
        written += pod.answer(watch, "POST /nonce").status == 200
    assert written == 30 + 24 * 30 - 1
    clock[0] += 3600
    found = [pod.answer(watch, "POST /nonce").status]
    clock[0] += 1
    found.append(pod.answer(watch, "POST /nonce").status)
    assert found == [200, 200], "a pause gives several again"


def test_a_request_that_does_not_come_is_not_waited_for(
    watch: pod.Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pod, "_REQUEST_SECONDS", 0.1)
    serving = pod.server(watch, 0)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    try:
        with socket.create_connection(("127.0.0.1", serving.server_port), 10) as idle:
            idle.sendall(b"GET /met")
            assert idle.recv(1) == b""
    finally:
        serving.shutdown()
        serving.server_close()

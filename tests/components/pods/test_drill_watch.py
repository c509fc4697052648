"""A drill asks the watch over HTTP, and whatever it answers is a nonce or a sentence."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from components.pods.drill_watch import Nonce, Watch, arrival
from components.pods.job import Refusal
from components.pods.s3 import Fault, Store
from components.pods.watch import answer
from tests.s3 import Bucket, ClientError

NONCE = {
    "nonce": "ab",
    "written": "2026-11-30T12:00:00+02:00",
    "segment": "000000010000000000000006",
    "system": "77",
    "server": "db",
}

Answers = dict[str, list[tuple[int, str]]]


@pytest.fixture
def answers() -> Iterator[tuple[Watch, Answers]]:
    """A watch, and what it answers by method and path: each in turn, the last one forever."""
    given: Answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            each = given[f"{self.command} {self.path}"]
            status, said = each.pop(0) if each[1:] else each[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(said.encode())

        do_POST = do_GET  # noqa: N815 (the library's name)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Watch(f"http://127.0.0.1:{server.server_port}", "db"), given
    server.shutdown()
    server.server_close()


def test_a_nonce_has_the_time_of_its_commit_in_utc(answers: tuple[Watch, Answers]) -> None:
    watch, given = answers
    given["POST /nonce"] = [(200, json.dumps(NONCE))]
    written = datetime(2026, 11, 30, 10, tzinfo=UTC)
    found = watch.write()
    assert found == Nonce("ab", written, NONCE["segment"], "77", found.since)


def test_nonces_and_the_system_are_read(answers: tuple[Watch, Answers]) -> None:
    watch, given = answers
    given["GET /nonces"] = [(200, json.dumps([NONCE]))]
    given["GET /system"] = [(200, '{"system": "77", "server": "db"}')]
    assert watch.nonces() == {"ab": datetime(2026, 11, 30, 10, tzinfo=UTC)}
    assert watch.system() == "77"


def test_the_watch_tells_the_system_without_a_nonce() -> None:
    primary = SimpleNamespace(position=lambda: SimpleNamespace(system="77"))
    watch = SimpleNamespace(primary=primary, server="db")
    found = answer(watch, "GET /system")  # type: ignore[arg-type]  # all that is asked of it
    assert (found.status, json.loads(found.text)) == (200, {"system": "77", "server": "db"})


@pytest.mark.parametrize("ask", [Watch.write, Watch.system])
def test_a_watch_of_another_generation_says_nothing_of_this_ones_archive(
    answers: tuple[Watch, Answers], ask: Callable[[Watch], object]
) -> None:
    """A nonce of the next generation never comes into the archive of the one before."""
    watch, given = answers
    given["POST /nonce"] = given["GET /system"] = [(200, json.dumps(NONCE | {"server": "db-2"}))]
    with pytest.raises(Fault, match="it watches the archive db-2, and this drill is of db: the ac"):
        ask(watch)


def test_more_than_one_nonce_a_second_waits(
    answers: tuple[Watch, Answers], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, given = answers
    monkeypatch.setattr("components.pods.drill_watch.time.sleep", lambda _: None)
    given["POST /nonce"] = [(429, "one nonce a second"), (200, json.dumps(NONCE))]
    assert watch.write().nonce == "ab"
    given["POST /nonce"] = [(429, "one nonce a second")]
    with pytest.raises(Fault, match="it answers 429"):
        watch.write()


@pytest.mark.parametrize(
    ("status", "said", "fault"),
    [
        (503, "db-rw: it is away; see it", "it answers 503 .db-rw: it is away"),
        (200, "<html>", "its answer is of another program"),
        (200, "{}", "its answer is of another program .KeyError"),
        (200, "[]", "its answer is of another program .TypeError"),
        (200, json.dumps(NONCE | {"written": "today"}), "of another program .ValueError"),
    ],
)
def test_what_is_no_nonce_is_a_sentence(
    answers: tuple[Watch, Answers], status: int, said: str, fault: str
) -> None:
    watch, given = answers
    given["POST /nonce"] = [(status, said)]
    with pytest.raises(Fault, match=fault):
        watch.write()


@pytest.mark.parametrize("ask", [Watch.nonces, Watch.system])
def test_what_is_asked_for_and_is_not_there_is_a_sentence(
    answers: tuple[Watch, Answers], ask: Callable[[Watch], object]
) -> None:
    watch, given = answers
    given["GET /nonces"] = given["GET /system"] = [(200, "[1]")]
    with pytest.raises(Fault, match="its answer is of another program"):
        ask(watch)


def test_a_watch_that_is_away_is_a_sentence() -> None:
    with pytest.raises(Fault, match=r"http://127.0.0.1:9: it does not answer \(.*\); see the log"):
        Watch("http://127.0.0.1:9", "db").write()


class _Waits:
    """A store to which the nonce comes after so many looks."""

    def __init__(self, bucket: Bucket, looks: int) -> None:
        self.bucket, self.looks, self.said = bucket, looks, ""

    def __call__(self, words: str) -> None:
        self.said, self.looks = words, self.looks - 1
        if self.looks == 0:
            self.bucket.put(f"db/wals/0000000100000000/{NONCE['segment']}.zst", "wal")


def _nonce(since: float | None = None) -> Nonce:
    since = time.monotonic() if since is None else since
    return Nonce("ab", datetime.now(UTC), NONCE["segment"], "77", since)


def test_a_nonce_is_there_once_its_whole_segment_is(
    stores: Mapping[str, Any], archive: Bucket
) -> None:
    archive.put(f"db/wals/0000000100000000/{NONCE['segment']}.partial", "wal")
    waits = _Waits(archive, 3)
    assert arrival(_nonce(), Store("source", stores["source"]), "db", 300, waits) < 5
    assert (waits.looks, waits.said) == (
        0,
        f"WAL {NONCE['segment']} is not in https://source/archive",
    )


@pytest.mark.parametrize("hours", [-1, 1])
def test_what_is_at_risk_does_not_depend_on_the_clock_of_the_database(
    stores: Mapping[str, Any], archive: Bucket, hours: int
) -> None:
    waits = _Waits(archive, 1)
    waits("")
    nonce = replace(_nonce(), written=datetime.now(UTC) + timedelta(hours=hours))
    assert arrival(nonce, Store("source", stores["source"]), "db", 300, waits) < 5


def test_a_nonce_that_was_asked_for_long_ago_has_been_at_risk_since(
    stores: Mapping[str, Any], archive: Bucket
) -> None:
    waits = _Waits(archive, 1)
    waits("")
    nonce = replace(_nonce(), since=time.monotonic() - 100)
    assert arrival(nonce, Store("source", stores["source"]), "db", 300, waits) == pytest.approx(
        100, abs=5
    )


def test_a_nonce_that_does_not_come_within_the_objective_and_a_minute_is_refused(
    stores: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"at": 0.0}
    fake = SimpleNamespace(monotonic=lambda: clock["at"])
    monkeypatch.setattr("components.pods.drill_watch.time", fake)

    def pause(_: str) -> None:
        clock["at"] += 1

    with pytest.raises(Refusal, match="with the newest nonce is not in https://source/archive"):
        arrival(_nonce(0), Store("source", stores["source"]), "db", 300, pause)
    assert clock["at"] == pytest.approx(361, abs=1)


def test_a_store_that_does_not_answer_does_not_say_that_the_nonce_is_missing(
    stores: Mapping[str, Any], archive: Bucket
) -> None:
    archive.fails["list_objects_v2"] = ClientError("503")
    with pytest.raises(Fault, match="https://source/archive: it answers 503"):
        arrival(_nonce(), Store("source", stores["source"]), "db", 300, lambda _: None)

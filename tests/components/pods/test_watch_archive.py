"""What a store holds, listed and read at little cost, and what it lacks of the primary's WAL."""

import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.pods import watch_archive as pod
from components.pods.heartbeat import Position
from components.pods.s3 import Fault, Store
from components.pods.segments import Archived
from tests.components.pods.conftest import SETTINGS, Archive, ClientError, at

Make = Callable[..., Archive]
MIB = 1 << 20


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the store serve a certificate."""
    monkeypatch.setattr(pod, "served_until", lambda *_: 123.0)


def _watched() -> pod.Watched:
    return pod.Watched("source", SETTINGS, "db", {})


def _position(segment: int, timeline: int = 1) -> Position:
    return Position(timeline, segment * MIB, MIB, "77")


def test_the_metrics_are_those_of_the_window_that_reaches_the_end(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3, 6, 7)
    made.back_up("a", 2, 0)
    made.back_up("b", 6, 100)
    made.commits(3, 50)
    made.commits(7, 110)
    watched = _watched()
    watched.look()
    assert watched.values == {
        "latest_restorable_timestamp_seconds": pytest.approx(at(110).timestamp()),
        "earliest_restorable_timestamp_seconds": at(100).timestamp(),
        "base_backup_timestamp_seconds": at(100).timestamp(),
        "archive_gaps": 1,
        "archive_broken": 0,
        "archive_held_segments": 0,
        "store_certificate_expiry_timestamp_seconds": 123,
    }


def test_an_empty_archive_can_be_restored_to_no_time(wal_archive: Make) -> None:
    wal_archive()
    watched = _watched()
    watched.look()
    assert {watched.values[name] for name in pod.window_metrics({**EMPTY}, [])} == {0}


EMPTY: dict[str, Any] = {"windows": [], "backups": [], "gaps": []}


def test_without_a_transaction_since_the_backup_the_latest_time_is_the_earliest(
    wal_archive: Make,
) -> None:
    made = wal_archive()
    made.wal(2, 3)
    made.back_up("a", 2, 0)
    watched = _watched()
    watched.look()
    assert watched.values["latest_restorable_timestamp_seconds"] == at(0).timestamp()


def test_only_the_end_of_a_large_archive_is_listed_again(
    wal_archive: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = wal_archive()
    made.wal(*range(2, 3002))
    made.back_up("a", 2, 0)
    made.commits(3001, 10)
    watched = _watched()
    watched.look()
    assert (
        made.listed[-4:] == ["db/wals/ 1000"] * 3 + ["db/wals/ 0"]
        or made.listed[-3:] == ["db/wals/ 1000"] * 3
    )
    made.listed.clear()
    made.wal(3002)
    made.commits(3002, 20)
    watched.look()
    assert made.listed == ["db/wals/ 201"]
    assert watched.values["latest_restorable_timestamp_seconds"] == pytest.approx(
        at(20).timestamp()
    )
    made.listed.clear()
    later = time.monotonic() + pod.SURVEY_SECONDS + 1
    monkeypatch.setattr("time.monotonic", lambda: later)
    watched.look()
    assert [it for it in made.listed if "wals" in it] == ["db/wals/ 1000"] * 3 + ["db/wals/ 1"]


def test_a_segment_that_is_archived_late_is_found(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(*range(2, 500))
    made.wal(501)
    made.back_up("a", 2, 0)
    watched = _watched()
    watched.look()
    assert watched.values["archive_gaps"] == 1
    made.wal(500)
    watched.look()
    assert watched.values["archive_gaps"] == 0


def test_a_gap_breaks_an_archive_until_the_next_base_backup(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3, 5, 6)
    made.back_up("a", 2, 0)
    watched = _watched()
    watched.look()
    assert (watched.values["archive_gaps"], watched.values["archive_broken"]) == (1, 1)
    made.back_up("b", 5, 100)
    watched = _watched()
    watched.look()
    assert (watched.values["archive_gaps"], watched.values["archive_broken"]) == (1, 0)


def test_what_only_a_failed_base_backup_keeps_is_counted_until_it_is_deleted(
    wal_archive: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pod, "BASE_SECONDS", 0)
    made = wal_archive()
    made.wal(2, 3, 4)
    made.wal(4, 5, timeline=2)
    made.history(2, (1, 4 * MIB + 0x800))
    made.back_up("a", 2, 0)
    made.back_up("b", 5, 100, timeline=2)
    info = f"status=FAILED\nbegin_time={at(50)}\ntimeline=1\n"
    made.objects["db/base/x/backup.info"] = info.encode()
    watched = _watched()
    watched.look()
    assert watched.values["archive_held_segments"] == 0, "the base backup 'a' needs them"
    for key in [key for key in made.objects if key.startswith("db/base/a/")]:
        del made.objects[key]
    watched.look()
    assert watched.values["archive_held_segments"] == 3
    del made.objects["db/base/x/backup.info"]
    watched.look()
    assert watched.values["archive_held_segments"] == 0


def test_a_segment_is_read_once(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(*range(2, 8))
    made.back_up("a", 2, 0)
    made.commits(3, 5)
    watched = _watched()
    watched.look()
    made.dumped.clear()
    watched.look()
    assert made.dumped == []
    made.wal(8)
    watched.look()
    # The last one was read without its successor, into which a record may reach.
    assert [call[2:] for call in made.dumped] == [[made.name(8)], [made.name(7), made.name(8)]]


def test_a_copy_is_read_from_the_archive_while_that_has_it(
    wal_archive: Make, tmp_path: Path
) -> None:
    made = wal_archive()
    made.wal(2, 3)
    store = Store("source", SETTINGS)
    near = Archived(store, {key: it for key, it in store.listed("").items() if made.name(2) in key})
    made.objects = {key.replace("db/", "copy/"): it for key, it in made.objects.items()}
    copy = pod.Nearer(store, store.listed(""), lambda: near)
    copy.fetch(made.name(3), made.size, tmp_path)
    # The archive has lost it meanwhile.
    copy.fetch(made.name(2), made.size, tmp_path)
    made.objects = {key.replace("copy/", "db/"): it for key, it in made.objects.items()}
    copy.fetch(made.name(2), made.size, tmp_path)
    with pytest.raises(Fault, match="was removed meanwhile"):
        copy.fetch(made.name(3), made.size, tmp_path)


def test_what_cannot_be_read_is_a_sentence_and_the_last_state_stays(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3)
    made.back_up("a", 2, 0)
    made.commits(3, 5)
    watched = _watched()
    watched.look()
    known = dict(watched.values)
    watched.closed.seen(_position(4), 0)
    made.fails = ClientError("AccessDenied")
    with pytest.raises(Fault, match="it refuses the keys"):
        watched.look()
    assert watched.values == known
    assert watched.closed.behind(50) == 50, "what it has is unknown"
    made.fails = None
    watched.look()
    assert watched.values == known


def test_wal_of_another_major_version_has_no_latest_time(wal_archive: Make) -> None:
    made = wal_archive()
    made.wal(2, 3)
    made.back_up("a", 2, 0)
    made.major = 18
    watched = _watched()
    with pytest.raises(Fault, match=r"pg_waldump of PostgreSQL 18 reads no WAL of 17"):
        watched.look()
    assert "latest_restorable_timestamp_seconds" not in watched.values
    assert watched.values["base_backup_timestamp_seconds"] == at(0).timestamp()


def _behind(closed: pod.Closed, held: set[str], tried: float, now: float) -> float:
    assert closed.position
    closed.listed(held, "", closed.position, tried)
    return closed.behind(now)


def test_an_idle_primary_is_never_behind(wal_archive: Make) -> None:
    made, closed = wal_archive(), pod.Closed()
    closed.seen(_position(5), 0)
    held = {made.name(4)}
    for day in range(3):
        closed.seen(_position(5), day * 86400)
        assert _behind(closed, held, day * 86400, day * 86400) == 0


def test_a_closed_segment_counts_from_when_it_was_seen_until_it_is_there(wal_archive: Make) -> None:
    made, closed = wal_archive(), pod.Closed()
    closed.seen(_position(5), 0)
    held = {made.name(4)}
    closed.seen(_position(7), 100)
    assert closed.behind(150) == 0, "no listing since"
    assert _behind(closed, held, 110, 150) == 50
    closed.seen(_position(8), 160)
    assert _behind(closed, held | {made.name(5)}, 170, 180) == 80
    assert _behind(closed, held | {made.name(5), made.name(6)}, 190, 200) == 40
    assert _behind(closed, {made.name(7)} | held | {made.name(5), made.name(6)}, 210, 220) == 0


def test_a_store_that_cannot_be_listed_is_not_reported_as_fine(wal_archive: Make) -> None:
    made, closed = wal_archive(), pod.Closed()
    closed.seen(_position(5), 0)
    assert _behind(closed, {made.name(4)}, 1, 1) == 0
    closed.seen(_position(6), 100)
    closed.unlisted(110)
    assert closed.behind(200) == 100


def test_what_was_closed_before_the_first_look_counts_from_then(wal_archive: Make) -> None:
    made, closed = wal_archive(), pod.Closed()
    closed.seen(_position(9), 1000)
    assert _behind(closed, {made.name(2)}, 1001, 1030) == 30
    assert _behind(closed, {made.name(8)}, 1031, 1031) == 0


def test_a_new_cluster_has_closed_nothing() -> None:
    closed = pod.Closed()
    closed.seen(_position(1), 0)
    assert _behind(closed, set(), 1, 100) == 0


def test_after_a_promotion_the_new_timeline_decides(wal_archive: Make) -> None:
    made, closed = wal_archive(), pod.Closed()
    closed.seen(_position(5), 0)
    closed.seen(_position(9), 100)
    # The replica had WAL up to the middle of 7: 5 and 6 of the old timeline are missing, 7 and 8
    # of it are lost.
    new = _position(8, timeline=2)
    closed.seen(new, 200)
    history = f"1\t0/{7 * MIB + 0x100:X}\tno recovery target specified\n"
    held = {made.name(4), made.name(7, 1), made.name(8, 1)}
    closed.listed(held, history, new, 210)
    assert closed.behind(300) == 200, "5 and 6 are needed"
    held |= {made.name(5), made.name(6)}
    closed.listed(held, history, new, 310)
    assert closed.behind(400) == 300, "7 is needed on the new timeline"
    closed.listed(held | {made.name(7, 2)}, history, new, 410)
    assert closed.behind(500) == 0


def test_a_timeline_without_its_history_is_behind(wal_archive: Make) -> None:
    made, closed = wal_archive(), pod.Closed()
    closed.seen(_position(5), 0)
    assert _behind(closed, {made.name(4)}, 1, 1) == 0
    new = _position(7, timeline=2)
    closed.seen(new, 100)
    held = {made.name(4), made.name(5), made.name(6, 2)}
    closed.listed(held, "", new, 110)
    assert closed.behind(150) == 50
    closed.listed(held, f"1\t0/{6 * MIB + 8:X}\tx\n", new, 160)
    assert closed.behind(160) == 0


def test_the_last_segment_before_a_restore_is_not_missed(wal_archive: Make) -> None:
    made, closed = wal_archive(), pod.Closed()
    new = _position(7, timeline=2)
    closed.seen(new, 0)
    closed.listed(set(), f"1\t0/{7 * MIB + 8:X}\tx\n", new, 1)
    assert closed.behind(100) == 0
    closed.seen(_position(8, timeline=2), 100)
    closed.listed({made.name(7, 2)}, f"1\t0/{7 * MIB + 8:X}\tx\n", new, 101)
    assert closed.behind(200) == 0


class _Quiet(BaseHTTPRequestHandler):
    pass


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[str]:
    """Serve a certificate of ten days, which is its own CA; return the address."""
    made = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "ca.crt"), "-days", "10"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        ["openssl", "req", "-x509", *kind, *names, *made], check=True, capture_output=True
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Quiet)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "ca.crt", tmp_path / "key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


SERVED_UNTIL = pod.served_until


def test_a_served_certificate_says_when_it_ends(tls: str, tmp_path: Path) -> None:
    ends = datetime.fromtimestamp(SERVED_UNTIL(tls, tmp_path / "ca.crt"), UTC)
    assert abs(ends - datetime.now(UTC) - timedelta(days=10)) < timedelta(minutes=1)


def test_a_served_certificate_that_is_not_trusted_is_a_sentence(tls: str) -> None:
    with pytest.raises(Fault, match=r"^https://localhost:\d+: its certificate is not trusted \("):
        SERVED_UNTIL(tls, None)
    with pytest.raises(Fault, match=r"^https://localhost:9: it does not answer \("):
        SERVED_UNTIL("https://localhost:9", None)

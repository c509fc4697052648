"""The sandbox's processes and faults, without building a program: shell scripts stand in."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import Fault
from tools.build.toolchain import Toolchain
from tools.daemon import Daemon
from tools.sandbox import api_server as sandbox
from tools.sandbox.api_server import Sandbox


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon("part", tmp_path)
    yield made
    made.stop(patience=0.1)


def _script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_process_outlives_who_started_it_and_is_stopped_by_its_note(
    daemon: Daemon, tmp_path: Path
) -> None:
    daemon.start(["/bin/sleep", "60"])
    pid = daemon.pid
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0), "^C in this terminal would end it"
    Daemon("part", tmp_path).stop()
    assert daemon.pid is None
    entry = Path(f"/proc/{pid}/stat")  # an init that reaps late keeps it for a moment
    assert not entry.exists() or entry.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_process_that_ignores_a_request_is_ended(daemon: Daemon, tmp_path: Path) -> None:
    stubborn = _script(tmp_path / "stubborn", "trap '' TERM; while :; do sleep 0.1; done")
    daemon.start([stubborn])
    time.sleep(0.3)  # until it has set its trap
    daemon.stop(patience=0.3)
    assert daemon.pid is None


def test_another_process_with_the_same_id_is_never_ended(daemon: Daemon, tmp_path: Path) -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as stranger:
        stat = Path(f"/proc/{stranger.pid}/stat").read_text().split()
        stat[21] = str(int(stat[21]) - 1)  # it started a tick before the one that the note means
        (tmp_path / "part.pid").write_text(" ".join(stat))
        assert daemon.pid is None
        daemon.stop()
        assert stranger.poll() is None
        stranger.terminate()


@pytest.mark.parametrize("note", ["", "12", "no number (x) S 1"])
def test_a_torn_note_means_that_nothing_runs(note: str, daemon: Daemon, tmp_path: Path) -> None:
    (tmp_path / "part.pid").write_text(note)
    assert daemon.pid is None


def test_a_fault_names_the_log_and_its_last_telling_line(daemon: Daemon) -> None:
    daemon.log.write_text("I0101 fine\nE0101 07:00:00 cannot open the store\nI0101 goodbye\n")
    fault = daemon.fault("it ended", "fix that")
    assert str(fault) == (
        f"part: it ended (E0101 07:00:00 cannot open the store); fix that (log: {daemon.log})"
    )


def test_a_part_that_ends_at_once_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = _script(tmp_path / "broken", "echo 'Error: no such flag'; exit 1")
    monkeypatch.setattr(Toolchain, "binary", lambda _self, _name: broken)
    with pytest.raises(Fault) as raised:
        Sandbox(tmp_path / "sandbox").start()
    assert str(raised.value).startswith("etcd: it ended (Error: no such flag); fix that, or remove")


def test_a_port_that_another_program_took_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_PORT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        (tmp_path / "port").write_text(str(port))
        with pytest.raises(Fault) as raised:
            Sandbox(tmp_path).start()
    assert str(raised.value) == (
        f"127.0.0.1:{port}: another program listens on the sandbox's port; stop it, or remove"
        f" {tmp_path}/port to take another port"
    )


def test_a_directory_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Fault, match="the sandbox's directory cannot be written"):
        Sandbox(tmp_path / "file" / "sandbox").start()


def test_stopping_what_was_never_started_is_nothing(tmp_path: Path) -> None:
    Sandbox(tmp_path / "none").stop()
    assert not (tmp_path / "none").exists()


def test_a_killed_part_is_seen_as_stopped(daemon: Daemon) -> None:
    daemon.start(["/bin/sleep", "60"])
    pid = daemon.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    for _ in range(500):
        if daemon.pid is None:
            return
        time.sleep(0.01)
    raise AssertionError("it is killed, and its note still says that it runs")

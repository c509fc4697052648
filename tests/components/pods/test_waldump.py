"""pg_waldump in another container: the shell that runs it, and who asks it."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from components.pods.s3 import Fault
from components.pods.waldump import SERVER, Waldump

Start = Callable[[str | None], Waldump]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the container's shell, with a script as pg_waldump, or without one."""
    servers: list[subprocess.Popen[bytes]] = []

    def run(script: str | None) -> Waldump:
        tools, folder = tmp_path / "bin", tmp_path / "scratch"
        tools.mkdir()
        folder.mkdir()
        if script is not None:
            (tools / "pg_waldump").write_text(f"#!/bin/sh\n{script}\n")
            (tools / "pg_waldump").chmod(0o755)
        text = SERVER.replace("/scratch", str(folder)).replace("/usr/lib/postgresql/*/bin", "")
        path = (
            f"{tools}{os.pathsep}/usr/bin{os.pathsep}/bin" if script else f"{tools}:{_core(tools)}"
        )
        servers.append(subprocess.Popen(["/bin/sh", "-c", text], env={"PATH": path}))
        return Waldump(folder)

    yield run
    for server in servers:
        server.kill()
        server.wait()


def _core(tools: Path) -> Path:
    """Return a folder with the programs that the shell needs, without pg_waldump."""
    folder = tools.parent / "core"
    folder.mkdir()
    for name in ("sh", "sleep", "rm", "mv"):
        (folder / name).symlink_to(f"/bin/{name}")
    return folder


def test_each_request_is_answered_by_what_it_prints_in_utc(start: Start) -> None:
    dump = start('echo "$TZ $# $2"')
    assert list(dump.lines(["--rmgr=Transaction", "a b"])) == ["UTC 2 a b\n"]
    assert list(dump.lines(["--stats"])) == ["UTC 1 \n"]


def test_the_error_at_the_end_of_a_segment_is_none(start: Start) -> None:
    dump = start("echo one; echo two; echo 'could not find file' >&2; exit 1")
    assert list(dump.lines(["x"])) == ["one\n", "two\n"]


def test_nothing_is_left_in_the_folder(start: Start) -> None:
    dump = start("echo one")
    list(dump.lines(["x"]))
    assert list(dump.folder.iterdir()) == []


def test_an_image_without_pg_waldump_is_a_sentence(start: Start) -> None:
    dump = start(None)
    with pytest.raises(
        Fault, match=r"^pg_waldump: the database's image does not run it \(.*\); use"
    ):
        list(dump.lines(["x"]))


def test_a_container_that_does_not_answer_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.pods.waldump._PATIENCE_SECONDS", 0)
    with pytest.raises(Fault, match=r"^pg_waldump: it gives no answer for 0 s; see the log"):
        list(Waldump(tmp_path).lines(["x"]))

"""Each fault made for firedrill: in dumps, in a base backup with its WAL, and of the machine."""

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.peers.backups import docker
from benchmarks.peers.faults import Found
from benchmarks.peers.firedrill import LIMIT_SECONDS, MAJOR, READY, Drill, Firedrill, end

_SMALL = "ENV PGDATA=/dev/shm/data"  # 64 MB, as Docker makes it
_STUCK = "#!/bin/sh\nsleep 600\n"


def dumps(it: Firedrill) -> dict[str, Found]:
    """Return what `firedrill run` finds, by fault."""
    at, reference = it.backups, it.folder / "reference.txt"
    whole = ("run", str(at / "whole.dump"))
    volume = {"tolerance": "10%", "tables": {"orders": {"tolerance": "10%"}}}
    history = str(it.folder / "history.json")
    sound = {**it.checks("sound"), "volume": volume, "history": history}
    drills = {
        "whole": Drill((*whole, "--write-reference", str(reference)), sound),
        **{name: Drill(("run", _broken(at, name)), sound) for name in ("empty", "cut", "damaged")},
        **{
            name: Drill(("run", str(at / f"{name}.dump")), sound)
            for name in ("stale", "shrunken", "gone")
        },
        "another": Drill(("run", str(it.other / "another.dump")), sound),
        "false": Drill(whole, it.checks("false")),
        "errors": Drill(whole, it.checks("errors")),
        "acts": Drill(whole, it.checks("acts")),
        "late": Drill((*whole, "--rto", "1s"), it.checks()),
    }
    found = {name: it.run(name, drill) for name, drill in drills.items()}
    strict = it.run("late", Drill((*whole, "--rto", "1s", "--fail-on", "medium"), it.checks()))
    found["late"] = replace(found["late"], note=f"exit {strict.status} with `--fail-on medium`")
    older = re.sub(r"(?m)^(collation\|.*) \S+$", r"\1 0", reference.read_text("utf-8"))
    reference.write_text(older, encoding="utf-8")
    compared = Drill(whole, {"structure": {"reference": str(reference)}})
    found["collation"] = it.run("collation", compared)
    with _store(at / "whole.dump") as url:
        s3 = {"type": "s3", "bucket": "b", "key": "k", "endpoint_url": url, "region": "us-east-1"}
        keys = {"AWS_ACCESS_KEY_ID": "wrong", "AWS_SECRET_ACCESS_KEY": "wrong"}
        found["keys"] = it.run("keys", Drill(("run",), {"source": s3}, env=keys))
        half = {"type": "https", "url": f"{url}/half"}
        found["half"] = it.run("half", Drill(("run",), {"source": half}))
    return found | _of_the_machine(it, Drill((*whole, *READY), sound))


def archives(it: Firedrill) -> dict[str, Found]:
    """Return what `firedrill pitr` finds, by fault."""
    base, wal, known = it.backups / "base", it.backups / "wal", it.known
    sound = it.checks("sound", "enough")
    empty, damaged, page, gap, stale = (
        it.folder / name for name in ("empty", "damaged", "page", "gap", "stale")
    )
    empty.mkdir()
    shutil.copytree(base, damaged)
    _overwrite(damaged / "global" / "pg_control", begin=64, length=64)
    shutil.copytree(base, page)
    _overwrite(page / known["page"], begin=3 * 8192, length=4096)
    shutil.copytree(wal, gap)
    (gap / known["missing"]).unlink()
    shutil.copytree(wal, stale)
    for path in stale.iterdir():
        if path.name > known["missing"]:
            path.unlink()
    whole = it.recovery(base, wal, known["whole"])
    drills = {
        "whole": Drill(whole, sound),
        "empty": Drill(it.recovery(empty, wal, known["whole"]), sound),
        "damaged": Drill(it.recovery(damaged, wal, known["whole"]), sound),
        "page": Drill(it.recovery(page, wal, known["whole"]), sound),
        "segment": Drill(it.recovery(base, gap, known["whole"]), sound),
        "stale": Drill(it.recovery(base, stale, known["whole"]), sound),
        "another": Drill(it.recovery(it.other / "base", it.other / "wal", known["other"]), sound),
        "shrunken": Drill(it.recovery(base, wal, known["shrunken"]), sound),
        "gone": Drill(it.recovery(base, wal, known["gone"]), sound),
        "false": Drill(whole, it.checks("false")),
        "errors": Drill(whole, it.checks("errors")),
        "acts": Drill(whole, it.checks("acts")),
        "collation": Drill(
            it.recovery(it.backups / "collation", wal, known["collation"]), it.checks()
        ),
    }
    found = {name: it.run(name, drill) for name, drill in drills.items()}
    return found | _of_the_machine(it, Drill(whole, sound))


def _of_the_machine(it: Firedrill, whole: Drill) -> dict[str, Found]:
    """Return what it finds where the backup is whole, and the machine is not."""
    found = {}
    with _image(it, change=_SMALL) as small:
        found["room"] = it.run("room", replace(whole, image=small))
    with _image(it, entrypoint=_STUCK) as stuck:
        found["never"] = it.run("never", replace(whole, image=stuck))
    nowhere = {"DOCKER_HOST": f"unix://{it.folder}/none.sock"}
    found["away"] = it.run("away", replace(whole, env=nowhere))
    found["killed"] = _killed(it, whole)
    both = [it.start(whole) for _ in range(2)]
    found["twice"] = max((end("twice", *one) for one in both), key=lambda end: end.status)
    return found


def _broken(folder: Path, how: str) -> str:
    """Return a copy of the whole dump that is empty, cut in the middle or damaged there."""
    copy = folder / f"{how}.dump"
    content = bytearray((folder / "whole.dump").read_bytes())
    middle = len(content) // 2
    if how == "damaged":
        content[middle : middle + 4096] = os.urandom(4096)
    else:
        del content[middle if how == "cut" else 0 :]
    copy.write_bytes(content)
    return str(copy)


def _overwrite(path: Path, *, begin: int, length: int) -> None:
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(os.urandom(length))


@contextmanager
def _store(dump: Path) -> Iterator[str]:
    """Serve a store that refuses every key, and cuts a GET of `/half` in the middle."""
    content = dump.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/half":
                return self._refuse()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
            return None

        def do_HEAD(self) -> None:
            self._refuse()

        def _refuse(self) -> None:
            said = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
            self.send_response(403)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _image(it: Firedrill, change: str = "", entrypoint: str = "") -> Iterator[str]:
    """Make an image that differs in one line of its Dockerfile, or has another entrypoint."""
    name = f"peers-changed-{os.getpid()}"
    made = f"{name}:{{major}}"
    docker("create", "--name", name, it.image.format(major=MAJOR))
    try:
        if entrypoint:
            script = it.folder / "docker-entrypoint.sh"
            script.write_text(entrypoint, encoding="utf-8")
            script.chmod(0o755)
            docker("cp", script, f"{name}:/usr/local/bin/{script.name}")
        docker("commit", *(("--change", change) if change else ()), name, made.format(major=MAJOR))
        yield made
    finally:
        docker("rm", "-f", name)
        docker("rmi", "-f", made.format(major=MAJOR))


def _left() -> list[str]:
    return docker("ps", "-aq", "--filter", "label=firedrill=1").split()


def _killed(it: Firedrill, whole: Drill) -> Found:
    """Kill a drill once its container runs; say what is left, and what removes it."""
    before = set(_left())
    started, _ = it.start(whole)
    until = time.monotonic() + LIMIT_SECONDS
    while set(_left()) == before and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(1)
    started.send_signal(signal.SIGKILL)
    started.communicate()
    killed = set(_left()) - before
    it.run("whole", whole)
    kept = killed & set(_left())
    subprocess.run([str(it.program), "clean"], capture_output=True, check=True)
    note = (
        f"{len(killed)} container stays; after the next run {len(kept)}, "
        f"after `firedrill clean` {len(killed & set(_left()))}"
    )
    return Found(status=started.returncode, word="none", note=note)


MODES: Mapping[str, Callable[[Firedrill], dict[str, Found]]] = {
    "firedrill run": dumps,
    "firedrill pitr": archives,
}

"""The window of a large archive against a bare listing of it, by the real boto3."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.archive import SERVER
from benchmarks.measure import Run, middle, run
from components.pods.waldump import SERVER as WALDUMP
from tools.build.boto import libraries

_PROGRAM = """
import pathlib, sys
from pods import s3, waldump, window
what, server, port, folder = *sys.argv[1:4], pathlib.Path(sys.argv[4])
s3.KEYS = folder
settings = {"endpoint": "http://127.0.0.1:" + port, "bucket": "archive", "prefix": "",
            "region": "us-east-1", "keys": "Secret k", "access": "a", "secret": "s"}
if what == "listing":
    assert len(s3.Store("source", settings).listed(server + "/")) > 50_000
else:
    window.FOLDER = folder
    window.Waldump = lambda: waldump.Waldump(folder)
    found = window.look({"server": server, "source": settings, "starts": []})
    assert found["windows"][0]["latest"] and len(found["backups"]) == 400, found
"""

_DUMP = """\
#!/bin/sh
case "$1" in
--version) echo "pg_waldump (PostgreSQL) 17.6" ;;
*) echo "rmgr: Transaction tx: 7, lsn: 0/03000028, prev 0/0, desc: COMMIT \
2026-11-25 16:00:00.000000 UTC" ;;
esac
"""


@contextmanager
def _served(folder: Path, root: Path) -> Iterator[str]:
    """Serve the archive, and stand in for pg_waldump; yield the port."""
    keys, tools = folder / "source", folder / "bin"
    for made in (keys, tools):
        made.mkdir()
    for name in ("access", "secret"):
        (keys / name).write_text("key")
    (tools / "pg_waldump").write_text(_DUMP)
    (tools / "pg_waldump").chmod(0o755)
    path = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    script = WALDUMP.replace("/scratch", str(folder))
    store = [sys.executable, "-m", "benchmarks.archive"]
    with (
        subprocess.Popen(["/bin/sh", "-c", script], env=path) as dump,
        subprocess.Popen(store, cwd=root, stdout=subprocess.PIPE, text=True) as server,
    ):
        try:
            yield server.stdout.readline().strip() if server.stdout else ""
        finally:
            dump.kill()
            server.kill()


def look(folder: Path, root: Path, rounds: int) -> tuple[Run, Run]:
    """Return what a bare listing takes, and what the window takes."""
    libraries_of_pods = f"{root / 'components'}{os.pathsep}{libraries()}"
    environment = {**os.environ, "PYTHONPATH": libraries_of_pods}
    with _served(folder, root) as port:

        def measured(what: str) -> Run:
            command = [sys.executable, "-c", _PROGRAM, what, SERVER, port, str(folder)]
            return middle([run(command, root, environment) for _ in range(rounds)])

        return measured("listing"), measured("window")

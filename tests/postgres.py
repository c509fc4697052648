"""A real PostgreSQL server with an archive, whose heartbeat role logs in by certificate."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from components.postgres.heartbeat import CLIENTS
from tools.build.postgres import NOT_ROOT, UNPRIVILEGED, postgres, programs
from tools.ports import kept, number

_ARCHIVED_SECONDS = 120.0  # it takes a tenth of one; a busy machine many times that


class Postgres:
    """A primary with one segment size; its WAL is archived into a folder."""

    def __init__(self, folder: Path, segment: int, port: int) -> None:
        self.folder, self.segment, self.port = folder, segment, str(port)
        self.archive, self.keys = folder / "archive", folder / "keys"
        self._data = folder / "data"
        # The home of root may be closed to others.
        shutil.copytree(programs(postgres()).parent, folder / "pg")
        subprocess.run(["chmod", "-R", "a+rX", folder / "pg"], check=True)
        for path in (self.archive, self._data):
            path.mkdir()
        if NOT_ROOT is not None:
            for path in (folder, self.archive, self._data):
                shutil.chown(path, NOT_ROOT)
        alike = ("--encoding=UTF8", "--locale=C")  # whatever the caller's locale is
        size = f"--wal-segsize={segment >> 20}"
        self._run("initdb", "-D", self._data, "-U", "postgres", size, *alike)
        self._certify()
        (self._data / "pg_hba.conf").write_text(
            "local all postgres trust\n" + "".join(f"{line}\n" for line in CLIENTS)
        )
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port = {self.port}\nunix_socket_directories = '{folder}'\nssl = on\n"
                f"ssl_cert_file = '{folder}/server.crt'\nssl_key_file = '{folder}/server.key'\n"
                f"ssl_ca_file = '{self.keys}/ca.crt'\narchive_mode = on\n"
                # A segment has its name once it is whole.
                f"archive_command = 'cp %p {self.archive}/.%f && mv {self.archive}/.%f"
                f" {self.archive}/%f'\nautovacuum = off\n"
            )

    def start(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-l", self.folder / "log", "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "fast", "-w", "stop")

    def archived(self, name: str) -> bytes:
        """Return a segment that the server has closed, once it is in the archive."""
        deadline = time.monotonic() + _ARCHIVED_SECONDS
        while not (self.archive / name).exists():
            assert time.monotonic() < deadline, (name, self._log())
            time.sleep(0.05)
        return (self.archive / name).read_bytes()

    def sql(self, *statements: str, database: str = "postgres") -> str:
        """Return what psql prints, as the superuser."""
        asked = [word for one in statements for word in ("-c", one)]
        place = ("-h", self.folder, "-p", self.port, "-U", "postgres", "-d", database)
        return self._run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *place, *asked).strip()

    def _run(self, program: str, *arguments: object) -> str:
        done = subprocess.run(
            [*UNPRIVILEGED, str(self.folder / "pg" / "bin" / program), *map(str, arguments)],
            # The server keeps what it inherits: it must not be a pipe that is read to its end.
            stdout=subprocess.PIPE if program == "psql" else subprocess.DEVNULL,
            stderr=subprocess.PIPE if program == "psql" else subprocess.DEVNULL,
            cwd=self.folder,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (program, done.returncode, done.stderr, self._log())
        return done.stdout or ""

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text()[-3000:] if log.exists() else ""

    def _certify(self) -> None:
        """Make a CA, and the certificates of the server and of the heartbeat role."""
        self.keys.mkdir()
        for name, common in (("ca", "ca"), ("server", "localhost"), ("tls", "tier0_heartbeat")):
            folder = self.folder if name == "server" else self.keys
            signed = [] if name == "ca" else ["-CA", "keys/ca.crt", "-CAkey", "keys/ca.key"]
            made = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.crt")]
            kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            names = ["-subj", f"/CN={common}", "-addext", f"subjectAltName=DNS:{common}"]
            subprocess.run(
                ["openssl", "req", "-x509", *kind, *names, *made, *signed],
                check=True,
                cwd=self.folder,
                capture_output=True,
            )
        (self.keys / "tls.key").chmod(0o400 if NOT_ROOT is None else 0o440)
        if NOT_ROOT is not None:
            shutil.chown(self.folder / "server.key", NOT_ROOT)


@contextmanager
def running(segment: int = 1 << 20) -> Iterator[Postgres]:
    """Yield a server that runs; its sockets need a short path that others may enter."""
    folder = Path(tempfile.mkdtemp(prefix="tier0-pg-", dir="/tmp"))
    umask = os.umask(0o022)  # the server is another user, and reads what is made for it
    try:
        folder.chmod(0o755)
        with kept() as door:
            made = Postgres(folder, segment, number(door))
            made.start()
            try:
                yield made
            finally:
                made.stop()
    finally:
        os.umask(umask)
        shutil.rmtree(folder)

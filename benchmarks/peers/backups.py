"""A PostgreSQL in a container whose backups are whole, stale, or have lost something."""

import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import Fault

ORDERS = 50_000
KEPT = ORDERS * 9 // 10
"""As many orders a restored database must have."""

SCHEMA = f"""
create table customers (id serial primary key, name text not null);
create table orders (id serial primary key, amount int not null, note text not null);
create table unread (id serial primary key, note text not null);
create table nonces (nonce text primary key, written timestamptz not null default now());
insert into customers (name) select 'customer ' || n from generate_series(1, 2000) n;
insert into orders (amount, note)
    select n % 100, md5(n::text) || md5(n::text || 'x') from generate_series(1, {ORDERS}) n;
insert into unread (note) select md5(n::text) from generate_series(1, 20000) n;
"""  # noqa: S608 - our own number
NONCE = "insert into nonces values ('{nonce}')"
SHRINK = f"delete from orders where id > {ORDERS // 10}"  # noqa: S608 - our own number
SUBSCRIPTION = (
    (
        "create subscription acts connection 'host=127.0.0.1 port=1 dbname=nowhere' "
        "publication p with (connect = false)"
    ),
    "alter subscription acts enable",
)
_ARCHIVES = (
    # As where it is written into the configuration: the backup carries it.
    "alter system set archive_mode = 'on'",
    "alter system set archive_command = 'cp %p /work/wal/%f'",
)
CHECKS = {
    "nonce": ("the nonce is there", "select count(*) from nonces where nonce = '{nonce}'", 1),
    "sound": ("no order is negative", "select count(*) from orders where amount < 0", 0),
    "false": ("no order is negative", "select count(*) from orders where amount > 0", 0),
    "errors": ("no order is negative", "select count(*) from orders where amuont < 0", 0),
    "enough": (
        "orders has not lost rows",
        f"select (count(*) >= {KEPT})::int from orders",  # noqa: S608 - our own number
        1,
    ),
    "acts": (
        "no subscription is on",
        (
            "select count(*) from pg_subscription where subenabled"
            " and current_setting('max_logical_replication_workers')::int > 0"
        ),
        0,
    ),
}
"""What the peers are configured to ask: a name, a query and its right answer, a number."""

_PATIENCE_SECONDS = 60


def docker(*arguments: str | Path, text: str | None = None) -> str:
    """Run docker and return what it printed; raise Fault if it failed."""
    program = shutil.which("docker")
    if not program:
        raise Fault("docker", "it is not installed", "install Docker")
    done = subprocess.run(
        [program, *(str(it) for it in arguments)],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip()[-500:]
        raise Fault(
            "docker", f"`docker {' '.join(map(str, arguments[:3]))}` failed: {said}", "run it"
        )
    return done.stdout.strip()


@dataclass(frozen=True)
class Source:
    """A running server, its container's name, and the folder that it writes backups into."""

    name: str
    folder: Path
    nonce: str

    def sql(self, *statements: str) -> str:
        """Run *statements*, each as its own transaction, and return the last one's answer."""
        answer = ""
        for statement in statements:
            answer = self.run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement)
        return answer

    def run(self, *command: str) -> str:
        """Run one of PostgreSQL's programs as the superuser."""
        program, *rest = command
        return docker("exec", "-u", "postgres", self.name, program, "-U", "postgres", *rest)

    def dump(self, name: str) -> None:
        """Write `<name>.dump`."""
        self.run("pg_dump", "-Fc", "-f", f"/work/{name}.dump", "postgres")

    def base(self, name: str) -> None:
        """Write a plain base backup into the folder *name*."""
        self.run(
            "pg_basebackup", "-D", f"/work/{name}", "-X", "none", "-c", "fast", "--no-manifest"
        )

    def mark(self) -> str:
        """Return a moment after all that was committed; commit, and archive the segment."""
        time.sleep(1.1)
        moment = self.sql("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")
        time.sleep(0.2)
        self.sql("insert into customers (name) values ('after')")
        self.close()
        return f"{moment}+00"

    def close(self) -> str:
        """Close the current segment, wait until it is archived, and return its name."""
        name = self.sql("select pg_walfile_name(pg_switch_wal())")
        until = time.monotonic() + _PATIENCE_SECONDS
        while not (self.folder / "wal" / name).exists():
            if time.monotonic() > until:
                raise Fault("source", f"{name} is not archived", "read `docker logs` of it")
            time.sleep(0.2)
        return name


@contextmanager
def source(image: str, folder: Path) -> Iterator[Source]:
    """Start a server of *image* that archives into *folder*; remove it at the end."""
    nonce = secrets.token_hex(6)
    (folder / "wal").mkdir(parents=True)
    for path in (folder, folder / "wal"):
        path.chmod(0o777)
    name = f"peers-source-{nonce}"
    started = Source(name, folder, nonce)
    docker(
        *("run", "-d", "--name", name, "-v", f"{folder}:/work"),
        *("-e", f"POSTGRES_PASSWORD={nonce}", "-e", "POSTGRES_INITDB_ARGS=--data-checksums"),
        *("-e", "POSTGRES_HOST_AUTH_METHOD=trust", image, "postgres", "-c", "wal_level=logical"),
        *("-c", "archive_mode=on", "-c", "archive_command=cp %p /work/wal/%f"),
    )
    try:
        _wait(started)
        yield started
    finally:
        docker("rm", "-f", "-v", name)


def _wait(started: Source) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            started.run("pg_isready", "-h", "127.0.0.1")
        except Fault:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return


def write(image: str, folder: Path) -> dict[str, str]:
    """Write dumps, base backups and WAL into *folder*.

    Returns the nonce, and the moments of the archive by what was the case then.
    """
    with source(image, folder) as it:
        it.sql(SCHEMA, *SUBSCRIPTION, *_ARCHIVES)
        it.dump("stale")
        it.base("base")
        it.sql("insert into unread (note) values ('between')")
        missing = it.close()
        it.sql(NONCE.format(nonce=it.nonce))
        it.close()
        it.dump("whole")
        whole = it.mark()
        it.sql(SHRINK)
        it.dump("shrunken")
        shrunken = it.mark()
        it.sql("drop table orders")
        it.dump("gone")
        gone = it.mark()
        it.sql("update pg_database set datcollversion = '0' where datname = 'postgres'")
        it.base("collation")
        collation = it.mark()
        page = it.sql("select pg_relation_filepath('unread')")
    return {
        "nonce": it.nonce,
        "missing": missing,
        "page": page,
        "whole": whole,
        "shrunken": shrunken,
        "gone": gone,
        "collation": collation,
    }


def write_another(image: str, folder: Path) -> str:
    """Write a dump and an archive of a database with the same tables, not the same nonce."""
    with source(image, folder) as it:
        it.sql(SCHEMA)
        it.base("base")
        it.sql(NONCE.format(nonce=it.nonce))
        it.dump("another")
        return it.mark()

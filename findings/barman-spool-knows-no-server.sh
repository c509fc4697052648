#!/usr/bin/env bash
# Barman 3.19.1, barman-cloud-wal-restore, and its spool (/var/tmp/walrestore, or --spool-dir).
#
# A good guess: the spool has what is fetched ahead with --parallel, of this archive; without --parallel
# nothing is in it. A segment that is there whole and as .partial, as after a failover, is given whole.
# What it does: a file's name in the spool is the segment's alone, without the server, the bucket and
# `.partial`, and it goes before the archive. And further objects of the segment that is asked for count
# as fetched ahead, also without --parallel. What is asked for, and whose content it gives with status 0:
#
#   db 07, and 07.partial is there: whole
#   db 07, once more: partial
#   a 01 with --parallel 3: a
#   b 02 with --parallel 3: a
#   b 02, once more: b
#
# PostgreSQL asks for the last segment of a recovery more than once, and each restore of a host shares the
# spool: one that ended at a target leaves segments there for the next one. Write --no-partial, and a new
# --spool-dir for each restore. Barman 3.20.1, which needs Python 3.12, leaves a .partial out where the
# whole segment is there; the rest is the same. The store is moto's, and segments have one word.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'barman[cloud]==3.19.1' 'moto[server]==5.2.5' boto3==1.43.6
venv/bin/barman-cloud-wal-restore --version
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
segment = "0000000100000000000000{}".format


def put(server, number, content):
    key = f"{server}/wals/0000000100000000/{segment(number)}"
    store.put_object(Bucket="archive", Key=key, Body=content.encode())


def restore(server, number, *words):
    """Return the content that is given for a segment."""
    place = ("--spool-dir", "spool", "--endpoint-url", url, "s3://archive", server)
    command = ["venv/bin/barman-cloud-wal-restore", *words, *place, segment(number), "given"]
    subprocess.run(command, check=True)
    given = pathlib.Path("given")
    content = given.read_text()
    given.unlink()
    return content


put("db", "07", "whole")
put("db", "07.partial", "partial")
for server in ("a", "b"):
    for number in ("01", "02", "03"):
        put(server, number, server)
print("db 07, and 07.partial is there:", restore("db", "07"))
print("db 07, once more:", restore("db", "07"))
print("a 01 with --parallel 3:", restore("a", "01", "--parallel", "3"))
print("b 02 with --parallel 3:", restore("b", "02", "--parallel", "3"))
print("b 02, once more:", restore("b", "02", "--parallel", "3"))
PYTHON
cat seen

[ "$(cat seen)" = "db 07, and 07.partial is there: whole
db 07, once more: partial
a 01 with --parallel 3: a
b 02 with --parallel 3: a
b 02, once more: b" ]
echo "as seen on 2026-11-30: what is in the spool goes before the archive, of whatever server"

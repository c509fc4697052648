#!/usr/bin/env bash
# Barman 3.19.1, barman-cloud-backup-delete --retention-policy, after a failed backup and a failover.
#
# A good guess: a recovery window keeps the WAL from the oldest backup that it needs on, and all WAL
# before it goes. A backup that failed restores nothing, so it holds nothing.
# What it does: a backup of any status holds *all* WAL of its timeline, and retention deletes only those
# that are DONE. So one failed backup keeps every segment of its timeline for ever, once a failover has
# begun the next one. Two backups on timeline 1, four on timeline 2, a window of 7 days that needs the
# last two; what is left of 16 segments of timeline 1 and 24 of timeline 2:
#
#   second backup DONE: timeline 1: 0, timeline 2: 18
#   second backup FAILED: timeline 1: 16, timeline 2: 18
#   it is deleted by its id: timeline 1: 16, timeline 2: 18
#   the next retention: timeline 1: 0, timeline 2: 16
#
# To delete it by hand frees nothing at once, as the backup that is being deleted counts too (Barman
# reads it once more, and compares the two objects by identity); the next deletion of another does.
# An archive that grows after a failover is what one sees, and backup-list shows why: look for FAILED.
# Barman 3.20.1, which needs Python 3.12, does the same. The store is moto's. Archives and segments have
# one byte; names and backup.info are as barman-cloud-backup writes them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'barman[cloud]==3.19.1' 'moto[server]==5.2.5' boto3==1.43.6
venv/bin/barman-cloud-backup-delete --version
venv/bin/python - > seen 2> log <<'PYTHON' || { cat log; exit 1; }
import contextlib, os, subprocess
from datetime import datetime, timedelta, timezone

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
with contextlib.redirect_stdout(None):
    server.start()
url = "http://{}:{}".format(*server.get_host_and_port())
os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
store = boto3.client("s3", endpoint_url=url)
now = datetime.now(timezone.utc)


def put(bucket, key, text="w"):
    store.put_object(Bucket=bucket, Key=key, Body=text.encode())


def backup(bucket, days, timeline, segment, status="DONE"):
    """Write a backup that ended this many days ago, and return its id."""
    at = now - timedelta(days=days)
    wal = f"{timeline:08X}00000000{segment:08X}"
    info = {
        "begin_time": at, "end_time": at, "begin_wal": wal, "end_wal": wal, "timeline": timeline,
        "begin_xlog": f"0/{segment:X}000028", "end_xlog": f"0/{segment:X}000100", "size": 1,
        "mode": "concurrent", "status": status, "systemid": "7", "version": 170000,
        "pgdata": "/data", "server_name": "cloud", "xlog_segment_size": 1 << 24,
    }
    name = at.strftime("%Y%m%dT%H%M%S")
    put(bucket, f"db/base/{name}/data.tar")
    put(bucket, f"db/base/{name}/backup.info", "".join(f"{k}={v}\n" for k, v in info.items()))
    return name


def delete(bucket, *words):
    """Run barman-cloud-backup-delete, and return how many segments are left."""
    place = ("--endpoint-url", url, f"s3://{bucket}", "db")
    subprocess.run(["venv/bin/barman-cloud-backup-delete", *words, *place], check=True)
    listed = store.list_objects_v2(Bucket=bucket, Prefix="db/wals/")["Contents"]
    names = [it["Key"].rpartition("/")[2] for it in listed]
    left = {it: sum(name.startswith(f"{it:08X}0") for name in names) for it in (1, 2)}
    return ", ".join(f"timeline {it}: {count}" for it, count in left.items())


window = ("--retention-policy", "RECOVERY WINDOW OF 7 DAYS")
for status in ("DONE", "FAILED"):
    bucket = status.lower()
    store.create_bucket(Bucket=bucket)
    for timeline, segments in ((1, range(0x10, 0x20)), (2, range(0x20, 0x38))):
        for segment in segments:
            folder = f"{timeline:08X}00000000"
            put(bucket, f"db/wals/{folder}/{folder}{segment:08X}.zst")
    backup(bucket, 20, 1, 0x10)
    second = backup(bucket, 19, 1, 0x14, status)
    for days, segment in ((12, 0x22), (9, 0x24), (8, 0x26), (1, 0x30)):
        backup(bucket, days, 2, segment)
    print(f"second backup {status}:", delete(bucket, *window))
print("it is deleted by its id:", delete(bucket, "-b", second))
backup(bucket, 7.5, 2, 0x28)
print("the next retention:", delete(bucket, *window))
PYTHON
cat seen

[ "$(cat seen)" = "second backup DONE: timeline 1: 0, timeline 2: 18
second backup FAILED: timeline 1: 16, timeline 2: 18
it is deleted by its id: timeline 1: 16, timeline 2: 18
the next retention: timeline 1: 0, timeline 2: 16" ]
echo "as seen on 2026-11-30: a failed backup keeps the WAL of its timeline"

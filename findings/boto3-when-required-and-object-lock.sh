#!/usr/bin/env bash
# boto3 1.43.6, AWS_REQUEST_CHECKSUM_CALCULATION=when_required, and an upload with Object Lock.
#
# A good guess: S3 says that a PutObject or UploadPart with Object Lock must have Content-MD5 or a
# checksum (PutObject, "Content-MD5"; without, it answers 400 InvalidRequest), so `when_required`
# sends one there, at the least where the request itself asks for a lock.
# What it does: "required" is a fixed list of operations in which neither is, whatever is asked:
#
#   when_required   PutObject plain       -
#   when_required   PutObject locked      -
#   when_required   UploadPart            -
#   when_required   DeleteObjects         x-amz-checksum-crc32
#   when_supported  PutObject locked      x-amz-checksum-crc32
#
# So the setting that most stores other than AWS are given, as they refuse checksums, makes each
# upload into a locked bucket of AWS fail. The server here takes everything and prints the headers.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet boto3==1.43.6
venv/bin/python - > seen <<'PYTHON'
import http.server
import threading
from datetime import datetime, timezone

import boto3
from botocore.config import Config

headers = {}


class Store(http.server.BaseHTTPRequestHandler):
    def answer(self):
        headers.clear()
        headers.update({name.lower(): value for name, value in self.headers.items()})
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Store)
threading.Thread(target=server.serve_forever, daemon=True).start()
until = datetime(2030, 1, 1, tzinfo=timezone.utc)
lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
print("boto3", boto3.__version__)
for setting in ("when_required", "when_supported"):
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        region_name="us-east-1",
        config=Config(request_checksum_calculation=setting),
    )
    where = {"Bucket": "archive", "Key": "wal"}
    asked = {
        "PutObject plain": lambda: client.put_object(**where, Body=b"wal"),
        "PutObject locked": lambda: client.put_object(**where, Body=b"wal", **lock),
        "UploadPart": lambda: client.upload_part(**where, UploadId="1", PartNumber=1, Body=b"wal"),
        "DeleteObjects": lambda: client.delete_objects(
            Bucket="archive", Delete={"Objects": [{"Key": "wal"}]}
        ),
    }
    for name, ask in asked.items():
        ask()
        found = [it for it in headers if it == "content-md5" or it.startswith("x-amz-checksum-")]
        print(f"{setting:15} {name:17} {' '.join(found) or '-'}")
PYTHON
cat seen

for name in 'PutObject plain ' 'PutObject locked' 'UploadPart      '; do
  grep -q "^when_required   $name  *-$" seen
  grep -q "^when_supported  $name  *x-amz-checksum-crc32$" seen
done
grep -q '^when_required   DeleteObjects  *x-amz-checksum-crc32$' seen
echo "as seen on 2026-11-30: when_required sends no checksum with a lock"

"""The programs that use an object store, by the real boto3, which the checks of them go without.

The server is moto's; the claims of the lab are about Ceph's.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT
from tools.build.boto import libraries

SCRIPT = """
import json, pathlib, sys
import boto3
from moto.server import ThreadedMotoServer
from pods import copying, job, keep, lineage, prepare, offsite as pod, s3 as store

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
url = "http://%s:%s" % server.get_host_and_port()
store.KEYS = pathlib.Path(sys.argv[1])
for name in ("source", "target"):
    (store.KEYS / name).mkdir()
    for key in ("access", "secret"):
        (store.KEYS / name / key).write_text("key")
s3 = boto3.client(
    "s3", endpoint_url=url, region_name="r", aws_access_key_id="k", aws_secret_access_key="k"
)
s3.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "r"})
s3.create_bucket(
    Bucket="copies",
    ObjectLockEnabledForBucket=True,
    CreateBucketConfiguration={"LocationConstraint": "r"},
)
retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 31}}
s3.put_object_lock_configuration(
    Bucket="copies",
    ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": retention},
)
place = {"endpoint": url, "region": "r", "keys": "Secret k", "access": "A", "secret": "S"}
settings = {"server": "db", "lock_days": 31, "encrypted": True}
settings["source"] = place | {"bucket": "archive", "prefix": ""}
settings["target"] = place | {"bucket": "copies", "prefix": "archive/"}
copy = copying.Copy(settings, *(store.Store(n, settings[n]) for n in ("source", "target")))
ask = store.Store.ask


def paged(one, method, key=None, **more):
    if method == "list_objects_v2":
        more.setdefault("MaxKeys", 50)
    return ask(one, method, key, **more)


store.Store.ask = paged
segment = "000000010000000000000003"
info = "status=DONE\\nbegin_wal=%s\\nend_wal=%s\\n" % (segment, segment)
large = b"0123456789abcdef" * (5 << 18)
files = {"base/b/backup.info": info.encode(), "base/b/data.tar.gz": large}
for number in range(4, 123):  # more than a listing has on one page
    files["wals/0000000100000000/00000001%016d.gz" % number] = b"%d" % number
files["wals/0000000100000000/%s.gz" % segment] = b"the one"
for key, content in files.items():
    s3.put_object(Bucket="archive", Key="db/" + key, Body=content)
for _ in range(2):
    pod.one_pass(copy, "wal", copy.wal)
    pod.one_pass(copy, "base", copy.base)
for key, content in files.items():
    assert s3.get_object(Bucket="copies", Key="archive/db/" + key)["Body"].read() == content, key
source, target = (store.Store(n, settings[n]) for n in ("source", "target"))
entry = {"number": 1, "state": "removed", "origin": None}
for _ in range(2):
    keep.note(target, "db.lineage.json", [entry], encrypted=True)
(noted,), _ = lineage.read(target, "db.lineage.json")
assert noted == entry | {"since": noted["since"]}
versions = s3.list_object_versions(Bucket="copies", Prefix="archive/db.lineage.json")["Versions"]
assert len(versions) == 1
s3.put_object(Bucket="archive", Key="db-g2/base/b/backup.info", Body=b"status=DONE")
keep.prune(source, ["db"], 0)
left = s3.list_objects_v2(Bucket="archive")["Contents"]
assert [one["Key"] for one in left] == ["db-g2/base/b/backup.info"]
prepared = settings | {"server": "db-g2", "number": 2}
try:
    prepare.unused(prepared, {"source": source, "target": target})
    raise AssertionError("a name that was used is not refused")
except job.Refusal:
    pass
prepared |= {"server": "db-g3", "lineage": "db.lineage.json", "number": 3, "origin": None}
prepare.unused(prepared, {"source": source, "target": target})
settings["target"]["bucket"] = "no-such"
pod.one_pass(copy, "wal", copy.wal)
settings["target"]["endpoint"] = "http://127.0.0.1:9"
copy = copying.Copy(settings, *(store.Store(n, settings[n]) for n in ("source", "target")))
pod.one_pass(copy, "wal", copy.wal)
"""


def test_the_program_copies_by_the_real_client_and_says_its_errors(
    tmp_path: Path,
) -> None:
    known = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    path = f"{libraries()}{os.pathsep}{ROOT / 'components'}"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env=known | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    copied = [line.partition('"copied": ')[2].partition(",")[0] for line in lines[:4]]
    assert copied == ["120", "2", "0", "0"], lines
    assert "the bucket does not exist; create it with object lock" in lines[4]
    assert "it does not answer" in lines[5]

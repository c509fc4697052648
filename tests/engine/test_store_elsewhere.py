"""The programs that read an archive in a folder of an S3 elsewhere, over TLS that a CA signed.

The server is VersityGW, which checks the region and the signature of each request.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support import ROOT
from tools.build.boto import libraries
from tools.build.toolchain import Toolchain
from tools.lab.node.pki import Authority
from tools.lab.programs.stores import STORE_TOOLS
from tools.ports import kept, number

REGION = "eu-test"
KEYS = {"access": "TIER0", "secret": "a-secret-of-this-test"}

SCRIPT = """
import gzip, pathlib, sys
import boto3
from pods import copying, drill_archive, s3 as store, wal, watch_archive, window

store.KEYS = watch_archive.KEYS = pathlib.Path(sys.argv[1])
url = sys.argv[2]
for module in (window, watch_archive, drill_archive):
    module.Waldump = type("Nothing", (), {"major": 17, "lines": lambda *_: iter(())})
window.FOLDER = store.KEYS
key = {name: (store.KEYS / "source" / name).read_text() for name in ("access", "secret")}
client = boto3.client(
    "s3", endpoint_url=url, region_name="eu-test", verify=str(store.KEYS / "source" / "ca.crt"),
    aws_access_key_id=key["access"], aws_secret_access_key=key["secret"],
)
for bucket in ("archives", "copies"):
    client.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-test"}
    )
size, segment = 1 << 20, "000000010000000000000002"
info = (
    "status=DONE\\nbegin_time=2026-11-30 02:00:00+00:00\\nend_time=2026-11-30 02:01:00+00:00\\n"
    f"timeline=1\\nbegin_wal={segment}\\nend_wal={segment}\\nend_xlog=0/200100\\nversion=170006\\n"
    f"xlog_segment_size={size}\\nsystemid=77\\n"
)
objects = {"base/20261130T020000/data.tar.gz": b"data", "base/20261130T020000/backup.info": info}
for number in range(2, 6):
    name = wal.segment_name(1, number, size)
    objects[f"wals/{name[:16]}/{name}.gz"] = gzip.compress(bytes(size), 1)
for path, content in objects.items():
    client.put_object(Bucket="archives", Key="clusters/prod/db/" + path, Body=content)
place = {"endpoint": url, "region": "eu-test", "keys": "Secret k", "access": "A", "secret": "S"}
source = place | {"bucket": "archives", "prefix": "clusters/prod/"}
target = place | {"bucket": "copies", "prefix": "archives/clusters/prod/"}

taken, archived = window.read(store.Store("source", source), "db")
assert [(it.name, it.whole) for it in taken] == [("20261130T020000", True)], taken
assert len(archived.names) == 4
survey = window.look({"source": source, "server": "db", "starts": []})
assert survey["windows"][0]["earliest"].startswith("2026-11-30T02:01:00"), survey
watched = watch_archive.Watched("source", source, "db", {})
watched.look()
assert watched.values["base_backup_timestamp_seconds"] > 0, watched.values
assert watched.values["store_certificate_expiry_timestamp_seconds"] > 1.7e9, watched.values
drilled = drill_archive.Archive(store.Store("source", source), "db")
drilled.answers()
assert [it.name for it in drilled.whole] == ["20261130T020000"]
settings = {"server": "db", "lock_days": 1, "encrypted": False}
copy = copying.Copy(settings, store.Store("source", source), store.Store("target", target))
assert (copy.wal(), copy.base()) == (4, 2)
listed = client.list_objects_v2(Bucket="copies")["Contents"]
assert {it["Key"] for it in listed} == {f"archives/clusters/prod/db/{it}" for it in objects}

def said(settings):
    try:
        window.read(store.Store("source", settings), "db")
    except store.Fault as fault:
        return str(fault)
    return ""

# The store names its region in the refusal, and boto3 asks again.
assert said(source | {"region": "us-east-1"}) == ""
(store.KEYS / "source" / "secret").write_text("another")
assert "it refuses the keys" in said(source), said(source)
(store.KEYS / "source" / "ca.crt").unlink()
assert "its certificate is not trusted" in said(source), said(source)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Serve an empty store of one region with one pair of keys; yield its address."""
    tools = Toolchain(tools=STORE_TOOLS[:1])
    tools.build()
    authority = Authority(tmp_path, "ca")
    authority.create()
    authority.issue("server", "/CN=localhost", "serverAuth", ["DNS:localhost"])
    (tmp_path / "data").mkdir()
    door = kept()
    port = number(door)
    command: list[str | Path] = [
        tools.binary("versitygw"),
        "--port",
        f"127.0.0.1:{port}",
        "--quiet",
    ]
    command += ["--cert", tmp_path / "server.crt", "--key", tmp_path / "server.key"]
    command += ["--region", REGION, "posix", tmp_path / "data"]
    keys = {"ROOT_ACCESS_KEY": KEYS["access"], "ROOT_SECRET_KEY": KEYS["secret"]}
    with (
        door,
        (tmp_path / "server.log").open("wb") as log,
        subprocess.Popen(command, env=keys, stdout=log, stderr=log) as process,
    ):
        try:
            _until_it_listens(port, process)
            yield f"https://localhost:{port}"
        finally:
            process.kill()


def _until_it_listens(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def _environment() -> Mapping[str, str]:
    known = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return known | {"PYTHONPATH": f"{libraries()}{os.pathsep}{ROOT / 'components'}"}


def test_window_watch_and_drill_read_an_archive_in_a_folder_over_tls(
    tmp_path: Path, server: str
) -> None:
    keys = tmp_path / "keys"
    for name in ("source", "target"):
        (keys / name).mkdir(parents=True)
        for key, value in KEYS.items():
            (keys / name / key).write_text(value)
        (keys / name / "ca.crt").write_bytes((tmp_path / "ca.crt").read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(keys), server],
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]

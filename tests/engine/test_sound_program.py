"""A base backup is read through by the real boto3 and what decompresses in Barman's image.

The server is moto's, behind a proxy that ends each answer before its end, as Ceph's gateway does
with a client that stalls.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT
from tools.build.boto import libraries

KINDS = ["tar", "tar.gz", "tar.bz2", "tar.lz4", "tar.snappy"]
SCRIPT = """
import json, pathlib, re, socket, socketserver, sys, threading
import boto3
from moto.server import ThreadedMotoServer
from pods import drill_run, s3 as store, sound
from tests.tars import flipped, tarred

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
behind = server.get_host_and_port()
AT_MOST, BROKEN = 100_000, b"no-more"
cuts = []


class Cutting(socketserver.BaseRequestHandler):
    def handle(self):
        asked = b""
        while b"\\r\\n\\r\\n" not in asked:
            if not (got := self.request.recv(1 << 16)):
                return
            asked += got
        asked = re.sub(rb"\\r\\nConnection: [^\\r]*", b"", asked)
        asked = asked.replace(b"\\r\\n\\r\\n", b"\\r\\nConnection: close\\r\\n\\r\\n", 1)
        left = AT_MOST
        with socket.create_connection(behind) as gateway:
            gateway.sendall(asked)
            while left and (got := gateway.recv(min(left, 1 << 14))):
                self.request.sendall(got)
                left -= len(got)
            if not left:
                cuts.append(asked.split()[1])


socketserver.ThreadingTCPServer.daemon_threads = True
proxy = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Cutting)
threading.Thread(target=proxy.serve_forever, daemon=True).start()
store.KEYS = pathlib.Path(sys.argv[1])
(store.KEYS / "source").mkdir()
for key in ("access", "secret"):
    (store.KEYS / "source" / key).write_text("key")
direct = boto3.client(
    "s3", endpoint_url="http://%s:%s" % behind, region_name="r",
    aws_access_key_id="k", aws_secret_access_key="k",
)
direct.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "r"})
settings = {
    "endpoint": "http://%s:%s" % proxy.server_address, "bucket": "archive", "prefix": "",
    "region": "r", "keys": "Secret k", "access": "A", "secret": "S",
}
drill_run.POLL_SECONDS = 0.0
found = {}
for kind in sys.argv[2:]:
    whole = tarred(kind, files=101)
    damaged = flipped(kind, whole)
    for name, content in {"whole": whole, "damaged": damaged, "short": whole[:-20_000]}.items():
        folder = "db/base/%s-%s/" % (name, kind)
        direct.put_object(Bucket="archive", Key="%sdata.%s" % (folder, kind), Body=content)
        run = drill_run.Run({"within_seconds": 600}, "restore", "archive")
        del cuts[:]
        said = sound.flaw(store.Store("source", settings), folder, run)
        found["%s %s" % (name, kind)] = [said, len(cuts), len(content)]
AT_MOST = 0
try:
    sound.flaw(store.Store("source", settings), folder, run)
except store.Fault as fault:
    found["away"] = str(fault)
print(json.dumps(found))
"""


def test_what_a_store_cuts_is_sound_and_what_is_damaged_is_named(tmp_path: Path) -> None:
    known = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    path = os.pathsep.join([str(libraries()), str(ROOT / "components"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), *KINDS],
        env=known | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    for kind in KINDS:
        said, cuts, size = found[f"whole {kind}"]
        assert (said, cuts > size // 110_000) == ("", True), kind
        for name in ("damaged", "short"):
            said, cuts, size = found[f"{name} {kind}"]
            place = f"db/base/{name}-{kind}/data.{kind} is damaged before byte "
            assert said.startswith(place), (kind, said)
            assert f" of {size} (" in said
            assert cuts, f"{name} {kind} came in one answer"
    assert "it does not answer" in found["away"]

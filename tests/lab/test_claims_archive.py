"""The document's tests 1 to 4, and TLS: backups complete, encrypted, verified, where they belong.

About a minute each on a quiet machine.
"""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.conftest import Claim
from tools import Fault
from tools.lab import pods
from tools.lab.databases.archives import objects
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.operators import ceph

GZIP = b"\x1f\x8b"
MARKER = "tier0-plaintext-that-no-disk-may-show"
_GROUP = "/apis/postgresql.cnpg.io/v1"

pytestmark = pytest.mark.group("legacy")


@pytest.fixture(params=["n8n", "legacy"])
def database(request: pytest.FixtureRequest, n8n: Deployed, legacy: Deployed) -> Deployed:
    """Each database of the environment."""
    return {"n8n": n8n, "legacy": legacy}[request.param]


def _backup_name(database: Deployed, word: str) -> str:
    """Return a name that no earlier run has used on the same lab."""
    taken = database.lab.kube.items(f"{_GROUP}/namespaces/{database.namespace}/backups")
    return f"{database.name}-{word}-{len(taken)}"


@pytest.mark.smoke
def test_1_a_manual_backup_completes(database: Deployed, claim: Claim) -> None:
    status = database.back_up(_backup_name(database, "manual"))
    assert status["phase"] == "completed"
    claim(f"backup id, method {status['method']}", status["backupId"], "")


def _marked(database: Deployed) -> str:
    """Write the marker into a table; return the key of the WAL object that has it."""
    database.sql("create table if not exists marked (word text)")
    database.sql(f"copy marked from program 'yes {MARKER} | head -n 1000'")
    segment = database.archive_now()
    return f"{database.name}/wals/{segment[:16]}/{segment}.gz"


@pytest.mark.own_parts("KMS")
def test_2_base_backup_and_wal_are_encrypted_at_rest(
    n8n: Deployed, environment: Environment, claim: Claim
) -> None:
    assert n8n.archive
    wal = _marked(n8n)
    status = n8n.back_up(_backup_name(n8n, "marked"))
    found = objects(n8n.lab, n8n.namespace, n8n.archive)
    plain = {name for name, head in found.items() if head["ServerSideEncryption"] != "AES256"}
    assert not plain, f"not encrypted: {sorted(plain)[:3]} of {len(found)}"
    for key in (wal, f"{n8n.name}/base/{status['backupId']}/data.tar.gz"):
        raw = ceph.raw_object(n8n.lab, environment.store.name, key)
        assert len(raw) >= found[key]["ContentLength"], f"{key} was not found on the disk"
        assert GZIP not in raw[:2], f"{key} lies on the disk as it was sent"
        assert MARKER.encode() not in raw
    claim("objects with AES256", len(found), "of as many")


def test_2_without_encryption_the_same_look_finds_plaintext(
    legacy: Deployed, environment: Environment, claim: Claim
) -> None:
    """The control: a look at the disk does see what is not encrypted."""
    raw = ceph.raw_object(legacy.lab, environment.store.name, _marked(legacy))
    assert raw.startswith(GZIP)
    times = gzip.decompress(raw).count(MARKER.encode())
    assert times
    claim("the marker on the disk", times, "times")


def test_3_wal_is_archived_when_a_segment_closes(database: Deployed, claim: Claim) -> None:
    assert database.sql("show archive_mode") == "on"
    query = "select coalesce(extract(epoch from last_archived_time), 0) from pg_stat_archiver"
    before = float(database.sql(query))
    key = database.archive_seen()
    assert float(database.sql(query)) > before
    claim("segment in the bucket", key.rpartition("/")[2], "")


def test_4_the_bucket_holds_base_and_wals(database: Deployed, claim: Claim) -> None:
    assert database.archive
    names = objects(database.lab, database.namespace, database.archive)
    for folder in ("base", "wals"):
        inside = [name for name in names if name.startswith(f"{database.name}/{folder}/")]
        assert inside, f"{database.name}/{folder}/ is empty"
        claim(f"{database.archive.bucket}/{database.name}/{folder}/", len(inside), "objects")


_TLS = """
import socket, ssl, sys, json
host = sys.argv[1]
context = ssl.create_default_context(cafile="/ca/ca.crt")
with context.wrap_socket(socket.create_connection((host, 443), 10), server_hostname=host) as one:
    version = one.version()
try:
    public = ssl.create_default_context()
    public.wrap_socket(socket.create_connection((host, 443), 10), server_hostname=host)
    unknown = "accepted"
except ssl.SSLCertVerificationError as error:
    unknown = error.verify_message
try:
    socket.create_connection((host, 80), 5)
    plain = "open"
except OSError as error:
    plain = str(error)
one = socket.create_connection((host, 443), 10)
one.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
one.settimeout(10)
try:
    answer = one.recv(100).decode(errors="replace")
except OSError as error:
    answer = type(error).__name__
print(json.dumps([version, unknown, plain, answer]))
"""


def test_the_endpoint_verifies_against_our_ca_by_tls_1_3_and_plain_http_is_refused(
    n8n: Deployed, environment: Environment, claim: Claim
) -> None:
    container = {
        "image": n8n.image,
        "command": ["python3", "-c", _TLS, environment.store.host],
        "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
    }
    volumes = [{"name": "ca", "secret": {"secretName": "tier0-ca"}}]
    answer = pods.run(n8n.lab, (n8n.namespace, "tls"), container, volumes)
    version, unknown, plain, spoken = json.loads(answer)
    assert version == "TLSv1.3"
    assert "certificate" in unknown
    assert plain != "open", "there is a plain port"
    assert "200" not in spoken, "plain HTTP is answered on the TLS port"
    claim("negotiated", version, "")
    claim("plain HTTP", plain, "")


@pytest.fixture
def untrusting(n8n: Deployed) -> Iterator[Deployed]:
    """A copy of the database whose ObjectStore does not name our CA."""
    lab, name = n8n.lab, f"{n8n.name}-untrusting"
    configuration = n8n.configuration()
    configuration.pop("endpointCA")
    store: dict[str, Any] = {
        "apiVersion": "barmancloud.cnpg.io/v1",
        "kind": "ObjectStore",
        "metadata": {"name": name, "namespace": n8n.namespace},
        "spec": {"configuration": configuration},
    }
    lab.apply([store])
    try:
        with n8n.copied(name, 1, barmanObjectName=name) as copied:
            yield copied
    finally:
        lab.kube.delete("barmancloud.cnpg.io/v1", "ObjectStore", name, n8n.namespace)


def test_without_our_ca_a_backup_fails_with_the_certificate_error(
    untrusting: Deployed, claim: Claim
) -> None:
    said = untrusting.wait_refused()
    log = untrusting.log("plugin-barman-cloud")
    assert "CERTIFICATE_VERIFY_FAILED" in log
    with pytest.raises(Fault, match=r"failed|completed: not there"):
        untrusting.back_up(_backup_name(untrusting, "refused"), seconds=90)
    claim("ContinuousArchiving", said[:80], "")

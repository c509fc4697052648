"""What expires or leaks is replaced while archiving goes on: a certificate, a token, S3 keys.

Two to three minutes each on a quiet machine; what is new afterwards stays, and serves.
"""

import base64
import hashlib
import itertools
import json
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from components import certificates
from components.ceph.object_store import ObjectStoreSpec
from components.pods.renewal import KMS_ANNOTATION
from components.spec.words import seconds as in_seconds
from tests.lab.conftest import Claim
from tools import kube
from tools.lab import pods
from tools.lab.access import Cluster
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.operators import ceph, cert_manager, openbao

RENEWED_SECONDS = 400
SWITCH_SECONDS = 3
READ_SECONDS = 12
"""The plugin keeps a Secret for 10 s (client.go, DefaultTTLSeconds)."""

_ARCHIVER = "select coalesce(extract(epoch from last_archived_time), 0) from pg_stat_archiver"
_FAILED = "select failed_count from pg_stat_archiver"
_SWITCH = "select pg_logical_emit_message(true, 'tier0', 'switch'); select pg_switch_wal()"
_NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_CA = [{"name": "ca", "secret": {"secretName": certificates.ISSUER}}]

# Watches the served certificate until it has a digest, and how long nobody answered meanwhile.
_WATCH = """
import hashlib, json, socket, ssl, sys, time
host, wanted, deadline = sys.argv[1], sys.argv[2], time.time() + float(sys.argv[3])
context = ssl.create_default_context(cafile="/ca/ca.crt")
found, answered, silence = None, time.time(), 0.0
while time.time() < deadline:
    try:
        one = context.wrap_socket(socket.create_connection((host, 443), 2), server_hostname=host)
        serial, digest = one.getpeercert()["serialNumber"], one.getpeercert(True)
        one.close()
    except OSError:
        time.sleep(0.2)
        continue
    silence, answered = max(silence, time.time() - answered), time.time()
    if hashlib.sha256(digest).hexdigest() == wanted:
        found = serial
        break
    time.sleep(0.2)
print(json.dumps([found, silence]))
"""

_ASK = """
import boto3, botocore.exceptions, sys
client = boto3.client("s3", endpoint_url=sys.argv[1], verify="/ca/ca.crt", region_name="us-east-1")
try:
    client.list_objects_v2(Bucket=sys.argv[2], MaxKeys=1)
    print("accepted")
except botocore.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])
"""


@pytest.mark.group("alone")
def test_the_gateways_certificate_is_renewed_without_hands(
    n8n: Deployed, environment: Environment, claim: Claim
) -> None:
    store = environment.store
    n8n.archive_now()
    old = _digest(n8n.lab, store)
    before, _ = _watch(n8n, store, old, 30)
    assert before, "the certificate in the Secret is not served even before it is renewed"
    failed = int(n8n.sql(_FAILED))
    began = time.monotonic()
    cert_manager.renew(n8n.lab, (store.namespace, store.certificate.name))
    kube.wait("a renewed certificate", lambda: _digest(n8n.lab, store) != old, lambda: "", 60)
    with ThreadPoolExecutor(1) as one:
        watching = one.submit(_watch, n8n, store, _digest(n8n.lab, store), RENEWED_SECONDS)
        archived = []
        while not watching.done():
            n8n.sql(_SWITCH)
            time.sleep(SWITCH_SECONDS)
            archived.append(float(n8n.sql(_ARCHIVER)))
    after, silence = watching.result()
    taken = time.monotonic() - began
    assert after, f"after {RENEWED_SECONDS} s the renewed certificate is not served"
    assert after != before
    n8n.lab.wait_for_deployment(ceph.NAMESPACE, f"{store.service}-a")
    n8n.archive_now()
    archived.append(float(n8n.sql(_ARCHIVER)))
    pause = max(later - earlier for earlier, later in itertools.pairwise(archived))
    status = n8n.back_up(f"{n8n.name}-renewed-{int(time.time())}")
    claim("until the new certificate is served", taken, "s")
    claim("serial", f"{before[:8]} to {after[:8]}", "")
    claim("no answer of the one gateway for", silence, "s")
    claim("longest pause between archived segments", pause, "s")
    claim("refused attempts to archive", int(n8n.sql(_FAILED)) - failed, "")
    assert pause < in_seconds(environment.spec.databases["n8n"].objectives.rpo)
    assert status["phase"] == "completed"
    with _bucket(n8n, store) as took:
        claim("Rook makes a bucket again in", took, "s")


@pytest.mark.group("alone")
@pytest.mark.own_parts("OpenBao")
def test_a_new_token_of_the_kms_restarts_the_gateways_and_the_old_one_may_end(
    lab: Lab, n8n: Deployed, environment: Environment, claim: Claim
) -> None:
    """The steps of docs/runbooks/kms-token.md."""
    store = environment.store
    n8n.archive_now()
    old, noted = openbao.token(lab), _noted(lab, store)
    assert noted, "the renewal pod has noted no Secret of the KMS"
    began = time.monotonic()
    openbao.new_token(lab)
    kube.wait("the gateways' restart", lambda: _noted(lab, store) != noted, lambda: "", 60)
    lab.wait_for_deployment(ceph.NAMESPACE, f"{store.service}-a")
    restarted = time.monotonic() - began
    openbao.revoke(lab, old)
    # Encrypted, it needs a token that still opens the KMS.
    n8n.archive_now()
    status = n8n.back_up(f"{n8n.name}-token-{int(time.time())}")
    assert status["phase"] == "completed"
    claim("until the gateways have the new token", restarted, "s")


def _noted(lab: Lab, store: ObjectStoreSpec) -> str:
    """Return the digest of the KMS's Secrets that the gateways have."""
    path = f"/apis/apps/v1/namespaces/{store.namespace}/deployments/{store.service}-a"
    annotations = (lab.get(path) or {}).get("metadata", {}).get("annotations", {})
    return str(annotations.get(KMS_ANNOTATION, ""))


def _digest(lab: Cluster, store: ObjectStoreSpec) -> str:
    """Return the SHA-256 digest of the certificate in the Secret, "" where it is not there."""
    path = f"/api/v1/namespaces/{store.namespace}/secrets/{store.certificate.secret}"
    found = (lab.get(path) or {}).get("data", {})
    text = base64.b64decode(found.get("tls.crt", "")).decode()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest() if text else ""


def _watch(
    database: Deployed, store: ObjectStoreSpec, wanted: str, seconds: float
) -> tuple[str, float]:
    """Wait in a pod until a certificate is served; return its serial and the longest silence.

    The serial is "" where it is not served in time.
    """
    container = {
        "image": database.image,
        "command": ["python3", "-c", _WATCH, store.host, wanted, str(seconds)],
        "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
    }
    place = (database.namespace, "served")
    serial, silence = json.loads(
        pods.run(database.lab, place, container, _CA, seconds=seconds + 60)
    )
    return serial or "", silence


@contextmanager
def _bucket(database: Deployed, store: ObjectStoreSpec) -> Iterator[float]:
    """Claim a bucket; yield the seconds until Rook has made it, and give it back."""
    version, name = "objectbucket.io/v1alpha1", f"renewed-{int(time.time())}"
    metadata = {"name": name, "namespace": database.namespace}
    spec = {"bucketName": name, "storageClassName": store.storage_class}
    path = f"/apis/{version}/namespaces/{database.namespace}/objectbucketclaims/{name}"

    def phase() -> str:
        return str((database.lab.get(path) or {}).get("status", {}).get("phase"))

    began = time.monotonic()
    kind = "ObjectBucketClaim"
    database.lab.apply([{"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}])
    try:
        kube.wait(f"bucket {name}", lambda: phase() == "Bound", phase, 120)
        yield time.monotonic() - began
    finally:
        database.lab.kube.delete(version, kind, name, database.namespace)


@pytest.fixture(params=["n8n", "legacy"])
def database(request: pytest.FixtureRequest, n8n: Deployed, legacy: Deployed) -> Deployed:
    """Each database of the environment: the plugin and in-tree keep keys in different places."""
    return {"n8n": n8n, "legacy": legacy}[request.param]


@pytest.mark.group("legacy")
def test_s3_keys_are_rotated_and_backups_go_on(
    database: Deployed, environment: Environment, claim: Claim
) -> None:
    """The steps of docs/runbooks/rotate-keys.md."""
    store = environment.store.name
    database.archive_now()
    user = f"--uid={_user(database)}"
    old = _keys(database)
    assert set(_admin(database, store, "user", "info", user)) == {old[0]}, "another run's keys"
    made = _admin(
        database, store, "key", "create", user, "--key-type=s3", "--gen-access-key", "--gen-secret"
    )
    new = next(key for key in made.items() if key[0] != old[0])
    _write(database, new)
    _reload(database)
    database.archive_now()
    failed = int(database.sql(_FAILED))
    _admin(database, store, "key", "rm", user, f"--access-key={old[0]}")
    began = time.monotonic()
    database.archive_now()
    archived = time.monotonic() - began
    status = database.back_up(f"{database.name}-rotated-{int(time.time())}")
    assert status["phase"] == "completed"
    assert _asked(database, old) == "InvalidAccessKeyId"
    assert _asked(database, new) == "accepted"
    assert _keys(database) == new, "something else has written the Secret"
    method = database.archive.method if database.archive else ""
    claim(f"{method}: old key removed, until WAL is archived with the new one", archived, "s")
    claim(f"{method}: refused attempts to archive", int(database.sql(_FAILED)) - failed, "")


def _user(database: Deployed) -> str:
    """Return the name that the bucket's user has in Ceph."""
    assert database.archive
    api = "/apis/objectbucket.io/v1alpha1"
    claim = f"{api}/namespaces/{database.namespace}/objectbucketclaims"
    made = (database.lab.get(f"{claim}/{database.archive.credentials}") or {})["spec"]
    bucket = database.lab.get(f"{api}/objectbuckets/{made['objectBucketName']}") or {}
    return str(bucket["spec"]["additionalState"]["cephUser"])


def _admin(database: Deployed, store: str, *words: str) -> dict[str, str]:
    """Ask radosgw-admin of a store; return the keys, id to secret, of the user that it answers."""
    places = [f"--rgw-{place}={store}" for place in ("realm", "zonegroup", "zone")]
    said = ceph.run(database.lab, ["radosgw-admin", *words, *places])
    found = json.loads(said)["keys"] if said.strip() else []
    return {one["access_key"]: one["secret_key"] for one in found}


def _secret(database: Deployed) -> dict[str, Any]:
    assert database.archive
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": database.archive.credentials, "namespace": database.namespace},
    }


def _keys(database: Deployed) -> tuple[str, str]:
    """Return the access key's id and the key itself, as the database reads them."""
    name = _secret(database)["metadata"]["name"]
    data = (database.lab.kube.get("v1", "Secret", name, database.namespace) or {})["data"]
    access, secret = (base64.b64decode(data[name]).decode() for name in _NAMES)
    return access, secret


def _write(database: Deployed, keys: tuple[str, str]) -> None:
    database.lab.apply([_secret(database) | {"stringData": dict(zip(_NAMES, keys, strict=True))}])


def _reload(database: Deployed) -> None:
    """Let the database read the Secret: CloudNativePG does when its Cluster changes in some way."""
    annotation = {"tier0/keys-rotated": datetime.now(UTC).isoformat()}
    cluster = database.manifest({})
    cluster.pop("spec")
    cluster["metadata"]["annotations"] = annotation
    database.lab.apply([cluster])
    time.sleep(READ_SECONDS)


def _asked(database: Deployed, keys: tuple[str, str]) -> str:
    """Ask the store for the bucket's objects with a pair of keys; return what it says to them."""
    assert database.archive
    container = {
        "image": database.image,
        "command": ["python3", "-c", _ASK, database.archive.endpoint, database.archive.bucket],
        "env": [{"name": name, "value": value} for name, value in zip(_NAMES, keys, strict=True)],
        "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
    }
    return pods.run(database.lab, (database.namespace, "keys"), container, _CA).strip()

"""Ceph, Rook and OpenBao of the lab serve what an environment of tier0 declares."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.certificates import ISSUER
from stacks.check import load
from tools import Fault
from tools.lab import pods
from tools.lab.cluster import Lab
from tools.lab.databases.environment import Change
from tools.lab.images.ceph import CEPH_IMAGE
from tools.lab.offsite.store import Offsite
from tools.lab.operators import ceph, openbao
from tools.lab.programs.ceph import complete

_LAB = load(str(Path(__file__).parent / "environments" / "lab.py"))
assert _LAB.rook_store
STORE = _LAB.rook_store
SPACE = "lab-ceph"
CLAIM = "probe"
AUTHORITY = "authority"
MARKER = "a sentence that nobody may read from the disk"

pytestmark = pytest.mark.group("parts")


@pytest.fixture(scope="module")
def store(lab: Lab, deployed: Change) -> str:
    """The endpoint of the environment's object store, a bucket of our own bound in it."""
    assert deployed.said
    reference = {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": ISSUER}
    place = {"namespace": SPACE}
    lab.apply(
        [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}},
            {
                "apiVersion": "cert-manager.io/v1",
                "kind": "Certificate",
                "metadata": {"name": AUTHORITY, **place},
                "spec": {"commonName": AUTHORITY, "secretName": AUTHORITY, "issuerRef": reference},
            },
        ]
    )
    lab.wait("object store serving", lambda: ceph.store_serves(lab, STORE.name))
    claim = {"bucketName": "lab-ceph-probe", "storageClassName": STORE.storage_class}
    lab.apply(
        [
            {
                "apiVersion": "objectbucket.io/v1alpha1",
                "kind": "ObjectBucketClaim",
                "metadata": {"name": CLAIM, **place},
                "spec": claim,
            }
        ]
    )
    path = f"/apis/objectbucket.io/v1alpha1/namespaces/{SPACE}/objectbucketclaims/{CLAIM}"
    lab.wait(
        "ObjectBucketClaim Bound",
        lambda: (lab.get(path) or {}).get("status", {}).get("phase") == "Bound",
    )
    secret = f"/api/v1/namespaces/{SPACE}/secrets/{AUTHORITY}"
    lab.wait("the authority's copy", lambda: lab.get(secret) is not None)
    return STORE.address


def client(lab: Lab, name: str, script: str) -> list[str]:
    """Run a script in a pod that has the bucket's keys and our CA; return its lines.

    Its function `s3` is curl with the keys and the CA, `$E` is the endpoint, `$B` the bucket's
    address, `$C` curl's option that trusts our CA. As every S3 client it tries again after a 500:
    a gateway keeps its connection to a KMS that went and came, and the first request fails by it.
    """
    prelude = textwrap.dedent(f"""\
        set -u
        E={STORE.address} B={STORE.address}/$BUCKET_NAME C="--cacert /ca/ca.crt"
        key="$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"
        s3() {{ curl -sS --retry 3 $C --aws-sigv4 aws:amz:us-east-1:s3 --user "$key" "$@"; }}
        """)
    container = {
        "image": CEPH_IMAGE,
        "command": ["bash", "-c", prelude + textwrap.dedent(script)],
        "securityContext": {},  # Ceph's image has no user but root
        "envFrom": [{"configMapRef": {"name": CLAIM}}, {"secretRef": {"name": CLAIM}}],
        "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
    }
    authority = {"name": "ca", "secret": {"secretName": AUTHORITY}}
    return pods.run(lab, (SPACE, name), container, [authority]).splitlines()


@pytest.mark.own_parts("image of Ceph")
@pytest.mark.usefixtures("store")
def test_an_object_comes_back_over_https_that_our_authority_vouches_for(lab: Lab) -> None:
    lines = client(
        lab,
        "roundtrip",
        """
        head -c 3000000 /dev/urandom >/tmp/sent
        s3 -o /dev/null -w '%{http_code} %{ssl_verify_result}\\n' -T /tmp/sent $B/roundtrip
        s3 -o /tmp/got $B/roundtrip && cmp /tmp/sent /tmp/got && echo same
        curl -sv $C $E/ -o /dev/null 2>&1 | grep -o 'SSL connection using TLSv1.3'
        """,
    )
    assert lines == ["200 0", "same", "SSL connection using TLSv1.3"]


@pytest.mark.own_parts("image of Ceph")
@pytest.mark.usefixtures("store")
def test_nobody_is_served_without_tls_or_without_our_authority(lab: Lab) -> None:
    lines = client(
        lab,
        "strangers",
        """
        curl -s -o /dev/null $E/; echo $?
        curl -s -o /dev/null $C ${E/.svc/}/; echo $?
        plain=${E/https/http}
        curl -s -o /dev/null -m 5 ${plain%:443}:80/; echo $?
        curl -s -o /dev/null -w '%{http_code}\n' $C $B/roundtrip
        """,
    )
    authority, name, port, unsigned = lines
    assert authority == "60", "curl takes a certificate of an authority that it does not know"
    assert name == "60", "curl takes a certificate for another name"
    assert port in {"7", "28"}, "something answers without TLS"
    assert unsigned == "403"


@pytest.mark.own_parts("image of Ceph", "KMS")
@pytest.mark.usefixtures("store")
def test_an_encrypted_object_is_ciphertext_on_the_disk_and_a_plain_one_is_not(lab: Lab) -> None:
    lines = client(
        lab,
        "encryption",
        f"""
        echo '{MARKER}' >/tmp/marker
        sse='x-amz-server-side-encryption: AES256'
        s3 -o /dev/null -w '%{{http_code}}\\n' -T /tmp/marker $B/marker-plain
        s3 -o /dev/null -w '%{{http_code}}\\n' -H "$sse" -T /tmp/marker $B/marker-secret
        s3 -I $B/marker-secret | tr -d '\\r' | grep -i '^x-amz-server-side-encryption:'
        s3 $B/marker-secret
        """,
    )
    assert lines == ["200", "200", "x-amz-server-side-encryption: AES256", MARKER]
    assert MARKER.encode() in ceph.raw_object(lab, STORE.name, "marker-plain")
    secret = ceph.raw_object(lab, STORE.name, "marker-secret")
    assert secret, "the object is not in its pool"
    assert MARKER.encode() not in secret


@pytest.fixture
def without_kms(lab: Lab) -> Iterator[None]:
    """OpenBao away, and back afterwards with the keys it had."""
    openbao.scale(lab, 0)
    try:
        yield
    finally:
        openbao.scale(lab, 1)


_AES = """
sse='x-amz-server-side-encryption: AES256'
echo text >/tmp/text
s3 -o /dev/null -w '%{http_code}\\n' -H "$sse" -T /tmp/text $B/kms
"""


@pytest.mark.group("alone")
@pytest.mark.own_parts("OpenBao")
@pytest.mark.usefixtures("store", "without_kms")
def test_without_its_kms_the_store_refuses_to_encrypt_rather_than_store_plaintext(lab: Lab) -> None:
    (code,) = client(lab, "no-kms", _AES)
    assert code.startswith(("4", "5")), f"the gateway answered {code}"


@pytest.mark.group("alone")
@pytest.mark.own_parts("OpenBao")
@pytest.mark.usefixtures("store")
def test_a_returned_kms_opens_what_it_sealed(lab: Lab) -> None:
    assert client(lab, "kms-before", _AES) == ["200"]
    openbao.scale(lab, 0)
    openbao.scale(lab, 1)
    assert client(lab, "kms-after", "s3 -f $B/kms 2>/dev/null") == ["text"]


@pytest.mark.own_parts("OpenBao")
@pytest.mark.usefixtures("store")
def test_the_gateways_token_may_use_the_transit_engine_and_nothing_else(lab: Lab) -> None:
    path = f"/api/v1/namespaces/rook-ceph/secrets/{openbao.TOKEN_SECRET}"
    assert lab.get(path), "the gateways have no token"
    with pytest.raises(Fault, match="permission denied"):
        openbao.ask(lab, "GET", "/v1/sys/mounts", openbao.token(lab))


@pytest.mark.group("outside")
@pytest.mark.own_parts("off-site store")
def test_an_object_of_the_offsite_store_outlives_the_order_to_delete_it(lab: Lab) -> None:
    store = Offsite(lab)
    store.start()
    store.make_bucket("locked", locked=True)
    lock = ("mode: COMPLIANCE", "retain-until-date: 2099-01-01T00:00:00Z")
    headers = [part for one in lock for part in ("-H", f"x-amz-object-lock-{one}")]
    body = ["-H", "Content-Type: text/plain", "--data-binary", "kept"]
    answer = store.request("/locked/base", "-X", "PUT", "-D", "-", *headers, *body)
    version = next(
        line.split(": ")[1].strip()
        for line in answer.splitlines()
        if line.lower().startswith("x-amz-version-id")
    )
    with pytest.raises(Fault, match="AccessDenied"):
        store.request(f"/locked/base?versionId={version}", "-X", "DELETE")
    assert store.request(f"/locked/base?versionId={version}") == "kept"


def test_additions_that_no_longer_fit_the_module_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "types.go").write_text("package v1\n\ntype Known struct {\n\tA int\n}\n")
    (tmp_path / "zz_generated.deepcopy.go").write_text("package v1\n")
    additions: dict[str, Any] = {"declarations": "package v1\n", "copies": {}}
    complete(tmp_path, additions | {"fields": {"Known": "\tB int"}})
    assert (tmp_path / "types.go").read_text().endswith("\tA int\n\tB int\n}\n")
    with pytest.raises(Fault, match=r"types\.go .* has no Gone to add to; write the additions"):
        complete(tmp_path, additions | {"fields": {"Gone": "\tB int"}})


def test_the_cluster_has_no_device_that_the_lab_did_not_make() -> None:
    storage = ceph.cluster("node1", ["/dev/loop3"], Path("/lab/rook"))["spec"]["storage"]
    assert json.loads(json.dumps(storage)) == {
        "useAllNodes": False,
        "useAllDevices": False,
        "nodes": [{"name": "node1", "devices": [{"name": "loop3"}]}],
    }

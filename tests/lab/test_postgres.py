"""PostgreSQL's parts of the lab serve for real: certificates, webhooks, archive, recovery."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import ROOT
from tools import Fault
from tools.lab import pods
from tools.lab.access import Cluster
from tools.lab.databases.archives import Archive, Method, objects
from tools.lab.databases.databases import Database
from tools.lab.images.postgres import SYSTEM
from tools.lab.operators import ceph, cnpg, plugin, prometheus, sealed_secrets
from tools.lab.programs.postgres import binary

SPACE = "lab-postgres"
STORE = "lab-postgres"
_CA = f"{SPACE}-ca"
_CHAIN = ("ClusterIssuer", "Certificate")

pytestmark = pytest.mark.group("parts")


@pytest.mark.own_parts("images")
@pytest.mark.parametrize("operator", [cnpg, plugin])
def test_every_image_of_a_release_manifest_is_one_of_ours(operator: Any) -> None:
    named = {
        container["image"]
        for manifest in operator.manifests()
        if manifest["kind"] == "Deployment"
        for container in manifest["spec"]["template"]["spec"]["containers"]
    }
    assert named <= {name for image in operator.images() for name in (image.name, *image.tags)}


def test_prometheus_refuses_a_pod_monitor_it_would_read_only_in_part() -> None:
    monitor = {
        "metadata": {"name": "pg", "namespace": "db"},
        "spec": {
            "selector": {"matchLabels": {"cnpg.io/podRole": "instance"}},
            "podMetricsEndpoints": [{"port": "metrics"}],
            "sampleLimit": 1,
        },
    }
    with pytest.raises(Fault, match="PodMonitor db/pg: the lab does not read"):
        prometheus.jobs(monitor)


@pytest.fixture(scope="module")
def chain(lab: Cluster) -> list[dict[str, Any]]:
    """Issuers and certificates as the homelab declares them, Ready."""
    rendered = subprocess.run(
        [sys.executable, "-m", "stacks", "render", "homelab"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    # Under names of this module, so that no environment of the same lab finds them taken.
    for name in ("tier0", "ceph-rgw"):
        rendered = rendered.replace(f"{name}-", f"{SPACE}-")
    rendered = rendered.replace("n8n-prod", SPACE)
    found = [one for one in yaml.safe_load_all(rendered) if one["kind"] in _CHAIN]
    found.append(_gateway_certificate(found))
    lab.apply([_namespace(SPACE)])
    lab.apply(found)
    for one in found:
        lab.wait(f"{one['kind']} {one['metadata']['name']}", partial(_ready, lab, one))
    return found


@pytest.mark.usefixtures("chain")
def test_the_homelabs_chain_is_issued_and_its_leaf_verifies(lab: Cluster, tmp_path: Path) -> None:
    for one in ("ca.crt", "tls.crt"):
        (tmp_path / one).write_bytes(_secret(lab, "rook-ceph", f"{SPACE}-tls-secret")[one])
    subprocess.run(
        ["openssl", "verify", "-CAfile", tmp_path / "ca.crt", tmp_path / "tls.crt"], check=True
    )


def test_a_cluster_that_cannot_be_is_refused_by_the_operators_webhook(lab: Cluster) -> None:
    lab.apply([_namespace(SPACE)])
    database = Database(lab, SPACE, "refused", parameters={"port": "1"})
    with pytest.raises(Fault, match=r"vcluster\.cnpg\.io.*Can't set fixed configuration parameter"):
        database.create()


def test_the_plugin_serves_nobody_without_its_client_certificate(lab: Cluster) -> None:
    call = (
        "import socket, ssl\n"
        "context = ssl.create_default_context()\n"
        "context.check_hostname, context.verify_mode = False, ssl.CERT_NONE\n"
        "plain = socket.create_connection(('barman-cloud.cnpg-system.svc', 9090), 10)\n"
        "session = context.wrap_socket(plain)\n"
        "session.sendall(b'PRI * HTTP/2.0')\n"
        "try:\n    print('answered', session.recv(9))\n"
        "except ssl.SSLError as error:\n    print(error.reason)\n"
    )
    container = {"image": SYSTEM, "command": ["python3", "-c", call]}
    lab.apply([_namespace(SPACE)])
    answer = pods.run(lab, (SPACE, "stranger"), container)
    assert answer.strip() == "TLSV13_ALERT_CERTIFICATE_REQUIRED"


@pytest.mark.own_parts("sealed-secrets")
def test_a_sealed_secret_becomes_the_secret(lab: Cluster) -> None:
    lab.apply([_namespace(SPACE)])
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "sealed", "namespace": SPACE},
        "stringData": {"word": "not known to Git"},
    }
    sealed = subprocess.run(
        [
            binary("kubeseal"),
            f"--kubeconfig={lab.kubeconfig}",
            f"--controller-namespace={sealed_secrets.NAMESPACE}",
        ],
        input=json.dumps(secret),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "not known to Git" not in sealed
    lab.apply([json.loads(sealed)])
    path = f"/api/v1/namespaces/{SPACE}/secrets/sealed"
    lab.wait("the Secret", lambda: lab.get(path) is not None)
    assert _secret(lab, SPACE, "sealed")["word"] == b"not known to Git"


@pytest.fixture(scope="module")
def bucket(lab: Cluster, chain: list[dict[str, Any]]) -> str:
    """A bucket of a small object store that serves by our chain's certificate."""
    assert chain  # its gateway serves by a certificate of it
    lab.apply(_store())
    lab.wait(f"object store {STORE}", lambda: ceph.store_serves(lab, STORE))
    claim = {
        "apiVersion": "objectbucket.io/v1alpha1",
        "kind": "ObjectBucketClaim",
        "metadata": {"name": STORE, "namespace": SPACE},
        "spec": {"bucketName": STORE, "storageClassName": STORE},
    }
    lab.apply([claim])
    path = f"/apis/objectbucket.io/v1alpha1/namespaces/{SPACE}/objectbucketclaims/{STORE}"
    lab.wait("the bucket", lambda: _status(lab, path).get("phase") == "Bound")
    return STORE


@pytest.fixture(scope="module", params=["plugin", "in-tree"])
def archived(lab: Cluster, bucket: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with a standby that archives, by each of the two methods."""
    method: Method = request.param
    archive = Archive(
        bucket=bucket,
        endpoint=f"https://{_gateway()}:443",
        credentials=STORE,
        ca=_CA,
        method=method,
    )
    # With a number: an archive that another run left must not be written to.
    database = Database(lab, SPACE, f"pg-{method}-{int(time.time()) % 1_000_000}", archive)
    database.create(instances=2)
    database.wait_archiving()
    yield database
    database.delete()


def test_a_standby_has_what_was_committed(archived: Database) -> None:
    archived.sql("create table if not exists seen as select 1 as one")
    standby = next(
        pod
        for pod in archived.status()["instanceNames"]
        if pod != archived.status()["currentPrimary"]
    )
    lab = archived.lab
    # Not by asking the table itself: that is an error until the standby has replayed it.
    there = "select to_regclass('seen') is not null"
    lab.wait("the table", lambda: archived.sql(there, pod=standby) == "t")
    assert archived.sql("select * from seen", pod=standby) == "1"


@pytest.mark.own_parts("Prometheus")
def test_prometheus_scrapes_every_instance(archived: Database) -> None:
    lab = archived.lab
    wanted = set(archived.status()["instanceNames"])
    expression = f'cnpg_collector_up{{namespace="{SPACE}"}} == 1'
    lab.wait(
        "every instance scraped",
        lambda: wanted <= {one["metric"]["pod"] for one in prometheus.query(lab, expression)},
        60,
    )


def test_a_backup_completes_and_the_bucket_holds_base_and_wal(archived: Database) -> None:
    assert archived.archive is not None
    archived.back_up(f"{archived.name}-first")
    segment = archived.archive_now()
    names = set(objects(archived.lab, SPACE, archived.archive))
    assert any(name.startswith(f"{archived.name}/base/") for name in names)
    assert f"{archived.name}/wals/{segment[:16]}/{segment}.gz" in names


def test_a_point_in_time_is_recovered_from_the_bucket(archived: Database) -> None:
    archived.sql("drop table if exists members")
    archived.sql(
        "create table members as select g id, md5(g::text) v from generate_series(1,999) g"
    )
    archived.back_up(f"{archived.name}-recovered")
    archived.sql("insert into members select g, 'later' from generate_series(1000, 1500) g")
    time.sleep(1)
    target = archived.now()
    query = "select count(*), md5(string_agg(id || v, ',' order by id)) from members"
    wanted = archived.sql(query)
    time.sleep(1)
    archived.sql("insert into members values (9999, 'too late')")
    archived.sql("drop table members")
    archived.archive_now()
    recovered = Database(archived.lab, SPACE, f"{archived.name}-pitr")
    seconds = recovered.recover(archived, {"targetTime": target})
    try:
        assert recovered.sql(query) == wanted
        assert seconds < 400
    finally:
        recovered.delete()


def _gateway() -> str:
    return f"rook-ceph-rgw-{STORE}.rook-ceph.svc"


def _gateway_certificate(chain: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the homelab's certificate of its gateways, for the gateways of this store."""
    leaf = next(one for one in chain if one["spec"].get("dnsNames"))
    spec = {**leaf["spec"], "dnsNames": [_gateway()], "secretName": f"{STORE}-gateway"}
    return {
        **leaf,
        "metadata": {"name": f"{STORE}-gateway", "namespace": "rook-ceph"},
        "spec": spec,
    }


def _store() -> list[dict[str, Any]]:
    pool = {"failureDomain": "osd", "replicated": {"size": 1, "requireSafeReplicaSize": False}}
    return [
        {
            "apiVersion": "ceph.rook.io/v1",
            "kind": "CephObjectStore",
            "metadata": {"name": STORE, "namespace": "rook-ceph"},
            "spec": {
                "metadataPool": pool,
                "dataPool": pool,
                "gateway": {
                    "securePort": 443,
                    "sslCertificateRef": f"{STORE}-gateway",
                    "instances": 1,
                },
            },
        },
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": STORE},
            "provisioner": "rook-ceph.ceph.rook.io/bucket",
            "reclaimPolicy": "Delete",
            "parameters": {"objectStoreName": STORE, "objectStoreNamespace": "rook-ceph"},
        },
    ]


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _ready(lab: Cluster, one: dict[str, Any]) -> bool:
    metadata = one["metadata"]
    space = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    path = f"/apis/cert-manager.io/v1{space}/{one['kind'].lower()}s/{metadata['name']}"
    conditions = _status(lab, path).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _status(lab: Cluster, path: str) -> dict[str, Any]:
    return dict((lab.get(path) or {}).get("status") or {})


def _secret(lab: Cluster, namespace: str, name: str) -> dict[str, bytes]:
    found = lab.get(f"/api/v1/namespaces/{namespace}/secrets/{name}")
    assert found is not None
    return {key: base64.b64decode(value) for key, value in found["data"].items()}

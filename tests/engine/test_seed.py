"""The architecture document's objects beside homelab's: the points in which ours are mended.

Each point is one measure, taken of both.
"""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from components.kube import HOLDS_DATA
from components.postgres.drills import DRILLS_NAMESPACE
from stacks.check import load
from tests.support import declared, faults_of
from tools.build.toolchain import Toolchain

pytestmark = pytest.mark.usefixtures("toolchain")

DOCUMENT = """
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: n8n-postgres, namespace: n8n-prod}
spec:
  backup:
    barmanObjectStore:
      destinationPath: s3://n8n-postgres-backups/
      endpointURL: https://rook-ceph-rgw-homelab-objectstore.rook-ceph.svc:443
      s3Credentials:
        accessKeyId: {name: n8n-postgres-backup-s3, key: ACCESS_KEY_ID}
        secretAccessKey: {name: n8n-postgres-backup-s3, key: ACCESS_SECRET_KEY}
      wal: {compression: gzip, encryption: AES256}
      data: {compression: gzip, encryption: AES256, jobs: 2}
      serverName: n8n-postgres
    retentionPolicy: 30d
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: n8n-postgres-daily-backup, namespace: n8n-prod}
spec:
  schedule: "0 2 * * *"
  immediate: true
  cluster: {name: n8n-postgres}
  method: barmanObjectStore
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: ceph-rgw-tls, namespace: rook-ceph}
spec:
  secretName: ceph-rgw-tls-secret
  issuerRef: {name: selfsigned-cluster-issuer, kind: ClusterIssuer}
  dnsNames:
    - rook-ceph-rgw-homelab-objectstore.rook-ceph.svc
    - rook-ceph-rgw-homelab-objectstore.rook-ceph.svc.cluster.local
  duration: 8760h
---
apiVersion: ceph.rook.io/v1
kind: CephObjectStore
metadata: {name: homelab-objectstore, namespace: rook-ceph}
spec:
  gateway: {port: 80, securePort: 443, sslCertificateRef: ceph-rgw-tls-secret, instances: 1}
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: n8n-postgres-restored, namespace: n8n-prod}
spec:
  instances: 2
  bootstrap:
    recovery:
      source: n8n-postgres
      recoveryTarget: {targetTime: "2025-10-06 10:30:00"}
  externalClusters:
    - name: n8n-postgres
      barmanObjectStore:
        destinationPath: s3://n8n-postgres-backups/
        endpointURL: https://rook-ceph-rgw-homelab-objectstore.rook-ceph.svc:443
        s3Credentials:
          accessKeyId: {name: n8n-postgres-backup-s3, key: ACCESS_KEY_ID}
          secretAccessKey: {name: n8n-postgres-backup-s3, key: ACCESS_SECRET_KEY}
        serverName: n8n-postgres
"""


@dataclass(frozen=True)
class Declared:
    """Kubernetes objects that belong together."""

    objects: list[Mapping[str, Any]]

    def of(self, kind: str) -> list[Any]:
        return [found for found in self.objects if found["kind"] == kind]

    def only(self, kind: str) -> Any:
        (found,) = self.of(kind)
        return found

    def stores(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Each of barman's configurations, behind the object that has it."""
        return ((o, store) for o in self.objects for store in _with("destinationPath", o))


def _with(key: str, tree: object) -> Iterator[Mapping[str, Any]]:
    """Find the mappings in *tree* that have *key*."""
    if isinstance(tree, Mapping):
        if key in tree:
            yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for item in tree:
            yield from _with(key, item)


def base_backups_a_week(declared: Declared) -> int:
    """Fires of the ScheduledBackup in a week, by CloudNativePG's own parser."""
    schedule = declared.only("ScheduledBackup")["spec"]["schedule"]
    command = [Toolchain().binary("schedule"), "2025-02-02T00:00:00Z", "1000", schedule]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    (answer,) = json.loads(done.stdout)
    return sum(time < "2025-02-09" for time in answer["next"])


def owners_of_unverifiable_stores(declared: Declared) -> list[str]:
    """Who has an `endpointCA` that no Certificate in its namespace makes, or has none."""
    made = {
        (certificate["metadata"]["namespace"], certificate["spec"]["secretName"])
        for certificate in declared.of("Certificate")
    }
    return [
        owner["metadata"]["name"]
        for owner, store in declared.stores()
        if (owner["metadata"]["namespace"], store.get("endpointCA", {}).get("name")) not in made
    ]


def root_of_the_gateway(declared: Declared) -> tuple[str, str] | None:
    """The CA above the gateway's certificate and what its renewal does to its key."""
    secret = declared.only("CephObjectStore")["spec"]["gateway"]["sslCertificateRef"]
    (leaf,) = [c for c in declared.of("Certificate") if c["spec"]["secretName"] == secret]
    issuer = leaf["spec"]["issuerRef"]["name"]
    for candidate in declared.of("ClusterIssuer"):
        if candidate["metadata"]["name"] == issuer:
            for root in declared.of("Certificate"):
                if root["spec"]["secretName"] == candidate["spec"]["ca"]["secretName"]:
                    return root["metadata"]["name"], root["spec"]["privateKey"]["rotationPolicy"]
    return None


def uploads_that_ceph_cannot_encrypt(declared: Declared) -> list[str]:
    """What is to be encrypted with AES256 where the object store has no KMS."""
    if "security" in declared.only("CephObjectStore")["spec"]:
        return []
    return [
        part
        for _, store in declared.stores()
        for part in ("wal", "data")
        if store.get(part, {}).get("encryption") == "AES256"
    ]


def plain_http_port(declared: Declared) -> int | None:
    """The gateway's port without TLS."""
    port: int | None = declared.only("CephObjectStore")["spec"]["gateway"].get("port")
    return port


def gateways(declared: Declared) -> int:
    """How many gateways serve the store."""
    count: int = declared.only("CephObjectStore")["spec"]["gateway"]["instances"]
    return count


def archivers(declared: Declared) -> dict[str, str]:
    """What archives the WAL of each cluster."""

    def archiver(spec: Mapping[str, Any]) -> str:
        plugins = [plugin["name"] for plugin in spec.get("plugins", []) if plugin["isWALArchiver"]]
        in_tree = ["barmanObjectStore"] if "barmanObjectStore" in spec.get("backup", {}) else []
        return ", ".join(plugins + in_tree) or "nothing"

    return {c["metadata"]["name"]: archiver(c["spec"]) for c in declared.of("Cluster")}


def checksums_sent(declared: Declared) -> set[str]:
    """When boto3 adds the checksums that RGW refuses: by default always."""
    variables = [
        variable["value"]
        for found in _with("env", declared.objects)
        for variable in found["env"]
        if variable["name"] == "AWS_REQUEST_CHECKSUM_CALCULATION"
    ]
    return set(variables) or {"always"}


def kinds_marked_as_data(declared: Declared) -> set[str]:
    """Kinds of the objects that say that their deletion would lose data."""
    return {
        o["kind"] for o in declared.objects if HOLDS_DATA in o["metadata"].get("annotations", {})
    }


@pytest.fixture(scope="module")
def document() -> Declared:
    return Declared(list(yaml.safe_load_all(DOCUMENT)))


@pytest.fixture(scope="module")
def homelab() -> Declared:
    return Declared(list(declared(load("homelab")).manifests()))


def test_both_archive_the_same_database_to_the_same_place(
    document: Declared, homelab: Declared
) -> None:
    """Otherwise there would be nothing to compare."""

    def places(declared: Declared) -> set[tuple[str, str, str]]:
        return {
            (owner["metadata"]["namespace"], store["destinationPath"], store["endpointURL"])
            for owner, store in declared.stores()
            # Drills read the same one, and the document has none.
            if owner["metadata"]["namespace"] != DRILLS_NAMESPACE
        }

    assert len(places(document)) == 1
    assert places(homelab) == places(document)


@pytest.mark.parametrize(
    ("measure", "theirs", "ours"),
    [
        (base_backups_a_week, 7 * 24, 7),
        (owners_of_unverifiable_stores, ["n8n-postgres", "n8n-postgres-restored"], []),
        (root_of_the_gateway, None, ("tier0-root-ca", "Never")),
        (uploads_that_ceph_cannot_encrypt, ["wal", "data"], []),
        (plain_http_port, 80, None),
        (gateways, 1, 2),
        (
            archivers,
            {"n8n-postgres": "barmanObjectStore", "n8n-postgres-restored": "nothing"},
            {"n8n-postgres": "barman-cloud.cloudnative-pg.io"},
        ),
        (checksums_sent, {"always"}, {"when_required"}),
        (
            kinds_marked_as_data,
            set(),
            {
                "Namespace",
                "Certificate",
                "CephObjectStore",
                "ObjectBucketClaim",
                "ObjectStore",
                "Cluster",
            },
        ),
    ],
)
def test_a_point_is_mended(
    measure: Callable[[Declared], object],
    theirs: object,
    ours: object,
    document: Declared,
    homelab: Declared,
) -> None:
    assert measure(document) == theirs, "this is not what the document declares"
    assert measure(homelab) == ours, f"{measure.__doc__} Not mended"


def test_the_encryption_that_the_document_asks_for_is_refused_without_a_kms(
    document: Declared,
) -> None:
    assert uploads_that_ceph_cannot_encrypt(document), "the document asks for no encryption"
    (fault,) = faults_of({"databases.n8n.backup.encryption": "AES256"})
    assert fault.startswith("databases.n8n.backup.encryption: 'AES256' needs a KMS")

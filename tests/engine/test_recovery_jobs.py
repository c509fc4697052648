"""The programs around a restored generation ask a real API server, each as its own account."""

from collections.abc import Iterator, Mapping
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from components.pods import api, keep, prepare
from components.pods.api import Namespace
from components.pods.s3 import Fault
from stacks.cluster import ClusterClient
from tests import valid
from tests.engine.waiting import until
from tests.recovery import Manifests, by_name, recorded, settings_of
from tests.s3 import Bucket
from tools.sandbox.api_server import Sandbox

NAME = "n8n-postgres"
SPEC = valid.database(generations=[valid.restore()], active=2, retired=[1])
CLUSTER: dict[str, Any] = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "Cluster",
    "metadata": {"name": NAME, "namespace": SPEC.namespace},
    "spec": {"instances": 1, "storage": {"size": "1Gi"}},
}


RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


class World:
    """A namespace with the first generation, and the programs of the second one in it."""

    def __init__(self, sandbox: Sandbox, cluster: ClusterClient, folder: Path) -> None:
        self.cluster, self._folder = cluster, folder
        self.manifests: Manifests = by_name(recorded(SPEC, offsite=False))
        (folder / "ca.crt").write_bytes((sandbox.directory / "pki" / "apiserver.crt").read_bytes())
        self.apply("Namespace", SPEC.namespace, labels=RESTRICTED)
        self._owner = self.cluster.apply(CLUSTER, manager="test")["metadata"]["uid"]
        given = {"owner": "app", "database": "app", "host": f"{NAME}-rw"}
        self.owned("app", prepare.credentials(given, "pass"))
        self.owned("ca", {"ca.crt": "Y3J0", "ca.key": "a2V5"})

    def owned(self, name: str, data: Mapping[str, str]) -> None:
        """Let a Secret of the first Cluster exist."""
        owner = {"apiVersion": CLUSTER["apiVersion"], "kind": "Cluster", "name": NAME}
        owner["uid"] = self._owner
        self.apply("Secret", f"{NAME}-{name}", {"data": data}, ownerReferences=[owner])

    def apply(
        self, kind: str, name: str, fields: Mapping[str, Any] | None = None, **metadata: Any
    ) -> None:
        where = {} if kind == "Namespace" else {"namespace": SPEC.namespace}
        named = {"name": name, **where, **metadata}
        manifest = {"apiVersion": "v1", "kind": kind, "metadata": named, **(fields or {})}
        self.cluster.apply(manifest, manager="test")

    def secret(self, name: str) -> Mapping[str, Any] | None:
        return self.cluster.get("v1", "Secret", f"{NAME}-{name}", SPEC.namespace)

    def become(self, program: str) -> None:
        """Ask as the account of a program from now on."""
        path = f"/api/v1/namespaces/{SPEC.namespace}/serviceaccounts/{NAME}-{program}/token"
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        answer = self.cluster.request("POST", path, asked)
        assert answer.ok, answer.message
        (self._folder / "token").write_text(answer.content["status"]["token"])

    def run(self, job: str) -> None:
        module = prepare if job.endswith("prepare") else keep
        self.become(module.__name__.rpartition(".")[2])
        module.main(settings_of(self.manifests["Job", f"{NAME}-{job}"]))


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(api, "ACCOUNT", tmp_path)
    monkeypatch.setattr("components.pods.s3.KEYS", tmp_path)
    monkeypatch.setattr("components.pods.s3.connect", lambda *_: Bucket())
    (tmp_path / "source").mkdir()
    for key in ("access", "secret"):
        (tmp_path / "source" / key).write_text(key)
    with sandbox.cluster() as cluster:
        url = urlsplit(cluster.api.configuration.host)

        def connect(host: str, **options: Any) -> HTTPSConnection:
            assert host == "kubernetes.default.svc"
            return HTTPSConnection(url.hostname or "", url.port, **options)

        monkeypatch.setattr(api, "HTTPSConnection", connect)
        world = World(sandbox, cluster, tmp_path)
        for manifest in world.manifests.values():
            cluster.apply(manifest, manager="test")
        yield world


def test_the_pod_security_of_a_database_admits_each_pod(world: World) -> None:
    for (kind, name), manifest in world.manifests.items():
        if kind == "Job":
            pod = {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": name, "namespace": SPEC.namespace},
                "spec": manifest["spec"]["template"]["spec"],
            }
            world.cluster.apply(pod, manager="test", dry_run=True)


def test_the_secrets_stay_when_the_first_cluster_goes(world: World) -> None:
    world.owned("witness", {})
    world.run("g2-prepare")
    world.run("g2-prepare")
    world.cluster.delete(CLUSTER["apiVersion"], "Cluster", NAME, SPEC.namespace)
    # Kubernetes' garbage collector takes what the Cluster owns.
    until(lambda: not world.secret("witness"), "the garbage collector has not taken it")
    assert all(world.secret(name) for name in ("app", "ca", "g2-ca"))


def test_a_lost_cluster_gets_its_secrets_again(world: World) -> None:
    for name in ("app", "ca"):
        world.cluster.delete("v1", "Secret", f"{NAME}-{name}", SPEC.namespace)
    world.run("g2-prepare")
    assert world.secret("app")
    world.apply("Secret", f"{NAME}-g2-ca", {"data": {"ca.crt": "bmV3", "ca.key": "a2V5"}})
    world.run("keep-now")
    found = world.secret("ca")
    assert found
    assert found["data"] == {"ca.crt": "bmV3"}


@pytest.mark.parametrize(
    ("program", "secret"), [("keep", "app"), ("proof", "app"), ("proof", "ca"), ("keep", "g3-ca")]
)
def test_a_program_reads_no_other_secret(world: World, program: str, secret: str) -> None:
    world.become(program)
    with pytest.raises(Fault, match=f"secrets/{NAME}-{secret}: the API server answers 403"):
        Namespace(SPEC.namespace).secret(f"{NAME}-{secret}")


def test_the_proof_reads_the_cluster_and_the_service_that_it_needs(world: World) -> None:
    world.become("proof")
    namespace = Namespace(SPEC.namespace)
    assert namespace.cluster(f"{NAME}-g2") is None
    assert namespace.service(SPEC.service_name) is None
    with pytest.raises(Fault, match="403"):
        namespace.cluster(NAME)

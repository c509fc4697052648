"""Somebody's own cluster: what it lacks is said, and nothing that the suite brought stays in it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from components.certificates import ISSUER
from stacks.cluster import APPLY
from tests.engine.waiting import until
from tools import Fault
from tools.build import crds
from tools.build.toolchain import Toolchain
from tools.kube import Manifest
from tools.lab.access import Cluster
from tools.lab.own import OwnCluster
from tools.sandbox.api_server import Sandbox
from tools.sandbox.etcd import Snapshot


def _namespace(name: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _issuer(name: str) -> Manifest:
    kind = {"apiVersion": "cert-manager.io/v1", "kind": "ClusterIssuer"}
    return {**kind, "metadata": {"name": name}, "spec": {"selfSigned": {}}}


@pytest.fixture
def theirs(sandbox: Sandbox) -> Iterator[Cluster]:
    """The cluster as its owner sees it."""
    context = yaml.safe_load(sandbox.kubeconfig.read_text())["current-context"]
    cluster = Cluster(sandbox.kubeconfig.parent, sandbox.kubeconfig, context)
    yield cluster
    cluster.disconnect()


@pytest.fixture
def own(sandbox: Sandbox, tmp_path: Path) -> Iterator[OwnCluster]:
    """The same, as the suite reaches it."""
    cluster = OwnCluster(sandbox.kubeconfig, tmp_path / "own")
    yield cluster
    cluster.disconnect()


def _complete(theirs: Cluster) -> None:
    """Add what the sandbox lacks of a cluster that an environment may be deployed to."""
    labels = {"app": "rook-ceph-operator"}
    pod = {"containers": [{"name": "rook", "image": "rook"}]}
    place = {"namespace": "rook-ceph"}
    ceph = {
        "apiVersion": "ceph.rook.io/v1",
        "kind": "CephCluster",
        "metadata": {"name": "rook-ceph", **place},
    }
    theirs.apply(
        [
            {
                "apiVersion": "storage.k8s.io/v1",
                "kind": "StorageClass",
                "metadata": {
                    "name": "standard",
                    "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
                },
                "provisioner": "example.test/none",
            },
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "rook-ceph-operator", **place},
                "spec": {
                    "selector": {"matchLabels": labels},
                    "template": {"metadata": {"labels": labels}, "spec": pod},
                },
            },
            {**ceph, "spec": {}},
        ]
    )
    path = "/apis/ceph.rook.io/v1/namespaces/rook-ceph/cephclusters/rook-ceph/status"
    ready = {**ceph, "status": {"phase": "Ready", "ceph": {}}}
    answer = theirs.kube.request("PATCH", f"{path}?fieldManager=rook", ready, APPLY)
    assert answer.ok, answer.text


@pytest.fixture
def served_afterwards(_started: tuple[Sandbox, Snapshot], toolchain: Toolchain) -> Iterator[None]:
    """The definitions that this test takes away are served when the next one begins."""
    yield
    with _started[0].cluster() as cluster:
        until(lambda: crds.served(cluster, toolchain.crds()), "they are not served")


@pytest.mark.usefixtures("served_afterwards")
def test_what_is_missing_is_said_at_once_by_its_name(own: OwnCluster, theirs: Cluster) -> None:
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    clusters = f"{definitions}/clusters.postgresql.cnpg.io"
    assert theirs.kube.request("DELETE", clusters).ok
    theirs.wait("the definition gone", lambda: theirs.get(clusters) is None, 60)
    with pytest.raises(Fault) as caught:
        own.require()
    assert str(caught.value) == (
        f"context {own.name}: it has no clusters.postgresql.cnpg.io (CloudNativePG),"
        " no Deployment rook-ceph/rook-ceph-operator (Rook),"
        " no CephCluster rook-ceph/rook-ceph that is Ready, no default StorageClass;"
        " install that first; docs/lab.md lists what must be there"
    )


def test_an_environment_of_tier0_that_is_there_is_not_touched(
    own: OwnCluster, theirs: Cluster
) -> None:
    _complete(theirs)
    own.require()
    theirs.apply([_issuer(ISSUER)])
    with pytest.raises(Fault, match=f"it has the ClusterIssuer {ISSUER}, so an environment"):
        own.require()
    assert theirs.kube.get("cert-manager.io/v1", "ClusterIssuer", ISSUER)


def test_what_the_suite_brought_is_removed_and_what_was_there_stays(
    own: OwnCluster, theirs: Cluster, sandbox: Sandbox, tmp_path: Path
) -> None:
    theirs.apply([_issuer("theirs")])
    own.apply([_issuer("theirs"), _issuer("brought"), _namespace("default")])
    again = OwnCluster(sandbox.kubeconfig, tmp_path / "own")  # the next run, if this one is killed
    again.clear()
    again.disconnect()
    there = "/apis/cert-manager.io/v1/clusterissuers"
    assert [one["metadata"]["name"] for one in theirs.kube.items(there)] == ["theirs"]
    assert theirs.get("/api/v1/namespaces/default")


def test_the_kubeconfig_is_used_where_it_is_and_nothing_secret_of_it_is_copied(
    own: OwnCluster, sandbox: Sandbox
) -> None:
    added, theirs = str(own.kubeconfig).split(os.pathsep)
    assert theirs == str(sandbox.kubeconfig)
    assert set(json.loads(Path(added).read_text())) == {"apiVersion", "kind", "contexts"}

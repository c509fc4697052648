"""The client of a cluster, on a real API server with the operators' kinds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.cluster import ClusterClient, NoSuchKind, Refused, Unreachable, condition_of
from tools import Fault
from tools.sandbox.api_server import Sandbox

CNPG = "postgresql.cnpg.io/v1"
HERE = {"name": "db", "namespace": "default"}
DATABASE: dict[str, Any] = {
    "apiVersion": CNPG,
    "kind": "Cluster",
    "metadata": {**HERE, "labels": {"app": "n8n"}},
    "spec": {"instances": 1, "storage": {"size": "1Gi"}},
}
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": HERE,
    "spec": {"containers": [{"name": "postgres", "image": "postgres"}]},
}
ACCOUNT = {"apiVersion": "v1", "kind": "ServiceAccount"}


@pytest.fixture
def cluster(sandbox: Sandbox) -> Iterator[ClusterClient]:
    """A client of the sandbox."""
    with sandbox.cluster() as opened:
        yield opened


def _kubeconfig(sandbox: Sandbox, path: Path, **changed: Any) -> Path:
    """Write the sandbox's kubeconfig with another cluster or user."""
    document = yaml.safe_load(sandbox.kubeconfig.read_text())
    for part, value in changed.items():
        document[f"{part}s"][0][part] = value(document[f"{part}s"][0][part])
    path.write_text(yaml.safe_dump(document))
    return path


def _plugin(path: Path, status: str) -> dict[str, Any]:
    """Write a program that hands out credentials, and return what a user has instead of them."""
    version = "client.authentication.k8s.io/v1"
    said = f'{{"apiVersion": "{version}", "kind": "ExecCredential", "status": {status}}}'
    path.write_text(f"#!/bin/sh\necho '{said}'\n")
    path.chmod(0o700)
    command = {"apiVersion": version, "command": str(path), "interactiveMode": "Never"}
    return {"exec": command}


def test_a_custom_resource_is_applied_read_listed_changed_and_deleted(
    cluster: ClusterClient,
) -> None:
    assert cluster.get(CNPG, "Cluster", "db", "default") is None
    made = cluster.apply(DATABASE, manager="a")
    assert made["metadata"]["managedFields"][0]["manager"] == "a"
    assert cluster.get(CNPG, "Cluster", "db", "default") == made

    def names(namespace: str = "", labels: str = "") -> list[str]:
        found = cluster.objects(CNPG, "Cluster", namespace, labels=labels)
        return [one["metadata"]["name"] for one in found]

    assert names() == names("default") == names(labels="app=n8n,app!=x") == ["db"]
    assert names("kube-system") == names(labels="app=x") == []

    change = {"metadata": {"annotations": {"a": "b"}, "labels": None}}
    changed = cluster.patch(CNPG, "Cluster", "db", "default", change=change)
    assert changed["metadata"]["annotations"] == {"a": "b"}
    assert "labels" not in changed["metadata"]

    cluster.delete(CNPG, "Cluster", "db", "default")
    cluster.delete(CNPG, "Cluster", "db", "default")
    assert names() == []


def test_what_another_manager_has_is_taken_over_and_a_dry_run_stores_nothing(
    cluster: ClusterClient,
) -> None:
    cluster.apply(DATABASE, manager="a")
    grown = DATABASE | {"spec": DATABASE["spec"] | {"instances": 3}}
    assert cluster.apply(grown, manager="b", dry_run=True)["spec"]["instances"] == 3
    assert (cluster.get(CNPG, "Cluster", "db") or {})["spec"]["instances"] == 1
    cluster.apply(grown, manager="b")
    assert (cluster.get(CNPG, "Cluster", "db") or {})["spec"]["instances"] == 3


def test_a_misspelt_field_is_refused(cluster: ClusterClient) -> None:
    misspelt = DATABASE | {"spec": DATABASE["spec"] | {"instnaces": 3}}
    with pytest.raises(Refused, match=r"^Cluster default/db: .*instnaces.*; correct"):
        cluster.apply(misspelt, manager="a")


def test_what_the_cluster_does_not_have_is_said(cluster: ClusterClient) -> None:
    thing = {**DATABASE, "kind": "Thing"}
    assert cluster.get(CNPG, "Thing", "db") is None
    assert cluster.objects("example.org/v1", "Thing") == []
    cluster.delete(CNPG, "Thing", "db")
    said = f"^Thing default/db: the cluster has no kind Thing in {CNPG}; install its definition"
    with pytest.raises(NoSuchKind, match=said):
        cluster.apply(thing, manager="a")
    elsewhere = {**DATABASE, "metadata": {"name": "db", "namespace": "nowhere"}}
    with pytest.raises(Refused, match=r'^Cluster nowhere/db: namespaces "nowhere" not found; cre'):
        cluster.apply(elsewhere, manager="a")
    with pytest.raises(Refused, match=r'^Cluster default/db: .*"db" not found; create it first'):
        cluster.patch(CNPG, "Cluster", "db", "default", change={})


def test_a_kind_that_comes_later_is_found(cluster: ClusterClient) -> None:
    assert cluster.path("v1", "Thing") is None
    assert cluster.path("v1", "Pod", "a b", "c") == "/api/v1/namespaces/c/pods/a%20b"
    assert cluster.path("v1", "Node", "n", "ignored") == "/api/v1/nodes/n"


def test_a_condition_is_waited_for(cluster: ClusterClient) -> None:
    cluster.apply(DATABASE, manager="a")
    path = f"{cluster.path(CNPG, 'Cluster', 'db')}/status"

    def wait() -> dict[str, Any]:
        return cluster.wait(CNPG, "Cluster", "db", condition="Ready", seconds=0)

    def become(status: str) -> None:
        condition = {
            "type": "Ready",
            "status": status,
            "reason": "Test",
            "message": "two of three instances",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }
        found = cluster.at(path) or {}
        answer = cluster.request("PUT", path, found | {"status": {"conditions": [condition]}})
        assert answer.ok, answer.text

    with pytest.raises(Fault, match=r"^Cluster db: Ready is not True after 0 s; see its status"):
        wait()
    become("False")
    with pytest.raises(Fault, match=r"Ready is not True after 0 s \(two of three instances\);"):
        wait()
    become("True")
    assert condition_of(wait(), "Ready")["reason"] == "Test"
    with pytest.raises(Fault, match=r"Ready is not True after 0 s \(it is not there\);"):
        cluster.wait(CNPG, "Cluster", "other", condition="Ready", seconds=0)


def test_a_pod_that_does_not_run_has_no_log_and_runs_no_command(cluster: ClusterClient) -> None:
    with pytest.raises(Refused, match=r'^Pod default/db: pods "db" not found; create it first'):
        cluster.log("default", "db")
    with pytest.raises(Refused, match=r'^Pod default/db: pods "db" not found; create it first'):
        list(cluster.execute("default", "db", "postgres", ["true"], seconds=5))
    cluster.apply({**ACCOUNT, "metadata": {"name": "default"}}, manager="a")
    cluster.apply(POD, manager="a")
    with pytest.raises(Refused, match=r"^Pod default/db: pod db does not have a host assigned; "):
        list(cluster.execute("default", "db", "postgres", ["true"], seconds=5))
    assert cluster.log("default", "db", "postgres", lines=1) == ""


def test_a_program_for_credentials_is_run(sandbox: Sandbox, tmp_path: Path) -> None:
    token = yaml.safe_load(sandbox.kubeconfig.read_text())["users"][0]["user"]["token"]
    user = _plugin(tmp_path / "login", f'{{"token": "{token}"}}')
    kubeconfig = _kubeconfig(sandbox, tmp_path / "config", user=lambda _: user)
    with ClusterClient.connect("sandbox", kubeconfig) as opened:
        assert opened.get("v1", "Namespace", "default")


@pytest.mark.parametrize("given", ["token", "plugin"])
def test_credentials_that_are_not_accepted_are_a_sentence_without_them(
    given: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    token = "known-token-91c2"
    plugin = _plugin(tmp_path / "login", f'{{"token": "{token}"}}')
    user = {"token": token} if given == "token" else plugin
    kubeconfig = _kubeconfig(sandbox, tmp_path / "config", user=lambda _: user)
    with (
        ClusterClient.connect("sandbox", kubeconfig) as opened,
        pytest.raises(Refused, match=r"^/api/v1: Unauthorized; log in again, the cred") as caught,
    ):
        opened.get("v1", "Namespace", "default")
    assert token not in str(caught.value)


def test_a_right_that_the_account_does_not_have_is_said(sandbox: Sandbox, tmp_path: Path) -> None:
    with sandbox.cluster() as cluster:
        account = {**ACCOUNT, "metadata": {"name": "nobody", "namespace": "default"}}
        cluster.apply(account, manager="a")
        path = "/api/v1/namespaces/default/serviceaccounts/nobody/token"
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        token = cluster.request("POST", path, asked).content["status"]["token"]
    kubeconfig = _kubeconfig(sandbox, tmp_path / "config", user=lambda _: {"token": token})
    with (
        ClusterClient.connect("sandbox", kubeconfig) as opened,
        pytest.raises(Refused, match=r"cannot get resource .*; grant that right to the account"),
    ):
        opened.get("v1", "Namespace", "default")


def test_a_certificate_that_is_not_trusted_is_a_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    kubeconfig = _kubeconfig(
        sandbox, tmp_path / "config", cluster=lambda found: {"server": found["server"]}
    )
    said = r"^https://127.*: its certificate is not trusted \(.+\); write its CA into the kubec"
    with ClusterClient.connect("sandbox", kubeconfig) as opened:
        with pytest.raises(Unreachable, match=said):
            opened.get("v1", "Namespace", "default")
        with pytest.raises(Unreachable, match=said):
            list(opened.execute("default", "db", "postgres", ["true"], seconds=5))


def test_a_cluster_is_reached_again_after_its_api_server_was_away(
    sandbox: Sandbox, cluster: ClusterClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert cluster.get("v1", "Namespace", "default")
    sandbox.stop()
    said = r"^https://127.*: the API server does not answer \(.*Connection refused\); see that it"
    with pytest.raises(Unreachable, match=said):
        cluster.get("v1", "Namespace", "default")
    sandbox.start()
    cluster.apply(DATABASE, manager="a")
    assert caplog.messages == [], "the fault is all that is said"

"""Production on a real engine and API server: operators first, everything once, operators last."""

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from components.charts import CHARTS
from stacks.check import load
from tests import valid
from tests.support import declared, to_module
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox
from tools.sandbox.etcd import Snapshot

OPERATORS = "tier0:operators:Operators"
HOMES = [
    (f"operators-{operator}-release", f"operators-{namespace}")
    for operator, namespace in (
        ("argo-cd", "argocd"),
        ("barman-cloud", "cnpg-system"),
        ("cert-manager", "cert-manager"),
        ("cloudnative-pg", "cnpg-system"),
        ("rook", "rook-ceph"),
    )
]
"""Each operator with a namespace of its own, and that; Sealed Secrets is in kube-system."""


@pytest.fixture
def bare(sandbox: Sandbox) -> Sandbox:
    """The API server without the namespaces that operators come with."""
    made = {m["metadata"]["name"] for m in _manifests() if m["kind"] == "Namespace"}

    def within(key: str) -> bool:
        return not made.isdisjoint(base64.b64decode(key).decode().split("/"))

    entries = sandbox.etcd.snapshot().entries
    assert any(map(within, entries)), "it has none of them"
    kept = {key: entry for key, entry in entries.items() if not within(key)}
    sandbox.etcd.restore(Snapshot(kept))
    return sandbox


def _manifests() -> list[Mapping[str, Any]]:
    return list(declared(load("production")).manifests())


def _resources(engine: Engine) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(engine.run("stack", "export").stdout)["deployment"][
        "resources"
    ]
    return found


def test_production_is_deployed_and_a_second_up_changes_nothing(
    engine: Engine, bare: Sandbox
) -> None:
    engine.begin("production")
    said = engine.run("up", "--yes", "--skip-preview").stdout
    assert said.count("warning: recorded, not installed") >= len(CHARTS), said
    engine.run("up", "--yes", "--skip-preview", "--expect-no-changes")
    engine.run("preview", "--expect-no-changes")

    with bare.cluster() as cluster:
        assert cluster.get("ceph.rook.io/v1", "CephCluster", "rook-ceph", "rook-ceph")
        assert cluster.get("ceph.rook.io/v1", "CephBlockPool", "ceph-block", "rook-ceph")
        assert cluster.get("postgresql.cnpg.io/v1", "Cluster", "orders", "orders")
        namespace = cluster.get("v1", "Namespace", "rook-ceph") or {}
        labels = namespace["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "privileged"

    releases = [r for r in _resources(engine) if r["type"] == "kubernetes:helm.sh/v3:Release"]
    assert {r["outputs"]["name"]: r["outputs"]["status"]["version"] for r in releases} == {
        chart.chart: chart.chart_version for chart in CHARTS.values()
    }
    assert {r["inputs"]["skipAwait"] for r in releases} == {True}, "nothing becomes ready here"


def test_every_choice_of_a_database_is_accepted_and_a_second_up_changes_nothing(
    engine: Engine, bare: Sandbox, program: Path
) -> None:
    to_module(valid.every_choice(), program / "stacks" / "production.py")
    engine.begin("production")
    engine.run("up", "--yes", "--skip-preview")
    engine.run("up", "--yes", "--skip-preview", "--expect-no-changes")
    with bare.api() as api:
        custom: Any = client.CustomObjectsApi(api)
        for kind, name in (
            ("clusters", "orders"),
            ("databases", "orders-reports--db"),
            ("poolers", "orders-pooler-rw"),
            ("scheduledbackups", "orders-snapshot"),
        ):
            custom.get_namespaced_custom_object("postgresql.cnpg.io", "v1", "orders", kind, name)


def test_an_operator_goes_only_after_all_that_it_reconciles(
    engine: Engine, bare: Sandbox, program: Path, tmp_path: Path
) -> None:
    module = program / "stacks" / "production.py"
    text = module.read_text("utf-8")
    opened = 'context="production",\n'
    assert opened in text
    module.write_text(text.replace(opened, f"{opened}    disposable=True,\n"), "utf-8")
    engine.begin("production")
    made = _order(engine, tmp_path / "up", "create", "up", "--skip-preview")
    first = min(i for i, urn in enumerate(made) if OPERATORS not in urn and "$kubernetes:" in urn)
    assert all(OPERATORS in urn for urn in made[:first] if "Release" in urn)
    assert len([urn for urn in made[:first] if "Release" in urn]) == len(CHARTS)

    gone = _order(engine, tmp_path / "destroy", "delete", "destroy", "--skip-preview")
    releases = [i for i, urn in enumerate(gone) if "Release" in urn]
    others = [i for i, urn in enumerate(gone) if OPERATORS not in urn and "$kubernetes:" in urn]
    assert len(releases) == len(CHARTS)
    assert max(others) < min(releases), "an operator went before what it reconciles"
    names = [urn.rpartition("::")[2] for urn in gone]
    assert names.index("operators-barman-cloud-release") < names.index(
        "operators-cloudnative-pg-release"
    ), "without CloudNativePG nobody takes its finalizer off the plugin's Service"
    early = [home for release, home in HOMES if names.index(home) < names.index(release)]
    assert early == [], "a namespace went before the operator in it"
    with bare.api() as api:
        custom: Any = client.CustomObjectsApi(api)
        left = custom.list_cluster_custom_object("ceph.rook.io", "v1", "cephclusters")
    assert left["items"] == []


def _order(engine: Engine, log: Path, operation: str, *command: str) -> list[str]:
    """Run a command; return the URNs of what it did, in the order in which each was done."""
    debug = {"PULUMI_DEBUG_COMMANDS": "true"}  # without it there is no such flag
    engine.run(*command, "--yes", "--event-log", str(log), env=debug)
    events = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    ended = [event["resOutputsEvent"]["metadata"] for event in events if "resOutputsEvent" in event]
    return [step["urn"] for step in ended if step["op"] == operation]


def test_a_namespace_of_an_operator_that_is_there_is_not_taken_over(
    engine: Engine, sandbox: Sandbox
) -> None:
    engine.begin("production")
    done = engine.run("up", "--yes", "--skip-preview", check=False)
    assert done.returncode
    assert re.search(r"cert-manager.*exists", done.stdout), done.stdout
    with sandbox.api() as api:
        custom: Any = client.CustomObjectsApi(api)
        found = custom.list_cluster_custom_object("cert-manager.io", "v1", "clusterissuers")
    assert found["items"] == [], "nothing else may be made while operators are in doubt"

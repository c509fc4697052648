"""Drills on a real API server: what an account may do, and what stays of what it wrote."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from components.postgres.drills import DRILLS_NAMESPACE, SCRATCH
from stacks.cluster import ClusterClient
from stacks.render.files import to_files
from stacks.render.owners import rendered, synced
from tests import valid
from tests.components.drills.test_jobs import DEPTHS, drills_of, pod_of, settings_of
from tests.engine.test_gitops import ARGO_CD, GITOPS, kubectl
from tests.support import to_module
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox

__all__ = ["kubectl"]

ACCOUNT = f"system:serviceaccount:{DRILLS_NAMESPACE}:n8n-drills"
MERGE = {"Content-Type": "application/merge-patch+json"}
RECORD = "n8n-drills"
EVIDENCE = {"look": '{"verdict": "passed"}', "history": "[]"}

MAY = {
    ("create", "clusters", ""),
    *((verb, "clusters", SCRATCH) for verb in ("get", "patch", "delete")),
    *((verb, "pods", "") for verb in ("get", "list")),
    ("get", "pods/log", "drill-1"),
    *(("get", "secrets", f"{SCRATCH}-{it}") for it in ("superuser", "ca")),
    *((verb, "configmaps", RECORD) for verb in ("get", "patch")),
    ("get", "jobs", "shop-restore-1"),
    *(("list", it, "") for it in ("events", "persistentvolumeclaims")),
}
"""Verb, resource and name of all that an account may do in the namespace of drills."""

NAMES = {
    "clusters": (SCRATCH, "n8n-postgres"),
    "secrets": (
        *(f"{SCRATCH}-{it}" for it in ("superuser", "ca", "app", "replication", "server")),
        *("n8n-archive-reader", "shop-archive-reader", "offsite-keys", "n8n-postgres-app"),
    ),
    "configmaps": (RECORD, "shop-drills", "program"),
    "pods": ("drill-1",),
    "pods/log": ("drill-1",),
    "pods/exec": ("drill-1",),
    "pods/attach": ("drill-1",),
    "pods/portforward": ("drill-1",),
    "pods/ephemeralcontainers": ("drill-1",),
    "jobs": ("shop-restore-1",),
    "cronjobs": ("n8n-restore",),
    "events": (),
    "serviceaccounts": ("n8n-drills",),
    "serviceaccounts/token": ("n8n-drills",),
    "roles": ("n8n-drills",),
    "rolebindings": ("n8n-drills",),
    "networkpolicies": ("scratch",),
    "objectstores": ("n8n-archive",),
    "backups": ("n8n",),
    "scheduledbackups": ("n8n",),
    "persistentvolumeclaims": ("drill-1",),
}
GROUPS = {
    **dict.fromkeys(("clusters", "backups", "scheduledbackups"), "postgresql.cnpg.io"),
    **dict.fromkeys(("jobs", "cronjobs"), "batch"),
    **dict.fromkeys(("roles", "rolebindings"), "rbac.authorization.k8s.io"),
    "networkpolicies": "networking.k8s.io",
    "objectstores": "barmancloud.cnpg.io",
}
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")


def _allowed(
    cluster: ClusterClient, namespace: str, verb: str, resource: str, name: str = ""
) -> bool:
    """Return whether the API server lets the account of the drills do it."""
    kind, _, part = resource.partition("/")
    asked = {"namespace": namespace, "verb": verb, "name": name}
    asked |= {"group": GROUPS.get(kind, ""), "resource": kind, "subresource": part}
    groups = ["system:serviceaccounts", "system:authenticated"]
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": ACCOUNT, "groups": groups, "resourceAttributes": asked},
    }
    answer = cluster.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    assert answer.ok, answer.message
    return bool(answer.content["status"]["allowed"])


def _may(cluster: ClusterClient, namespace: str) -> set[tuple[str, str, str]]:
    """Return all that the account may do in a namespace; with a name only what it may not without.

    An empty name is any.
    """
    found: set[tuple[str, str, str]] = set()
    for resource, names in NAMES.items():
        for verb in VERBS:
            if _allowed(cluster, namespace, verb, resource):
                found.add((verb, resource, ""))
                continue
            found |= {
                (verb, resource, name)
                for name in names
                if _allowed(cluster, namespace, verb, resource, name)
            }
    return found


@pytest.mark.usefixtures("homelab")
def test_the_account_of_drills_may_do_what_it_needs_and_nothing_elsewhere(
    sandbox: Sandbox,
) -> None:
    with sandbox.cluster() as cluster:
        everywhere = {(verb, it, "") for verb, it, name in MAY if it in {"pods/log", "jobs"}}
        named = {one for one in MAY if one[1] not in {"pods/log", "jobs"}}
        assert _may(cluster, DRILLS_NAMESPACE) == named | everywhere
        for namespace in ("n8n-prod", "rook-ceph", "cert-manager", "kube-system", ""):
            assert _may(cluster, namespace) == set()


def _write(cluster: ClusterClient) -> None:
    """Write evidence into the record as the account of the drills."""
    path = f"/api/v1/namespaces/{DRILLS_NAMESPACE}/configmaps/{RECORD}"
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    accounts = f"/api/v1/namespaces/{DRILLS_NAMESPACE}/serviceaccounts"
    made = cluster.request("POST", f"{accounts}/n8n-drills/token", asked)
    assert made.ok, made.message
    as_account = {"Authorization": f"Bearer {made.content['status']['token']}"}
    answer = cluster.request("PATCH", path, {"data": EVIDENCE}, MERGE | as_account)
    assert answer.ok, answer.message


def _record(cluster: ClusterClient) -> Mapping[str, Any]:
    return cluster.get("v1", "ConfigMap", RECORD, DRILLS_NAMESPACE) or {}


@pytest.mark.parametrize("options", [[], ["--refresh"]], ids=["up", "up --refresh"])
def test_what_a_drill_wrote_into_its_record_stays_when_pulumi_runs_again(
    homelab: Engine, sandbox: Sandbox, program: Path, options: list[str]
) -> None:
    with sandbox.cluster() as cluster:
        assert "data" not in _record(cluster)
        _write(cluster)
        homelab.run("up", "--yes", "--skip-preview", "--expect-no-changes", *options)
        assert _record(cluster)["data"] == EVIDENCE
        changed = valid.homelab({"databases.n8n.drills": valid.drills(deadline="1h")})
        to_module(changed, program / "stacks" / "homelab.py")
        homelab.run("up", "--yes", "--skip-preview", *options)
        assert _record(cluster)["data"] == EVIDENCE


def test_what_a_drill_wrote_into_its_record_stays_when_argo_cd_syncs(
    kubectl: Callable[..., Any],
    sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    (tree := tmp_path / "tree").mkdir()
    (record,) = (
        path
        for path in to_files(synced(rendered(valid.homelab(GITOPS))), tree)
        if path.name == f"{DRILLS_NAMESPACE}.configmap.{RECORD}.yaml"
    )
    kubectl("create", "namespace", DRILLS_NAMESPACE)
    apply = ("apply", "--server-side", f"--field-manager={ARGO_CD}", "-f", str(record))
    with sandbox.cluster() as cluster:
        kubectl(*apply)
        path = f"/api/v1/namespaces/{DRILLS_NAMESPACE}/configmaps/{RECORD}"
        assert cluster.request("PATCH", path, {"data": EVIDENCE}, MERGE).ok
        written = _record(cluster)
        tried = kubectl(*apply, "--dry-run=server", "-o", "json").stdout
        assert json.loads(tried)["data"] == EVIDENCE, "Argo CD would show a difference"
        kubectl(*apply)
        assert _record(cluster) == written


def test_drills_that_are_suspended_stay_so(engine: Engine, sandbox: Sandbox, program: Path) -> None:
    def suspended() -> list[bool]:
        with sandbox.cluster() as cluster:
            found = cluster.objects("batch/v1", "CronJob", DRILLS_NAMESPACE)
        return [it["spec"]["suspend"] for it in found]

    drills = {"databases.n8n.drills": valid.drills(suspended=True)}
    to_module(valid.homelab(drills), program / "stacks" / "homelab.py")
    engine.begin("homelab")
    engine.run("up", "--yes", "--skip-preview")
    assert suspended() == [True] * len(DEPTHS)
    engine.run("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert suspended() == [True] * len(DEPTHS)
    to_module(valid.homelab(), program / "stacks" / "homelab.py")
    engine.run("up", "--yes", "--skip-preview")
    assert suspended() == [False] * len(DEPTHS)


@pytest.mark.usefixtures("homelab")
def test_the_namespace_of_drills_admits_the_pod_of_each_depth(sandbox: Sandbox) -> None:
    manifests = drills_of()
    with sandbox.cluster() as cluster:
        for depth in DEPTHS:
            metadata = {"name": f"n8n-{depth}", "namespace": DRILLS_NAMESPACE}
            pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}
            pod["spec"] = pod_of(manifests, depth)
            cluster.apply(pod, manager="test", dry_run=True)


@pytest.mark.usefixtures("homelab")
def test_a_second_scratch_cluster_is_refused_by_its_name(sandbox: Sandbox) -> None:
    scratch = settings_of(drills_of(), "restore")["scratch"]["archive"]
    path = f"/apis/postgresql.cnpg.io/v1/namespaces/{DRILLS_NAMESPACE}/clusters"
    with sandbox.cluster() as cluster:
        assert cluster.request("POST", path, scratch).ok
        assert cluster.request("POST", path, scratch).status == 409

"""An API server that has the policies about Clusters, and Clusters that it is asked about.

The Clusters are written out here: the policy holds for manifests that tier0 did not make.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from components.postgres.archive import PLUGIN
from components.postgres.policies import NAME, generation_policy
from components.postgres.site_policies import NAME as SITES
from components.postgres.site_policies import site_policy
from stacks.cluster import ClusterClient, Refused
from tests.engine.waiting import until
from tools.sandbox.api_server import Sandbox
from tools.sandbox.etcd import Snapshot

API = "postgresql.cnpg.io/v1"
POLICY = "admissionregistration.k8s.io/v1"
SPEC = {"instances": 1, "storage": {"size": "1Gi"}}
INITDB = {"initdb": {"database": "app", "owner": "app", "dataChecksums": True}}

BOOTSTRAP = "spec.bootstrap says how the database was created"
SOURCE = "was restored from has another server name or store"
NEW = "a generation after the first is restored, never made new"
OVER = "it would write over the archive that it was restored from"
NUMBER = "the label tier0/generation is the number"
WRITES = "loses the label tier0/active while it still accepts writes"
DELETED = "it is the active generation, which clients reach"


FENCED = {"cnpg.io/fencedInstances": '["*"]'}
TARGET = {"targetTime": "2026-11-30T10:00:00.000000+00:00"}
SNAPSHOT = {
    "storage": {"name": "a", "kind": "VolumeSnapshot", "apiGroup": "snapshot.storage.k8s.io"}
}
IN_TREE = {
    "name": "origin",
    "barmanObjectStore": {"destinationPath": "s3://db/", "serverName": "db"},
}


def archive(server: str | None, store: str = "db") -> dict[str, Any]:
    """Return an entry of `plugins`, or the `plugin` of a source."""
    named = {"serverName": server} if server else {}
    return {"name": PLUGIN, "parameters": {"barmanObjectName": store} | named}


def in_tree(server: str | None, store: str = "db") -> dict[str, Any]:
    """Return a `barmanObjectStore`."""
    named = {"serverName": server} if server else {}
    return {"destinationPath": f"s3://{store}/"} | named


def cluster(name: str, number: int | None, *, active: bool = False, **spec: Any) -> dict[str, Any]:
    """Return a Cluster, not labelled where *number* is None; it is new unless *spec* says."""
    labels = {} if number is None else {"tier0/generation": str(number)}
    labels |= {"tier0/active": "true"} if active else {}
    plugins = [archive(name) | {"isWALArchiver": True}]
    return {
        "apiVersion": API,
        "kind": "Cluster",
        "metadata": {"name": name, "namespace": "default", "labels": labels},
        "spec": SPEC | {"bootstrap": INITDB, "plugins": plugins} | spec,
    }


def source(server: str = "db", store: str = "db") -> dict[str, Any]:
    """Return the entry of `externalClusters` that a restored Cluster names."""
    return {"name": "origin", "plugin": archive(server, store)}


def recovery(**more: Any) -> dict[str, Any]:
    """Return the bootstrap of a restored Cluster."""
    secret = {"name": "db-app"}
    return {
        "recovery": {"source": "origin", "database": "app", "owner": "app", "secret": secret} | more
    }


def restored(number: int | None = 2, *, active: bool = False, **spec: Any) -> dict[str, Any]:
    """Return the Cluster of the second generation."""
    given = {"bootstrap": recovery(), "externalClusters": [source()]} | spec
    return cluster("db-g2", number, active=active, **given)


@dataclass
class Judge:
    """An API server with the policy; each act returns the refusal, empty where there is none."""

    sandbox: Sandbox
    client: ClusterClient

    def apply(self, manifest: Mapping[str, Any]) -> str:
        """Apply as Pulumi and Argo CD do."""
        try:
            self.client.apply(manifest, manager="tier0")
        except Refused as fault:
            return fault.answer.message
        return ""

    def patch(self, name: str, change: Mapping[str, Any]) -> str:
        """Merge a change, as the operator and `kubectl patch` do."""
        try:
            self.client.patch(API, "Cluster", name, "default", change=change)
        except Refused as fault:
            return fault.answer.message
        return ""

    def metadata(self, name: str, **change: Any) -> str:
        """Merge labels, annotations or finalizers."""
        return self.patch(name, {"metadata": change})

    def delete(self, name: str = "") -> str:
        """Delete a Cluster; without a name all of them in one request, as a namespace's end."""
        path = self.client.path(API, "Cluster", name, "default")
        answer = self.client.request("DELETE", str(path))
        return "" if answer.ok else answer.message

    def stored(self, name: str) -> dict[str, Any]:
        """Return a Cluster that is there."""
        found = self.client.get(API, "Cluster", name, "default")
        assert found is not None
        return found

    def gone(self, name: str) -> bool:
        """Whether there is no such Cluster."""
        return self.client.get(API, "Cluster", name, "default") is None


def stopped(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return a Cluster with its instances stopped."""
    metadata = manifest["metadata"] | {"annotations": FENCED}
    return manifest | {"metadata": metadata}


@contextmanager
def judging(box: Sandbox, fresh: Snapshot) -> Iterator[Snapshot]:
    """Have the API server of *box* judge by both policies; yield its content, put back *fresh*."""
    try:
        with box.cluster() as client:
            # That of the generations is waited for, so it is the last one.
            for name, policy in ((SITES, site_policy()), (NAME, generation_policy())):
                binding = {"policyName": name, "validationActions": ["Deny"]}
                specs = {
                    "ValidatingAdmissionPolicy": policy,
                    "ValidatingAdmissionPolicyBinding": binding,
                }
                for kind, spec in specs.items():
                    manifest = {"apiVersion": POLICY, "kind": kind, "metadata": {"name": name}}
                    client.apply(manifest | {"spec": spec}, manager="tier0")
            until(lambda: NEW in _said(client), "the policy is not in force")
            yield box.etcd.snapshot()
    finally:
        box.etcd.restore(fresh)
        with box.cluster() as client:
            until(lambda: NEW not in _said(client), "the policy is still in force")


def _said(client: ClusterClient) -> str:
    """Return what the API server says of a Cluster; it learns of a policy after it is stored."""
    try:
        client.apply(cluster("new", 2), manager="tier0", dry_run=True)
    except Refused as fault:
        return fault.answer.message
    return ""

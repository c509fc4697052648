"""What the network lets through, by the meaning that Kubernetes gives a NetworkPolicy.

The labels of the pods are those that CloudNativePG 1.30 (pkg/specs) and Rook 1.17 (object/rgw.go)
give them; what each of them calls is in CloudNativePG's networking.md.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import pytest

from components.postgres import NetworkSpec, PoolerSpec
from components.postgres.network import Gateways, clone_policy
from stacks.environment import EnvironmentSpec
from tests import valid
from tests.support import declared


class Pod(NamedTuple):
    namespace: str
    labels: Mapping[str, str]


INSTANCE = Pod("n8n-prod", {"cnpg.io/cluster": "n8n-postgres", "cnpg.io/podRole": "instance"})
POOLER = Pod("n8n-prod", {"cnpg.io/cluster": "n8n-postgres", "cnpg.io/podRole": "pooler"})
JOINING = Pod("n8n-prod", {"cnpg.io/cluster": "n8n-postgres", "cnpg.io/jobRole": "join"})
RECOVERING = Pod("n8n-prod", {"cnpg.io/cluster": "n8n-g2", "cnpg.io/jobRole": "full-recovery"})
GATEWAY = Pod("rook-ceph", {"app": "rook-ceph-rgw", "rook_object_store": "homelab-objectstore"})
OTHER_STORE = Pod("rook-ceph", {"app": "rook-ceph-rgw", "rook_object_store": "other"})
OPERATOR = Pod("cnpg-system", {"app.kubernetes.io/name": "cloudnative-pg"})
PLUGIN = Pod("cnpg-system", {"app.kubernetes.io/name": "plugin-barman-cloud"})
PROMETHEUS = Pod("monitoring", {"app.kubernetes.io/name": "prometheus"})
APPLICATION = Pod("n8n-prod", {"app": "n8n"})
LOADING = Pod("n8n-prod", {"job-name": "n8n-postgres-db-0"})
STRANGER = Pod("elsewhere", {"app": "n8n"})
CLIENT = Pod("reports", {"app": "reports"})
API_SERVER = None
"""A process of a node, which no selector matches."""

NEEDED = {
    "a replica follows its primary": (INSTANCE, INSTANCE, 5432),
    "a primary asks whether it is cut off": (INSTANCE, INSTANCE, 8000),
    "a new replica copies its primary": (JOINING, INSTANCE, 5432),
    "an instance archives": (INSTANCE, GATEWAY, 443),
    "a recovery reads the archive": (RECOVERING, GATEWAY, 443),
    "an instance asks who is primary": (INSTANCE, API_SERVER, 6443),
    "a recovery reports to the API server": (RECOVERING, API_SERVER, 6443),
    "an instance looks up a name": (INSTANCE, API_SERVER, 53),
    "the operator asks how an instance is": (OPERATOR, INSTANCE, 8000),
    "Prometheus reads metrics": (PROMETHEUS, INSTANCE, 9187),
    "an application beside it connects": (APPLICATION, INSTANCE, 5432),
    "a declared client connects": (CLIENT, INSTANCE, 5432),
    "an application connects to the pool": (APPLICATION, POOLER, 5432),
    "a declared client connects to the pool": (CLIENT, POOLER, 5432),
    "the pool connects": (POOLER, INSTANCE, 5432),
    "the pool asks how it is to be": (POOLER, API_SERVER, 6443),
    "Prometheus reads the pool's metrics": (PROMETHEUS, POOLER, 9127),
}

REFUSED = {
    "somebody connects": (STRANGER, INSTANCE, 5432),
    "somebody connects to the pool": (STRANGER, POOLER, 5432),
    "a declared client reads the pool's metrics": (CLIENT, POOLER, 9127),
    "the plugin's pod asks an instance": (PLUGIN, INSTANCE, 8000),
    "an application calls the status port": (APPLICATION, INSTANCE, 8000),
    "a declared client reads metrics": (CLIENT, INSTANCE, 9187),
    "somebody reads metrics": (STRANGER, INSTANCE, 9187),
    "an instance calls another store": (INSTANCE, OTHER_STORE, 443),
    "an instance calls a service outside": (INSTANCE, API_SERVER, 443),
    "an instance calls an application": (INSTANCE, APPLICATION, 80),
}


@pytest.fixture(scope="module")
def policy() -> Mapping[str, Any]:
    environment = valid.homelab(
        {"databases.n8n.clients": ["reports"], "databases.n8n.pooler": PoolerSpec()}
    )
    return _policies(environment)["databases"]


def test_declared_addresses_reach_databases_and_are_reached_by_them() -> None:
    changes = {
        "databases.n8n.load_balancers": {"outside": valid.load_balancer()},
        "databases.n8n.egress": [valid.egress(ports=[443, 5432])],
    }
    found = _policies(valid.homelab(changes))["databases"]
    (ingress,) = (
        rule for rule in found["ingress"] if {"ipBlock": {"cidr": "10.0.0.0/8"}} in rule["from"]
    )
    assert [it["port"] for it in ingress["ports"]] == [5432]
    (egress,) = (
        rule
        for rule in found["egress"]
        if rule.get("to") == [{"ipBlock": {"cidr": "203.0.113.0/24"}}]
    )
    assert [it["port"] for it in egress["ports"]] == [443, 5432]


def _policies(environment: EnvironmentSpec) -> Mapping[str, Mapping[str, Any]]:
    manifests = declared(environment).manifests()
    return {it["metadata"]["name"]: it["spec"] for it in manifests if it["kind"] == "NetworkPolicy"}


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    expressions = selector.get("matchExpressions", [])
    assert {(e["operator"], "values" in e) for e in expressions} <= {
        ("Exists", False),
        ("In", True),
    }
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        e["key"] in labels and labels[e["key"]] in e.get("values", [labels[e["key"]]])
        for e in expressions
    )


def _is(peer: Mapping[str, Any], pod: Pod | None, home: str) -> bool:
    if pod is None:
        return False
    if "namespaceSelector" in peer:
        name = {"kubernetes.io/metadata.name": pod.namespace}
        if not _selects(peer["namespaceSelector"], name):
            return False
    elif pod.namespace != home:
        return False
    return _selects(peer.get("podSelector", {}), pod.labels)


def _passes(
    policy: Mapping[str, Any],
    source: Pod | None,
    target: Pod | None,
    port: int,
    *,
    home: str = "n8n-prod",
) -> bool:
    """Return whether *policy*, which is in the namespace *home*, lets a call through."""

    def allowed(direction: str, side: str, other: Pod | None) -> bool:
        assert direction.capitalize() in policy["policyTypes"], "it would let all through"
        return any(
            any(p["port"] == port for p in rule["ports"])
            and (side not in rule or any(_is(peer, other, home) for peer in rule[side]))
            for rule in policy.get(direction, [])
        )

    def ours(pod: Pod | None) -> bool:
        return _is({"podSelector": policy["podSelector"]}, pod, home)

    leaves = not ours(source) or allowed("egress", "to", target)
    return leaves and (not ours(target) or allowed("ingress", "from", source))


@pytest.mark.parametrize("call", NEEDED)
def test_a_call_that_is_needed_goes_through(policy: Mapping[str, Any], call: str) -> None:
    assert _passes(policy, *NEEDED[call])


@pytest.mark.parametrize("call", REFUSED)
def test_a_call_that_nothing_needs_does_not(policy: Mapping[str, Any], call: str) -> None:
    assert not _passes(policy, *REFUSED[call])


def test_an_application_beside_a_database_is_as_free_as_before(policy: Mapping[str, Any]) -> None:
    assert _passes(policy, APPLICATION, API_SERVER, 443)
    assert _passes(policy, STRANGER, APPLICATION, 80)


CLONE = Pod("look", {"cnpg.io/cluster": "look", "cnpg.io/podRole": "instance"})
OFFSITE = 9443

CLONES: Mapping[str, tuple[set[str | None], Pod | None, Pod | None, int]] = {
    "the operator asks how a clone is": ({"archive", "offsite", None}, OPERATOR, CLONE, 8000),
    "a clone asks who is primary": ({"archive", "offsite", None}, CLONE, API_SERVER, 6443),
    "a clone reads the archive": ({"archive"}, CLONE, GATEWAY, 443),
    "a clone reads the copy": ({"offsite"}, CLONE, API_SERVER, OFFSITE),
    "a clone reads another store": (set(), CLONE, OTHER_STORE, 443),
    "a clone subscribes to a database": (set(), CLONE, INSTANCE, 5432),
    "a clone subscribes outside": (set(), CLONE, API_SERVER, 5432),
    "an application connects to a clone": (set(), APPLICATION, CLONE, 5432),
    "a declared client connects to a clone": ({"archive", "offsite", None}, CLIENT, CLONE, 5432),
    "Prometheus reads the metrics of a clone": (set(), PROMETHEUS, CLONE, 9187),
}
"""By what the clone reads when the call goes through; None: it is restored."""


@pytest.mark.parametrize("reads", ["archive", "offsite", None])
@pytest.mark.parametrize("call", CLONES)
def test_a_clone_is_alone(call: str, reads: Literal["archive", "offsite"] | None) -> None:
    gateways = Gateways(pods=("rook-ceph", "homelab-objectstore"), offsite_port=OFFSITE)
    found = clone_policy(NetworkSpec(), gateways, reads=reads, clients=["reports"])
    when, source, target, port = CLONES[call]
    assert _passes(found, source, target, port, home="look") is (reads in when)


def test_a_job_without_the_label_of_a_cluster_loads_from_a_clone(
    policy: Mapping[str, Any],
) -> None:
    gateways = Gateways(pods=("rook-ceph", "homelab-objectstore"))
    of_clone = clone_policy(NetworkSpec(), gateways, reads=None, clients=["n8n-prod"])
    assert _passes(of_clone, LOADING, CLONE, 5432, home="look")
    assert _passes(policy, LOADING, CLONE, 5432)
    assert _passes(policy, LOADING, INSTANCE, 5432)
    assert not _passes(policy, INSTANCE, CLONE, 5432), "with the label it could not"


WATCH = Pod("n8n-prod", {"cnpg.io/cluster": "n8n-postgres", "app.kubernetes.io/name": "watch"})
SCRATCH = Pod("tier0-drills", {"cnpg.io/cluster": "drill", "cnpg.io/podRole": "instance"})
RESTORING = Pod("tier0-drills", {"cnpg.io/cluster": "drill", "cnpg.io/jobRole": "full-recovery"})
DRILL = Pod("tier0-drills", {"tier0/drill": "n8n"})
OTHER_DRILL = Pod("tier0-drills", {"tier0/drill": "shop"})

OF_DRILLS = {
    "a drill asks the watch": (DRILL, WATCH, 8080),
    "Prometheus reads the watch": (PROMETHEUS, WATCH, 8080),
    "the scratch cluster is restored from the archive": (RESTORING, GATEWAY, 443),
    "the scratch cluster is restored from the copy": (RESTORING, API_SERVER, OFFSITE),
    "the scratch cluster asks who is primary": (SCRATCH, API_SERVER, 6443),
    "the scratch cluster looks up a name": (SCRATCH, API_SERVER, 53),
    "the operator asks how the scratch cluster is": (OPERATOR, SCRATCH, 8000),
    "the operator connects to the scratch cluster": (OPERATOR, SCRATCH, 5432),
    "a drill asks the scratch cluster": (DRILL, SCRATCH, 5432),
    "a drill reads the archive": (DRILL, GATEWAY, 443),
    "a drill reads the copy": (DRILL, API_SERVER, OFFSITE),
    "a drill asks the API server": (DRILL, API_SERVER, 6443),
    "a drill looks up a name": (DRILL, API_SERVER, 53),
}

NOT_OF_DRILLS = {
    "somebody asks the watch": (STRANGER, WATCH, 8080),
    "a client of the database asks the watch": (CLIENT, WATCH, 8080),
    "the scratch cluster asks the watch": (SCRATCH, WATCH, 8080),
    "the scratch cluster connects to its original": (SCRATCH, INSTANCE, 5432),
    "the scratch cluster connects to a database elsewhere": (SCRATCH, API_SERVER, 5432),
    "the scratch cluster calls a service outside": (SCRATCH, API_SERVER, 80),
    "a drill connects to the database": (DRILL, INSTANCE, 5432),
    "a drill connects to a database elsewhere": (DRILL, API_SERVER, 5432),
    "a drill asks an instance how it is": (DRILL, INSTANCE, 8000),
    "a drill calls where no database is": (DRILL, STRANGER, 8080),
    "a drill reads another store": (DRILL, OTHER_STORE, 443),
    "the database connects to the scratch cluster": (INSTANCE, SCRATCH, 5432),
    "a client connects to the scratch cluster": (CLIENT, SCRATCH, 5432),
    "Prometheus reads the metrics of the scratch cluster": (PROMETHEUS, SCRATCH, 9187),
    "the scratch cluster calls a drill": (SCRATCH, DRILL, 5432),
    "another drill calls a drill": (OTHER_DRILL, DRILL, 8080),
}


@pytest.fixture(scope="module")
def drilled() -> Mapping[str, Any]:
    copy = valid.offsite(endpoint=f"https://s3.example.org:{OFFSITE}")
    return _policies(valid.homelab({"offsite": copy}))


def _all_pass(policies: Mapping[str, Any], call: tuple[Pod | None, Pod | None, int]) -> bool:
    homes = {"databases": "n8n-prod", "scratch": "tier0-drills", "drills": "tier0-drills"}
    return all(_passes(policies[name], *call, home=home) for name, home in homes.items())


@pytest.mark.parametrize("call", OF_DRILLS)
def test_what_a_drill_needs_goes_through(drilled: Mapping[str, Any], call: str) -> None:
    assert _all_pass(drilled, OF_DRILLS[call])


@pytest.mark.parametrize("call", NOT_OF_DRILLS)
def test_a_drill_and_what_it_restores_reach_nothing_else(
    drilled: Mapping[str, Any], call: str
) -> None:
    assert not _all_pass(drilled, NOT_OF_DRILLS[call])


def test_without_drills_nothing_reaches_a_watch() -> None:
    policies = _policies(valid.homelab({"disposable": True}))
    assert policies.keys() == {"databases"}
    assert not _passes(policies["databases"], DRILL, WATCH, 8080)

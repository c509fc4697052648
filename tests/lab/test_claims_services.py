"""How clients reach a database, and where it runs: load balancers, a pool to replicas, nodes.

The lab has no controller of load balancers, so no Service gets an address. A quarter of an hour on
a quiet machine.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from components.postgres import PlacementSpec, PoolerSpec, RestoreSpec
from components.postgres.pooler import pooler_name
from tests.lab.conftest import Claim
from tests.lab.reaching import ANNOTATIONS, HOST, PARAMETER, Reaching
from tests.lab.recovering import NAME
from tools.lab import pods
from tools.lab.access import Cluster
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.images.postgres import pgbouncer
from tools.lab.machine.paths import NODE
from tools.lab.operators.manifests import Manifest

pytestmark = [pytest.mark.own_parts("images", "node"), pytest.mark.group("alone")]

_CLASSES = ("example.org/first", "example.org/second")
_HELD = "example.org/held"
_HELD_SECONDS = 15
_REMOVED_SECONDS = 90
_LABEL, _TAINT = "example.org/disk", "example.org/databases"


@contextmanager
def _node(lab: Cluster, change: Manifest, back: Manifest) -> Iterator[None]:
    """Have the node changed meanwhile."""
    lab.kube.patch("v1", "Node", NODE, change=change)
    try:
        yield
    finally:
        lab.kube.patch("v1", "Node", NODE, change=back)


@pytest.fixture(scope="module")
def shop(
    lab: Lab,
    n8n: Deployed,  # noqa: ARG001 (the environment is deployed)
    environment: Environment,
) -> Iterator[Reaching]:
    """A database of two instances on the nodes with a label, and a pool to its replica."""
    lab.load([pgbouncer()])
    environment.up()  # without the one that another test has left
    made = Reaching(lab, lab.directory / "services")
    made.declare(
        instances=2,
        replica_pooler=PoolerSpec(instances=1, parameters={PARAMETER: "77"}),
        placement=PlacementSpec(node_selector={_LABEL: "nvme"}, tolerations=[_TAINT]),
    )
    labels = ({"metadata": {"labels": {_LABEL: it}}} for it in ("nvme", None))
    with _node(lab, *labels):
        made.up()
        made.active.wait_archiving()
        made.active.sql("create table kept as select g as id from generate_series(1, 1000) g")
        made.active.sql(f"alter table kept owner to {NAME}")
        yield made
        environment.up()


@contextmanager
def _held(lab: Lab, service: Manifest) -> Iterator[list[float]]:
    """Keep a Service for some seconds once its deletion is asked for; yield when it was let go."""
    place = ("v1", "Service", service["metadata"]["name"], service["metadata"]["namespace"])
    let_go: list[float] = []
    ended = threading.Event()

    def watch() -> None:
        own = Lab(lab.directory)  # a client for each thread
        while not ended.wait(0.5):
            found = own.kube.get(*place) or {}
            if found.get("metadata", {}).get("deletionTimestamp"):
                time.sleep(_HELD_SECONDS)
                own.kube.patch(*place, change={"metadata": {"finalizers": None}})
                let_go.append(time.monotonic())
                return

    lab.kube.patch(*place, change={"metadata": {"finalizers": [_HELD]}})
    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield let_go
    finally:
        ended.set()
        watching.join()
        if not let_go:
            lab.kube.patch(*place, change={"metadata": {"finalizers": None}})


def test_up_does_not_wait_for_the_address_of_a_load_balancer(shop: Reaching, claim: Claim) -> None:
    changed = shop.balanced(_CLASSES[0])
    claim("pulumi up with a load balancer that gets no address", changed.seconds, "s")
    made = shop.balancer
    assert made["spec"]["type"] == "LoadBalancer"
    assert made["spec"]["loadBalancerClass"] == _CLASSES[0]
    assert made["metadata"]["annotations"].items() >= ANNOTATIONS.items()
    assert not made["status"]["loadBalancer"]
    # Its name is soon in the server's certificate, and it leads to the primary.
    address = made["spec"]["clusterIP"]
    shop.lab.wait("a client trusts it", lambda: bool(shop.read(HOST, address)), 300)
    assert shop.asked(HOST, address) == ["1000 False", "written"]


def test_a_load_balancer_of_another_class_is_made_again_though_the_old_one_stays_for_a_while(
    shop: Reaching, claim: Claim
) -> None:
    shop.balanced(_CLASSES[0])
    before = shop.balancer
    with _held(Lab(shop.lab.directory), before) as let_go:
        changed = shop.balanced(_CLASSES[1])
        claim(f"pulumi up, the old one held for {_HELD_SECONDS} s", changed.seconds, "s")
        assert let_go, "the deletion of the old one was not asked for"
    after = shop.balancer
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["spec"]["loadBalancerClass"] == _CLASSES[1]
    assert after["metadata"]["annotations"].items() >= ANNOTATIONS.items()
    again = shop.up()
    assert again.nothing, again.said


def test_a_pool_to_replicas_reads_and_refuses_writes(shop: Reaching) -> None:
    shop.pooler()
    row, *refusal = shop.asked(f"{shop.pool}.{shop.active.namespace}.svc")
    assert row == "1000 True"
    assert "cannot execute UPDATE in a read-only transaction" in refusal[0]


def test_pgbouncer_takes_a_parameter_without_a_restart(shop: Reaching, claim: Claim) -> None:
    assert shop.parameter() == "77"
    before = shop.pooler()["metadata"]["uid"]
    began = time.monotonic()
    shop.declare(replica_pooler=PoolerSpec(instances=1, parameters={PARAMETER: "78"}))
    shop.up()
    shop.lab.wait("PgBouncer has the parameter", lambda: shop.parameter() == "78")
    claim("from the change until PgBouncer has it", time.monotonic() - began, "s")
    assert shop.pooler()["metadata"]["uid"] == before


def test_instances_run_on_the_nodes_that_are_selected_and_tolerate_their_taint(
    shop: Reaching,
) -> None:
    database, lab = shop.active, shop.lab
    status = database.status()
    pods_of = {it: _pod(database, it) for it in status["instanceNames"]}
    assert [it["spec"]["nodeSelector"] for it in pods_of.values()] == 2 * [{_LABEL: "nvme"}]
    (replica,) = pods_of.keys() - {status["currentPrimary"]}
    before = pods_of[replica]["metadata"]["uid"]
    taint = {"key": _TAINT, "value": "only", "effect": "NoSchedule"}
    with _node(lab, {"spec": {"taints": [taint]}}, {"spec": {"taints": None}}):
        _is_kept_out(database)
        lab.kube.delete("v1", "Pod", replica, database.namespace)
        lab.wait(
            "the replica has another pod",
            lambda: _pod(database, replica).get("metadata", {}).get("uid") not in {None, before},
        )
        database.wait_healthy(2)


def _pod(database: Deployed, name: str) -> Manifest:
    return database.lab.kube.get("v1", "Pod", name, database.namespace) or {}


def _is_kept_out(database: Deployed) -> None:
    """See that a pod without the toleration gets no node."""
    lab, name = database.lab, "stranger"
    container = {
        "name": name,
        "image": database.image,
        "command": ["true"],
        "securityContext": pods.RESTRICTED,
    }
    metadata = {"name": name, "namespace": database.namespace}
    spec = {"containers": [container]}
    lab.apply([{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}])
    try:
        lab.wait(
            "a pod without the toleration gets no node",
            lambda: "untolerated taint" in lab.kube.trouble(database.namespace),
        )
    finally:
        lab.kube.delete("v1", "Pod", name, database.namespace, grace=0)


def test_a_pool_that_is_not_declared_any_more_goes_in_seconds(shop: Reaching, claim: Claim) -> None:
    namespace, labels = shop.active.namespace, f"cnpg.io/poolerName={shop.pool}"
    assert shop.pooler()
    shop.declare(replica_pooler=None)
    changed = shop.up()
    claim("pulumi up that removes a pool", changed.seconds, "s")
    assert changed.seconds < _REMOVED_SECONDS
    shop.lab.wait(
        "its pods are gone",
        lambda: not shop.lab.kube.objects("v1", "Pod", namespace, labels=labels),
        _REMOVED_SECONDS,
    )


def test_a_switch_of_generations_takes_the_pool_and_the_load_balancer_along(
    shop: Reaching, claim: Claim
) -> None:
    # One instance of each: two generations of two need more than the node's cores.
    shop.declare(instances=1, pooler=PoolerSpec(instances=1), replica_pooler=None)
    shop.balanced(_CLASSES[1])
    first = shop.active
    first.wait_healthy(1)
    first.back_up(f"shop-services-{int(time.time())}")
    first.archive_now()
    shop.declare(generations=[RestoreSpec(source=1, reason="a switch")], active=1)
    shop.up()
    shop.declare(active=2)
    changed = shop.up()
    claim("pulumi up of the switch, with a pool", changed.seconds, "s")
    second = shop.active
    assert second.name != first.name
    second.sql("insert into kept values (1001)")
    pool = f"{pooler_name(second.first)}.{second.namespace}.svc"
    shop.lab.wait("the pool reaches it", lambda: shop.read(pool) == "1001 False", 300)
    address = shop.balancer["spec"]["clusterIP"]
    shop.lab.wait("so does the balancer", lambda: shop.read(HOST, address) == "1001 False", 300)

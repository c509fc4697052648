"""The scenario of a lost instance or node: CloudNativePG replaces what it can."""

from collections.abc import Iterator

from components.ceph.spec import StorageSpec
from stacks.recovery.runbook.names import READY, Names, took
from stacks.recovery.runbook.page import Scenario, Step
from stacks.recovery.runbook.shell import CLUSTERS


def instance(at: Names) -> Scenario:
    """Return what to leave to the operator, and what not."""
    spec, namespace = at.spec, at.spec.namespace
    alone = spec.instances == 1
    wait = (
        "With one instance the database is down until its pod runs again. CloudNativePG starts "
        "it by itself."
        if alone
        else "Do nothing: CloudNativePG promotes a replica by itself, and starts the lost one."
    )
    return Scenario(
        title="An instance or a node is lost",
        when="A pod or a node is gone, the others run.",
        steps=(
            Step(
                do="Look.",
                run=(
                    at.shell.kubectl("get", CLUSTERS, at.cluster, namespace=namespace),
                    at.shell.kubectl(
                        *("get", "pods,pvc", "-o", "wide", "-l"),
                        f"cnpg.io/cluster={at.cluster}",
                        namespace=namespace,
                    ),
                    at.shell.kubectl("get", "nodes"),
                ),
            ),
            Step(
                do=wait,
                run=(
                    at.shell.kubectl(
                        *("wait", CLUSTERS, at.cluster, READY, "--timeout=15m"),
                        namespace=namespace,
                    ),
                ),
                check=f"{spec.instances} of {spec.instances} instances are ready.",
                seconds=None if alone else took("failover"),
            ),
            *_for_good(at),
        ),
    )


def _for_good(at: Names) -> Iterator[Step]:
    spec, storage = at.spec, at.shell.environment.storage
    ceph = isinstance(storage, StorageSpec) and spec.storage_class == storage.block_class
    if ceph:
        yield Step(
            do="If the node never returns, and its power is off: say so, and Kubernetes moves "
            "its volumes, which are in Ceph.",
            run=(
                "NODE=worker-name",
                at.shell.kubectl(
                    *("taint", "nodes", '"$NODE"'),
                    "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute",
                ),
            ),
            check="Its pods run on other nodes. Take the taint off if the node comes back.",
            stop="You do not know that its power is off: two pods would write to one volume.",
        )
    elif spec.instances > 1:
        yield Step(
            do="If the node never returns, and the volume was on it: give that instance up. "
            "CloudNativePG clones it from the primary onto another node.",
            run=(
                f"INSTANCE='{at.cluster}-2'",
                at.shell.kubectl(
                    *("delete", "pvc", "--wait=false", "-l"),
                    '"cnpg.io/instanceName=$INSTANCE"',
                    namespace=spec.namespace,
                ),
                at.shell.kubectl("delete", "pod", '"$INSTANCE"', namespace=spec.namespace),
            ),
            check=f"{spec.instances} of {spec.instances} instances are ready.",
            stop="No other instance is ready, or this one is the primary: its volume is the "
            "only whole copy. With all volumes lost, the database is lost: see above.",
        )
    else:
        yield Step(
            do="If the node never returns, and the only volume was on it, the database is "
            "lost: restore it, as above, to latest.",
        )
    healthy = [
        at.shell.kubectl(
            *("wait", "cephcluster", "--all", "--timeout=30m"),
            "--for=jsonpath={.status.ceph.health}=HEALTH_OK",
            namespace=namespace,
        )
        for namespace in [at.shell.environment.ceph_namespace]
        if namespace
    ]
    way = (
        'with what it holds besides: docs/runbooks/talos.md, "A node is replaced"'
        if at.shell.environment.bootstrap
        else "as the cluster was made, with what it holds besides"
    )
    yield Step(
        do=f"Bring a node back or replace it, {way}.",
        run=(*healthy,) or (at.shell.kubectl("get", "nodes"),),
        check="Ceph is healthy. Only then touch the next node."
        if healthy
        else "It is Ready. Only then touch the next node.",
    )

"""Rules about the nodes of a declared Talos cluster."""

from collections.abc import Iterator
from difflib import get_close_matches

from components.ceph.cluster import StorageSpec
from components.ceph.disks import NamedNodesSpec
from components.spec.rule import Fault, rule
from components.talos import TalosctlSpec
from stacks.environment import EnvironmentSpec


@rule("environment", was="T323", waivable=True)
def instances_have_nodes(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment each instance and each gateway has a node.

    Those that share a node are lost together: CloudNativePG's and Rook's anti-affinity is only
    preferred (cluster_types.go, podAntiAffinityType; Rook object/spec.go). A control-plane node
    counts, as it may admit pods.
    """
    talos = environment.bootstrap
    if environment.disposable or not isinstance(talos, TalosctlSpec):
        return
    wanted: list[tuple[tuple[str, ...], int, str]] = [
        (("databases", name, "instances"), database.instances, "instances")
        for name, database in environment.databases.items()
    ]
    wanted.append((("object_store", "gateways"), environment.object_store.gateways, "gateways"))
    for place, count, called in wanted:
        if count > len(talos.nodes):
            yield Fault(
                f"{count} {called} need as many nodes, and bootstrap.nodes has {len(talos.nodes)}; "
                f"add nodes or write at most {len(talos.nodes)}",
                place,
            )


@rule("environment", was="T324")
def monitors_have_nodes(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment each monitor has a node.

    Rook then puts no two on one node (`allowMultiplePerNode`; mon.go, v1.17.9): the last one is
    never scheduled and the CephCluster is never ready.
    """
    talos, storage = environment.bootstrap, environment.storage
    if environment.disposable or not isinstance(talos, TalosctlSpec):
        return
    if isinstance(storage, StorageSpec) and storage.monitors > len(talos.nodes):
        yield Fault(
            f"{storage.monitors} monitors need as many nodes, and bootstrap.nodes has "
            f"{len(talos.nodes)}; add nodes or write fewer monitors",
            ("storage", "monitors"),
        )


@rule("environment", was="T325", waivable=True)
def disks_belong_to_known_nodes(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Disks belong to nodes of the declared cluster.

    Rook skips a node that it does not find, with only a line in its log, and Ceph waits for the
    copies that belong there (k8sutil/node.go, GetValidNodes, v1.17.9). A host name that differs
    from the node's name in `bootstrap` is a reason for a waiver.
    """
    talos, storage = environment.bootstrap, environment.storage
    if not (isinstance(talos, TalosctlSpec) and isinstance(storage, StorageSpec)):
        return
    if not isinstance(storage.disks, NamedNodesSpec):
        return
    for name in storage.disks.nodes:
        if name not in talos.nodes:
            close = get_close_matches(name, talos.nodes, n=1)
            known = f"write one of {', '.join(talos.nodes)}"
            yield Fault(
                f"'{name}' is not in bootstrap.nodes; "
                + (f"did you mean '{close[0]}'?" if close else known),
                ("storage", "disks", "nodes", name),
            )


@rule("environment", was="T404", waivable=True)
def control_plane_count_is_odd(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment the number of control-plane nodes is odd.

    etcd needs more than half of them: with two, the loss of either stops the cluster, which is
    worse than one (etcd FAQ, "Why an odd number of cluster members?").
    """
    talos = environment.bootstrap
    if environment.disposable or not isinstance(talos, TalosctlSpec):
        return
    count = sum(node.role == "control-plane" for node in talos.nodes.values())
    if count and count % 2 == 0:
        yield Fault(
            f"{count} control-plane nodes survive no more losses than {count - 1}; "
            f"write {count - 1} or {count + 1}",
            ("bootstrap", "nodes"),
        )

"""Rules about the nodes of a declared Talos cluster."""

import ipaddress
from collections.abc import Iterator
from difflib import get_close_matches

from components.ceph.disks import NamedNodesSpec
from components.ceph.spec import StorageSpec
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
    if store := environment.rook_store:
        wanted.append((("object_store", "gateways"), store.gateways, "gateways"))
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


@rule("environment", waivable=True)
def ceph_listens_on_family_of_nodes(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If all machines have IPv6 addresses, the Ceph cluster says which family its pods have.

    Its daemons listen on IPv4 unless told (mon/spec.go, controller/spec.go, v1.17.9): with pods
    that have IPv6 addresses only, no monitor starts (rook #11977, #17221).
    """
    storage = environment.storage
    if not isinstance(storage, StorageSpec) or storage.ip_family:
        return
    if _families(environment) == {"IPv6"}:
        yield Fault(
            "every address of bootstrap is IPv6, and Ceph listens on IPv4 unless told; write "
            "'IPv6', or 'IPv4' if pods have IPv4 addresses",
            ("storage", "ip_family"),
        )


@rule("hint")
def ceph_family_is_one_of_nodes(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The family that Ceph listens on is that of every machine's address.

    With both families pods have either, or both, and Ceph's clients need the one that its monitors
    are known by (Rook, ceph-cluster-crd.md, `ipFamily`). tier0 offers no dual stack.
    """
    storage, families = environment.storage, _families(environment)
    if not isinstance(storage, StorageSpec) or not families:
        return
    if storage.ip_family is None and len(families) > 1:
        yield Fault(
            "bootstrap has addresses of both families, and Ceph listens on IPv4 unless told; write "
            "the family that every pod has",
            ("storage", "ip_family"),
        )
    elif storage.ip_family and storage.ip_family not in families:
        yield Fault(
            f"'{storage.ip_family}' is not the family of any address of bootstrap; it must be the "
            "one that pods have",
            ("storage", "ip_family"),
        )


def _families(environment: EnvironmentSpec) -> set[str]:
    """Return the address families of the machines that bootstrap names."""
    talos = environment.bootstrap
    if isinstance(talos, TalosctlSpec):
        addresses = [node.address for node in talos.nodes.values()]
    else:
        addresses = [talos.control_plane] if talos else []
    return {f"IPv{ipaddress.ip_address(address).version}" for address in addresses}

"""Resources of Ceph's daemons, as Rook's charts give them where nothing else is said.

A daemon without resources is BestEffort: the kubelet evicts it first, and Talos's OOM handler kills
it first (1.12 and later, siderolabs/talos #13746).
"""

from collections.abc import Mapping
from typing import Any

from components.ceph.written import shortest
from components.spec import Spec
from components.spec.words import Cpu, Quantity

_SMALLER = {"Mi": "Ki", "Gi": "Mi", "Ti": "Gi", "Pi": "Ti"}

# The small daemons next to them, as in Rook's chart of a cluster (rook-ceph-cluster 1.17.9,
# values.yaml). The job that prepares a disk has no limit there: killed, it leaves half a disk.
_SIDECARS = {
    "mgr-sidecar": {"requests": {"cpu": "100m", "memory": "40Mi"}, "limits": {"memory": "100Mi"}},
    "prepareosd": {"requests": {"cpu": "500m", "memory": "50Mi"}},
    "crashcollector": {"requests": {"cpu": "100m", "memory": "60Mi"}, "limits": {"memory": "60Mi"}},
    "exporter": {"requests": {"cpu": "50m", "memory": "50Mi"}, "limits": {"memory": "128Mi"}},
}


class DaemonSpec(Spec):
    """Resources of each of Ceph's daemons of one kind. CPU has no limit."""

    cpu: Cpu
    """CPU request: whole cores, or millicores like '500m'. More is used if the node is idle."""

    memory: Quantity
    """Memory limit, beyond which the daemon is killed."""


class CephResourcesSpec(Spec):
    """Resources of Ceph's daemons. The defaults are those of Rook's chart (1.17.9)."""

    mon: DaemonSpec = DaemonSpec(cpu="1", memory="2Gi")
    """Each monitor. Half of its memory is reserved."""

    mgr: DaemonSpec = DaemonSpec(cpu="500m", memory="1Gi")
    """Each manager, which needs more with more disks. Half of its memory is reserved."""

    osd: DaemonSpec = DaemonSpec(cpu="1", memory="4Gi")
    """Each disk's daemon. Its memory is reserved, and four fifths of it become its cache and
    buffers (Ceph, `osd_memory_target_cgroup_limit_ratio`)."""

    mds: DaemonSpec = DaemonSpec(cpu="1", memory="4Gi")
    """Each metadata server of the filesystem. Its memory is reserved, and half of it becomes its
    cache (Rook, file/mds/config.go)."""


def cluster_resources(spec: CephResourcesSpec) -> Mapping[str, Any]:
    """Return `CephCluster.spec.resources`; metadata servers and gateways have theirs elsewhere."""
    return {
        "mon": half_reserved(spec.mon),
        "mgr": half_reserved(spec.mgr),
        "osd": reserved(spec.osd),
    } | _SIDECARS


def reserved(spec: DaemonSpec) -> Mapping[str, Any]:
    """Return the resources of a daemon whose memory is reserved: one that fills it with a cache."""
    return _resources(spec, spec.memory)


def half_reserved(spec: DaemonSpec) -> Mapping[str, Any]:
    """Return the resources of a daemon that rarely needs more than half of its memory."""
    number, unit = int(spec.memory[:-2]), spec.memory[-2:]
    half = f"{number // 2}{unit}" if number % 2 == 0 else f"{number * 512}{_SMALLER[unit]}"
    return _resources(spec, half)


def _resources(spec: DaemonSpec, request: str) -> Mapping[str, Any]:
    return {
        "requests": {"cpu": shortest(spec.cpu), "memory": shortest(request)},
        "limits": {"memory": shortest(spec.memory)},
    }

"""Ceph in the lab: the Rook operator's own manifests, and a cluster of one node for it.

The object store, its users and buckets are not made here: an environment of tier0 makes them, and
that is what the lab is for. Only the cluster's size and its disks are special to the lab.
"""

import json
from typing import TYPE_CHECKING, Any

from tools.build.toolchain import TOOLS, Toolchain
from tools.lab import pods
from tools.lab.images.ceph import CEPH_IMAGE, ceph_images
from tools.lab.images.image import Image
from tools.lab.machine import disks
from tools.lab.operators.manifests import Manifest, documents
from tools.lab.programs.ceph import CEPH_TOOLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tools.lab.access import Cluster
    from tools.lab.cluster import Lab

NAMESPACE = "rook-ceph"
CLUSTER = "rook-ceph"
OPERATOR = "rook-ceph-operator"
_GROUP = "/apis/ceph.rook.io/v1"
_READY_SECONDS = 420  # 66 s on an idle machine, 130 s while building
_DISK_GB = 12  # BlueStore takes 0.5 of it at once, the rest as it is written

# What Rook itself gives to Ceph's programs in the operator's pod.
_ADMINISTRATOR = (
    f"--conf=/var/lib/rook/{NAMESPACE}/{CLUSTER}.config",
    f"--keyring=/var/lib/rook/{NAMESPACE}/client.admin.keyring",
)

# The operator's settings that are not its release's.
_SETTINGS = {
    # Rook takes a loop device for a disk only when told to.
    "ROOK_CEPH_ALLOW_LOOP_DEVICES": "true",
    # Ceph's block and file storage would need kernel modules; object storage does not.
    "ROOK_CSI_DISABLE_DRIVER": "true",
    "ROOK_CSI_ENABLE_RBD": "false",
    "ROOK_CSI_ENABLE_CEPHFS": "false",
    # As tier0's own release of it: a claim may say who else reads its bucket.
    "ROOK_OBC_ALLOW_ADDITIONAL_CONFIG_FIELDS": "maxObjects,maxSize,bucketPolicy",
    # 15 s are short where two cores do everything.
    "ROOK_CEPH_COMMANDS_TIMEOUT_SECONDS": "60",
}


def images() -> list[Image]:
    """Return the images of the operator and of Ceph's daemons."""
    return ceph_images(Toolchain(tools=(*TOOLS, *CEPH_TOOLS)).binary("rook"))


def install(lab: "Lab") -> None:
    """Bring up the operator, then a Ceph cluster; return when Rook calls it ready."""
    folder = Toolchain().crds() / "rook"
    lab.apply([json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))])
    lab.apply(operator())
    lab.wait_for_deployment(NAMESPACE, OPERATOR)
    data = lab.directory / "ceph"
    device = disks.attach(data / "osd.img", _DISK_GB)
    node = _node(lab)
    lab.apply([cluster(node, [device], data / "rook")])
    lab.wait("CephCluster Ready", lambda: ready(lab), _READY_SECONDS)


def operator() -> list[Manifest]:
    """Return the release's manifests of the operator, with the lab's settings."""
    found = documents("rook", "deploy/examples/common.yaml")
    found += documents("rook", "deploy/examples/operator.yaml")
    for manifest in found:
        if manifest["kind"] == "ConfigMap":
            manifest["data"] |= _SETTINGS
    return found


def cluster(node: str, devices: "Sequence[str]", data: "Path") -> Manifest:
    """Return the CephCluster: one monitor, one manager, an OSD on each of the node's devices.

    `data` is the node's folder for the monitor's store and the daemons' logs.
    """
    return {
        "apiVersion": "ceph.rook.io/v1",
        "kind": "CephCluster",
        "metadata": {"name": CLUSTER, "namespace": NAMESPACE},
        "spec": {
            "cephVersion": {"image": CEPH_IMAGE},
            "dataDirHostPath": str(data),
            "mon": {"count": 1, "allowMultiplePerNode": True},
            "mgr": {"count": 1, "allowMultiplePerNode": True},
            "skipUpgradeChecks": True,
            "dashboard": {"enabled": False},
            "crashCollector": {"disable": True},
            "logCollector": {"enabled": False},
            # Debian has no ceph-exporter.
            "monitoring": {"enabled": False, "metricsDisabled": True},
            "resources": {
                daemon: {"requests": {"cpu": cpu}}
                for daemon, cpu in {"mon": "100m", "mgr": "50m", "osd": "200m"}.items()
            },
            "healthCheck": {
                "livenessProbe": _patient(60),
                "startupProbe": _patient(10),
                # Each look is some runs of `ceph`, which is a Python; the cluster has one of each.
                "daemonHealth": {daemon: {"interval": "10m"} for daemon in ("mon", "osd")},
            },
            "storage": {
                "useAllNodes": False,
                "useAllDevices": False,
                "nodes": [
                    {
                        "name": node,
                        "devices": [{"name": path.removeprefix("/dev/")} for path in devices],
                    }
                ],
            },
            "cephConfig": _configuration(),
        },
    }


def _patient(period: int) -> "Mapping[str, Manifest]":
    """Return probes, `period` seconds apart, that do not take who waits for a processor for hung.

    Each starts a Python of half a CPU second. Rook gives it five seconds: where fifty processes
    wait for two processors, the kubelet kills daemons that serve well.
    """
    probe = {"periodSeconds": period, "timeoutSeconds": 60, "failureThreshold": 10}
    return {daemon: {"probe": probe} for daemon in ("mon", "mgr", "osd")}


def _configuration() -> "Mapping[str, Mapping[str, str]]":
    """Return what Ceph has to know of a cluster with one disk on a shared machine."""
    return {
        "global": {
            "osd_pool_default_size": "1",
            "mon_allow_pool_size_one": "true",
            "mon_warn_on_pool_no_redundancy": "false",
            "mon_data_avail_warn": "5",
            "bdev_flock_retry": "20",
            "bluefs_buffered_io": "false",
        },
        "osd": {"osd_memory_target": str(1 << 30)},  # its default is 4 GiB
    }


def ready(lab: "Cluster") -> bool:
    """Tell whether Rook calls the cluster ready."""
    status = status_of(lab, f"namespaces/{NAMESPACE}/cephclusters/{CLUSTER}")
    return status.get("phase") == "Ready" and "ceph" in status


def store_serves(lab: "Cluster", store: str) -> bool:
    """Tell whether an object store answers: its phase is Ready half a minute before a gateway."""
    path = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/rook-ceph-rgw-{store}-a"
    gateway = lab.get(path) or {}
    status = status_of(lab, f"namespaces/{NAMESPACE}/cephobjectstores/{store}")
    return status.get("phase") == "Ready" and bool(gateway.get("status", {}).get("readyReplicas"))


def status_of(lab: "Cluster", path: str) -> dict[str, Any]:
    """Return the status of one of Rook's objects, empty until Rook has written one."""
    return dict((lab.get(f"{_GROUP}/{path}") or {}).get("status") or {})


def run(lab: "Cluster", command: "Sequence[str]") -> str:
    """Run one of Ceph's programs as its administrator, in the operator's pod; return its output."""
    name, *arguments = command
    return _execute(lab, [name, *_ADMINISTRATOR, *arguments])


def raw_object(lab: "Cluster", store: str, key: str) -> bytes:
    """Return an S3 object as it lies in Ceph: what a stolen disk would show.

    `key` is a part of the object's name. The bytes are those of all RADOS objects with it in their
    name, which has the bucket's marker before it: an upload in parts is several of them.
    """
    pool = f"{store}.rgw.buckets.data"
    names = [name for name in run(lab, ["rados", "-p", pool, "ls"]).splitlines() if key in name]
    found = b""
    for name in names:
        # The way through the API server is for text: so each byte travels as two hex digits.
        words = ["rados", *_ADMINISTRATOR, "-p", pool, "get", name, "-"]
        found += bytes.fromhex(_execute(lab, ["bash", "-c", '"$@" | od -An -v -tx1', "-", *words]))
    return found


def _execute(lab: "Cluster", command: "Sequence[str]") -> str:
    return pods.execute(lab, (NAMESPACE, _pod(lab, f"app={OPERATOR}"), OPERATOR), command)


def _pod(lab: "Cluster", label: str) -> str:
    found = lab.get(f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector={label}") or {"items": []}
    running = [pod for pod in found["items"] if pod["status"].get("phase") == "Running"]
    return str(running[0]["metadata"]["name"]) if running else ""


def _node(lab: "Cluster") -> str:
    found = lab.get("/api/v1/nodes") or {"items": []}
    return str(found["items"][0]["metadata"]["labels"]["kubernetes.io/hostname"])

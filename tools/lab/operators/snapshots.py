"""Volume snapshots in the lab: Kubernetes' own controllers, and a driver that is a stand-in.

The driver (tools/go/csi) makes subvolumes of a btrfs in a sparse file, and a snapshot shares its
blocks with its volume, as in storage that copies on write. No part of it has a network or a disk
of its own, so its times are the least that a real storage takes.
"""

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import Fault
from tools.build import debian
from tools.lab.images.image import File, Image
from tools.lab.machine.paths import NODE
from tools.lab.operators import cnpg
from tools.lab.operators.manifests import Manifest, account, documents
from tools.lab.programs.csi import CSI_TOOLS, SANITY, toolchain

if TYPE_CHECKING:
    from tools.lab.cluster import Lab

CLASS = "copies"
"""The StorageClass, and the VolumeSnapshotClass."""

DRIVER = "copies.tier0.test"  # as in tools/go/csi/main.go
_NAMESPACE = "kube-system"
_NAME = "csi-copies"
_IMAGE = f"registry.local/{_NAME}:v1"
_LABELS = {"app": _NAME}
_SNAPSHOTS = "snapshot.storage.k8s.io"
_KINDS = ("volumesnapshotclasses", "volumesnapshots", "volumesnapshotcontents")
FILE_SYSTEMS = Path("/proc/filesystems")
_POOL_GB = 64  # of a sparse file
# What is measured is large and says little: compressed it needs little of the disk.
_MOUNTED = "loop,compress=zstd:1,discard=async"


def images() -> list[Image]:
    """Return the image of the driver and the controllers: static programs."""
    built = toolchain()
    names = [tool.name for tool in CSI_TOOLS if tool.name != SANITY]
    files = {f"/{name}": File(built.binary(name)) for name in names}
    return [Image(name=_IMAGE, files=files)]


def install(lab: "Lab") -> None:
    """Make the pool, apply the rest; return when the kubelet and CloudNativePG know of it."""
    pool = lab.directory / "copies" / "pool"
    mount(pool)
    lab.apply(definitions())
    lab.apply(manifests(pool, lab.directory / "kubelet"))
    # It looks for the kinds only when it starts: another annotation starts it again, the same none.
    noted = {"metadata": {"annotations": {"tier0.test/snapshots": DRIVER}}}
    lab.kube.patch(
        "apps/v1",
        "Deployment",
        cnpg.DEPLOYMENT,
        cnpg.NAMESPACE,
        change={"spec": {"template": noted}},
    )
    lab.wait_for_deployment(_NAMESPACE, _NAME)
    lab.wait(f"driver {DRIVER} known to the node", lambda: _registered(lab))
    lab.wait_for_deployment(cnpg.NAMESPACE, cnpg.DEPLOYMENT)


def _registered(lab: "Lab") -> bool:
    node = lab.kube.get("storage.k8s.io/v1", "CSINode", NODE) or {"spec": {}}
    return any(one["name"] == DRIVER for one in node["spec"].get("drivers") or [])


def mount(pool: Path) -> None:
    """Mount a btrfs in a sparse file at a folder, if it is not; leftovers.py removes both."""
    if pool.is_mount():
        return
    if "btrfs" not in FILE_SYSTEMS.read_text():
        fault = "it has no btrfs, which the lab's snapshots are made of"
        raise Fault("this machine's kernel", fault, "load its module: `modprobe btrfs`")
    if debian.found("mkfs.btrfs") is None:
        debian.install(["btrfs-progs"])
    pool.mkdir(parents=True, exist_ok=True)
    file = pool.with_suffix(".img")
    if not file.exists():
        draft = pool.with_suffix(".draft")
        with draft.open("wb") as empty:
            empty.truncate(_POOL_GB * 10**9)
        _run(debian.found("mkfs.btrfs") or "mkfs.btrfs", "--quiet", "--force", str(draft))
        draft.rename(file)
    _run(debian.found("mount") or "mount", "-o", _MOUNTED, str(file), str(pool))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join(done.stderr.split())[-300:]
        raise Fault(" ".join(command), f"it failed ({said})", "fix that, then run again")


def definitions() -> list[Manifest]:
    """Return the CRDs of snapshots, of the release that tier0's own classes are checked against."""
    path = f"config/crd/{_SNAPSHOTS}_{{}}.yaml"
    return [one for kind in _KINDS for one in documents("external-snapshotter", path.format(kind))]


def manifests(pool: Path, kubelet: Path) -> list[Manifest]:
    """Return driver, controllers and classes; *pool* and *kubelet* are folders of the node."""
    place = {"name": _NAME, "namespace": _NAMESPACE}
    return [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "CSIDriver",
            "metadata": {"name": DRIVER},
            "spec": {"attachRequired": False, "podInfoOnMount": False, "fsGroupPolicy": "File"},
        },
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": CLASS},
            "provisioner": DRIVER,
            "volumeBindingMode": "WaitForFirstConsumer",
            "reclaimPolicy": "Delete",
        },
        {
            "apiVersion": f"{_SNAPSHOTS}/v1",
            "kind": "VolumeSnapshotClass",
            "metadata": {"name": CLASS},
            "driver": DRIVER,
            "deletionPolicy": "Delete",
        },
        *account(_NAME, _NAMESPACE, _rules()),
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": place,
            "spec": {
                "selector": {"matchLabels": _LABELS},
                "strategy": {"type": "Recreate"},
                "template": {"metadata": {"labels": _LABELS}, "spec": _pod(pool, kubelet)},
            },
        },
    ]


def _rules() -> list[dict[str, Any]]:
    """Return the rules of the three controllers' releases, joined in one role."""
    watch = ["get", "list", "watch"]

    def rule(group: str, verbs: list[str], *kinds: str) -> dict[str, Any]:
        return {"apiGroups": [group], "resources": list(kinds), "verbs": verbs}

    storage = "storage.k8s.io"
    return [
        rule("", [*watch, "create", "patch", "delete"], "persistentvolumes"),
        rule("", [*watch, "update"], "persistentvolumeclaims"),
        rule("", ["list", "watch", "create", "update", "patch"], "events"),
        rule("", watch, "nodes"),
        rule(storage, watch, "storageclasses", "csinodes", "volumeattachments"),
        rule(storage, watch, "volumeattributesclasses"),
        rule(_SNAPSHOTS, watch, "volumesnapshotclasses"),
        rule(
            _SNAPSHOTS,
            [*watch, "create", "update", "patch", "delete"],
            "volumesnapshots",
            "volumesnapshotcontents",
        ),
        rule(
            _SNAPSHOTS,
            ["update", "patch"],
            "volumesnapshots/status",
            "volumesnapshotcontents/status",
        ),
    ]


def socket(kubelet: Path) -> Path:
    """Return where the driver serves, by the kubelet's folder."""
    return kubelet / "plugins" / DRIVER / "csi.sock"


def _pod(pool: Path, kubelet: Path) -> dict[str, Any]:
    served = socket(kubelet)
    registration = kubelet / "plugins_registry" / f"{DRIVER}-reg.sock"
    # What the driver mounts for a pod, the kubelet must see.
    both = {"name": "kubelet", "mountPath": str(kubelet), "mountPropagation": "Bidirectional"}
    driver = {
        **_container("csi-stand-in", f"-root={pool}", f"-node={NODE}", f"-socket={served}"),
        "securityContext": {"privileged": True},
        "volumeMounts": [both, {"name": "pool", "mountPath": str(pool)}],
    }
    driver["args"].append(f"-registration={registration}")
    address = f"--csi-address={served}"
    sees = {"volumeMounts": [{"name": "kubelet", "mountPath": str(kubelet)}]}
    return {
        "serviceAccountName": _NAME,
        "containers": [
            driver,
            _container("csi-provisioner", address) | sees,
            _container("csi-snapshotter", address) | sees,
            _container("snapshot-controller"),
        ],
        "volumes": [
            {"name": name, "hostPath": {"path": str(path), "type": "Directory"}}
            for name, path in (("kubelet", kubelet), ("pool", pool))
        ],
    }


def _container(name: str, *arguments: str) -> dict[str, Any]:
    return {
        "name": name,
        "image": _IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": [f"/{name}"],
        "args": list(arguments),
    }

"""The settings of the node's processes, as files in the lab's directory."""

import json
from pathlib import Path
from typing import Any

import yaml

from tools.lab.machine.host import NETWORK_PLUGINS, program
from tools.lab.machine.paths import CGROUP, DNS_SERVICE, NODE, NODE_ADDRESS, POD_RANGE, RUN

SOCKET = RUN / "containerd.sock"
PAUSE = "registry.local/pause:1"
_CRI = "io.containerd.grpc.v1.cri"


def write_runtime(directory: Path, stored: Path) -> None:
    """Write containerd's settings and those of the pods' network."""
    folder = next(path for path in NETWORK_PLUGINS if (path / "ptp").exists())
    runtime = f'plugins."{_CRI}".containerd.runtimes.runc'
    (directory / "containerd.toml").write_text(
        f"""\
version = 2
root = "{stored}"
state = "{RUN / "containerd"}"
oom_score = 0
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]
[grpc]
  address = "{SOCKET}"
[plugins."{_CRI}"]
  sandbox_image = "{PAUSE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  # With those of everybody else in /run/netns they could not be told apart.
  netns_mounts_under_state_dir = true
  [plugins."{_CRI}".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
  [{runtime}]
    runtime_type = "io.containerd.runc.v2"
    [{runtime}.options]
      SystemdCgroup = false
      BinaryName = "{program("runc")}"
  [plugins."{_CRI}".cni]
    bin_dir = "{folder}"
    conf_dir = "{directory / "cni"}"
"""
    )
    _write_cni(directory)


def _write_cni(directory: Path) -> None:
    """Give each pod its own link to the node: no bridge, so no bridge filter to set up."""
    folder = directory / "cni"
    folder.mkdir(exist_ok=True)
    addresses = {
        "type": "host-local",
        "dataDir": str(directory / "addresses"),
        "ranges": [[{"subnet": POD_RANGE.replace("/16", "/24")}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    plugin = {"type": "ptp", "mtu": 1500, "ipMasq": False, "ipam": addresses}
    document = {"cniVersion": "0.4.0", "name": "lab", "plugins": [plugin]}
    (folder / "10-lab.conflist").write_text(json.dumps(document, indent=1))


def write_kubelet(directory: Path) -> None:
    """Write the kubelet's settings."""
    (directory / "resolv.conf").write_text("")  # there is no way out to a name server
    document = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": NODE_ADDRESS,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(directory / "pki" / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        # Our own parent: another kubelet here neither sweeps our groups nor we its.
        "cgroupRoot": f"/{CGROUP}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDomain": "cluster.local",
        "clusterDNS": [DNS_SERVICE],
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "tlsCertFile": str(directory / "pki" / "kubelet-serving.crt"),
        "tlsPrivateKeyFile": str(directory / "pki" / "kubelet-serving.key"),
        "resolvConf": str(directory / "resolv.conf"),
        "podLogsDir": str(directory / "podlogs"),
        # Images come from nowhere but `Lab.load`, so none may be tidied away.
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
        },
        "syncFrequency": "10s",
        "nodeStatusUpdateFrequency": "5s",
    }
    _write(directory / "kubelet.yaml", document)


def write_proxy(directory: Path) -> None:
    """Write kube-proxy's settings."""
    document = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "bindAddress": NODE_ADDRESS,
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "clientConnection": {"kubeconfig": str(directory / "pki" / "kube-proxy.kubeconfig")},
        "clusterCIDR": POD_RANGE,
        "hostnameOverride": NODE,
        "mode": "iptables",
        # Zero leaves a setting as it is: these are the whole machine's, not the namespace's.
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
    }
    _write(directory / "kube-proxy.yaml", document)


def _write(target: Path, document: dict[str, Any]) -> None:
    text = yaml.safe_dump(document, sort_keys=False)
    if not (target.exists() and target.read_text() == text):  # kube-proxy ends when it is written
        target.write_text(text)

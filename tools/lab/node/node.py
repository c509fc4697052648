"""The node's own processes: containerd, the control plane, kubelet and kube-proxy, and their files.

Each is started where it does not run; they are plain processes in the lab's network namespace.
"""

from collections.abc import Sequence
from pathlib import Path

from tools.build.toolchain import Toolchain
from tools.daemon import Daemon
from tools.lab.machine.host import program
from tools.lab.machine.network import inside
from tools.lab.machine.paths import NODE, NODE_ADDRESS, NODE_NETWORK, POD_RANGE, SERVICE_RANGE
from tools.lab.node import settings

_ISSUER = "https://kubernetes.default.svc.cluster.local"


class Node:
    """The processes of a lab's directory."""

    def __init__(self, directory: Path, stored: Path, toolchain: Toolchain) -> None:
        """Name the lab's directory and the folder in which containerd keeps images."""
        self._directory = directory
        self._stored = stored
        self._toolchain = toolchain
        self._pki = directory / "pki"
        names = (
            "containerd",
            "etcd",
            "kube-apiserver",
            "door",
            "kube-controller-manager",
            "kube-scheduler",
            "kubelet",
            "kube-proxy",
        )
        self.daemons = {name: Daemon(name, directory) for name in names}

    def start_runtime(self) -> None:
        """Start containerd."""
        self._stored.mkdir(parents=True, exist_ok=True)
        settings.write_runtime(self._directory, self._stored)
        toml = self._directory / "containerd.toml"
        self._start("containerd", [program("containerd"), f"--config={toml}"])

    def start_control_plane(self, python: str) -> None:
        """Start etcd, the API server and the door to it; `python` runs the door."""
        self._start(
            "etcd",
            [
                self._toolchain.binary("etcd"),
                "--data-dir=etcd",
                "--listen-client-urls=http://127.0.0.1:2379",
                "--advertise-client-urls=http://127.0.0.1:2379",
                "--listen-peer-urls=http://127.0.0.1:2380",
                "--unsafe-no-fsync",  # a lab that loses its power is brought up again
                "--log-level=warn",
            ],
        )
        self._start(
            "kube-apiserver", [self._toolchain.binary("kube-apiserver"), *self._apiserver()]
        )
        door = self.daemons["door"]
        if door.pid is None:
            note = self._directory / "door.port"
            note.unlink(missing_ok=True)
            script = Path(__file__).with_name("forward.py")
            door.start([python, script, NODE_NETWORK, NODE_ADDRESS, "6443", note])

    def start_controllers(self) -> None:
        """Start what needs an API server that serves: controllers, scheduler, node and proxy."""
        self._start(
            "kube-controller-manager",
            [
                self._toolchain.binary("kube-controller-manager"),
                *self._client("kube-controller-manager"),
                "--allocate-node-cidrs=false",
                f"--cluster-cidr={POD_RANGE}",
                f"--service-cluster-ip-range={SERVICE_RANGE}",
                f"--root-ca-file={self._pki / 'ca.crt'}",
                f"--service-account-private-key-file={self._pki / 'accounts.key'}",
                f"--cluster-signing-cert-file={self._pki / 'ca.crt'}",
                f"--cluster-signing-key-file={self._pki / 'ca.key'}",
                f"--requestheader-client-ca-file={self._pki / 'front-proxy-ca.crt'}",
                "--use-service-account-credentials=true",
            ],
        )
        self._start(
            "kube-scheduler",
            [self._toolchain.binary("kube-scheduler"), *self._client("kube-scheduler")],
        )
        settings.write_kubelet(self._directory)
        self._start(
            "kubelet",
            [
                self._toolchain.binary("kubelet"),
                f"--config={self._directory / 'kubelet.yaml'}",
                f"--kubeconfig={self._pki / 'kubelet.kubeconfig'}",
                f"--hostname-override={NODE}",
                f"--node-ip={NODE_ADDRESS}",
                f"--root-dir={self._directory / 'kubelet'}",
            ],
        )
        settings.write_proxy(self._directory)
        self._start(
            "kube-proxy",
            [
                self._toolchain.binary("kube-proxy"),
                f"--config={self._directory / 'kube-proxy.yaml'}",
            ],
        )

    def _start(self, name: str, command: Sequence[str | Path]) -> None:
        daemon = self.daemons[name]
        if daemon.pid is None:
            daemon.start([*inside(NODE_NETWORK), *command])

    def _client(self, name: str) -> list[str]:
        """Return the flags of a component that serves nobody but its own health."""
        kubeconfig = self._pki / f"{name}.kubeconfig"
        return [
            f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            "--bind-address=127.0.0.1",
            "--leader-elect=false",
        ]

    def _apiserver(self) -> list[str]:
        folder = self._pki
        return [
            "--etcd-servers=http://127.0.0.1:2379",
            f"--advertise-address={NODE_ADDRESS}",
            f"--bind-address={NODE_ADDRESS}",
            "--secure-port=6443",
            f"--service-cluster-ip-range={SERVICE_RANGE}",
            f"--client-ca-file={folder / 'ca.crt'}",
            f"--tls-cert-file={folder / 'apiserver.crt'}",
            f"--tls-private-key-file={folder / 'apiserver.key'}",
            f"--kubelet-client-certificate={folder / 'apiserver-kubelet.crt'}",
            f"--kubelet-client-key={folder / 'apiserver-kubelet.key'}",
            f"--kubelet-certificate-authority={folder / 'ca.crt'}",
            "--kubelet-preferred-address-types=InternalIP",
            f"--service-account-issuer={_ISSUER}",
            f"--service-account-key-file={folder / 'accounts.pub'}",
            f"--service-account-signing-key-file={folder / 'accounts.key'}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",  # Ceph's daemons need it
            "--enable-aggregator-routing=true",
            f"--requestheader-client-ca-file={folder / 'front-proxy-ca.crt'}",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-username-headers=X-Remote-User",
            f"--proxy-client-cert-file={folder / 'front-proxy.crt'}",
            f"--proxy-client-key-file={folder / 'front-proxy.key'}",
        ]

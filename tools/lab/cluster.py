"""The lab as a whole: brought up from nothing, used, and removed without trace."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tools import Fault, kube, say, write_atomically
from tools.build.cache import lab_cache
from tools.daemon import Daemon
from tools.lab.access import Cluster
from tools.lab.images.image import Image
from tools.lab.machine import cgroups, host, leftovers, network
from tools.lab.machine.lock import alone
from tools.lab.machine.paths import (
    MARKER,
    NAME,
    NODE,
    NODE_NETWORK,
    OFFSITE_ADDRESS,
    OFFSITE_HOST,
    OWNER,
    RUN,
)
from tools.lab.node import dns, pki, runtime
from tools.lab.node.node import Node
from tools.lab.programs.node import toolchain

_SECONDS = 90.0
_FREE_GB = 8.0  # a disk of the object store, the databases and what the images unpack to


class Lab(Cluster):
    """The lab of a directory; there is one at a time on a machine."""

    ours = True

    def __init__(self, directory: Path, contexts: Sequence[str] = ("lab",)) -> None:
        """Name the directory and the kubeconfig contexts that shall lead to this lab."""
        super().__init__(directory, directory.absolute() / "kubeconfig", contexts[0])
        self.offsite = self.directory / "offsite"
        self.cache = lab_cache()
        self._contexts = contexts
        self._stored = self.cache / "stores" / NAME
        self._node = Node(self.directory, self._stored, toolchain())
        self._marker = self.directory / MARKER
        self._lost = self.directory / "lost"

    def check(self) -> None:
        """Raise what would keep a lab from coming up here, before anything is built or begun."""
        host.check()
        with alone(self.directory):
            pass

    def up(self) -> None:
        """Bring the node up until it is Ready and resolves names; what runs already stays.

        The programs must be built. What an interrupted run left is removed first.
        """
        host.check()
        with alone(self.directory):
            lost = self._lost.exists() and OWNER.exists()
            if not lost and (OWNER.exists() or self._marker.exists()) and not self._whole():
                say("a lab was not brought up whole, or a part of it ended: removing it first")
                self._remove()
            if lost or not OWNER.exists():
                self._create()
            self._serve()

    def down(self) -> None:
        """Remove the lab without trace, in whatever state it is; images stay in the cache."""
        host.check_root()
        with alone(self.directory):
            self._remove()

    def lose_node(self) -> None:
        """Take the node away as a fire would: processes, etcd, volumes; the neighbour stays.

        A later `up` makes a new and empty one next to it.
        """
        host.check_root()
        with alone(self.directory):
            self.disconnect()
            leftovers.end_processes(offsite=False)
            leftovers.remove_node(self.directory, self._stored, kept=self.offsite)
            self._lost.touch()

    def restart_kubelet(self) -> None:
        """Start the kubelet again, which counts what its node has at its start; pods run on."""
        with alone(self.directory):
            kubelet = self._node.daemons["kubelet"]
            kubelet.stop()
            self._node.start_controllers()
            self._await(kubelet, self._ready)

    def status(self) -> dict[str, int | None]:
        """Process ids of the node's parts, None for one that does not run."""
        return {name: daemon.pid for name, daemon in self._node.daemons.items()}

    def load(self, images: Iterable[Image]) -> None:
        """Make images known to the node; those that are, as they are described, take no time."""
        runtime.load(images, self.cache)

    def run_in(self, command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
        """Run a command in the node's network; its output is text, its status is the caller's."""
        return subprocess.run(
            [*network.inside(NODE_NETWORK), *command], capture_output=True, text=True, check=False
        )

    def _create(self) -> None:
        """Make what the processes need: directory, namespaces, certificates, control groups."""
        free = shutil.disk_usage(self.directory.parent if self.directory.parent.exists() else "/")
        if free.free / 1e9 < _FREE_GB:
            raise Fault(
                str(self.directory),
                f"{free.free / 1e9:.1f} GB are free, a lab needs {_FREE_GB:.0f} GB",
                "free some space there, or name another directory",
            )
        RUN.mkdir(mode=0o700, exist_ok=True)
        write_atomically(OWNER, str(self.directory))
        self.directory.mkdir(parents=True, exist_ok=True)
        self._marker.touch()
        self.directory.chmod(0o711)  # a pod's user must reach its volume, but need not see others
        self.offsite.mkdir(exist_ok=True)
        leftovers.note_settings()
        network.create()
        cgroups.create()
        pki.create(self.directory / "pki")
        self._lost.unlink(missing_ok=True)

    def _serve(self) -> None:
        """Start the processes in their order and wait until pods run and resolve names."""
        node, daemons = self._node, self._node.daemons
        node.start_runtime()
        node.start_control_plane(sys.executable)
        self._await(daemons["containerd"], runtime.serves)
        if daemons["kubelet"].pid is None and runtime.forget_containers():
            daemons["containerd"].stop()  # it would keep telling the kubelet of them
            node.start_runtime()
            self._await(daemons["containerd"], runtime.serves)
        self.load(dns.images())
        note = self.directory / "door.port"
        self._await(daemons["door"], note.exists)
        server = f"https://127.0.0.1:{note.read_text()}"
        pki.kubeconfig(self.directory / "pki", "admin", server, self.kubeconfig, self._contexts)
        self._await(daemons["kube-apiserver"], self.kube.ready)
        node.start_controllers()
        self.apply(dns.manifests({OFFSITE_HOST: OFFSITE_ADDRESS}))
        self._await(daemons["kubelet"], self._ready)
        self.wait_for_deployment("kube-system", "coredns")

    def _ready(self) -> bool:
        found = self.kube.get("v1", "Node", NODE)
        conditions = (found or {}).get("status", {}).get("conditions") or []
        return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)

    def _remove(self) -> None:
        """Remove everything of the lab that has the name, whether it is this directory's or not."""
        self.disconnect()
        directory = Path(OWNER.read_text()) if OWNER.exists() else self.directory
        leftovers.end_processes(offsite=True)
        leftovers.remove(directory, self._stored)

    def _whole(self) -> bool:
        """Tell whether every part of the node runs, so that there is nothing to start again."""
        return all(self.status().values())

    def _checked(self, answer: bool) -> bool:  # noqa: FBT001 (passed through)
        """Pass an answer on unless a part of the node has ended."""
        if not answer:
            for daemon in self._node.daemons.values():
                if daemon.pid is None:
                    raise daemon.fault("it ended", "read its log; `make lab-down` removes the lab")
        return answer

    def _await(self, daemon: Daemon, ready: Callable[[], bool]) -> None:
        """Wait until a process serves, but no longer than it lives."""

        def answer() -> bool:
            if ready():
                return True
            if daemon.pid is None:
                raise daemon.fault("it ended", "read its log; `make lab-down` removes the lab")
            return False

        kube.wait(daemon.name, answer, lambda: str(daemon.fault("its last words")), _SECONDS)

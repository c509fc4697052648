"""A sandbox: a real etcd, kube-apiserver and controller-manager with the operators' real CRDs.

Nothing reconciles in it and no PostgreSQL runs there: it proves that the API server accepts what
tier0 makes, field by field, and that Pulumi's life cycle of it works. It listens on 127.0.0.1 only;
etcd on sockets inside the directory, which only its owner may enter.
"""

import json
import secrets
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml
from kubernetes import client

from stacks.cluster import ClusterClient, Unreachable
from tools import Fault, write_atomically
from tools.build import crds
from tools.build.toolchain import Toolchain
from tools.daemon import Daemon
from tools.lock import held
from tools.ports import kept, number
from tools.sandbox.etcd import SOCKET, Etcd

_READY_SECONDS = 180.0  # it takes 3 to 9; a machine busy with builds twenty times that
_PORT_SECONDS = 10.0
_PATIENCE = {"kube-apiserver": 0.5}  # it holds nothing, and waits long for those that watch
_CERTIFICATE_DAYS = 300  # kube-apiserver signs its own for a year and never renews it
# Without these a deleted namespace stays Terminating forever and a destroy hangs.
_CONTROLLERS = (
    "namespace-controller,garbage-collector-controller,serviceaccount-controller,"
    "validatingadmissionpolicy-status-controller"  # it checks the types in a policy
)


class Sandbox:
    """The sandbox of a directory; its data stay there between a stop and the next start."""

    def __init__(
        self,
        directory: Path,
        contexts: Sequence[str] = (),
        toolchain: Toolchain | None = None,
        *,
        without: Collection[str] = (),
    ) -> None:
        """Name the directory and the kubeconfig contexts that shall lead to this sandbox.

        *without* are namespaces of operators that are to be made in it by another process.
        """
        self.directory = directory.absolute()
        self.kubeconfig = self.directory / "kubeconfig"
        self.etcd = Etcd(self.directory)
        self._contexts = [*contexts, "sandbox"]
        self._toolchain = toolchain or Toolchain()
        self._without = without
        names = ("etcd", "kube-apiserver", "kube-controller-manager")
        self._daemons = {name: Daemon(name, self.directory) for name in names}

    def status(self) -> dict[str, int | None]:
        """Process ids of the three parts, None for one that does not run."""
        return {name: daemon.pid for name, daemon in self._daemons.items()}

    def start(self) -> None:
        """Start what does not run, wait until it serves, apply the CRDs and namespaces."""
        with self._alone():
            found_running = any(self.status().values())
            try:
                self._bring_up()
            except Fault:
                if not found_running:
                    raise
                self._bring_up()  # what ran when we looked had been killed and was ending

    def _bring_up(self) -> None:
        source = self._toolchain.crds()
        stored = source / "stored.json"
        with self._port() as port:
            self._start_etcd()
            if stored.exists():
                self.etcd.load(json.loads(stored.read_text()))
            self._start_apiserver(port)
            self._write_kubeconfig(port)
            self._wait_ready()
        self._start_controllers()
        with self.cluster() as cluster:
            crds.apply(cluster, source, self._without)
            self._wait(self._daemons["kube-apiserver"], lambda: crds.served(cluster, source))
        if not stored.exists():
            # The next new API server then finds them made, for half the work of a first start.
            with suppress(OSError):  # a cache that is not ours to write
                write_atomically(stored, json.dumps(self.etcd.dump(crds.keys(source))))

    def stop(self) -> None:
        """Stop all three, the API server before its store; the data stay."""
        if not self.directory.is_dir():
            return
        with self._alone():
            for name in reversed(self._daemons):
                self._daemons[name].stop(_PATIENCE.get(name, 10.0))

    @contextmanager
    def api(self) -> Iterator[client.ApiClient]:
        """Open the library's client of this sandbox as its admin."""
        with self.cluster() as cluster:
            yield cluster.api

    def cluster(self) -> ClusterClient:
        """Open a client of this sandbox as its admin."""
        return ClusterClient.connect("sandbox", self.kubeconfig)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Start or stop one at a time in a directory that only its owner may enter."""
        with held(self.directory / "lock", called="the sandbox's directory", mode=0o700):
            self.directory.chmod(0o700)
            yield

    @contextmanager
    def _port(self) -> Iterator[int]:
        """Keep the port of the first start: it stands in the kubeconfig that people copied."""
        note = self.directory / "port"
        known = int(note.read_text()) if note.exists() else 0
        if known and self._daemons["kube-apiserver"].pid is not None:
            yield known
            return
        with self._kept(known, note) as door:
            if not known:
                write_atomically(note, str(number(door)))
            yield number(door)

    def _kept(self, port: int, note: Path) -> socket.socket:
        """Return a socket that keeps the port for the API server."""
        # A killed API server keeps it until its last thread is gone.
        deadline = time.monotonic() + _PORT_SECONDS
        while True:
            try:
                return kept(port)
            except OSError:
                if time.monotonic() > deadline:
                    raise Fault(
                        f"127.0.0.1:{port}",
                        "another program listens on the sandbox's port",
                        f"stop it, or remove {note} to take another port",
                    ) from None
                time.sleep(0.1)

    def _start_etcd(self) -> None:
        daemon = self._daemons["etcd"]
        if daemon.pid is None:
            for name in (SOCKET, "peer:0"):  # a killed etcd leaves them, and would not listen again
                (self.directory / name).unlink(missing_ok=True)
            daemon.start(
                [
                    self._toolchain.binary("etcd"),
                    "--name=sandbox",
                    "--data-dir=etcd",
                    # Relative to the directory: a socket's path has at most 107 characters.
                    f"--listen-client-urls=unix://{SOCKET}",
                    f"--advertise-client-urls=unix://{SOCKET}",
                    "--listen-peer-urls=unix://peer:0",
                    "--initial-advertise-peer-urls=unix://peer:0",
                    "--initial-cluster=sandbox=unix://peer:0",
                    # A killed process loses nothing by it, and a power cut only a sandbox.
                    "--unsafe-no-fsync",
                    "--log-level=warn",
                ]
            )
        self._wait(daemon, self.etcd.ready)

    def _start_apiserver(self, port: int) -> None:
        daemon = self._daemons["kube-apiserver"]
        if daemon.pid is not None:
            return
        pki = self.directory / "pki"
        _discard_unusable(pki / "apiserver.crt", pki / "apiserver.key")
        tokens = self.directory / "tokens.csv"
        if not tokens.exists():
            write_atomically(tokens, f"{secrets.token_urlsafe(32)},admin,admin,system:masters\n")
        daemon.start(
            [
                self._toolchain.binary("kube-apiserver"),
                f"--etcd-servers=unix://{SOCKET}",
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                f"--secure-port={port}",
                "--endpoint-reconciler-type=none",  # no loopback address may be an endpoint
                f"--cert-dir={pki}",
                "--token-auth-file=tokens.csv",
                "--authorization-mode=RBAC",
                "--service-cluster-ip-range=10.96.0.0/16",
                "--service-account-issuer=https://kubernetes.default.svc",
                # The key that it makes for its own certificate, before it reads these two: so the
                # sandbox needs neither openssl nor a library for keys.
                "--service-account-key-file=pki/apiserver.key",
                "--service-account-signing-key-file=pki/apiserver.key",
                "--allow-privileged=true",  # the manifests of Rook and Talos' parts ask for it
            ]
        )

    def _write_kubeconfig(self, port: int) -> None:
        """Write one cluster and one admin under every context name."""
        certificate = self.directory / "pki" / "apiserver.crt"
        daemon = self._daemons["kube-apiserver"]
        self._wait(daemon, lambda: "END CERTIFICATE" in _text(certificate))
        token = (self.directory / "tokens.csv").read_text().partition(",")[0]
        cluster = {
            "server": f"https://127.0.0.1:{port}",
            # It holds the certificate and the authority that signed it.
            "certificate-authority": str(certificate),
        }
        target = {"cluster": "sandbox", "user": "sandbox"}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "sandbox", "cluster": cluster}],
            "users": [{"name": "sandbox", "user": {"token": token}}],
            "contexts": [{"name": name, "context": target} for name in self._contexts],
            "current-context": self._contexts[0],
        }
        write_atomically(self.kubeconfig, yaml.safe_dump(document, sort_keys=False))

    def _wait_ready(self) -> None:
        with self.cluster() as cluster:
            self._wait(self._daemons["kube-apiserver"], lambda: _ready(cluster))

    def _start_controllers(self) -> None:
        daemon = self._daemons["kube-controller-manager"]
        if daemon.pid is None:
            daemon.start(
                [
                    self._toolchain.binary("kube-controller-manager"),
                    f"--kubeconfig={self.kubeconfig}",
                    f"--controllers={_CONTROLLERS}",
                    "--leader-elect=false",
                    "--secure-port=0",  # serves nothing
                ]
            )

    def _wait(self, daemon: Daemon, ready: Callable[[], bool]) -> None:
        """Wait until `ready()`, but no longer than the process lives or patience lasts."""
        deadline = time.monotonic() + _READY_SECONDS
        while not ready():
            if daemon.pid is None:
                raise daemon.fault(
                    "it ended", f"fix that, or remove {self.directory} to start again"
                )
            if time.monotonic() > deadline:
                raise daemon.fault(f"is not ready after {_READY_SECONDS:.0f} s")
            time.sleep(0.1)


def _ready(cluster: ClusterClient) -> bool:
    """Tell whether the API server says so itself; until it listens, a refusal is no answer."""
    try:
        return cluster.request("GET", "/readyz").ok
    except Unreachable:
        return False


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _discard_unusable(certificate: Path, key: Path) -> None:
    """Remove a pair that kube-apiserver would not start with, or that is about to expire.

    It writes the two files one after the other, and refuses to start where a kill came between.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
        old = time.time() - certificate.stat().st_mtime > _CERTIFICATE_DAYS * 86400
    except OSError:  # ssl.SSLError is one
        old = True
    if old:
        certificate.unlink(missing_ok=True)
        key.unlink(missing_ok=True)

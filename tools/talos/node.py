"""A stand-in for a node that runs Talos: its API over mutual TLS, with nothing behind it.

It is no Talos: no disk is partitioned and no etcd is started. It serves what `talosctl` calls to
configure and bootstrap a cluster, by the descriptors of the release, and answers as its server does
(v1.11.0, internal/app/machined/internal/server/v1alpha1/v1alpha1_server.go). Before the node is
configured it serves as in maintenance mode: over TLS that asks for no client certificate. A
test says what it answers instead, and reads what it was asked.
"""

import graphlib
import io
import tarfile
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NoReturn, TypeAlias

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from tools.talos.pki import Pki
from tools.talos.tls import Door
from tools.talos.tools import descriptors

PORT = 50000  # talosctl's own, where an endpoint names none
_SERVICES = ("machine.MachineService", "cluster.ClusterService")

Refusal: TypeAlias = tuple[grpc.StatusCode, str]
NOT_YET: Refusal = (grpc.StatusCode.FAILED_PRECONDITION, "bootstrap is not available yet")
NO_TIME: Refusal = (grpc.StatusCode.FAILED_PRECONDITION, "time is not in sync yet")
UNHEALTHY: Refusal = (grpc.StatusCode.UNKNOWN, "context deadline exceeded")


@cache
def _pool() -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    files = {
        file.name: file for file in descriptor_pb2.FileDescriptorSet.FromString(descriptors()).file
    }
    needs = {name: file.dependency for name, file in files.items()}
    for name in graphlib.TopologicalSorter(needs).static_order():
        pool.Add(files[name])  # type: ignore[no-untyped-call]
    return pool


def _find(name: str) -> Any:  # noqa: ANN401 - of a pool that has no types
    pool: Any = _pool()
    service = name.rpartition(".")[2].endswith("Service")
    return pool.FindServiceByName(name) if service else pool.FindMessageTypeByName(name)


def _message(name: str, **values: Any) -> Any:  # noqa: ANN401 - made from descriptors
    return message_factory.GetMessageClass(_find(name))(**values)


@dataclass
class Node:
    """One stand-in, on its own loopback address."""

    address: str
    pki: Pki
    kind: str = "control-plane"
    configuration: bytes = b""
    """What it was configured with; empty in maintenance mode."""
    etcd: bool = False
    """Whether its etcd has data, and runs."""
    forgets: int = 0
    """How many starts of etcd it answers and then loses, as one that restarts does."""
    reverts: int = 0
    """How many configurations it takes and then loses, as one whose installation fails does."""
    checks: int = 0
    """How many more times its etcd, which runs, says that it is not healthy yet."""
    kubeconfig: str = "apiVersion: v1\nkind: Config\n"
    refuses: dict[str, deque[Refusal | None]] = field(default_factory=lambda: defaultdict(deque))
    """By method, how the next calls of it fail; None is for one that does not."""
    calls: list[str] = field(default_factory=list)
    """The methods that were called, with what matters of the request."""

    def __post_init__(self) -> None:
        """Begin to serve."""
        self._lock = threading.Lock()
        self._server: grpc.Server | None = None
        self._door: Door | None = None
        self.start()

    def start(self) -> None:
        """Serve, as a node that has booted does."""
        server = grpc.server(ThreadPoolExecutor(8))
        for service in _SERVICES:
            server.add_generic_rpc_handlers([self._handlers(service)])
        inside = server.add_insecure_port("127.0.0.1:0")
        server.start()
        known = self.pki.ca if self.configuration else None
        self._door = Door((self.address, PORT), inside, self.pki.server(self.address), known)
        self._server = server

    def stop(self) -> None:
        """Be away, as a node without power is."""
        if self._server and self._door:
            self._door.close()
            self._server.stop(0).wait()
            self._server = None

    def called(self, method: str) -> int:
        """Count the calls of *method*."""
        return sum(call.split(" ")[0] == method for call in self.calls)

    def _handlers(self, service: str) -> grpc.GenericRpcHandler:
        methods = {}
        for method in _find(service).methods:
            serve = getattr(self, f"_{method.name}", None)
            if serve is None:
                continue
            kind = (
                f"{'stream' if method.client_streaming else 'unary'}_"
                f"{'stream' if method.server_streaming else 'unary'}_rpc_method_handler"
            )
            request = message_factory.GetMessageClass(method.input_type)
            methods[method.name] = getattr(grpc, kind)(
                self._guarded(method.name, serve, streams=method.server_streaming),
                request.FromString,
                lambda message: message.SerializeToString(),
            )
        return grpc.method_handlers_generic_handler(service, methods)

    def _guarded(
        self, method: str, serve: Callable[..., Any], *, streams: bool
    ) -> Callable[..., Any]:
        def unary(request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401
            self._refuse(method, context)
            return serve(request, context)

        def stream(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: ANN401
            if method != "HealthCheck":
                self._refuse(method, context)
            yield from serve(request, context)

        return stream if streams else unary

    def _refuse(self, method: str, context: grpc.ServicerContext) -> None:
        if not self.configuration and method != "ApplyConfiguration":
            self.calls.append(method)
            _abort(
                context,
                (grpc.StatusCode.UNIMPLEMENTED, "API is not implemented in maintenance mode"),
            )
        refusal = self._next(method)
        if refusal:
            self.calls.append(f"{method} refused")
            _abort(context, refusal)

    def _next(self, method: str) -> Refusal | None:
        with self._lock:
            return self.refuses[method].popleft() if self.refuses[method] else None

    def _Version(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802
        self.calls.append("Version")
        return _message("machine.VersionResponse", messages=[{"version": {"tag": "v1.11.0"}}])

    def _ApplyConfiguration(  # noqa: N802
        self,
        request: Any,  # noqa: ANN401
        _context: grpc.ServicerContext,
    ) -> Any:  # noqa: ANN401
        mode = type(request).Mode.Name(request.mode)
        self.calls.append(f"ApplyConfiguration {mode}")
        boots = not self.configuration
        if self.reverts:
            self.reverts -= 1
        else:
            self.configuration = request.data
        if boots:
            threading.Thread(target=self._reboot, daemon=True).start()
        return _message("machine.ApplyConfigurationResponse", messages=[{"mode_details": "done"}])

    def _reboot(self) -> None:
        time.sleep(0.5)  # the answer goes out first
        self.stop()
        self.start()

    def _Bootstrap(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802
        self.calls.append(f"Bootstrap {'recover' if request.recover_etcd else 'new'}")
        if self.kind == "worker":
            sentence = "bootstrap can only be performed on a control plane node"
            _abort(context, (grpc.StatusCode.FAILED_PRECONDITION, sentence))
        if self.etcd:
            _abort(context, (grpc.StatusCode.ALREADY_EXISTS, "etcd data directory is not empty"))
        if self.forgets:
            self.forgets -= 1
        else:
            self.etcd = True
        return _message("machine.BootstrapResponse", messages=[{}])

    def _EtcdRecover(  # noqa: N802
        self,
        request: Iterator[Any],
        _context: grpc.ServicerContext,
    ) -> Any:  # noqa: ANN401
        size = sum(len(data.bytes) for data in request)
        self.calls.append(f"EtcdRecover {size}")
        return _message("machine.EtcdRecoverResponse", messages=[{}])

    def _ServiceList(  # noqa: N802
        self,
        _request: Any,  # noqa: ANN401
        _context: grpc.ServicerContext,
    ) -> Any:  # noqa: ANN401
        self.calls.append("ServiceList")
        # Before it is bootstrapped or has joined, etcd is still in its PreFunc (services/etcd.go).
        state = "Running" if self.etcd else "Preparing"
        healthy = self.etcd and not self.checks
        if self.etcd and self.checks:
            self.checks -= 1
        # talosctl takes events and health for granted.
        etcd = {"id": "etcd", "state": state, "events": {}, "health": {"healthy": healthy}}
        services = [] if self.kind == "worker" else [etcd]
        return _message("machine.ServiceListResponse", messages=[{"services": services}])

    def _Kubeconfig(  # noqa: N802
        self,
        _request: Any,  # noqa: ANN401
        _context: grpc.ServicerContext,
    ) -> Iterator[Any]:
        self.calls.append("Kubeconfig")
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            member = tarfile.TarInfo("kubeconfig")
            member.size = len(self.kubeconfig)
            archive.addfile(member, io.BytesIO(self.kubeconfig.encode()))
        yield _message("common.Data", bytes=packed.getvalue())

    def _HealthCheck(  # noqa: N802
        self,
        request: Any,  # noqa: ANN401
        context: grpc.ServicerContext,
    ) -> Iterator[Any]:
        info = request.cluster_info
        asked = ",".join([*info.control_plane_nodes, *info.worker_nodes])
        progress = "cluster.HealthCheckProgress"
        yield _message(progress, message="waiting for etcd to be healthy: OK")
        refusal = self._next("HealthCheck")
        if refusal:
            self.calls.append(f"HealthCheck {asked} refused")
            yield _message(progress, message="waiting for all k8s nodes to report ready: 1 of 2")
            _abort(context, refusal)
        self.calls.append(f"HealthCheck {asked}")
        yield _message(progress, message="waiting for all k8s nodes to report ready: OK")


def _abort(context: grpc.ServicerContext, refusal: Refusal) -> NoReturn:
    context.abort(*refusal)
    raise AssertionError  # abort raises

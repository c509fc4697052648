"""What a plugin needs besides its resources: the gRPC server, the engine's log, its faults."""

# ruff: noqa: N802 - the names of the gRPC methods are the engine's.

import os
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, NoReturn, TypeAlias

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
)

from tools import Fault

Context: TypeAlias = grpc.ServicerContext

# A wait holds its thread, so there are more of these than an engine starts operations at once,
# and one is always left for Cancel.
THREADS = 256
MESSAGE_BYTES = 400 * 1024 * 1024
PARENT_SECONDS = 1.0
STOP_SECONDS = 3.0


def token(request: Any) -> str:  # noqa: ANN401 - the requests about a resource have no base
    """Return the type that *request* is about, as in `kubernetes:core/v1:Pod`."""
    return str(request.type or request.urn.split("::")[2].split("$")[-1])


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """A provider plugin: the answers that do not depend on what it provides."""

    package: ClassVar[str]
    version: ClassVar[str]

    def __init__(self) -> None:
        """Start with no engine to talk to, and nothing cancelled."""
        self.cancelled = threading.Event()
        self._engine: engine_pb2_grpc.EngineStub | None = None

    def attach(self, address: str) -> None:
        """Send what is logged from now on to the engine at *address*."""
        if address:
            self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def log(
        self, text: str, urn: str = "", *, warning: bool = False, passing: bool = False
    ) -> None:
        """Show *text* next to the resource *urn*; a *passing* line gives way to the next one."""
        if self._engine is None:
            return
        level = engine_pb2.WARNING if warning else engine_pb2.INFO
        request = engine_pb2.LogRequest(severity=level, message=text, urn=urn, ephemeral=passing)
        try:
            self._engine.Log(request, timeout=STOP_SECONDS)
        except grpc.RpcError:
            # An engine that has gone away reads nothing more; the operation itself continues.
            self._engine = None

    def refuse(self, thing: str) -> NoReturn:
        """Say that *thing* needs the real plugin."""
        raise self.beyond(thing)

    def beyond(self, thing: str) -> Fault:
        """Return the refusal of *thing*."""
        return Fault(
            thing,
            f"the offline stand-in for the {self.package} plugin cannot do it",
            f"install the real one: pulumi plugin install resource {self.package} v{self.version}",
        )

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, _context: Context
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Tell the engine which forms of properties are understood."""
        self.attach(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, supports_autonaming_configuration=True
        )

    def Attach(self, request: plugin_pb2.PluginAttach, _context: Context) -> empty_pb2.Empty:
        """Talk to the engine at the given address."""
        self.attach(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, _request: empty_pb2.Empty, _context: Context) -> plugin_pb2.PluginInfo:
        """Give the version of the real plugin this one stands in for."""
        return plugin_pb2.PluginInfo(version=self.version)

    def Configure(
        self, _request: provider_pb2.ConfigureRequest, _context: Context
    ) -> provider_pb2.ConfigureResponse:
        """Say once what this plugin is, and what it can do."""
        self.log(
            f"{self.package}: an offline stand-in serves this run, "
            f"because the real plugin (v{self.version}) is not installed"
        )
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Invoke(self, request: provider_pb2.InvokeRequest, _context: Context) -> NoReturn:
        """Refuse functions."""
        self.refuse(f"the function {request.tok}")

    def Call(self, request: provider_pb2.CallRequest, _context: Context) -> NoReturn:
        """Refuse methods."""
        self.refuse(f"the method {request.tok}")

    def Construct(self, request: provider_pb2.ConstructRequest, _context: Context) -> NoReturn:
        """Refuse components, such as charts and groups of YAML files."""
        self.refuse(f"{request.type} ({request.name})")

    def Cancel(self, _request: empty_pb2.Empty, _context: Context) -> empty_pb2.Empty:
        """End every wait that is under way, so that a cancelled run ends promptly."""
        self.cancelled.set()
        return empty_pb2.Empty()


class _Sentences(grpc.ServerInterceptor):  # type: ignore[misc] # grpc carries no types
    """Turns whatever an operation raises into one sentence for the engine."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def intercept_service(
        self, continuation: Callable[[Any], Any], details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler | None:
        handler = continuation(details)
        if handler is None or handler.unary_unary is None:
            return handler
        method = details.method.rpartition("/")[2]

        def guarded(request: Any, context: Context) -> Any:  # noqa: ANN401 - one for each method
            try:
                return handler.unary_unary(request, context)
            except Fault as fault:
                context.abort(grpc.StatusCode.UNKNOWN, str(fault))
            except NotImplementedError:
                sentence = f"the offline {self._provider.package} plugin has no {method}"
                context.abort(grpc.StatusCode.UNIMPLEMENTED, sentence)
            except Exception as error:  # noqa: BLE001 - the last stop before a traceback is shown
                last = traceback.extract_tb(error.__traceback__)[-1]
                sentence = (
                    f"the offline {self._provider.package} plugin failed in {method} "
                    f"({last.filename}:{last.lineno}): {type(error).__name__}; please report it"
                )
                context.abort(grpc.StatusCode.INTERNAL, sentence)

        return grpc.unary_unary_rpc_method_handler(
            guarded, handler.request_deserializer, handler.response_serializer
        )


def serve(provider: Provider, arguments: list[str]) -> None:
    """Print the port, serve the engine, and end when it does.

    *arguments* may hold the engine's address. A killed engine tells nobody, so the parent is
    watched: a plugin that outlived it would keep waiting for objects that no one asks about.
    """
    parent = os.getppid()
    server = grpc.server(
        ThreadPoolExecutor(THREADS),
        interceptors=[_Sentences(provider)],
        options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.max_send_message_length", MESSAGE_BYTES),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    if arguments:
        provider.attach(arguments[0])
    try:
        while os.getppid() == parent:
            time.sleep(PARENT_SECONDS)
    except KeyboardInterrupt:
        pass
    provider.cancelled.set()
    server.stop(STOP_SECONDS).wait()

"""What both offline plugins share: the gRPC server, properties, differences and faults.

Properties travel as protobuf structs in which a secret is a struct with a signature and a value
that is not known yet is a fixed string (pulumi sdk/go/common/resource/plugin/rpc.go). Here they
are plain Python values with `Secret` around the former and `UNKNOWN` for the latter.
"""

# ruff: noqa: N802 - the names of the gRPC methods are the engine's.

import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn, TypeAlias

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from tools import Fault

Tree: TypeAlias = Any
"""A property: JSON, with `Secret` and `UNKNOWN` anywhere in it."""

Obj: TypeAlias = dict[str, Any]

Context: TypeAlias = grpc.ServicerContext

Path: TypeAlias = tuple[str | int, ...]

SIGNATURE = rpc._special_sig_key  # noqa: SLF001 - the SDK has no public name for the wire format
SECRET = rpc._special_secret_sig  # noqa: SLF001

# A wait holds its thread, so there are more of these than an engine starts operations at once,
# and one is always left for Cancel.
THREADS = 256
MESSAGE_BYTES = 400 * 1024 * 1024
PARENT_SECONDS = 1.0
STOP_SECONDS = 3.0


class InitFailed(Fault):
    """The object was made or changed, but did not become ready: the engine records it so."""

    def __init__(
        self, place: str, fault: str, mend: str, *, identity: str, properties: Obj
    ) -> None:
        """Fail so that the state holds *properties* under the id *identity*."""
        super().__init__(place, fault, mend)
        self.identity = identity
        self.properties = properties


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted in the state and never shown."""

    value: Tree


class _Unknown:
    """A value that only the update itself will know."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()


def decode(value: struct_pb2.Value) -> Tree:
    """Return Python's form of a property; whole numbers become int, as Kubernetes wants them."""
    match value.WhichOneof("kind"):
        case "struct_value":
            return decode_struct(value.struct_value)
        case "list_value":
            return [decode(item) for item in value.list_value.values]
        case "string_value":
            return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
    return None


def decode_struct(struct: struct_pb2.Struct) -> Tree:
    """Return Python's form of a property bag; an asset or archive in it is a `Fault`."""
    fields = struct.fields
    if SIGNATURE not in fields:
        return {key: decode(value) for key, value in fields.items()}
    if fields[SIGNATURE].string_value != SECRET:
        raise Fault("an input", "the offline plugin takes no assets or archives", "give their text")
    inner = decode(fields["value"])
    return inner if isinstance(inner, Secret) else Secret(inner)


def encode(properties: Obj) -> struct_pb2.Struct:
    """Return the wire's form of a property bag."""
    struct = struct_pb2.Struct()
    struct.update({key: _wire(value) for key, value in properties.items()})
    return struct


def _wire(tree: Tree) -> Tree:
    if isinstance(tree, Secret):
        return {SIGNATURE: SECRET, "value": _wire(tree.value)}
    if isinstance(tree, dict):
        return {key: _wire(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_wire(item) for item in tree]
    return rpc.UNKNOWN if tree is UNKNOWN else tree


def plain(tree: Tree) -> Tree:
    """Copy *tree* with its secrets opened; what is unknown stays so."""
    if isinstance(tree, Secret):
        return plain(tree.value)
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    return [plain(item) for item in tree] if isinstance(tree, list) else tree


def leaves(tree: Tree) -> Iterator[Tree]:
    """Walk every node of *tree*, so that any() can look for a kind of value."""
    yield tree
    if isinstance(tree, Secret):
        yield from leaves(tree.value)
    elif isinstance(tree, dict | list):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from leaves(item)


def has_unknown(tree: Tree) -> bool:
    """Whether any part of *tree* is not known yet."""
    return any(node is UNKNOWN for node in leaves(tree))


def has_secret(tree: Tree) -> bool:
    """Whether any part of *tree* is secret."""
    return any(isinstance(node, Secret) for node in leaves(tree))


@dataclass(frozen=True)
class Change:
    """One property that differs: *kind* is ADD, UPDATE or DELETE, *value* the new one."""

    path: Path
    kind: str
    value: Tree


def changes(old: Tree, new: Tree, path: Path = ()) -> Iterator[Change]:
    """Find the smallest properties in which *new* differs from *old*, both without secrets."""
    if isinstance(old, dict) and isinstance(new, dict):
        pairs: list[tuple[str | int, Tree, Tree]] = [
            (key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())
        ]
    elif isinstance(old, list) and isinstance(new, list):
        size = max(len(old), len(new))
        pad = [None] * size
        pairs = list(zip(range(size), (old + pad)[:size], (new + pad)[:size], strict=True))
    else:
        if new is UNKNOWN or old != new or isinstance(old, bool) is not isinstance(new, bool):
            yield Change(path, "UPDATE", new)
        return
    for key, before, after in pairs:
        here = (*path, key)
        if before is None and after is not None:
            yield Change(here, "ADD", after)
        elif before is not None and after is None:
            yield Change(here, "DELETE", None)
        else:
            yield from changes(before, after, here)


def dotted(path: Path) -> str:
    """*path* as the engine writes it: `metadata.labels["a.b"]`, `spec.ports[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif any(mark in part for mark in '."[]'):
            quoted = part.replace('"', '\\"')
            text += f'["{quoted}"]'
        else:
            text += f".{part}" if text else part
    return text


def diff_response(
    found: list[Change], forces_new: Callable[[Change], bool], *, delete_first: bool = False
) -> provider_pb2.DiffResponse:
    """Return the engine's form of *found*; a change of which *forces_new* is true replaces.

    *delete_first* tells the engine to delete the old object before a replacement is made.
    """
    detailed = {}
    replaces = []
    for change in found:
        suffix = ""
        if forces_new(change):
            replaces.append(dotted(change.path))
            suffix = "_REPLACE"
        kind = provider_pb2.PropertyDiff.Kind.Value(change.kind + suffix)
        detailed[dotted(change.path)] = provider_pb2.PropertyDiff(kind=kind, inputDiff=True)
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if found else none,
        diffs=sorted({str(change.path[0]) for change in found}),
        replaces=replaces,
        detailedDiff=detailed,
        hasDetailedDiff=True,
        deleteBeforeReplace=bool(replaces) and delete_first,
    )


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
        """Show *text* beside the resource *urn*; a *passing* line gives way to the next one."""
        if self._engine is None:
            return
        level = engine_pb2.WARNING if warning else engine_pb2.INFO
        request = engine_pb2.LogRequest(severity=level, message=text, urn=urn, ephemeral=passing)
        try:
            self._engine.Log(request, timeout=STOP_SECONDS)
        except grpc.RpcError:
            # An engine that has gone away reads nothing more; the operation itself goes on.
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
            except InitFailed as fault:
                detail = provider_pb2.ErrorResourceInitFailed(
                    id=fault.identity, properties=encode(fault.properties), reasons=[str(fault)]
                )
                status = status_pb2.Status(
                    code=grpc.StatusCode.UNKNOWN.value[0], message=str(fault)
                )
                status.details.add().Pack(detail)
                context.set_trailing_metadata(
                    (("grpc-status-details-bin", status.SerializeToString()),)
                )
                context.abort(grpc.StatusCode.UNKNOWN, str(fault))
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
    watched: a plugin that outlived it would go on waiting for objects that no one asks about.
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

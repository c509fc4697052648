"""The second engine: it runs the same program and records what it declares.

It is the SDK's mock monitor, so it needs no CLI, plugin, cluster or secret. `plan`, `render` and
the golden files show what it records.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc, settings

from components.kube import HOLDS_DATA, RELEASE, release_as_object


@dataclass(frozen=True)
class Resource:
    """A resource as the program declared it."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    dependencies: frozenset[str]
    """URNs of the resources whose values it, or its component, uses."""
    provider: str
    """Logical name of its provider; empty for the default one."""
    protect: bool
    retain_on_delete: bool

    @property
    def manifest(self) -> Mapping[str, Any] | None:
        """The Kubernetes object, or None for a component, a provider or a Helm release.

        Annotations for Pulumi's provider are left out.
        """
        if not self.type.startswith("kubernetes:") or self.type == RELEASE:
            return None
        metadata = dict(self.inputs["metadata"])
        annotations = {
            key: value
            for key, value in metadata.pop("annotations", {}).items()
            if not key.startswith("pulumi.com/")
        }
        if annotations:
            metadata["annotations"] = annotations
        head = ("apiVersion", "kind", "metadata")
        return (
            {key: self.inputs[key] for key in head}
            | {"metadata": metadata}
            | {key: value for key, value in self.inputs.items() if key not in head}
        )

    @property
    def release(self) -> Mapping[str, Any] | None:
        """The inputs of a Helm release, or None for any other resource."""
        if self.type != RELEASE:
            return None
        told = ("name", "namespace", "repositoryOpts", "chart", "version", "values")
        return {key: self.inputs[key] for key in told}

    @property
    def identity(self) -> tuple[str, str, str, str] | None:
        """What is one in the API server: group, kind, namespace and name; None for the others.

        Every version of a group serves the same objects. A release is a Secret of its name.
        """
        if not self.type.startswith("kubernetes:"):
            return None
        if self.type == RELEASE:
            return "", "Release", self.inputs["namespace"], self.inputs["name"]
        group, _, _ = self.inputs["apiVersion"].rpartition("/")
        metadata = self.inputs["metadata"]
        return group, self.inputs["kind"], metadata.get("namespace", ""), metadata["name"]

    @property
    def holds_data(self) -> bool:
        """Whether its deletion would lose data."""
        annotations = self.inputs.get("metadata", {}).get("annotations", {})
        return HOLDS_DATA in annotations


class DeclaredTwice(pulumi.RunError):
    """Two resources of one name; its text is `place: fault; fix`.

    Pulumi prints a RunError without a traceback.
    """


@dataclass(frozen=True)
class Recording:
    """Everything that a program declared.

    Raise DeclaredTwice if two objects, or two Helm releases, are one to the cluster, or two
    resources are one to Pulumi: `render --out` would write one of them only, and `pulumi up` would
    end at the second.
    """

    resources: list[Resource]
    outputs: Mapping[str, Any]
    """The stack's outputs."""

    def __post_init__(self) -> None:
        """Compare the names of all objects and releases."""
        taken: dict[object, Resource] = {}
        for resource in self.resources:
            if resource.identity is None:
                continue
            for key in (resource.identity, resource.urn):
                if other := taken.get(key):
                    _, kind, namespace, called = resource.identity
                    first, second = sorted((other.name, resource.name))
                    raise DeclaredTwice(
                        f"{kind} {namespace}{'/' * bool(namespace)}{called}: is declared twice, as "
                        f"'{first}' and as '{second}'; choose another name for one"
                    )
                taken[key] = resource

    def releases(self) -> Iterator[Mapping[str, Any]]:
        """Yield the Helm releases by their names."""
        for resource in sorted(self.resources, key=lambda resource: resource.name):
            if resource.release:
                yield resource.release

    def objects(self) -> Iterator[Mapping[str, Any]]:
        """Yield the Helm releases, each with the head of an object, then the Kubernetes objects."""
        yield from map(release_as_object, self.releases())
        yield from self.manifests()

    def manifests(self) -> Iterator[Mapping[str, Any]]:
        """Yield the Kubernetes objects in an order in which they can be applied.

        They come wave by wave. Within a wave the order is by namespace, kind and name, so that it
        is stable.
        """
        for resource, _ in self.waves():
            if resource.manifest:
                yield resource.manifest

    def waves(self) -> Iterator[tuple["Resource", int]]:
        """Yield each Kubernetes object in that order, with its wave.

        An object that uses no values of others is in wave 0; any other is in the wave after the
        last of those whose values it uses.
        """
        objects = {r.urn: r for r in self.resources if r.manifest}
        waits = {urn: r.dependencies & objects.keys() for urn, r in objects.items()}
        order = TopologicalSorter(waits)
        order.prepare()
        for wave in itertools.count():
            ready = order.get_ready()
            if not ready:
                return
            for resource in sorted((objects[urn] for urn in ready), key=_rank):
                yield resource, wave
            order.done(*ready)


def _rank(resource: Resource) -> tuple[str, str, str]:
    metadata = resource.inputs["metadata"]
    return metadata.get("namespace", ""), resource.inputs["kind"], metadata["name"]


class _Echo(mocks.Mocks):
    """Every resource becomes what was declared."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return args.name, args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise NotImplementedError(f"the program calls {args.token}, which needs a cluster")


class _Monitor(mocks.MockMonitor):
    """The SDK's mock monitor, which also records what mocks do not get: order and protection."""

    def __init__(self) -> None:
        super().__init__(_Echo())
        self.recorded: list[Resource] = []
        self._needed: dict[str, frozenset[str]] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - gRPC's
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        # A child is created after its component, which waits for its own dependencies.
        needed = frozenset(request.dependencies) | self._needed.get(request.parent, frozenset())
        self._needed[response.urn] = needed
        self.recorded.append(
            Resource(
                urn=response.urn,
                type=request.type,
                name=request.name,
                inputs=_plain(rpc.deserialize_properties(request.object)),
                dependencies=needed,
                provider=_provider(request.provider),
                protect=request.protect,
                retain_on_delete=request.retainOnDelete,
            )
        )
        return response


class _Callbacks:
    """Accepts the program's resource hooks and runs none: no resource is created here."""

    def register_resource_hook(self, hook: pulumi.ResourceHook) -> None:
        """Accept *hook*."""


def _provider(reference: str) -> str:
    """Return the logical name in a provider reference, `<urn>::<id>`."""
    return reference.split("::")[-2] if reference else ""


def record(program: Callable[[], object], *, stack: str = "recording") -> Recording:
    """Run *program* and return what it declared."""
    monitor = _Monitor()
    # An earlier program may have left its transformations on this process's root.
    settings.ROOT.set(None)
    mocks.set_mocks(monitor.mocks, project="tier0", stack=stack, preview=False, monitor=monitor)
    # The SDK has callbacks only for an engine's monitor (settings.py, _get_callbacks).
    settings.SETTINGS.callbacks = _Callbacks()
    outputs: dict[str, Any] = {}

    def run() -> pulumi.Output[None]:
        program()
        # The mock engine never gets the stack's outputs; they stay with the root resource.
        exported = getattr(pulumi.runtime.get_root_resource(), "outputs", {})
        return pulumi.Output.from_input(exported).apply(outputs.update)

    pulumi.runtime.test(run)()  # type: ignore[no-untyped-call]
    return Recording(resources=monitor.recorded, outputs=_plain(outputs))


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return *value* in a stable order, with whole numbers as int.

    protobuf carries every number as a float and keeps no order of keys; a name comes first, for the
    reader.
    """
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (key != "name", key))
        return {key: _plain(value[key]) for key in keys}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value

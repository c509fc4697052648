"""Kubernetes objects: metadata, waiting and protection, in one place.

The Pulumi provider's annotation `pulumi.com/waitFor` says when an object counts as ready; without
it a custom resource is ready once the API server has stored it (pulumi-kubernetes 4.18).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import pulumi
from pulumi_kubernetes import apiextensions

if TYPE_CHECKING:
    # Slow to import, and not needed to check a spec.
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

HOLDS_DATA = "tier0/holds-data"
"""Annotation on every object whose deletion would lose data."""

WAIT_FOR = "pulumi.com/waitFor"
WAIT_SECONDS = "pulumi.com/timeoutSeconds"
SKIP_AWAIT = "pulumi.com/skipAwait"
PROPAGATION = "pulumi.com/deletionPropagationPolicy"

RELEASE = "kubernetes:helm.sh/v3:Release"
"""The type of a Helm release, which is not an object in the API server."""

PodSecurity: TypeAlias = Literal["privileged", "restricted"]
"""A Pod Security level of a namespace: what its pods may do on their node."""


def metadata(  # noqa: PLR0913 - the parts of an object's metadata, each by its name
    name: str,
    namespace: pulumi.Input[str] | None = None,
    *,
    keep: bool = False,
    ready: str | None = None,
    within: int | None = None,
    operator_deletes: bool = False,
    pods: PodSecurity | None = None,
    annotations: Mapping[str, str] | None = None,
    finalizers: Sequence[str] = (),
) -> "ObjectMetaArgsDict":
    """Return an object's metadata; *ready* is the condition that the engine waits for.

    The engine waits *within* seconds; its own limit is ten minutes. For a namespace, *pods* is the
    Pod Security level that is enforced in it. With *operator_deletes* the operator removes what it
    created for the object. Otherwise the engine has Kubernetes remove that before the object, when
    the operator may still need it.
    """
    noted: dict[str, pulumi.Input[str]] = dict(annotations or {})
    if keep:
        noted[HOLDS_DATA] = "true"
    if ready:
        noted[WAIT_FOR] = ready
    if within:
        noted[WAIT_SECONDS] = str(within)
    if operator_deletes:
        noted[PROPAGATION] = "background"
    made: ObjectMetaArgsDict = {"name": name}
    if namespace is not None:
        made["namespace"] = namespace
    if noted:
        made["annotations"] = noted
    if pods:
        made["labels"] = {"pod-security.kubernetes.io/enforce": pods}
    if finalizers:
        made["finalizers"] = list(finalizers)
    return made


def child(
    parent: pulumi.Resource, *, keep: bool = False, after: Sequence[pulumi.Resource] = ()
) -> pulumi.ResourceOptions:
    """Return a child's options; *keep* refuses its deletion and leaves the object if forced.

    *after*: dependencies that no input expresses.
    """
    return pulumi.ResourceOptions(
        parent=parent, protect=keep, retain_on_delete=keep, depends_on=list(after) or None
    )


class CustomResource(apiextensions.CustomResource):
    """A custom resource."""

    metadata: pulumi.Output[Mapping[str, Any]]

    def __init__(  # noqa: PLR0913 - the parts of an object, each by its name
        self,
        resource_name: str,
        *,
        parent: pulumi.Resource,
        api_version: str,
        kind: str,
        name: str,
        namespace: pulumi.Input[str] | None = None,
        spec: Mapping[str, Any],
        ready: str | None = None,
        within: int | None = None,
        keep: bool = False,
        operator_deletes: bool = False,
        annotations: Mapping[str, str] | None = None,
        finalizers: Sequence[str] = (),
    ) -> None:
        super().__init__(
            resource_name,
            api_version=api_version,
            kind=kind,
            metadata=metadata(
                name,
                namespace,
                keep=keep,
                ready=ready,
                within=within,
                operator_deletes=operator_deletes,
                annotations=annotations,
                finalizers=finalizers,
            ),
            spec=spec,
            opts=child(parent, keep=keep),
        )

    @property
    def name(self) -> pulumi.Output[str]:
        """Its `metadata.name`; reading it makes the reader depend on the object."""
        return self.metadata["name"]


def when_ready(resource: CustomResource, value: str) -> pulumi.Output[str]:
    """Return *value* as an output that resolves when *resource* is ready."""
    return resource.name.apply(lambda _: value)


def after_created(resource: CustomResource) -> pulumi.Output[str]:
    """Return the name of *resource*, which a preview does not know until the object exists.

    A preview does not try a reader of it on the API server: see docs/decisions/0010.
    """
    return pulumi.Output.all(resource.id, resource.name).apply(lambda made: str(made[1]))


def without_waiting(
    args: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    """Wait for nothing: a stack transformation for an API server without controllers."""
    if not args.type_.startswith("kubernetes:"):
        return None
    if args.type_ == RELEASE:
        return pulumi.ResourceTransformationResult(
            props={**args.props, "skip_await": True}, opts=args.opts
        )
    given = cast("dict[str, Any]", args.props["metadata"])
    annotations = {k: v for k, v in given.get("annotations", {}).items() if k != WAIT_FOR}
    metadata = given | {"annotations": annotations | {SKIP_AWAIT: "true"}}
    return pulumi.ResourceTransformationResult(
        props={**args.props, "metadata": metadata}, opts=args.opts
    )

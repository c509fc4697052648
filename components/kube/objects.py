"""Kubernetes objects: metadata, waiting and protection, in one place.

The Pulumi provider's annotation `pulumi.com/waitFor` says when an object counts as ready; without
it a custom resource is ready once the API server has stored it (pulumi-kubernetes 4.18).
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias, cast

import pulumi

from components.kube.plugin import plugin_version
from components.kube.readiness import Readiness, readiness

HOLDS_DATA = "tier0/holds-data"
"""Annotation on every object whose deletion would lose data."""

WAIT_FOR = "pulumi.com/waitFor"
WAIT_SECONDS = "pulumi.com/timeoutSeconds"
SKIP_AWAIT = "pulumi.com/skipAwait"
PROPAGATION = "pulumi.com/deletionPropagationPolicy"
FORCE = "pulumi.com/patchForce"
"""Annotation by which a field changes that another program has set."""
REPLACE_FAILED = "pulumi.com/replaceUnready"
"""Annotation of a Job: while it is not complete, each run of the engine makes it again."""

OBJECT_SECONDS = 600
"""Seconds that the engine waits for an object without a limit (pulumi-kubernetes 4.18)."""

RELEASE = "kubernetes:helm.sh/v3:Release"
"""The type of a Helm release, which is not an object in the API server."""

_FRAMES = 8  # of them five are the SDK's and those of Object

PodSecurity: TypeAlias = Literal["privileged", "restricted"]
"""A Pod Security level of a namespace: what its pods may do on their node."""


def child(
    parent: pulumi.Resource,
    *,
    keep: bool = False,
    after: Sequence[pulumi.Resource] = (),
    replace_on: Sequence[str] = (),
) -> pulumi.ResourceOptions:
    """Return a child's options; *keep* refuses its deletion and leaves the object if forced.

    *after*: dependencies that no input expresses. *replace_on*: fields that never change; with
    another value of one the object is deleted and made again, by the same name.
    """
    return pulumi.ResourceOptions(
        parent=parent,
        protect=keep,
        retain_on_delete=keep,
        depends_on=list(after) or None,
        replace_on_changes=list(replace_on) or None,
        delete_before_replace=True if replace_on else None,
    )


class Component(pulumi.ComponentResource):
    """What groups the objects of one subject."""

    def __init__(self, kind: str, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register it; *kind* is its type, as in `tier0:postgres:PostgresCluster`."""
        with _nearest_frames():
            super().__init__(kind, name, opts=opts)


class Object(pulumi.CustomResource):
    """A Kubernetes object, declared with the field names of its manifest.

    It registers what the SDK's class of its kind registers, without the aliases for the kind's
    older API versions. The SDK generates a class for every kind, and importing them took half of
    the time of a preview.
    """

    metadata: pulumi.Output[Mapping[str, Any]]

    def __init__(  # noqa: PLR0913 - the parts of an object, each by its name
        self,
        resource_name: str,
        *,
        parent: pulumi.Resource,
        api_version: str,
        kind: str,
        name: pulumi.Input[str],
        namespace: pulumi.Input[str] | None = None,
        spec: Mapping[str, Any] | None = None,
        fields: Mapping[str, Any] | None = None,
        within: int | None = None,
        keep: bool = False,
        operator_deletes: bool = False,
        pods: PodSecurity | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        finalizers: Sequence[str] = (),
        after: Sequence[pulumi.Resource] = (),
        waits: bool = True,
        replace_on: Sequence[str] = (),
    ) -> None:
        """Declare the object; *fields* are its top-level fields other than `metadata` and `spec`.

        The engine waits until it is ready (components/kube/readiness.py), *within* seconds; without
        them OBJECT_SECONDS. For a namespace, *pods* is the Pod Security level that is enforced in
        it. With *operator_deletes* the operator, or Kubernetes afterwards, removes what was created
        for the object. Otherwise the engine has Kubernetes remove that before the object, when the
        operator may still need it. *after* and *replace_on* are those of `child`. The engine
        *waits* for it, or does not: it is ready once it is stored, and a Job is gone once its
        deletion is asked for. Of the kinds here the deletion of every other one is waited for all
        the same (pulumi-kubernetes 4.32, overrides.go, allowsSkipAwaitWithDelete).
        """
        opts = child(parent, keep=keep, after=after, replace_on=replace_on)
        opts.version = plugin_version()
        noted = dict(annotations or {}) | _notes(
            kind=kind,
            keep=keep,
            ready=readiness(api_version, kind) if waits else None,
            within=within,
            waits=waits,
            operator_deletes=operator_deletes,
        )
        metadata: dict[str, Any] = {"name": name}
        if namespace is not None:
            metadata["namespace"] = namespace
        if noted:
            metadata["annotations"] = noted
        level = {"pod-security.kubernetes.io/enforce": pods} if pods else {}
        if marked := dict(labels or {}) | level:
            metadata["labels"] = marked
        if finalizers:
            metadata["finalizers"] = [*finalizers]
        body = {"apiVersion": api_version, "kind": kind, "metadata": metadata}
        # Pulumi's types name the core group, which has no name in Kubernetes.
        group = api_version if "/" in api_version else f"core/{api_version}"
        with _nearest_frames():
            super().__init__(
                f"kubernetes:{group}:{kind}",
                resource_name,
                body | ({"spec": spec} if spec is not None else {}) | dict(fields or {}),
                opts,
            )

    @property
    def name(self) -> pulumi.Output[str]:
        """Its `metadata.name`; reading it makes the reader depend on the object."""
        return self.metadata["name"]


@contextmanager
def _nearest_frames() -> Iterator[None]:
    """Have the SDK note the three nearest lines of the program for a resource, not all of them.

    It writes the whole stack into each resource's state, where it was half of it (pulumi 3.250,
    runtime/resource.py, _get_stack_trace), and the engine writes the whole state at each step.
    """
    before = getattr(sys, "tracebacklimit", None)
    sys.tracebacklimit = _FRAMES
    try:
        yield
    finally:
        if before is None:
            del sys.tracebacklimit
        else:
            sys.tracebacklimit = before


def _notes(
    *,
    kind: str,
    keep: bool,
    ready: Readiness | None,
    within: int | None,
    waits: bool,
    operator_deletes: bool,
) -> dict[str, str]:
    """Return the annotations for waiting and deletion."""
    noted = {}
    if keep:
        noted[HOLDS_DATA] = "true"
    # One that is not waited for is not gone either when its name is needed again.
    if kind == "Job" and waits:
        noted[REPLACE_FAILED] = "true"
    if ready:
        noted[WAIT_FOR] = ready.wait_for
    if within:
        noted[WAIT_SECONDS] = str(within)
    if not waits:
        noted[SKIP_AWAIT] = "true"
    if operator_deletes:
        noted[PROPAGATION] = "background"
    return noted


def when_ready(resource: Object, value: str) -> pulumi.Output[str]:
    """Return *value* as an output that resolves when *resource* is ready."""
    return resource.name.apply(lambda _: value)


def after_created(resource: Object) -> pulumi.Output[str]:
    """Return the name of *resource*, which a preview does not know until the object exists.

    A preview does not try a reader of it on the API server: see docs/decisions/0010.
    """
    return pulumi.Output.all(resource.id, resource.name).apply(lambda made: str(made[1]))


def taking_over(
    ids: Mapping[tuple[str, str, str], str],
) -> pulumi.ResourceTransformation:
    """Return a stack transformation by which the engine imports objects that exist.

    *ids* are the provider's, by the name of the component, the kind and the name. An object that
    differs is changed in the same run (pulumi 3.250, continueStepsFromImport), also in fields that
    the program has set which applied it before.
    """

    def imported(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith("kubernetes:") or args.opts.parent is None:
            return None
        component, kind = args.opts.parent.pulumi_resource_name, args.type_.rpartition(":")[2]
        name = cast("dict[str, Any]", args.props["metadata"])["name"]
        found = ids.get((component, kind, name)) if isinstance(name, str) else None
        if not found:
            return None
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(import_=found))
        return pulumi.ResourceTransformationResult(
            props=_annotated(args, {FORCE: "true"}), opts=opts
        )

    return imported


def _annotated(args: pulumi.ResourceTransformationArgs, more: Mapping[str, str]) -> dict[str, Any]:
    """Return the inputs of an object with *more* annotations."""
    given = cast("dict[str, Any]", args.props["metadata"])
    metadata = given | {"annotations": {**given.get("annotations", {}), **more}}
    return {**args.props, "metadata": metadata}


def without_waiting(
    args: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    """Wait for nothing: a stack transformation for an API server without controllers."""
    if not args.type_.startswith("kubernetes:"):
        return None
    if args.type_ == RELEASE:
        return pulumi.ResourceTransformationResult(
            props={**args.props, "skipAwait": True}, opts=args.opts
        )
    given = cast("dict[str, Any]", args.props["metadata"])
    annotations = {k: v for k, v in given.get("annotations", {}).items() if k != WAIT_FOR}
    metadata = given | {"annotations": annotations | {SKIP_AWAIT: "true"}}
    return pulumi.ResourceTransformationResult(
        props={**args.props, "metadata": metadata}, opts=args.opts
    )

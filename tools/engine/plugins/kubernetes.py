"""`pulumi-resource-kubernetes`, offline: what the real plugin does for plain objects.

Unlike there, an unknown field is always refused, a difference is one between inputs (what others
changed counts after a refresh), and a refresh does not judge readiness.
"""

# ruff: noqa: N802 - the names of the gRPC methods are the engine's.

import http
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from tools import Fault
from tools.engine.plugins import manifests, releases
from tools.engine.plugins.applying import FIELD_MANAGER, Writer
from tools.engine.plugins.cluster import Access, Cluster, NoSuchKind, Refused, Unreachable, target
from tools.engine.plugins.manifests import annotation, builtin, identity, metadata, title
from tools.engine.plugins.properties import (
    UNKNOWN,
    Obj,
    Tree,
    changes,
    decode_struct,
    diff_response,
    encode,
    has_unknown,
    plain,
)
from tools.engine.plugins.provider import Context, InitFailed, Provider, serve, token
from tools.engine.plugins.waiting import Unready, Waiter, goals, timeout

# A namespace or a CRD that another resource of the same run makes may be a moment away.
MISORDER_SECONDS = (0.25, 0.5, 1.0, 2.0, 4.0)

ACCESS = ("kubeconfig", "context", "cluster", "namespace")
FLAGS = {
    "deleteUnreachable": "PULUMI_K8S_DELETE_UNREACHABLE",
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    "upsertExistingObjects": "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
}
"""Switches and the variables that set them elsewhere (provider.go, Configure)."""

# The first only DiffConfig reads; neither kind of warning is ever given; the engine adds the last.
MET = ("clusterIdentifier", "suppressDeprecationWarnings", "suppressHelmHookWarnings", "version")
APPLY_SWITCH = "enableServerSideApply"

REFUSED_MODULES = ("helm.sh", "yaml", "kustomize")
REFUSED_ANNOTATIONS = ("pulumi.com/replaceUnready", "pulumi.com/patchFieldManager")


@dataclass(frozen=True)
class Settings:
    """How the provider is configured."""

    access: Access = field(default_factory=Access)
    flags: frozenset[str] = frozenset()


def _true(value: Tree) -> bool:
    """Whether a switch is on; the SDK sends switches as JSON text."""
    return str(value).lower() == "true"


def _settings(config: Obj) -> Settings:
    def on(flag: str, variable: str) -> bool:
        value = config.get(flag)
        return _true(os.environ.get(variable) if value is None else value)

    return Settings(
        Access(**{key: config[key] for key in ACCESS if isinstance(config.get(key), str)}),
        frozenset(flag for flag, variable in FLAGS.items() if on(flag, variable)),
    )


class Kubernetes(Provider):
    """The plugin; one engine, one configuration."""

    package: ClassVar[str] = "kubernetes"
    version: ClassVar[str] = "4.34.2"

    def __init__(self) -> None:
        """Start unconfigured."""
        super().__init__()
        self.settings = Settings()
        self._cluster: Cluster | None = None
        self._warned = False

    @property
    def cluster(self) -> Cluster:
        """The API server; a `Fault` before the configuration is known."""
        if self._cluster is None:
            raise Unreachable("the kubeconfig", "it is not known yet", "deploy what makes it first")
        return self._cluster

    @property
    def writer(self) -> Writer:
        """What writes to the cluster."""
        return Writer(self.cluster, self.settings.flags)

    @property
    def waiter(self) -> Waiter:
        """What waits for objects of the cluster."""
        return Waiter(self.cluster, self.cancelled)

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, _context: Context
    ) -> provider_pb2.CheckResponse:
        """Refuse what the provider is configured with and this plugin cannot honour."""
        config = plain(decode_struct(request.news))
        known = {*ACCESS, *FLAGS, *MET, APPLY_SWITCH}
        failures = [
            provider_pb2.CheckFailure(property=key, reason=str(self.beyond(f"the option {key}")))
            for key, value in config.items()
            if not key.startswith("__")
            and (
                (key not in known and value not in (None, "", "false"))
                or (key == APPLY_SWITCH and not _true(value))
            )
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, _context: Context
    ) -> provider_pb2.DiffResponse:
        """Replace every object when the cluster is another one.

        `clusterIdentifier` decides that where it is set before and after; else the cluster entry
        that the kubeconfig selects (provider/pkg/provider/provider.go, DiffConfig).
        """
        old, new = plain(decode_struct(request.olds)), plain(decode_struct(request.news))
        found = [c for c in changes(old, new) if not str(c.path[0]).startswith("__")]
        before, after = old.get("clusterIdentifier"), new.get("clusterIdentifier")
        selectors = ("kubeconfig", "context", "cluster")
        if before and after:
            moved = ["clusterIdentifier"]
        elif any(new.get(key) is UNKNOWN for key in selectors):
            moved = [key for key in selectors if new.get(key) is UNKNOWN]
        else:
            was, will = target(_settings(old).access), target(_settings(new).access)
            moved = list(selectors) if was and will and was != will else []
        return diff_response(found, lambda change: change.path[0] in moved)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: Context
    ) -> provider_pb2.ConfigureResponse:
        """Remember the configuration; the cluster is asked when the first object needs it."""
        response = super().Configure(request, context)
        config = plain(decode_struct(request.args))
        self.settings = _settings(config)
        if not has_unknown({key: config.get(key) for key in ACCESS}):
            self._cluster = Cluster(self.settings.access)
        return response

    def Check(
        self, request: provider_pb2.CheckRequest, _context: Context
    ) -> provider_pb2.CheckResponse:
        """Complete the inputs with a name and a namespace, and refuse what is not offered."""
        news, olds = decode_struct(request.news), plain(decode_struct(request.olds))
        asked, inputs = token(request), plain(news)
        if asked == releases.TYPE:
            return self._checked_release(request)
        _, module, kind = asked.split(":")
        if module.partition("/")[0] in REFUSED_MODULES:
            self.refuse(asked)
        inputs.setdefault("apiVersion", module.removeprefix("core/"))
        inputs.setdefault("kind", kind)
        if kind == f"{inputs['kind']}Patch":
            self.refuse(f"the Patch resource {asked}")
        if kind.endswith("List") and "items" in inputs:
            self.refuse(f"the list {asked}")
        failures = []
        if isinstance(inputs.setdefault("metadata", {}), dict):
            failures = self._complete(inputs, olds, request)
        inputs = manifests.marked(inputs, news)
        return provider_pb2.CheckResponse(inputs=encode(inputs), failures=failures)

    def _checked_release(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        """Complete a Helm release with its namespace."""
        inputs = decode_struct(request.news)
        inputs.setdefault("namespace", self._cluster.namespace if self._cluster else "default")
        failures = [
            provider_pb2.CheckFailure(property=name, reason=str(self.beyond(f"no {name}")))
            for name in releases.missing(plain(inputs))
        ]
        return provider_pb2.CheckResponse(inputs=encode(inputs), failures=failures)

    def _complete(
        self, inputs: Obj, olds: Obj, request: provider_pb2.CheckRequest
    ) -> list[provider_pb2.CheckFailure]:
        """Name the object as the real plugin does (provider/pkg/metadata/naming.go)."""
        meta, reasons = inputs["metadata"], []
        if not meta.get("name"):
            if meta.get("generateName"):
                reasons.append(str(self.beyond("metadata.generateName")))
            options = request.autonaming
            if annotation(olds, manifests.AUTONAMED) == "true":
                meta["name"] = metadata(olds)["name"]
            elif request.HasField("autonaming") and options.mode == options.DISABLE:
                reasons.append("autonaming is disabled: give this object a metadata.name")
            else:
                name = request.name or request.urn.rpartition("::")[2]
                meta["name"] = options.proposed_name or manifests.suffixed(name, request.randomSeed)
            manifests.annotate(inputs, manifests.AUTONAMED, "true")
        if not meta.get("namespace") and self._namespaced(inputs):
            meta["namespace"] = self._cluster.namespace if self._cluster else "default"
        for key in manifests.SERVER_METADATA:
            meta.pop(key, None)
        reasons += [
            str(self.beyond(f"the annotation {name}"))
            for name in REFUSED_ANNOTATIONS
            if annotation(inputs, name)
        ]
        try:
            goals(inputs)
        except Fault as fault:
            reasons.append(str(fault))
        return [provider_pb2.CheckFailure(property="metadata", reason=text) for text in reasons]

    def _namespaced(self, manifest: Obj) -> bool:
        """Whether objects of this kind live in a namespace; a kind not served yet may well."""
        if builtin(manifest["apiVersion"]):
            return manifest["kind"] not in manifests.CLUSTER_SCOPED
        try:
            self.cluster.reach()
            return self.cluster.served(manifest["apiVersion"], manifest["kind"]).namespaced
        except (NoSuchKind, Unreachable):
            return True

    def Diff(
        self, request: provider_pb2.DiffRequest, _context: Context
    ) -> provider_pb2.DiffResponse:
        """Compare the program's old inputs with its new ones."""
        old, new = plain(decode_struct(request.old_inputs)), plain(decode_struct(request.news))
        if not old:
            old = plain(decode_struct(request.olds)).get("__inputs") or {}
        if token(request) == releases.TYPE:
            found = list(changes(old, new))
            return diff_response(found, lambda change: change.path[0] in releases.REPLACED)
        if not self._namespaced(new):
            # It was assumed to have one while its CRD was not installed.
            metadata(old).pop("namespace", None)
            metadata(new).pop("namespace", None)
        flags = self.settings.flags
        forces = manifests.forces_new(
            new,
            old,
            secret_mutable="enableSecretMutable" in flags,
            config_mutable="enableConfigMapMutable" in flags,
        )
        before, after = metadata(old), metadata(new)
        same_place = all(before.get(key) == after.get(key) for key in ("name", "namespace"))
        named = annotation(new, manifests.AUTONAMED) != "true"
        return diff_response(list(changes(old, new)), forces, delete_first=named and same_place)

    def Create(
        self, request: provider_pb2.CreateRequest, _context: Context
    ) -> provider_pb2.CreateResponse:
        """Make the object and wait for it; in a preview, have the API server try it."""
        news = decode_struct(request.properties)
        inputs = plain(news)
        if token(request) == releases.TYPE:
            self.log(releases.WARNING, request.urn, warning=True)
            made = "" if request.preview else releases.identity(inputs)
            return provider_pb2.CreateResponse(id=made, properties=encode(releases.state(news)))
        if request.preview:
            live = self._previewed(request.urn, inputs, lambda: self.writer.make(inputs, dry=True))
            planned = manifests.planned(live, news, {}, FIELD_MANAGER)
            return provider_pb2.CreateResponse(properties=encode(planned))
        self.cluster.reach()
        live = self._ordered(lambda: self.writer.make(inputs, dry=False), request.urn)
        live = self._settled(live, news, FIELD_MANAGER, request)
        properties = encode(manifests.state(live, news, FIELD_MANAGER))
        return provider_pb2.CreateResponse(id=identity(live), properties=properties)

    def Update(
        self, request: provider_pb2.UpdateRequest, _context: Context
    ) -> provider_pb2.UpdateResponse:
        """Apply the new inputs and wait; in a preview, have the API server try them."""
        news, olds = decode_struct(request.news), plain(decode_struct(request.olds))
        inputs = plain(news)
        if token(request) == releases.TYPE:
            self.log(releases.WARNING, request.urn, warning=True)
            return provider_pb2.UpdateResponse(properties=encode(releases.state(news)))
        manager = olds.get("__fieldManager", FIELD_MANAGER)
        ignored = list(request.ignoreChanges)

        def change() -> Obj:
            return self.writer.change(inputs, request.id, manager, ignored, dry=request.preview)

        if request.preview:
            live = self._previewed(request.urn, inputs, change)
            planned = manifests.planned(live, news, olds, manager)
            return provider_pb2.UpdateResponse(properties=encode(planned))
        self.cluster.reach()
        live = self._settled(change(), news, manager, request)
        return provider_pb2.UpdateResponse(properties=encode(manifests.state(live, news, manager)))

    def Read(
        self, request: provider_pb2.ReadRequest, _context: Context
    ) -> provider_pb2.ReadResponse:
        """Return the live object for a refresh, or for an import all that it is made of."""
        if token(request) == releases.TYPE:
            return provider_pb2.ReadResponse(
                id=request.id, inputs=request.inputs, properties=request.properties
            )
        old_inputs, olds = decode_struct(request.inputs), plain(decode_struct(request.properties))
        inputs = plain(old_inputs)
        namespace, _, name = request.id.rpartition("/")
        _, module, kind = token(request).split(":")
        manifest = {
            "apiVersion": inputs.get("apiVersion") or module.removeprefix("core/"),
            "kind": inputs.get("kind") or kind,
            "metadata": {"namespace": namespace},
        }
        try:
            self.cluster.reach()
            live = self.cluster.get(manifest, name)
        except NoSuchKind:
            live = None
        except Unreachable as fault:
            self._unreachable(fault)
            live = None
        if live is None:
            return provider_pb2.ReadResponse()
        read = manifests.live_inputs(manifests.without_noise(live), olds, inputs)
        source = manifests.marked(read, old_inputs)
        manager = olds.get("__fieldManager", FIELD_MANAGER)
        return provider_pb2.ReadResponse(
            id=request.id,
            inputs=encode(source),
            properties=encode(manifests.state(live, source, manager)),
        )

    def Delete(self, request: provider_pb2.DeleteRequest, _context: Context) -> empty_pb2.Empty:
        """Delete the object and wait until it is gone, finalizers and all."""
        if token(request) == releases.TYPE:
            return empty_pb2.Empty()
        olds = plain(decode_struct(request.properties))
        inputs = olds.get("__inputs") or olds
        namespace, _, name = request.id.rpartition("/")
        manifest = {
            "apiVersion": olds["apiVersion"],
            "kind": olds["kind"],
            "metadata": {"namespace": namespace, "name": name},
        }
        asked = annotation(inputs, "pulumi.com/deletionPropagationPolicy").lower()
        policy = {"orphan": "Orphan", "background": "Background"}.get(asked, "Foreground")
        try:
            self.cluster.reach()
            path = self.cluster.path(manifest, name)
            options: Obj = {
                "apiVersion": "v1",
                "kind": "DeleteOptions",
                "propagationPolicy": policy,
            }
            self.cluster.request(
                "DELETE", path, content=options, about=f"deleting {title(manifest)}"
            )
        except NoSuchKind:
            return empty_pb2.Empty()
        except Unreachable as fault:
            self._unreachable(fault)
            return empty_pb2.Empty()
        except Refused as fault:
            if fault.code == http.HTTPStatus.NOT_FOUND:
                return empty_pb2.Empty()
            # A namespace that is being deleted already answers so.
            if fault.code != http.HTTPStatus.CONFLICT:
                raise
        skips = annotation(inputs, "pulumi.com/skipAwait") == "true"
        if not (skips and olds["kind"] in manifests.NO_DELETE_WAIT):
            uid = metadata(olds).get("uid")
            self.waiter.gone(manifest, uid, timeout(request.timeout, inputs))
        return empty_pb2.Empty()

    def _unreachable(self, fault: Unreachable) -> None:
        """Raise *fault*, unless objects of a lost cluster are to be forgotten."""
        if "deleteUnreachable" not in self.settings.flags:
            raise Unreachable(
                *fault.parts[:2],
                f"{fault.parts[2]}; if it is gone for good, PULUMI_K8S_DELETE_UNREACHABLE=true "
                "drops its objects from the state",
            ) from fault

    def _previewed(self, urn: str, inputs: Obj, attempt: Callable[[], Obj]) -> Obj | None:
        """Return what a dry run makes of *inputs*, or nothing where it cannot tell.

        It cannot while a value, the cluster, the kind or the namespace is still to come, nor for
        an object that a replacement will delete first.
        """
        if has_unknown(inputs):
            return None
        try:
            self.cluster.reach()
            return attempt()
        except Unreachable as fault:
            if not self._warned:
                self._warned = True
                self.log(f"{fault}; until then a preview is unchecked", urn, warning=True)
            return None
        except NoSuchKind:
            return None
        except Refused as fault:
            absent = fault.code == http.HTTPStatus.NOT_FOUND and fault.missing_kind == "namespaces"
            forbidden = fault.code == http.HTTPStatus.FORBIDDEN and "webhook" not in fault.message
            exists = fault.reason == "AlreadyExists"
            if absent or forbidden or exists or "not support dry run" in fault.message:
                return None
            raise

    def _ordered(self, attempt: Callable[[], Obj], urn: str) -> Obj:
        """Make an *attempt*, and again while what it needs is still to come."""
        for delay in MISORDER_SECONDS:
            try:
                return attempt()
            except (NoSuchKind, Refused) as fault:
                retried = (http.HTTPStatus.NOT_FOUND, http.HTTPStatus.TOO_MANY_REQUESTS)
                if isinstance(fault, Refused) and fault.code not in retried:
                    raise
                self.log(f"{fault}; trying again in {delay} s", urn, passing=True)
                if self.cancelled.wait(delay):
                    raise
        return attempt()

    def _settled(
        self,
        live: Obj,
        news: Obj,
        manager: str,
        request: provider_pb2.CreateRequest | provider_pb2.UpdateRequest,
    ) -> Obj:
        """Wait for *live*; if in vain, have the engine record it as it is."""
        inputs = plain(news)

        def tell(text: str) -> None:
            self.log(text, request.urn, passing=True)

        try:
            return self.waiter.settled(live, inputs, timeout(request.timeout, inputs), tell)
        except Unready as fault:
            kept = manifests.state(fault.live, news, manager)
            raise InitFailed(str(fault), identity=identity(fault.live), properties=kept) from fault


if __name__ == "__main__":
    serve(Kubernetes(), sys.argv[1:])

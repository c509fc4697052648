"""`pulumi-resource-kubernetes`, offline: what the real plugin does for plain objects.

An object is made by POST, so that one which exists is refused by the API server itself, and
changed by server-side apply. The first apply hands what the POST set over to the applying field
manager, as the real plugin does (pulumi-kubernetes provider/pkg/await/await.go, Creation and
fixCSAFieldManagers). Unlike there, an unknown field is refused always, a difference is one
between inputs (the live object counts after a refresh), and refresh does not judge readiness.
"""

# ruff: noqa: N802 - the names of the gRPC methods are the engine's.

import http
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from tools import Fault
from tools.plugins import manifests
from tools.plugins.cluster import (
    APPLY,
    JSON_PATCH,
    Access,
    Cluster,
    NoSuchKind,
    Refused,
    Unreachable,
    target,
)
from tools.plugins.manifests import FIELD_MANAGER, annotation, builtin, identity, metadata, title
from tools.plugins.provider import (
    UNKNOWN,
    Context,
    InitFailed,
    Obj,
    Provider,
    Tree,
    changes,
    decode_struct,
    diff_response,
    encode,
    has_unknown,
    plain,
    serve,
)

WAIT_SECONDS = 600.0
# A namespace or a CRD that another resource of the same run makes may be a moment away.
MISORDER_SECONDS = (0.25, 0.5, 1.0, 2.0, 4.0)
POLL_SECONDS = (0.05, 2.0)

ACCESS = ("kubeconfig", "context", "cluster", "namespace")
FLAGS = {
    "deleteUnreachable": "PULUMI_K8S_DELETE_UNREACHABLE",
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    "upsertExistingObjects": "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
}
"""Switches and the variables that set them elsewhere (provider.go, Configure)."""

# Met by doing nothing: server-side apply is the only way here, and neither kind of warning is
# given. The engine adds the last.
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
        token, kind = request.type or request.urn.split("::")[2].split("$")[-1], ""
        _, module, kind = token.split(":")
        inputs = plain(news)
        if module.startswith(REFUSED_MODULES):
            self.refuse(token)
        inputs.setdefault("apiVersion", module.removeprefix("core/"))
        inputs.setdefault("kind", kind)
        if kind == f"{inputs['kind']}Patch":
            self.refuse(f"the Patch resource {token}")
        if kind.endswith("List") and "items" in inputs:
            self.refuse(f"the list {token}")
        failures = []
        if isinstance(inputs.setdefault("metadata", {}), dict):
            failures = self._complete(inputs, olds, request)
        inputs = manifests.marked(inputs, news)
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
            manifests.goals(inputs)
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
        if request.preview:
            live = self._previewed(request.urn, inputs, lambda: self._post(inputs, dry=True))
            planned = manifests.planned(live, news, {}, FIELD_MANAGER)
            return provider_pb2.CreateResponse(properties=encode(planned))
        self.cluster.reach()
        live = self._ordered(lambda: self._post(inputs, dry=False), request.urn)
        live = self._settled(live, inputs, news, FIELD_MANAGER, request)
        properties = encode(manifests.state(live, news, FIELD_MANAGER))
        return provider_pb2.CreateResponse(id=identity(live), properties=properties)

    def Update(
        self, request: provider_pb2.UpdateRequest, _context: Context
    ) -> provider_pb2.UpdateResponse:
        """Apply the new inputs and wait; in a preview, have the API server try them."""
        news, olds = decode_struct(request.news), plain(decode_struct(request.olds))
        inputs = plain(news)
        manager = olds.get("__fieldManager", FIELD_MANAGER)
        ignored = list(request.ignoreChanges)

        def change() -> Obj:
            return self._change(inputs, request.id, manager, ignored, dry=request.preview)

        if request.preview:
            live = self._previewed(request.urn, inputs, change)
            planned = manifests.planned(live, news, olds, manager)
            return provider_pb2.UpdateResponse(properties=encode(planned))
        self.cluster.reach()
        live = self._settled(change(), inputs, news, manager, request)
        return provider_pb2.UpdateResponse(properties=encode(manifests.state(live, news, manager)))

    def Read(
        self, request: provider_pb2.ReadRequest, _context: Context
    ) -> provider_pb2.ReadResponse:
        """Return the live object for a refresh, or for an import all that it is made of."""
        old_inputs, olds = decode_struct(request.inputs), plain(decode_struct(request.properties))
        inputs = plain(old_inputs)
        namespace, _, name = request.id.rpartition("/")
        _, module, kind = (request.type or request.urn.split("::")[2].split("$")[-1]).split(":")
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
            self._gone(manifest, uid, _timeout(request.timeout, inputs))
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

    def _post(self, inputs: Obj, *, dry: bool) -> Obj:
        """Make the object."""
        if "upsertExistingObjects" in self.settings.flags:
            return self._apply(inputs, FIELD_MANAGER, dry=dry, force=self._forced(inputs))
        path = self.cluster.path(inputs)
        query = _query(FIELD_MANAGER, dry=dry)
        about = f"creating {title(inputs)}"
        try:
            return self.cluster.request("POST", path, query, manifests.body(inputs), about=about)
        except Refused as fault:
            if fault.reason == "AlreadyExists" and not dry:
                raise Fault(
                    title(inputs),
                    "it exists already, and this stack did not make it",
                    f"import it (pulumi import, with the id {identity(inputs)}), delete it, or "
                    "give this one another name",
                ) from fault
            raise

    def _forced(self, inputs: Obj) -> bool:
        annotated = annotation(inputs, "pulumi.com/patchForce") == "true"
        return annotated or "enablePatchForce" in self.settings.flags

    def _apply(self, inputs: Obj, manager: str, *, dry: bool, force: bool) -> Obj:
        """Apply *inputs* as *manager*; a field of another manager is a fault, unless forced."""
        path = self.cluster.path(inputs, metadata(inputs)["name"])
        query = _query(manager, dry=dry) | {"force": str(force).lower()}
        about = f"applying {title(inputs)}"
        try:
            return self.cluster.request("PATCH", path, query, manifests.body(inputs), APPLY, about)
        except Refused as fault:
            owned = [c for c in fault.causes if c.get("reason") == "FieldManagerConflict"]
            if not owned:
                raise
            if dry and all(f'"{manager}"' in cause["message"] for cause in owned):
                # What this plugin's own POST set is handed over before the real apply.
                return self._apply(inputs, manager, dry=dry, force=True)
            fields = "; ".join(f"{cause['field']}: {cause['message']}" for cause in owned)
            raise Fault(
                about,
                f"another manager owns what this sets ({fields})",
                'leave it alone, or take it with the annotation pulumi.com/patchForce: "true"',
            ) from fault

    def _change(
        self, inputs: Obj, identifier: str, manager: str, ignored: list[str], *, dry: bool
    ) -> Obj:
        """Apply *inputs* over the live object, which must be there."""
        name = identifier.rpartition("/")[2]
        live = self.cluster.get(inputs, name)
        if live is None:
            raise Fault(
                title(inputs),
                "it is gone from the cluster",
                "run pulumi refresh, after which the next update makes it anew",
            )
        if not dry:
            live = self._handed_over(live, inputs, manager)
        mine = [m["fieldsV1"] for m in _managers(live, manager, "Apply") if m.get("fieldsV1")]
        for path in ignored:
            _yield_ignored(inputs, path.split("."), live, mine)
        unmanaged = not metadata(live).get("managedFields")
        force = self._forced(inputs) or unmanaged
        return self._apply(inputs, manager, dry=dry, force=force)

    def _handed_over(self, live: Obj, inputs: Obj, manager: str) -> Obj:
        """*live* after what the POST set has been given to the applying manager."""
        posted = _managers(live, FIELD_MANAGER, "Update")
        if not posted:
            return live
        merged: Obj = {}
        for entry in (*_managers(live, manager, "Apply"), *posted):
            _merge(merged, entry.get("fieldsV1") or {})
        kept = [
            entry
            for entry in metadata(live)["managedFields"]
            if entry not in posted and entry not in _managers(live, manager, "Apply")
        ]
        mine = posted[0] | {"manager": manager, "operation": "Apply", "fieldsV1": merged}
        # The resource version makes this fail rather than undo what somebody else just wrote.
        patch: list[Obj] = [
            {"op": "replace", "path": "/metadata/managedFields", "value": [*kept, mine]},
            {
                "op": "replace",
                "path": "/metadata/resourceVersion",
                "value": metadata(live)["resourceVersion"],
            },
        ]
        path = self.cluster.path(inputs, metadata(live)["name"])
        about = f"taking over {title(inputs)}"
        return self.cluster.request("PATCH", path, None, patch, JSON_PATCH, about)

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
        inputs: Obj,
        news: Obj,
        manager: str,
        request: provider_pb2.CreateRequest | provider_pb2.UpdateRequest,
    ) -> Obj:
        """*live* once everything it is waited for is so; else `InitFailed` with what was seen."""
        pending = manifests.goals(inputs)
        seconds = _timeout(request.timeout, inputs)
        deadline, delay = time.monotonic() + seconds, POLL_SECONDS[0]
        ending = ""
        while pending and not ending:
            seen = []
            for goal in list(pending):
                reached, found = goal.judge(live)
                if reached:
                    pending.remove(goal)
                else:
                    seen.append(f"{goal.label} (last seen: {found})")
            if not pending:
                break
            text = " and ".join(seen)
            self.log(f"waiting for {text}", request.urn, passing=True)
            if self.cancelled.wait(min(delay, max(0.0, deadline - time.monotonic()))):
                ending = f"the wait was cancelled while it lacked {text}"
                break
            if time.monotonic() >= deadline:
                ending = f"after {seconds:g} s it still lacks {text}"
                break
            delay = min(delay * 1.5, POLL_SECONDS[1])
            try:
                current = self.cluster.get(inputs, metadata(live)["name"])
            except (Unreachable, Refused) as fault:
                self.log(str(fault), request.urn, passing=True)
                continue
            if current is None:
                raise Fault(title(live), "it was deleted while it was waited for", "run this again")
            live = current
        if ending:
            raise InitFailed(
                title(live),
                f"it was written, but {ending}",
                "find out what holds it up, then run this again",
                identity=identity(live),
                properties=manifests.state(live, news, manager),
            )
        return live

    def _gone(self, manifest: Obj, uid: str | None, seconds: float) -> None:
        """Wait until the object *uid* is no more; a `Fault` says what holds it."""
        name = metadata(manifest)["name"]
        deadline, delay = time.monotonic() + seconds, POLL_SECONDS[0]
        holding = ""
        while True:
            try:
                live = self.cluster.get(manifest, name)
            except NoSuchKind:
                return
            except (Unreachable, Refused) as fault:
                holding = f" ({fault})"
            else:
                if live is None or (uid and metadata(live).get("uid") != uid):
                    return
                holding = _holding(live)
            if self.cancelled.wait(delay):
                raise Fault(
                    title(manifest),
                    f"the wait for its deletion was cancelled{holding}",
                    "run this again",
                )
            if time.monotonic() > deadline:
                raise Fault(
                    title(manifest),
                    f"it is still there {seconds:g} s after its deletion{holding}",
                    "see that the controller which clears it runs, then run this again",
                )
            delay = min(delay * 1.5, POLL_SECONDS[1])


def _query(manager: str, *, dry: bool) -> dict[str, str]:
    query = {"fieldManager": manager, "fieldValidation": "Strict"}
    return query | {"dryRun": "All"} if dry else query


def _timeout(custom: float, inputs: Obj) -> float:
    """Seconds to wait: the resource option, else the annotation, else ten minutes."""
    annotated = annotation(inputs, "pulumi.com/timeoutSeconds")
    return custom or (float(annotated) if annotated.isdigit() else WAIT_SECONDS)


def _holding(live: Obj) -> str:
    """Say what keeps a deleted object, as far as it tells."""
    finalizers = [
        *(metadata(live).get("finalizers") or []),
        *(live.get("spec", {}).get("finalizers") or [] if live["kind"] == "Namespace" else []),
    ]
    said = [
        condition["message"]
        for condition in (live.get("status") or {}).get("conditions") or []
        if live["kind"] == "Namespace" and condition.get("status") == "True"
    ]
    held = f"finalizers {', '.join(finalizers)}" if finalizers else "no finalizer"
    return f" ({'; '.join([held, *said])})"


def _managers(live: Obj, manager: str, operation: str) -> list[Obj]:
    """Find the records of what *manager* set of the object itself."""
    return [
        entry
        for entry in metadata(live).get("managedFields") or []
        if (entry.get("manager"), entry.get("operation")) == (manager, operation)
        and not entry.get("subresource")
    ]


def _merge(into: Obj, fields: Obj) -> None:
    for key, value in fields.items():
        _merge(into.setdefault(key, {}), value)


def _yield_ignored(inputs: Obj, path: list[str], live: Obj, mine: list[Obj]) -> None:
    """Leave an ignored field to the manager that owns it.

    The engine has put its old value into the inputs, and applying that would take the field away
    from, say, an autoscaler (provider/pkg/await/await.go, handleSSAIgnoreFields).
    """
    fields = ["f:" + part for part in path]
    set_live = any(True for _ in manifests.select(live, path))
    if not set_live or any(True for own in mine for _ in manifests.select(own, fields)):
        return
    parent: Tree = inputs
    for part in path[:-1]:
        parent = parent.get(part) if isinstance(parent, dict) else None
    if isinstance(parent, dict):
        parent.pop(path[-1], None)


if __name__ == "__main__":
    serve(Kubernetes(), sys.argv[1:])

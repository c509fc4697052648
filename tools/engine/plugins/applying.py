"""Writing objects: made by POST, changed by server-side apply.

POST leaves it to the API server to refuse an object that exists. What it set belongs to the same
manager, yet as an update, which an apply would conflict with: so the first apply hands it over, as
the real plugin does (pulumi-kubernetes provider/pkg/await/await.go, Creation, fixCSAFieldManagers).
"""

from dataclasses import dataclass

from tools import Fault
from tools.engine.plugins.cluster import APPLY, JSON_PATCH, Cluster, Refused
from tools.engine.plugins.manifests import annotation, body, identity, metadata, select, title
from tools.engine.plugins.properties import Obj, Tree

FIELD_MANAGER = "pulumi-kubernetes"


@dataclass(frozen=True)
class Writer:
    """Writes to *cluster* as the switches in *flags* tell; a *dry* write is only tried."""

    cluster: Cluster
    flags: frozenset[str]

    def make(self, inputs: Obj, *, dry: bool) -> Obj:
        """Make the object; one that exists is a fault, unless `upsertExistingObjects` is on."""
        if "upsertExistingObjects" in self.flags:
            return self._apply(inputs, FIELD_MANAGER, dry=dry, force=self._forced(inputs))
        path = self.cluster.path(inputs)
        query = _query(FIELD_MANAGER, dry=dry)
        about = f"creating {title(inputs)}"
        try:
            return self.cluster.request("POST", path, query, body(inputs), about=about)
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
        return annotated or "enablePatchForce" in self.flags

    def _apply(self, inputs: Obj, manager: str, *, dry: bool, force: bool) -> Obj:
        """Apply *inputs* as *manager*; a field of another manager is a fault, unless forced."""
        path = self.cluster.path(inputs, metadata(inputs)["name"])
        query = _query(manager, dry=dry) | {"force": str(force).lower()}
        about = f"applying {title(inputs)}"
        try:
            return self.cluster.request("PATCH", path, query, body(inputs), APPLY, about)
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

    def change(
        self, inputs: Obj, identifier: str, manager: str, ignored: list[str], *, dry: bool
    ) -> Obj:
        """Apply *inputs* over the live object, which must be there."""
        name = identifier.rpartition("/")[2]
        live = self.cluster.get(inputs, name)
        if live is None:
            raise Fault(
                title(inputs),
                "it is gone from the cluster",
                "run pulumi refresh, after which the next update makes it again",
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
        # The resource version makes this fail rather than undo what another process just wrote.
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


def _query(manager: str, *, dry: bool) -> dict[str, str]:
    query = {"fieldManager": manager, "fieldValidation": "Strict"}
    return query | {"dryRun": "All"} if dry else query


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
    set_live = any(True for _ in select(live, path))
    if not set_live or any(True for own in mine for _ in select(own, fields)):
        return
    parent: Tree = inputs
    for part in path[:-1]:
        parent = parent.get(part) if isinstance(parent, dict) else None
    if isinstance(parent, dict):
        parent.pop(path[-1], None)

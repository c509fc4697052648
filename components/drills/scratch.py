"""The scratch Cluster that a drill restores into: a clone, of which there is one at a time."""

from collections.abc import Mapping
from typing import Any

from components.postgres.archive import PLUGIN
from components.postgres.clone import NO_CHECK, clone_spec
from components.postgres.drills import DRILLS_NAMESPACE, SCRATCH, DrillsSpec
from components.postgres.placement import HOST, nodes
from components.postgres.recovery import Readable
from components.postgres.resources import cpu_thousandths
from components.postgres.spec import PostgresSpec

_CPU = "2"
"""The least limit; a drill must not take all of a node."""


def scratch(spec: PostgresSpec, drills: DrillsSpec, readable: Readable) -> Mapping[str, Any]:
    """Return its manifest, restored from *readable* to the end of the archive.

    The drill adds the target, and itself as the owner.
    """
    return {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Cluster",
        "metadata": {
            "name": SCRATCH,
            "namespace": DRILLS_NAMESPACE,
            "annotations": dict(NO_CHECK),
        },
        "spec": _spec(spec, drills, readable),
    }


def _spec(spec: PostgresSpec, drills: DrillsSpec, readable: Readable) -> Mapping[str, Any]:
    made = clone_spec(
        spec,
        image=spec.current.image,
        origin=_origin(spec, readable),
        target={},
        region=readable.in_pod.region,
        superuser=True,
    )
    resources = made["resources"]
    made["resources"] = {**resources, "limits": {**resources["limits"], "cpu": cpu_limit(spec)}}
    selector, tolerated = drills.node_selector, drills.tolerations
    made["affinity"] = {
        **nodes(
            spec.placement.node_selector if selector is None else selector,
            spec.placement.tolerations if tolerated is None else tolerated,
        ),
        "additionalPodAntiAffinity": _away_from(spec),
    }
    if drills.storage_class:
        for volume in {"storage", "walStorage"} & made.keys():
            made[volume] = {**made[volume], "storageClass": drills.storage_class}
        for tablespace in made.get("tablespaces", []):
            tablespace["storage"] = {
                **tablespace["storage"],
                "storageClass": drills.storage_class,
            }
    return made


def cpu_limit(spec: PostgresSpec) -> str:
    """Return the CPU that each of its containers may use: at least what the database reserves."""
    reserved = spec.resources.cpu if spec.resources else _CPU
    return max(reserved, _CPU, key=cpu_thousandths)


def _origin(spec: PostgresSpec, readable: Readable) -> Mapping[str, Any]:
    """Return the external cluster that it is restored from, without its name."""
    if spec.backup.method == "in-tree":
        configuration = {**readable.configuration, "serverName": spec.server_name}
        return {"barmanObjectStore": configuration}
    parameters = {"barmanObjectName": readable.store, "serverName": spec.server_name}
    return {"plugin": {"name": PLUGIN, "parameters": parameters}}


def _away_from(spec: PostgresSpec) -> Mapping[str, Any]:
    """Return the wish for a node without an instance of the database, which it would slow down."""
    instances = {"cnpg.io/cluster": spec.current.cluster, "cnpg.io/podRole": "instance"}
    term = {
        "namespaces": [spec.namespace],
        "labelSelector": {"matchLabels": instances},
        "topologyKey": HOST,
    }
    wish = {"weight": 100, "podAffinityTerm": term}
    return {"preferredDuringSchedulingIgnoredDuringExecution": [wish]}

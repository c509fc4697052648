"""What a Cluster says of its instances: how many, on which volumes and nodes, and for how long."""

from collections.abc import Callable, Mapping
from typing import Any

from components.postgres import (
    InheritedMetadataSpec,
    ResourcesSpec,
    TimersSpec,
)
from components.postgres.tablespaces import TablespaceSpec
from stacks.adopt.access import reached, registries, superuser
from stacks.adopt.amounts import cpu, duration, size
from stacks.adopt.document import Fields
from stacks.adopt.placement import placement

Made = dict[str, Any]
"""Fields of the PostgresSpec."""

OPERATORS_IMAGE = "ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie"
"""What CloudNativePG 1.30.0 runs where a Cluster names no image (versions.go)."""


def instances(cluster: Fields) -> Made:
    """Read how many there are, and the image that they run."""
    made: Made = {"instances": cluster.number("instances") or 1}
    image = cluster.text("imageName")
    running = Fields(cluster.document, ("status",)).text("image")
    catalog = cluster.number("imageCatalogRef", "major")
    if catalog:
        image = _text(cluster.document.listed.get("image"))
        cluster.changed(("imageCatalogRef",), "becomes `image`, which no catalog changes")
    if image is None and running is None:
        image = (
            f"ghcr.io/cloudnative-pg/postgresql:{catalog}-system-trixie"
            if catalog
            else OPERATORS_IMAGE
        )
        cluster.fill_in(
            ("imageName",),
            f"is not there, so '{image}' is written; compare it with what `kubectl get cluster -o "
            "jsonpath={.status.image}` prints: another one restarts it, or is refused",
        )
    made["image"] = image or running
    return made


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def volumes(cluster: Fields) -> Made:
    """Read the volumes of an instance."""
    made: Made = {}
    for field, name in (("storage", "storage"), ("walStorage", "wal_storage")):
        volume = cluster.inside(field)
        if not volume:
            continue
        made |= _volume(volume, name)
        if volume.at("pvcTemplate") is not None:
            volume.changed(("pvcTemplate",), _TEMPLATE)
    return made


_TEMPLATE = (
    "becomes `storage` and `storage_class`, and volumes are ReadWriteOnce with a filesystem; a "
    "volume that exists stays as it is"
)


def tablespaces(cluster: Fields) -> Made:
    """Read the further volumes of an instance."""
    made = {}
    for given in cluster.items("tablespaces"):
        volume = _volume(given.inside("storage"), "storage")
        name = given.text("name") if "storage" in volume else None
        if name is None:
            continue
        if owner := given.text("owner", "name"):
            volume["owner"] = owner
        if given.flag("temporary"):
            volume["temporary"] = True
        made[name] = TablespaceSpec(**volume)
    return {"tablespaces": made} if made else {}


def _volume(volume: Fields, name: str) -> Made:
    template = volume.inside("pvcTemplate")
    asked_for = template.quantity("resources", "requests", "storage")
    given = volume.quantity("size") or asked_for
    asked = size(given) if given else None
    made: Made = {}
    if given and asked:
        made[name] = asked
        if asked != given and not _same(given, asked):
            volume.changed(("size",), f"'{given}' becomes '{asked}'; a volume does not shrink")
    found = volume.text("storageClass") or template.text("storageClassName")
    if found:
        made[f"{name}_class"] = found
    return made


def _same(given: str, asked: str) -> bool:
    return given.endswith("i") or size(given) is None or given == asked


def resources(cluster: Fields) -> Made:
    """Read the CPU and memory of an instance."""
    given = cluster.inside("resources")
    request, limit = (size(str(given.at(it, "memory") or "")) for it in ("requests", "limits"))
    memory = request or limit
    if memory is None:
        return {}  # what there is otherwise is reported
    made: Made = {"memory": memory}
    for part in ("requests", "limits"):
        given.quantity(part, "memory")
    if limit is None:
        given.changed(("limits", "memory"), f"is not there; tier0 limits it to '{memory}'")
    elif limit != memory:
        made["memory_limit"] = limit
    made["cpu"] = cpu(given.quantity("requests", "cpu") or "")
    if made["cpu"] is None:
        made["cpu"] = _CPU
        given.changed(("requests", "cpu"), f"is not there; tier0 reserves '{_CPU}'")
    if most := cpu(given.quantity("limits", "cpu") or ""):
        made["cpu_limit"] = most
    return {"resources": ResourcesSpec(**made | _pages(given))}


_CPU = "100m"


def _pages(given: Fields) -> Made:
    """Read the huge pages of an instance, of one size."""
    for of in ("2Mi", "1Gi"):
        name = f"hugepages-{of}"
        found = size(str(given.at("limits", name) or given.at("requests", name) or ""))
        if found:
            for part in ("requests", "limits"):
                given.quantity(part, name)
            return {"huge_pages": found} | ({"huge_page_size": of} if of != "2Mi" else {})
    return {}


def inherited(cluster: Fields) -> Made:
    """Read what pods and volumes inherit of labels and annotations."""
    given, made = cluster.inside("inheritedMetadata"), {}
    for part in ("labels", "annotations"):
        found = {name: given.text(part, name) for name in given.names(part)}
        if texts := {name: it for name, it in found.items() if it is not None}:
            made[part] = texts
    return {"inherited_metadata": InheritedMetadataSpec(**made)} if made else {}


_TIMERS: Mapping[str, tuple[str, int, str]] = {
    "startDelay": ("start", 3600, "1h"),
    "stopDelay": ("stop", 1800, "30m"),
    "switchoverDelay": ("switchover", 3600, "1h"),
}
"""Field of the spec, CloudNativePG's default, tier0's."""


def timers(cluster: Fields) -> Made:
    """Read how long starts, stops and failovers may take."""
    made: Made = {}
    for field, (name, default, plain) in _TIMERS.items():
        given = cluster.number(field)
        found = duration(default if given is None else given)
        if found != plain:
            made[name] = found
    failover = cluster.number("failoverDelay")
    if failover:
        made["failover"] = duration(failover)
    smart = cluster.number("smartShutdownTimeout")
    if smart not in (None, 180):
        made["smart_shutdown"] = duration(smart or 1)
    else:
        cluster.changed(
            ("smartShutdownTimeout",),
            "180 s becomes 15 s: for as long a planned restart serves no new client",
        )
    lease = cluster.number("primaryLease", "leaseDurationSeconds")
    if lease not in (None, 15):
        made["lease"] = duration(lease or 5)
    else:
        cluster.changed(
            ("primaryLease", "leaseDurationSeconds"),
            "15 s becomes 5 s: for as long a replica waits after a crash of the primary",
        )
    for field in ("renewDeadlineSeconds", "retryPeriodSeconds"):
        if cluster.number("primaryLease", field) not in (None, {"r": 10}.get(field[:1])):
            cluster.changed(("primaryLease", field), "follows from the lease")
    return {"timers": TimersSpec(**made)} if made else {}


def pods(cluster: Fields) -> Made:
    """Read what instances have in their environment, and how the primary is updated."""
    made: Made = {}
    variables = {}
    for given in cluster.items("env"):
        if given.at("valueFrom") is None and (value := given.text("value")) is not None:
            variables[given.text("name") or ""] = value
    if variables:
        made["env"] = variables
    if method := cluster.word("primaryUpdateMethod", of=("switchover",)):
        made["primary_update_method"] = method
    return made


SUBJECTS: tuple[Callable[[Fields], Made], ...] = (
    instances,
    volumes,
    tablespaces,
    resources,
    inherited,
    placement,
    timers,
    pods,
    superuser,
    registries,
    reached,
)
"""Each reads one subject of a Cluster's `spec`."""

"""Labels and annotations that everything of a database has, for what selects or counts by them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from components.postgres.changes import ClusterChange
from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import LabelKey, LabelValue

_OPERATORS = frozenset(
    (
        *(f"app.kubernetes.io/{it}" for it in ("component", "instance", "managed-by", "name")),
        *("app.kubernetes.io/version", "kubectl.kubernetes.io/last-applied-configuration"),
        *("kubectl.kubernetes.io/restartedAt", "role"),
    )
)
"""Keys outside `cnpg.io` that CloudNativePG sets or reads (utils/labels_annotations.go, 1.30)."""

_OTHERS = {
    "argoproj.io": "Argo CD, which would delete pods and volumes that no tree has",
    "cnpg.io": "CloudNativePG",
    "helm.sh": "Helm",
    "pulumi.com": "Pulumi",
    "tier0": "tier0",
}
"""Whose the keys of a domain, and of those below it, are."""

_MOST = 128 * 1024
"""Half of what Kubernetes allows; CloudNativePG writes each pod's spec next to them."""


@rule("value")
def inherited_key_is_free(value: str) -> Iterator[Fault]:
    """A label or an annotation that is inherited is not one by which programs know their objects.

    CloudNativePG writes them over its own on pods and volumes (utils/labels_annotations.go,
    InheritLabels, 1.30), and loses an instance whose `cnpg.io/cluster` differs.
    """
    domain = value.rpartition("/")[0]
    owner = "CloudNativePG" if value in _OPERATORS else None
    for name, whose in _OTHERS.items():
        if domain == name or domain.endswith(f".{name}"):
            owner = whose
    if owner:
        yield Fault(f"'{value}' belongs to {owner}; write another key")


@rule("value")
def annotations_leave_room(value: Mapping[str, str]) -> Iterator[Fault]:
    """Annotations have 128 KiB at most, all of them together.

    The API server refuses an object with more than 256 KiB (Kubernetes, "Annotations"), and
    CloudNativePG writes a pod's own spec into one.
    """
    size = sum(len(f"{key}{text}".encode(errors="replace")) for key, text in value.items())
    if size > _MOST:
        yield Fault(f"{size} bytes of annotations are too many; write at most {_MOST}")


InheritedKey = Annotated[LabelKey, obeys(inherited_key_is_free)]


class InheritedMetadataSpec(Spec):
    """Labels and annotations of every object that CloudNativePG makes for the database.

    These are pods, volumes, Secrets and Services, of later generations too. A clone to look into
    and a drill do not have them: what selects by them means the database itself.
    """

    labels: Mapping[InheritedKey, LabelValue] = {}
    """Labels, by key."""

    annotations: Annotated[Mapping[InheritedKey, str], obeys(annotations_leave_room)] = {}
    """Annotations, by key."""


def inherited_metadata(spec: InheritedMetadataSpec) -> dict[str, Any]:
    """Return the part of `Cluster.spec` with inherited metadata; empty if there are none."""
    made = {"labels": dict(spec.labels), "annotations": dict(spec.annotations)}
    said = {field: given for field, given in made.items() if given}
    return {"inheritedMetadata": said} if said else {}


@rule("consequence", of=ClusterChange)
def inherited_metadata_stays(change: ClusterChange) -> Iterator[Fault]:
    """A label or an annotation that is not inherited any more stays on what exists.

    CloudNativePG adds and changes them without a restart, and takes none away
    (reconciler/instance/metadata.go, v1.30.0).
    """
    for field in ("labels", "annotations"):
        before, after = (set(it or ()) for it in change.values("spec", "inheritedMetadata", field))
        for key in sorted(before - after):
            yield Fault(
                f"'{key}' stays on pods, volumes and Secrets that exist; remove it from them by "
                "hand",
                ("spec", "inheritedMetadata", field, key),
            )

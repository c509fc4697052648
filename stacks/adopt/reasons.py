"""Why a field is kept out."""

from collections.abc import Mapping

from stacks.adopt.document import Document, Fields, Path, dotted, templated

_WHY: Mapping[str, Mapping[str, str]] = {
    "Cluster": {
        "spec.bootstrap": "is read once, when a Cluster is created",
        "spec.externalClusters": "is not declared; nothing reads it once the Cluster exists",
        "spec.managed": "is taken out of the object; `load_balancers` has Services for clients "
        "outside, with their addresses, which no manifest says",
        "spec.managed.roles": "has no word; the role keeps what it has",
    },
    "ScheduledBackup": {
        "spec.backupOwnerReference": "has no word; a Backup stays without its schedule",
    },
}
"""What is said of a field that nothing reads, by its kind and the beginning of its path."""


def reason(document: Document, path: Path, *, taken_over: bool) -> str:
    """Return why a field that nothing has read is kept out."""
    if templated(Fields(document).at(*path)):
        return "is a template; adopt what `flux build` or `helm template` makes of it"
    place, known = dotted(path), _WHY.get(document.kind, {})
    found = [text for start, text in known.items() if place.startswith(start)]
    if found:
        return found[-1]
    return f"has no word in tier0{', and is taken out of the object' if taken_over else ''}"

"""Why a field is kept out."""

from collections.abc import Mapping

from stacks.adopt.document import Document, Fields, Path, dotted, templated

_WHY: Mapping[str, str] = {
    "spec.bootstrap": "is read once, when a Cluster is created",
    "spec.externalClusters": "is not declared; nothing reads it once the Cluster exists",
    "spec.managed.roles": "has no word; the role keeps what it has",
    "spec.backup": "has no word, and is taken out of the Cluster",
}
"""What is said of a field that nothing reads, by the beginning of its path."""

_METADATA = "has no word in tier0, and is taken off the object"
_ELSE = "has no word in tier0, and is taken out of the object"


def reason(document: Document, path: Path) -> str:
    """Return why a field that nothing has read is kept out."""
    if templated(Fields(document).at(*path)):
        return "is a template; adopt what `flux build` or `helm template` makes of it"
    of_kind = _WHY if document.kind == "Cluster" else {}
    place = dotted(path)
    found = [text for start, text in of_kind.items() if place.startswith(start)]
    return found[-1] if found else _METADATA if path[0] == "metadata" else _ELSE

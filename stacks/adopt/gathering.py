"""Which objects go together, and which Clusters an environment can have at all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from stacks.adopt.archive import Archive, UnknownArchive, archive_of
from stacks.adopt.document import Document, Fields
from stacks.adopt.essential import another
from stacks.adopt.store import Chosen
from stacks.adopt.templates import templated, unfilled


@dataclass
class Parts:
    """A Cluster with what goes with it."""

    cluster: Document
    archive: Archive | None = None
    known: bool = True
    """Whether it is known where it archives to, if it does."""
    schedules: list[Document] = field(default_factory=list)
    databases: list[Document] = field(default_factory=list)
    poolers: list[Document] = field(default_factory=list)
    roles: list[Document] = field(default_factory=list)

    @property
    def all(self) -> list[Document]:
        """Every object of it; its ObjectStore may serve others too."""
        return [self.cluster, *self.schedules, *self.databases, *self.poolers, *self.roles]


def once(documents: Iterable[Document]) -> list[Document]:
    """Return the documents whose object is written once; the others are said.

    The same text twice is one object. Two texts are a base and its patch, or two environments.
    """
    written: dict[str, list[Document]] = defaultdict(list)
    for it in documents:
        if all(it.body != other.body for other in written[it.called]):
            written[it.called].append(it)
    for same in written.values():
        for it in same if len(same) > 1 else ():
            others = [other.source for other in same if other is not it]
            it.say(
                "kept out",
                (),
                f"{_WHOLE.get(it.kind, '')}it is in {' and '.join(others)} too, in another way; "
                "adopt what `kubectl kustomize` makes of the folder",
            )
            _silence(it)
    return [same[0] for same in written.values() if len(same) == 1]


_WHOLE = {"Cluster": "the whole Cluster: "}


def grouped(documents: Sequence[Document], clusters: Sequence[Document]) -> list[Parts]:
    """Put what goes with each Cluster to it; the rest is said to belong to none."""
    stores: dict[str, dict[str, Document]] = defaultdict(dict)
    for it in documents:
        if it.kind == "ObjectStore":
            stores[it.namespace][it.name] = it
    parts = {(it.namespace, it.name): Parts(it) for it in clusters}
    for part in parts.values():
        try:
            part.archive = archive_of(part.cluster, stores[part.cluster.namespace])
        except UnknownArchive as unknown:
            part.known = False
            if unknown.store:
                part.cluster.say(
                    "kept out",
                    (),
                    f"the whole Cluster: where its ObjectStore {unknown.store} archives to is not "
                    "known",
                )
    for it in documents:
        if it.kind in ("Cluster", "ObjectStore"):
            continue
        owner = parts.get((it.namespace, str(it.spec.at("cluster", "name"))))
        if owner is None:
            it.say("kept out", (), "its Cluster is not among the manifests")
            it.taken.add(("spec",))
        else:
            lists = {
                "ScheduledBackup": owner.schedules,
                "Database": owner.databases,
                "DatabaseRole": owner.roles,
                "Pooler": owner.poolers,
            }
            lists[it.kind].append(it)
    return list(parts.values())


def belongs(part: Parts, store: Chosen) -> bool:
    """Tell whether a Cluster can be in the environment; say why not."""
    why = next(another(part.cluster.spec), "")
    archive = part.archive
    if not why and archive and archive.endpoint != store.endpoint:
        here, there = archive.endpoint or "AWS", store.endpoint or "AWS"
        why = f"its archive is in {here}, and an environment has one store ({there})"
    if why:
        part.cluster.say("kept out", (), f"the whole Cluster: {why}")
    if why or not part.known:
        leave_out(part)
    return part.known and not why


def leave_out(part: Parts) -> None:
    """Say no more of a Cluster that is kept out as a whole than why, and what it needs."""
    for it in part.all:
        it.notes = [note for note in it.notes if "the whole Cluster" in note.text]
        _silence(it)


def _silence(document: Document) -> None:
    for path in document.left():
        if templated(given := Fields(document).at(*path)):
            document.say("kept out", path, unfilled(str(given)))
    document.taken |= {("spec",), ("metadata",)}


def roles(parts: Iterable[Parts]) -> dict[str, Parts]:
    """Return each Cluster by its role: its name, with its namespace where two have it."""
    listed = list(parts)
    names = [it.cluster.name for it in listed]
    return {
        it.cluster.name
        if names.count(it.cluster.name) == 1
        else f"{it.cluster.namespace}-{it.cluster.name}"[:63].rstrip("-"): it
        for it in listed
    }

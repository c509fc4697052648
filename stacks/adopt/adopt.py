"""`python -m stacks adopt`: reads what people have, writes the environment, and says the rest."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from components.postgres import PostgresSpec
from components.spec import drafting
from stacks.adopt import cluster, postgresql
from stacks.adopt.archive import Archive, UnknownArchive, archive_of
from stacks.adopt.backup import backup
from stacks.adopt.defaults import at_default
from stacks.adopt.document import Document, Note
from stacks.adopt.further import databases, poolers
from stacks.adopt.module import written
from stacks.adopt.reading import Found
from stacks.adopt.reasons import reason
from stacks.adopt.sound import sound
from stacks.adopt.store import Chosen, chosen
from stacks.adopted import adoptable
from stacks.check import judged
from stacks.command import Fault
from stacks.environment import EnvironmentSpec

TITLE = "What was there before tier0, as `python -m stacks adopt` found it."


@dataclass(kw_only=True)
class Adopted:
    """What was made of what was found."""

    environment: EnvironmentSpec
    """A draft that `check` accepts."""
    text: str
    """The module that declares it."""
    notes: list[Note] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


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

    @property
    def all(self) -> list[Document]:
        """Every object of it; its ObjectStore may serve others too."""
        return [self.cluster, *self.schedules, *self.databases, *self.poolers]


def adopt(found: Found, *, where: str, context: str | None, today: date) -> Adopted:
    """Return the environment of what was found at *where*.

    Raise Fault where there is no Cluster that it can declare.
    """
    clusters = [it for it in found.documents if it.kind == "Cluster"]
    if not clusters:
        said = "".join(f"\n{line}" for line in found.ignored[:_SHOWN])
        raise Fault(where, "has no Cluster of CloudNativePG", f"write where one is{said}")
    parts = _grouped(found.documents, clusters)
    store = chosen([it.archive for it in parts if it.archive])
    notes = [_of_module(it) for it in store.said]
    if context is None:
        notes.append(_of_module("context: write the one of your kubeconfig"))
    here = [it for it in parts if _belongs(it, store)]
    if not here:
        said = "\n".join(str(it) for one in parts for it in one.cluster.notes)
        raise Fault(where, "none of its Clusters can be declared", said)
    with drafting():
        specs = {role: _database(it, store) for role, it in _roles(here).items()}
        draft = EnvironmentSpec(
            context=context or "write-yours",
            object_store=store.spec,
            databases=specs,
            **_monitored(here),
        )
    roles = _roles(here)
    draft, more = sound(draft, {role: it.cluster for role, it in roles.items()}, today)
    for role, part in roles.items():
        if role not in draft.databases:
            _leave_out(part)
    if not draft.databases:
        raise Fault(where, "none of its Clusters can be declared", "\n".join(map(str, more)))
    notes += more
    draft = _taking_over(draft, found.documents)
    names = set(vars(draft)["adopted"])
    for role, spec in draft.databases.items():
        _stays(roles[role], vars(spec), names)
    _unused(found.documents, [roles[role].archive for role in draft.databases])
    for home in sorted({it.cluster.namespace for it in here}):
        place = f"{where}: Namespace {home} metadata.labels"
        notes.append(Note(place=place, verdict="changed", text=_RESTRICTED))
    for document in found.documents:
        notes += _said(document, taken_over=_called(document) in names)
    return Adopted(
        environment=draft, text=written(draft, TITLE), notes=notes, ignored=found.ignored
    )


_SHOWN = 20
_CLIENTS = (
    "clients: no manifest says which namespaces connect; NetworkPolicies of tier0 let in pods of "
    "the same namespace only, so write the others"
)
_RESTRICTED = (
    "gets the label pod-security.kubernetes.io/enforce=restricted; a pod that needs more is "
    "refused once it is made again"
)


def _of_module(text: str) -> Note:
    return Note(place="the module", verdict="fill in", text=text)


def _grouped(documents: Sequence[Document], clusters: Sequence[Document]) -> list[Parts]:
    """Put what goes with each Cluster to it; the rest is said to belong to none."""
    stores: dict[str, dict[str, Document]] = defaultdict(dict)
    for it in documents:
        if it.kind == "ObjectStore":
            stores[it.namespace][it.name] = it
    parts = {(it.namespace, it.name): Parts(it) for it in clusters}
    for part in parts.values():
        try:
            part.archive = archive_of(part.cluster, stores[part.cluster.namespace])
        except UnknownArchive:
            part.known = False
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
                "Pooler": owner.poolers,
            }
            lists[it.kind].append(it)
    return list(parts.values())


def _belongs(part: Parts, store: Chosen) -> bool:
    """Tell whether a Cluster can be in the environment; say why not."""
    archive = part.archive
    if any(part.cluster.spec.at("replica", it) for it in ("enabled", "primary")):
        part.cluster.say(
            "kept out",
            ("spec", "replica"),
            "the whole Cluster: it follows another one, and would be promoted; docs/replica.md "
            "says how a second site is declared",
        )
        _leave_out(part)
        return False
    if part.known and (archive is None or archive.endpoint == store.endpoint):
        return True
    if archive:
        part.cluster.say(
            "kept out",
            (),
            f"the whole Cluster: its archive is in {archive.endpoint or 'AWS'}, and an environment "
            f"has one store ({store.endpoint or 'AWS'})",
        )
    _leave_out(part)
    return False


def _roles(parts: Iterable[Parts]) -> dict[str, Parts]:
    """Return each Cluster by its role: its name, with its namespace where two have it."""
    listed = list(parts)
    names = [it.cluster.name for it in listed]
    return {
        it.cluster.name
        if names.count(it.cluster.name) == 1
        else f"{it.cluster.namespace}-{it.cluster.name}"[:63].rstrip("-"): it
        for it in listed
    }


def _database(part: Parts, store: Chosen) -> PostgresSpec:
    spec = part.cluster.spec
    made: dict[str, Any] = {"namespace": part.cluster.namespace, "cluster": part.cluster.name}
    for subject in (*cluster.SUBJECTS, *postgresql.SUBJECTS):
        made |= subject(spec)
    part.cluster.say("fill in", (), _CLIENTS)
    made |= backup(part.cluster, part.archive, part.schedules, claims=store.claims)
    made |= databases(spec, part.databases, made["database"])
    made |= poolers(part.poolers)
    return PostgresSpec(**made)


def _monitored(parts: Sequence[Parts]) -> Mapping[str, Any]:
    """Return `monitored` where a Cluster has a PodMonitor."""
    found = False
    for part in parts:
        for it in (part.cluster, *part.poolers):
            if it.spec.flag("monitoring", "enablePodMonitor"):
                found = True
                it.say(
                    "changed",
                    ("spec", "monitoring", "enablePodMonitor"),
                    "becomes `monitored`: PodMonitors and alerts of tier0; CloudNativePG deletes "
                    "its own",
                )
    return {"monitored": True} if found else {}


def _taking_over(draft: EnvironmentSpec, documents: Sequence[Document]) -> EnvironmentSpec:
    """Return a sound *draft* with the names of those of its objects that exist."""
    there = {_called(it) for it in documents}
    there |= {f"Namespace {it.namespace}" for it in documents}
    named = [it.text for it in adoptable(judged(draft).databases) if it.text in there]
    with drafting():
        return EnvironmentSpec(**vars(draft) | {"adopted": named})


def _called(document: Document) -> str:
    return f"{document.kind} {document.namespace}/{document.name}"


def _unused(documents: Iterable[Document], archives: Sequence[Archive | None]) -> None:
    """Say of each ObjectStore that no database has its archive there, where that is so."""
    used = [it.configuration.document for it in archives if it]
    for document in documents:
        if document.kind == "ObjectStore" and not any(document is it for it in used):
            document.notes = [it for it in document.notes if "the whole Cluster" in it.text]
            document.taken |= {("spec",), ("metadata",)}
            document.say("kept out", (), "nothing that is taken over archives to it; it stays")


def _leave_out(part: Parts) -> None:
    """Say nothing more of a Cluster that is kept out as a whole."""
    for it in part.all:
        it.notes = [note for note in it.notes if "the whole Cluster" in note.text]
        it.taken |= {("spec",), ("metadata",)}


def _stays(part: Parts, declared: Mapping[str, Any], names: Collection[str]) -> None:
    """Say what becomes of each object of a Cluster whose name is not the one that tier0 gives."""
    cluster = part.cluster.name
    for it in part.all[1:]:
        if it.kind == "Pooler" and not {"pooler", "replica_pooler"} & declared.keys():
            continue
        if _called(it) not in names and ("spec",) not in it.taken:
            it.say("changed", (), _STAYS[it.kind].format(cluster=cluster))


_STAYS = {
    "Database": "stays, and tier0 declares another, which CloudNativePG refuses as long as "
    "this one is there: set databaseReclaimPolicy to 'retain' and delete it before `pulumi up`",
    "Pooler": "stays, and tier0 makes its own, {cluster}-pooler-rw or -ro; send clients there, "
    "then delete it",
    "ScheduledBackup": "stays, and tier0 makes its own; delete it after `pulumi up`, or base "
    "backups are made twice",
}
"""What happens to an object that is not taken over."""


def _said(document: Document, *, taken_over: bool) -> list[Note]:
    """Return what is said of an object: its notes, and each field that nothing has read."""
    document.taken |= set(at_default(document))
    for path in document.left():
        if path[0] == "spec" or taken_over:
            document.say("kept out", path, reason(document, path, taken_over=taken_over))
    return document.notes

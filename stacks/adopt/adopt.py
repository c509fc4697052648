"""`python -m stacks adopt`: reads what people have, writes the environment, and says the rest."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from components.postgres import PostgresSpec
from components.spec import drafting
from stacks.adopt import cluster, postgresql
from stacks.adopt.archive import Archive
from stacks.adopt.backup import backup
from stacks.adopt.defaults import at_default
from stacks.adopt.document import Document, Note
from stacks.adopt.essential import another
from stacks.adopt.further import databases, poolers
from stacks.adopt.gathering import Parts, belongs, grouped, leave_out, once, roles
from stacks.adopt.module import written
from stacks.adopt.reading import Found
from stacks.adopt.reasons import reason
from stacks.adopt.roles import standing
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
    without: int = 0
    """How many files name nothing of CloudNativePG."""


def adopt(found: Found, *, where: str, context: str | None, today: date) -> Adopted:
    """Return the environment of what was found at *where*.

    Raise Fault where there is no Cluster that it can declare.
    """
    documents = once(found.documents)
    clusters = [it for it in documents if it.kind == "Cluster"]
    if not clusters:
        said = "".join(f"\n{it}" for it in [*_kept_out(found.documents), *found.ignored][:_SHOWN])
        raise Fault(where, "has no Cluster of CloudNativePG", f"write where one is{said}")
    parts = grouped(documents, clusters)
    archives = [it.archive for it in parts if it.archive and not any(another(it.cluster.spec))]
    store = chosen(archives)
    notes = [*found.notes, *(_of_module(it) for it in store.said)]
    if context is None:
        notes.append(_of_module("context: write the one of your kubeconfig"))
    here = [it for it in parts if belongs(it, store)]
    if not here:
        said = "\n".join(_kept_out(found.documents))
        raise Fault(where, "none of its Clusters can be declared", said)
    with drafting():
        specs = {role: _database(it, store) for role, it in roles(here).items()}
        draft = EnvironmentSpec(
            context=context or "write-yours",
            object_store=store.spec,
            databases=specs,
            **_monitored(here),
        )
    named = roles(here)
    draft, more = sound(draft, {role: it.cluster for role, it in named.items()}, today)
    for role, part in named.items():
        if role not in draft.databases:
            leave_out(part)
            more = [it for it in more if not _is_about(it, part)]
    if not draft.databases:
        said = "\n".join([*map(str, more), *_kept_out(found.documents)])
        raise Fault(where, "none of its Clusters can be declared", said)
    notes += more
    draft = _taking_over(draft, documents)
    names = set(vars(draft)["adopted"])
    for role, spec in draft.databases.items():
        _stays(named[role], vars(spec), names)
    _unused(documents, [named[role].archive for role in draft.databases])
    for home in sorted({it.cluster.namespace for it in here}):
        place = f"{where}: Namespace {home} metadata.labels"
        notes.append(Note(place=place, verdict="changed", text=_RESTRICTED))
    for document in found.documents:
        notes += _said(document, taken_over=document.called in names)
    return Adopted(
        environment=draft,
        text=written(draft, TITLE),
        notes=notes,
        ignored=found.ignored,
        without=found.without,
    )


def _kept_out(documents: Iterable[Document]) -> list[str]:
    return [str(note) for it in documents for note in it.notes if note.verdict == "kept out"]


def _is_about(note: Note, part: Parts) -> bool:
    """Tell whether a note is about a Cluster, and does not say why that is kept out."""
    return note.place == part.cluster.place and "the whole Cluster" not in note.text


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


def _database(part: Parts, store: Chosen) -> PostgresSpec:
    spec = part.cluster.spec
    made: dict[str, Any] = {"namespace": part.cluster.namespace, "cluster": part.cluster.name}
    for subject in (*cluster.SUBJECTS, *postgresql.SUBJECTS):
        made |= subject(spec)
    part.cluster.say("fill in", (), _CLIENTS)
    made |= backup(part.cluster, part.archive, part.schedules, claims=store.claims)
    made |= databases(spec, part.databases, made["database"])
    made |= poolers(part.poolers)
    made |= standing(part.roles, made)
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
    there = {it.called for it in documents}
    there |= {f"Namespace {it.namespace}" for it in documents}
    named = [it.text for it in adoptable(judged(draft).databases) if it.text in there]
    with drafting():
        return EnvironmentSpec(**vars(draft) | {"adopted": named})


def _unused(documents: Iterable[Document], archives: Sequence[Archive | None]) -> None:
    """Say of each ObjectStore that no database has its archive there, where that is so."""
    used = [it.configuration.document for it in archives if it]
    for document in documents:
        if document.kind == "ObjectStore" and not any(document is it for it in used):
            document.notes = [it for it in document.notes if "the whole Cluster" in it.text]
            document.taken |= {("spec",), ("metadata",)}
            document.say("kept out", (), "nothing that is taken over archives to it; it stays")


def _stays(part: Parts, declared: Mapping[str, Any], names: Collection[str]) -> None:
    """Say what becomes of each object of a Cluster whose name is not the one that tier0 gives."""
    cluster = part.cluster.name
    for it in part.all[1:]:
        if it.called in names and it.kind == "ScheduledBackup":
            _becomes(it, cluster)
        if ("spec",) in it.taken or it.called in names:
            continue
        if _is_not_declared(it, declared):
            it.say("kept out", (), "stays as it is, and is not declared")
        else:
            it.say("changed", (), _STAYS[it.kind].format(cluster=cluster))
    if part.archive:
        store = part.archive.configuration.document
        if store.kind == "ObjectStore" and store.called not in names:
            store.say("changed", (), _STAYS["ObjectStore"].format(cluster=cluster))


def _becomes(schedule: Document, cluster: str) -> None:
    """Say of a ScheduledBackup whose name tier0 gives to one of another kind what it becomes."""
    snapshots = f"{cluster}-snapshot"
    if schedule.spec.at("method") == "volumeSnapshot" and schedule.name != snapshots:
        text = f"becomes that of base backups, at their schedule; '{snapshots}' makes snapshots"
        schedule.say("changed", ("spec", "method"), text)


def _is_not_declared(document: Document, declared: Mapping[str, Any]) -> bool:
    """Tell whether a draft has nothing in place of an object."""
    if document.kind == "Database":
        own = [declared["database"]] if "application" in declared else []
        return (document.spec.at("name") or document.name) not in [
            *own,
            *declared.get("databases", {}),
        ]
    if document.kind == "DatabaseRole":
        return (document.spec.at("name") or document.name) not in declared.get("roles", {})
    return document.kind == "Pooler" and not {"pooler", "replica_pooler"} & declared.keys()


_STAYS = {
    "Database": "stays, and tier0 declares another, which CloudNativePG refuses as long as "
    "this one is there: set databaseReclaimPolicy to 'retain' and delete it before `pulumi up`",
    "DatabaseRole": "stays, and becomes a role of the Cluster, by which CloudNativePG then goes; "
    "delete it after `pulumi up`",
    "ObjectStore": "stays, and tier0 makes its own, '{cluster}', of the same archive; delete it "
    "after `pulumi up` where nothing else reads it",
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

"""Rules about the generations of a database over time: which state leads to which."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from components.kube.change import Change, Manifest, at, text_at
from components.postgres.changes import ClusterChange
from components.postgres.generations import GENERATION, Generation
from components.spec.rule import Fault, rule

LINEAGE = "tier0/lineage"
"""Annotation of the object that says what is declared of every generation."""

_LIVES = ("active", "candidate", "stopped")
"""States of a generation whose Cluster is protected."""


def noted(generations: Sequence[Generation]) -> str:
    """Return the value of the annotation LINEAGE."""
    # Neither the reason nor the image is where the data came from: both may be changed later.
    entries = [
        {
            "number": it.number,
            "cluster": it.cluster,
            "state": it.state,
            "origin": it.noted
            and {key: value for key, value in it.noted.items() if key not in {"reason", "image"}},
        }
        for it in generations
    ]
    return json.dumps(entries)


@dataclass(frozen=True)
class LineageChange(Change):
    """A change of the object that says what is declared of every generation."""

    @cached_property
    def generations(self) -> tuple[Mapping[int, Manifest], Mapping[int, Manifest]]:
        """Every generation by its number, before and after; none if either is not known."""
        try:
            old, new = (
                {it["number"]: it for it in json.loads(text)}
                for text in self.texts("metadata", "annotations", LINEAGE)
            )
        except ValueError:
            return {}, {}
        return old, new


@rule("change", of=LineageChange)
def generations_keep_their_numbers(change: LineageChange) -> Iterator[Fault]:
    """A generation that was declared stays declared, with the number and the origin it had.

    Its number is in the name of its archive, which is kept longer than its Cluster. Another one of
    that number would be restored from the wrong archive, or write into that one.
    """
    before, after = change.generations
    for number, old in before.items():
        new, place = after.get(number), ("generations", str(number - 2))
        if new is None:
            yield Fault(
                f"generation {number} is left out, and its number was used; write its entry again,"
                " and further ones after it",
                place,
            )
        elif old["origin"] != new["origin"] and not (_has_cluster(old) and _has_cluster(new)):
            yield Fault(
                f"generation {number} came from {_entry(old)}, which cannot become {_entry(new)}; "
                "undo the change of its entry, or add another one",
                place,
            )


def _has_cluster(generation: Manifest) -> bool:
    """Return whether a Cluster exists that was made for it, which `origin-stays` judges."""
    return not _is_upgrade(generation) and generation["state"] != "removed"


def _is_upgrade(generation: Manifest) -> bool:
    return "from_major" in (generation["origin"] or {})


def _entry(generation: Manifest) -> str:
    return json.dumps(generation["origin"], sort_keys=True)


@rule("change", of=LineageChange)
def removed_generation_stays_removed(change: LineageChange) -> Iterator[Fault]:
    """A generation that is removed does not come back under its number.

    Its Cluster and its volumes are deleted. The first one would be made by initdb, an empty
    database in the place of one that was lost, and a later one over the archive that it has left.
    """
    before, after = change.generations
    for number, old in before.items():
        if old["state"] == "removed" and number in after and after[number]["state"] != "removed":
            yield Fault(
                f"generation {number} is removed, and its Cluster is deleted; write {number} in "
                f"removed again, and to have its data back add an entry with source={number}",
                ("removed",),
            )


@rule("change", of=LineageChange)
def removed_generation_was_retired(change: LineageChange) -> Iterator[Fault]:
    """A generation is retired before it is removed, unless its Cluster is lost.

    Retiring stops it, and lifts its protection: what clients still wrote into a Cluster that is
    deleted, or that clients do not reach any more, is lost. Where Clusters are lost, the active
    generation is one that is restored with the same change.
    """
    before, after = change.generations
    lost = any(
        it["state"] == "active" and it["number"] not in before and not _is_upgrade(it)
        for it in after.values()
    )
    for number, old in before.items():
        if old["state"] in _LIVES and after.get(number, old)["state"] == "removed" and not lost:
            yield Fault(
                f"generation {number} is '{old['state']}' so far; write {number} in retired first, "
                "and in removed in the change after",
                ("removed",),
            )


@rule("change", of=LineageChange)
def stopped_generation_is_retired(change: LineageChange) -> Iterator[Fault]:
    """A generation that clients have used runs again only to be active.

    What a forgotten one acknowledges is lost. A newer generation that is not retired runs, to be
    proved: after a way back to an older one its clients would stay connected.
    """
    before, after = ({it["cluster"]: it for it in _last(found)} for found in change.generations)
    for cluster in before.keys() & after.keys():
        old, new = before[cluster], after[cluster]
        if old["state"] in ("active", "stopped", "retired") and new["state"] == "candidate":
            number = new["number"]
            yield Fault(
                f"generation {number} would run without being active, and its Cluster is "
                f"'{old['state']}' so far; write {number} in retired, or in active",
                ("retired",),
            )


@rule("change", of=LineageChange)
def generation_that_runs_is_upgraded(change: LineageChange) -> Iterator[Fault]:
    """A major upgrade is of a generation that runs, and continues it.

    pg_upgrade runs where the Cluster gets its new image. One that is stopped waits with half an
    upgrade, and one that comes back would come back as another version.
    """
    before, after = change.generations
    for number, new in after.items():
        if number in before or not _is_upgrade(new):
            continue
        source = new["origin"].get("source", number - 1)
        was = before.get(source, {}).get("state", "active")
        if not {was, new["state"]} <= {"active", "candidate"}:
            stopped = source if was not in ("active", "candidate") else number
            yield Fault(
                f"generation {stopped} does not run, and is not upgraded; take the upgrade out, "
                f"and add it in a change in which generation {source} runs before and after",
                ("generations", str(number - 2)),
            )


def _last(generations: Mapping[int, Manifest]) -> list[Manifest]:
    """Return the generations that have, or had, a Cluster for themselves."""
    return [it for it in generations.values() if it["state"] != "upgraded"]


@rule("change", of=ClusterChange)
def generation_keeps_its_mark(change: ClusterChange) -> Iterator[Fault]:
    """A Cluster that is marked as a generation stays marked with that number.

    The mark is gone once no restored generation is declared any more: then their numbers, which
    name archives, could be used again.
    """
    before, after = change.texts("metadata", "labels", GENERATION)
    if before and before != after and isinstance(change.new.get("metadata"), Mapping):
        yield _unmarked(before)


@rule("change", of=ClusterChange)
def restore_and_upgrade_are_two_changes(change: ClusterChange) -> Iterator[Fault]:
    """A database is not upgraded in the change in which it is first restored.

    The upgrade would begin while clients are about to leave it, or what is restored would be read
    from an archive that has no base backup yet.
    """
    before, after = change.texts("metadata", "labels", GENERATION)
    if after and not before and change.upgrade:
        yield Fault(
            "it is upgraded, and another generation is restored in the same change; upgrade it "
            "first, and restore in the change after",
            ("spec", "imageName"),
        )


@dataclass(frozen=True)
class ServiceChange(Change):
    """A change of a Service."""


@rule("change", of=ServiceChange)
def service_leads_to_a_generation(change: ServiceChange) -> Iterator[Fault]:
    """The Service of a database that was restored leads to a generation for as long as it exists.

    Once no restored generation is declared any more it would lead to the first one, which may be
    removed: then initdb makes an empty database of its name.
    """
    before, after = change.texts("metadata", "labels", GENERATION)
    if before and not after and isinstance(change.new.get("metadata"), Mapping):
        yield _unmarked(before)


def _unmarked(number: str) -> Fault:
    return Fault(
        f"it is of generation {number} of a database whose restored generations are left out; "
        "write every entry of generations again",
        ("metadata", f"labels/{GENERATION}"),
    )


@rule("change", of=ClusterChange)
def origin_stays(change: ClusterChange) -> Iterator[Fault]:
    """A Cluster keeps where it came from.

    CloudNativePG reads `bootstrap` once, when the Cluster is created, and says nothing of a later
    change (cluster_webhook.go, validateClusterChanges, v1.30.0): the declaration would be wrong,
    and what creates the Cluster again by it would be another database. What another program made
    in another way is taken over with `initdb`: each Cluster that is restored here has a generation.
    """
    place = ("spec", "bootstrap")
    before, after = change.values(*place)
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return
    ours = "initdb" in before or bool(text_at(change.old, "metadata", "labels", GENERATION))
    if not ours and "initdb" in after:
        return
    if before.keys() != after.keys():
        yield Fault(
            f"'{', '.join(before)}' cannot become '{', '.join(after)}', as the database exists; "
            "undo the change of generations, or add an entry",
            place,
        )
        return
    old, new = _origin(change.old), _origin(change.new)
    # A preview does not know the name of a store that does not exist yet.
    if not (old.get("store") and new.get("store")):
        old, new = ({k: v for k, v in it.items() if k != "store"} for it in (old, new))
    if old != new:
        yield Fault(
            f"it was restored from {_spoken(old)}, which cannot become {_spoken(new)}; undo the "
            "change of its entry, or add another one",
            place,
        )


def _origin(manifest: Manifest) -> Mapping[str, str]:
    """Return the archive that a Cluster is restored from, and the target; else nothing."""
    recovery = at(manifest, "spec", "bootstrap", "recovery")
    if not isinstance(recovery, Mapping):
        return {}
    clusters = at(manifest, "spec", "externalClusters")
    source: Manifest = {}
    for it in clusters if isinstance(clusters, list) else []:
        if text_at(it, "name") == recovery.get("source"):
            source = it
    store = text_at(source, "plugin", "parameters", "barmanObjectName")
    target = at(recovery, "recoveryTarget")
    return {
        "source": str(recovery.get("source")),
        "snapshot": text_at(recovery, "volumeSnapshots", "storage", "name"),
        "wal snapshot": text_at(recovery, "volumeSnapshots", "walStorage", "name"),
        "store": store or text_at(source, "barmanObjectStore", "endpointURL"),
        **{
            str(field): str(value)
            for field, value in (target.items() if isinstance(target, Mapping) else ())
        },
    }


def _spoken(origin: Mapping[str, str]) -> str:
    return ", ".join(f"{field} '{value}'" for field, value in origin.items() if value)

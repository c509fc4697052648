"""The record of a database's drills: a ConfigMap that holds the last of each depth.

Its keys are `look`, `restore` and `deep` (the last evidence), `good-<depth>` (of the last that
passed or missed), `running` and `history`, the last 30 of each depth, newest last.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .api import Conflict, Namespace
from .drill_run import Run, begun_of
from .evidence import Evidence, read
from .s3 import Fault

_KEPT = 30
_TRIES = 10
_ENDED = {"Complete", "Failed"}

Data = Mapping[str, str]
Entry = Mapping[str, Any]


class Record:
    """The ConfigMap, as one Job writes it."""

    def __init__(self, namespace: Namespace, name: str, job: str, uid: str) -> None:
        """*job* and *uid* are those of the Job that the drill runs in."""
        self._namespace, self._name, self._job, self._uid = namespace, name, job, uid
        self._owned = False

    def read(self) -> Data:
        """Return its data; raise Fault if there is no such ConfigMap."""
        return self._found()[0]

    def history(self) -> Sequence[Entry]:
        """Return the entries of the drills before, oldest first."""
        return _history(self.read())

    def good(self, run: Run) -> Evidence | None:
        """Return the evidence of the last drill like *run* that passed or missed, if any.

        Not of another generation: that is restored to an earlier moment on purpose.
        """
        try:
            found = read(json.loads(self.read().get(f"good-{run.depth}") or "null"))
        except (ValueError, RecursionError):
            return None  # none, or of another schema: nothing to compare with
        return found if found.origin == run.evidence().origin else None

    def begin(self, run: Run) -> str:
        """Set `running`; return the id of another drill that runs instead, which keeps it.

        What a killed drill left in it becomes evidence first.
        """

        def change(data: Data) -> Mapping[str, str | None] | None:
            running = _running(data)
            if running and self._alive(running):
                return None
            killed = _killed(run, running) if running else None
            made = _with(data, killed) if killed else {}
            return {**made, "running": self._told(run, run.at)}

        self._owned = self._write(change)
        return "" if self._owned else str(_running(self.read()).get("id", "another drill"))

    def unused(self) -> None:
        """Raise Fault if a drill runs."""
        running = _running(self.read())
        if running and self._alive(running):
            raise Fault(f"{running['id']}: it runs at {running['step']}; wait until it has ended")

    def step(self, run: Run, name: str) -> None:
        """Note the step of the drill; one that cannot be noted holds nothing up."""
        if self._owned:
            try:
                change = {"data": {"running": self._told(run, name)}}
                self._namespace.change_config_map(self._name, change)
            except Fault as fault:
                run.say(f"the step is not in the record ({fault})")

    def end(self, evidence: Evidence) -> None:
        """Write the evidence, and take away `running`."""

        def change(data: Data) -> Mapping[str, str | None]:
            gone = {"running": None} if self._owned else {}
            return {**_with(data, evidence), **gone}

        self._write(change)

    def _found(self) -> tuple[Data, str]:
        found = self._namespace.config_map(self._name)
        if found is None:
            place = f"ConfigMap {self._namespace.name}/{self._name}"
            raise Fault(f"{place}: it does not exist; deploy the environment")
        return found.get("data") or {}, found["metadata"]["resourceVersion"]

    def _write(self, change: Callable[[Data], Mapping[str, str | None] | None]) -> bool:
        """Merge what *change* makes of the data; return False if that is None."""
        for _ in range(_TRIES):
            data, version = self._found()
            made = change(data)
            if made is None:
                return False
            metadata = {"resourceVersion": version}
            try:
                self._namespace.change_config_map(self._name, {"metadata": metadata, "data": made})
            except Conflict:
                continue
            return True
        raise Fault(f"ConfigMap {self._name}: others change it all the time; run it again")

    def _told(self, run: Run, step: str) -> str:
        known = {"id": run.id, "job": self._job, "uid": self._uid, "step": step}
        return json.dumps({**known, "store": run.store})

    def _alive(self, running: Mapping[str, Any]) -> bool:
        if running.get("uid") == self._uid:
            return False  # the Job's pod before this one
        return alive(self._namespace, running["job"], running.get("uid"))


def alive(namespace: Namespace, job: str, uid: str | None) -> bool:
    """Return whether a Job, with this UID if one is given, has not ended."""
    found = namespace.job(job)
    if found is None or uid not in {None, found["metadata"].get("uid")}:
        return False
    conditions = (found.get("status") or {}).get("conditions") or []
    return not any(it["type"] in _ENDED and it["status"] == "True" for it in conditions)


def _running(data: Data) -> Entry:
    """Return what runs; empty if nothing does, or the text is none of a drill's."""
    found = _parsed(data.get("running"))
    return found if _has(found, "id", "job", "step") else {}


def _history(data: Data) -> list[Entry]:
    """Return the entries of the history, without what is none of a drill's."""
    found = _parsed(data.get("history"))
    entries = found if isinstance(found, list) else []
    return [it for it in entries if _has(it, "id", "depth", "store")]


def _parsed(text: str | None) -> Any:  # noqa: ANN401 (any JSON)
    try:
        return json.loads(text or "null")
    except (ValueError, RecursionError):
        return None


def _has(found: object, *names: str) -> bool:
    return isinstance(found, dict) and all(isinstance(found.get(it), str) for it in names)


def _killed(run: Run, running: Mapping[str, Any]) -> Evidence | None:
    """Return the evidence of the drill that ended without any; None if its id says nothing."""
    try:
        database, depth, _ = str(running["id"]).rsplit("-", 2)
        begun = begun_of(running["id"])
    except (KeyError, ValueError):
        return None
    plain = Run(settings=run.settings, depth=run.depth, store=run.store, begun=begun)
    plain.give_up(
        f"{database}: it was killed at {running.get('step')}; see why its Job {running.get('job')} "
        "ended"
    )
    found = replace(plain.evidence(), id=str(running["id"]))
    return read({**found.json, "depth": depth, "store": running.get("store", "archive")})


def _with(data: Data, evidence: Evidence) -> dict[str, str | None]:
    """Return the keys that one more evidence changes."""
    # As UTF-8 it is at most half as long, and the ConfigMap holds 1 MiB.
    text = json.dumps(evidence.json, ensure_ascii=False)
    entries = [it for it in _history(data) if it["id"] != evidence.id]
    entries.append(
        {
            "id": evidence.id,
            "depth": evidence.depth,
            "store": evidence.store,
            "begun": evidence.begun,
            "verdict": evidence.verdict,
            "rung": evidence.rung,
            "target": evidence.target,
            "restore_seconds": evidence.restore_seconds,
            "archived_seconds": evidence.archived_seconds,
        }
    )
    alike = [it["id"] for it in entries if it["depth"] == evidence.depth]
    dropped = set(alike[:-_KEPT])
    kept = [it for it in entries if it["id"] not in dropped]
    made: dict[str, str | None] = {evidence.depth: text, "history": json.dumps(kept)}
    if evidence.verdict in {"passed", "missed"}:
        made[f"good-{evidence.depth}"] = text
    return made

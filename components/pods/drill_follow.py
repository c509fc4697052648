"""A restore that runs, step by step, until its Cluster serves or cannot."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from .drill_run import phases
from .drill_scratch import LABELS, NAME, Scratch
from .evidence import Phase
from .job import Refusal
from .restoring import (
    ENDED_EARLY,
    HEALTHY,
    HOPELESS,
    RECOVERY,
    SIDECAR,
    barman_said,
    complaint,
    waiting,
)
from .s3 import Fault

PATIENCE_SECONDS = 900
"""For each step but the restore itself, whose length is the archive's."""

_NO_ROOM = re.compile(r"No space left on device|Evicted|OOMKilled|NodeLost|Shutdown")
_COPIED, _REPLAYED = "Starting up instance", "redo done at"
"""What a pod that restores says once the base backup is there, and at the end of WAL
(CloudNativePG, instance.go, Startup, v1.30.0; PostgreSQL, xlogrecovery.c, PerformWalRecovery)."""

_PLACED, _RESTORED, _STARTED = "waits for a node and a volume", "restores", "starts PostgreSQL"

Manifest = Mapping[str, Any]


class Follower:
    """Watches the scratch Cluster, and when each phase of its restore ended."""

    def __init__(
        self, scratch: Scratch, answers: Callable[[], object], unsound: Callable[[], str]
    ) -> None:
        """*answers* asks the store that is restored from, and raises Fault if it is away.

        *unsound* reads the base backup that is restored, and returns what is damaged of it.
        """
        self._run, self._namespace, self._scratch = scratch.run, scratch.namespace, scratch
        self._answers, self._unsound = answers, unsound
        self._ends: dict[str, datetime | None] = dict.fromkeys(
            ("schedule", "volume", "base backup", "replay", "ready", "first query")
        )
        self._read = ""

    def wait(self) -> None:
        """Wait until the Cluster serves; raise Refusal if the archive does not give the data."""
        said = step = ""
        since = self._run.seconds
        while True:
            now, trouble = self._step()
            if not now:
                self._end("ready", datetime.now(UTC))
                return
            if now != step:
                self._run.step(now)
                step, since = now, self._run.seconds
            if trouble not in {"", said}:
                self._run.say(trouble)
                said = trouble
            if now != _RESTORED and self._run.seconds - since > PATIENCE_SECONDS:
                raise Fault(
                    f"Cluster {NAME}: it {now} for more than {PATIENCE_SECONDS} s "
                    f"({trouble or 'no reason is seen'}); correct that"
                )
            self._run.pause(f"Cluster {NAME} {now}{trouble and f' ({trouble})'}")

    def phases(self, answered: datetime) -> tuple[Phase, ...]:
        """Return the phases from when the Cluster was created until its first query."""
        begun = self._scratch.created or answered
        return phases(begun, self._ends | {"first query": answered})

    def _step(self) -> tuple[str, str]:
        """Return the step of the restore, and what hinders it; empty once it serves."""
        cluster = self._namespace.cluster(NAME)
        if cluster is None or cluster["metadata"]["uid"] != self._scratch.uid:
            raise Fault(f"Cluster {NAME}: it was removed meanwhile; run the drill again")
        status = cluster.get("status", {})
        phase = status.get("phase", "")
        pods = self._namespace.listed("pods", LABELS)
        for pod in pods:
            if _label(pod, "jobRole") == RECOVERY:
                self._mark(pod)
        if (phase, status.get("readyInstances")) == (HEALTHY, 1):
            return "", ""
        if phase in HOPELESS:
            why = status.get("phaseReason") or "without a reason"
            raise Fault(f"Cluster {NAME}: {phase} ({why}); correct that")
        return self._of_pods(pods, phase)

    def _of_pods(self, pods: Sequence[Manifest], phase: str) -> tuple[str, str]:
        for pod in pods:
            if _label(pod, "podRole") == "instance":
                return _STARTED, " ".join(waiting(pod)).strip()
        for pod in pods:
            state = pod.get("status", {}).get("phase")
            if state == "Failed":
                raise self._failure(pod)
            if state in {"Running", "Succeeded"}:
                return _RESTORED, ""
            return _PLACED, self._warning() or " ".join(waiting(pod)).strip()
        return _PLACED, self._warning() or self._unmade() or phase

    def _unmade(self) -> str:
        """Say that the operator makes no volume: only its log tells why."""
        if self._namespace.listed("persistentvolumeclaims", LABELS):
            return ""
        return "no PersistentVolumeClaim is made: see the operator's log, and the namespace's quota"

    def _warning(self) -> str:
        """Return the newest warning of what belongs to the Cluster: no quota, no volume."""
        made = self._scratch.created or datetime.now(UTC)
        warned = [
            (at, it)
            for it in self._namespace.listed("events")
            if it.get("type") == "Warning"
            and str(it.get("involvedObject", {}).get("name", "")).startswith(NAME)
            and (at := _time(it.get("lastTimestamp") or it.get("eventTime")))
            and at >= made.replace(microsecond=0)
        ]
        if not warned:
            return ""
        _, newest = max(warned, key=lambda pair: pair[0])
        return f"{newest.get('reason')}: {newest.get('message')}"

    def _failure(self, pod: Manifest) -> Exception:
        """Return why a restore ended: the archive's fault, or the want of room or of the store."""
        name, status = pod["metadata"]["name"], pod.get("status", {})
        ends = [
            str((it.get("state", {}).get("terminated") or {}).get("reason", ""))
            for it in status.get("containerStatuses") or []
        ]
        log = self._namespace.log(name, RECOVERY).splitlines()
        barman = barman_said([*log, *self._sidecar(pod)])
        why = barman or complaint(log)
        words = f"{status.get('reason', '')} {status.get('message', '')} {' '.join(ends)} {why}"
        if _NO_ROOM.search(words):
            return Fault(f"Pod {name}: it has no room ({' '.join(words.split())}); give it more")
        try:
            self._answers()
        except Fault as fault:  # which says nothing of the archive
            return fault
        if ENDED_EARLY.search(barman):
            early = f"Pod {name}: the base backup ended early ({barman}), and "
            self._run.step("read the base backup through")
            try:
                why = self._unsound()
            except Fault as fault:
                return Fault(f"{early}whether it is damaged is not known: {fault}")
            if not why:
                return Fault(
                    f"{early}its objects are sound: its store cut the request; let the store wait "
                    "longer for a client that stalls (docs/drills.md), then run the drill again"
                )
        return Refusal(
            f"it cannot be restored ({why}); make a base backup now, and see whether an older one "
            "or the other store can be restored"
        )

    def _sidecar(self, pod: Manifest) -> list[str]:
        """Return the log of the container in which the plugin restores, if it does."""
        started = pod.get("status", {}).get("initContainerStatuses") or []
        if SIDECAR not in {it["name"] for it in started}:
            return []
        return self._namespace.log(pod["metadata"]["name"], SIDECAR).splitlines()

    def _mark(self, pod: Manifest) -> None:
        """Take the ends of phases from a pod that restores."""
        status = pod.get("status", {})
        for one in status.get("conditions") or []:
            if (one.get("type"), one.get("status")) == ("PodScheduled", "True"):
                self._end("schedule", _time(one.get("lastTransitionTime")))
        for one in status.get("containerStatuses") or []:
            state = one.get("state", {})
            begun = (state.get("running") or state.get("terminated") or {}).get("startedAt")
            if one["name"] == RECOVERY and begun:
                self._end("volume", _time(begun))
                self._scan(pod["metadata"]["name"])

    def _scan(self, pod: str) -> None:
        """Take the ends of phases from what a pod has said since it was read last."""
        for at, message in _said(self._namespace.log(pod, RECOVERY, self._read)):
            self._read = at
            if message.startswith(_COPIED):
                self._end("base backup", _time(at))
            elif message.startswith(_REPLAYED):
                self._end("replay", _time(at))

    def _end(self, phase: str, at: datetime | None) -> None:
        self._ends[phase] = self._ends[phase] or at


def _said(log: str) -> Iterator[tuple[str, str]]:
    """Yield the time and the message of each line; PostgreSQL's own message is in its record."""
    for line in log.splitlines():
        try:
            entry = json.loads(line)
            yield str(entry["ts"]), str((entry.get("record") or {}).get("message") or entry["msg"])
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # another program's line


def _label(pod: Manifest, name: str) -> str:
    return str(pod["metadata"].get("labels", {}).get(f"cnpg.io/{name}", ""))


def _time(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said).astimezone(UTC) if said else None

"""A drill's Job, made from the CronJob of its schedule, and followed to its end.

It has no owner: a Job that is the CronJob's own without having been made by its controller is
reported as unexpected, and removed as soon as another one is newer, with the log that is read here
(Kubernetes 1.34, cronjob_controllerv2.go). Its template says how long it may take and when it goes.
"""

import copy
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from components.pods.evidence import Evidence, read
from components.postgres.drills import DRILLS_NAMESPACE
from stacks.cluster import ClusterClient, Manifest, Refused, Unreachable, condition_of
from stacks.command import Fault

T = TypeVar("T")

_POLL_SECONDS = 2.0
_START_SECONDS = 600.0
"""Seconds for a pod to get a node and its images, and for a controller to end a late Job."""

_AWAY_SECONDS = 120.0
"""Seconds that the API server may be away, as while it is upgraded."""

_LONGEST_SECONDS = 86400  # of a Job whose template has no limit
_LAST = 500  # characters of a program's complaint that a reason repeats


@dataclass(frozen=True)
class _Seen:
    """What there is of a Job at one moment."""

    job: Manifest | None
    pod: Manifest
    """Its pod; empty if it has none."""

    log: str
    """What its program has printed so far."""


class Run:
    """One drill, by its Job."""

    def __init__(
        self, kube: ClusterClient, schedule: Manifest, overrides: Mapping[str, Any]
    ) -> None:
        """Plan it by the CronJob of its *schedule*; *overrides* are for its program."""
        self._kube = kube
        self._job = job_of(schedule, overrides)
        self.name: str = self._job["metadata"]["name"]
        """Name of the Job."""

        self._there = False

    @property
    def place(self) -> str:
        """What a sentence calls it."""
        return f"Job {DRILLS_NAMESPACE}/{self.name}"

    def start(self) -> None:
        """Create the Job; raise Fault where it is not admitted."""
        self._there = True  # also where the answer is lost
        try:
            self._kube.apply(self._job, manager="tier0")
        except Refused:
            self._there = False
            raise

    def follow(self, say: Callable[[str], None]) -> Evidence | str:
        """Wait until the Job ends; *say* each line of progress as it comes.

        Return the evidence, or why there is none. Raise Fault where the API server does not answer
        for minutes, or refuses.
        """
        spec = self._job["spec"]
        within = spec.get("activeDeadlineSeconds", _LONGEST_SECONDS) + _START_SECONDS
        began, shown, log, told = time.monotonic(), 0, "", ""
        while True:
            seen = self._patiently(self._look, say)
            log = seen.log or log  # of a pod that is gone
            if ended := _end(seen):
                self._there = False
                found = _evidence(log)
                for line in _progress(log.splitlines()[shown:]):
                    say(line)
                return found or f"{self.place}: {ended}{_complaint(log)}; {_AGAIN}"
            whole = log[: log.rfind("\n") + 1].splitlines()
            for line in _progress(whole[shown:]):
                say(line)
            shown = len(whole)
            waits = time.monotonic() - began
            if not log and (why := _waits_for(seen.pod)):
                if waits > _START_SECONDS:
                    return f"{self.place}: it does not start ({why}); {_AGAIN}"
                if why != told:
                    say(f"{self.place}: waits ({why})")
                told = why
            if waits > within:
                return f"{self.place}: it does not end; see its pod, then run again"
            time.sleep(_POLL_SECONDS)

    def remove(self) -> None:
        """Delete the Job if it has not ended, and with it its pod and its scratch cluster."""
        if not self._there:
            return
        try:
            path = self._kube.path("batch/v1", "Job", self.name, DRILLS_NAMESPACE)
            # Unless told, the API server leaves a Job's pods.
            answer = self._kube.request("DELETE", f"{path}?propagationPolicy=Background")
            if not answer.ok and answer.status != HTTPStatus.NOT_FOUND:
                raise Refused(self.place, answer)
        except Fault as fault:
            sys.stderr.write(f"{fault}\n")
            fix = f"kubectl -n {DRILLS_NAMESPACE} delete job {self.name}"
            sys.stderr.write(f"{self.place}: it may still run; delete it: {fix}\n")
        else:
            sys.stderr.write(f"{self.place}: it is deleted, and its scratch cluster with it\n")

    def _look(self) -> _Seen:
        # In this order: of a Job that has ended the pod has, too, and of that the log is whole.
        job = self._kube.get("batch/v1", "Job", self.name, DRILLS_NAMESPACE)
        labels = f"job-name={self.name}"
        pods = self._kube.objects("v1", "Pod", DRILLS_NAMESPACE, labels=labels)
        pod = pods[0] if pods else {}
        return _Seen(job, pod, self._log(pod))

    def _log(self, pod: Manifest) -> str:
        """Return what the program has printed so far; nothing where it has not, or is gone."""
        if not pod:
            return ""
        container = pod["spec"]["containers"][0]["name"]
        try:
            return self._kube.log(DRILLS_NAMESPACE, pod["metadata"]["name"], container)
        except Refused as refused:
            if refused.answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}:
                return ""
            raise

    def _patiently(self, ask: Callable[[], T], say: Callable[[str], None]) -> T:
        """Return what is asked for, also where the API server is away for a while."""
        away: float | None = None
        while True:
            try:
                return ask()
            except (Unreachable, Refused) as fault:
                passing = not isinstance(fault, Refused) or fault.answer.status in _PASSING
                if not passing or (away is not None and time.monotonic() - away > _AWAY_SECONDS):
                    raise
                if away is None:
                    say(f"{fault}; it is asked again")
                    away = time.monotonic()
            time.sleep(_POLL_SECONDS)


_AGAIN = "correct that, then run again"
_PASSING = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


def job_of(schedule: Manifest, overrides: Mapping[str, Any]) -> Manifest:
    """Return a Job as the CronJob *schedule* makes it; its program is given the *overrides* too."""
    template = copy.deepcopy(schedule["spec"]["jobTemplate"])
    main = template["spec"]["template"]["spec"]["containers"][0]
    main["args"] = [*main.get("args", ()), json.dumps(overrides)]
    # As `kubectl create job --from` marks it.
    notes = {"annotations": {"cronjob.kubernetes.io/instantiate": "manual"}}
    metadata = {"labels": template.get("metadata", {}).get("labels", {})} | notes
    name = f"{schedule['metadata']['name']}-{secrets.token_hex(4)}"
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {**metadata, "name": name, "namespace": DRILLS_NAMESPACE},
        "spec": template["spec"],
    }


def _progress(lines: list[str]) -> Iterator[str]:
    """Yield the lines for people; the evidence is one for programs."""
    return (line for line in lines if line and not line.startswith("{"))


def _evidence(log: str) -> Evidence | None:
    """Return the evidence in the last line of a *log*; None if it is none."""
    try:
        return read(json.loads(log.rstrip("\n").rpartition("\n")[2]))
    except (ValueError, RecursionError):
        return None


def _complaint(log: str) -> str:
    said = " ".join(log[-_LAST:].split())
    return f" ({said})" if said else ""


def _over(job: Manifest) -> bool:
    return any(condition_of(job, it).get("status") == "True" for it in ("Complete", "Failed"))


def _end(seen: _Seen) -> str:
    """Return how a Job has ended, as a clause; empty while it runs."""
    if ended := _terminated(seen.pod):
        return f"its program ended with {ended.get('exitCode')} {ended.get('reason', '')}".rstrip()
    status = seen.pod.get("status", {})
    if status.get("phase") in {"Failed", "Succeeded"}:
        why = [status[it] for it in ("reason", "message") if status.get(it)]
        return f"its pod ended ({': '.join(why) or 'without a reason'})"
    if seen.job is None:
        return "it was deleted while it ran"
    if _over(seen.job):
        failed = condition_of(seen.job, "Failed")
        why = [failed[it] for it in ("reason", "message") if failed.get(it)]
        return f"it ended without a pod ({': '.join(why) or 'without a reason'})"
    return ""


def _terminated(pod: Manifest) -> Mapping[str, Any]:
    """Return how the pod's program ended; empty until it has."""
    if not pod:
        return {}
    name = pod["spec"]["containers"][0]["name"]
    for one in pod.get("status", {}).get("containerStatuses") or []:
        if one["name"] == name:
            ended: Mapping[str, Any] = one.get("state", {}).get("terminated") or {}
            return ended
    return {}


def _waits_for(pod: Manifest) -> str:
    """Return what a pod that does not run waits for; empty if its program runs."""
    if not pod:
        return "it has no pod"
    status = pod.get("status", {})
    scheduled = condition_of(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        return scheduled.get("message") or "it has no node"
    containers = [
        *(status.get("initContainerStatuses") or []),
        *(status.get("containerStatuses") or []),
    ]
    for one in containers:
        waits = one.get("state", {}).get("waiting") or {}
        if waits.get("reason") not in {None, "ContainerCreating", "PodInitializing"}:
            return f"{waits['reason']}: {waits.get('message', '')}".rstrip(": ")
    return "it is being started" if status.get("phase", "Pending") == "Pending" else ""

"""Following the Job that loads a database, from any run of the command, to its end."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus

from stacks.cluster import ClusterClient, Manifest, Refused, condition_of
from stacks.command import Fault
from stacks.recovery.clone_objects import END
from stacks.recovery.clones import expire
from stacks.recovery.loading import Load
from stacks.recovery.psql import instances

_POLL_SECONDS, _SAID_AFTER_SECONDS, _START_SECONDS = 2.0, 20.0, 600.0
_EXTENDED_SECONDS = 600.0

LASTING = timedelta(hours=12)
"""How long the clone stays if no run follows the Job any more."""

_MOST = 8
"""Differences that a fault repeats; the Job's log has all."""


class LoadFailed(Fault):
    """The Job has ended, and the database is not loaded or not equal to the clone's."""


_SIZE = "select coalesce(sum(pg_database_size(oid)), 0) from pg_database where datname = :'name';"


def follow(client: ClusterClient, load: Load, say: Callable[[str], None]) -> list[str]:
    """Wait until the Job ends; *say* its steps; return its notes; raise Fault where it failed."""
    steps, began, told = 0, time.monotonic(), ""
    extended = began
    while True:
        if time.monotonic() - extended > _EXTENDED_SECONDS:
            _extend(client, load)
            extended = time.monotonic()
        job = client.get("batch/v1", "Job", load.job, load.namespace)
        if job is None:
            fault = "it was deleted while it ran"
            raise Fault(f"Job {load.namespace}/{load.job}", fault, "run again to start over")
        pod = _pod(client, load)
        log = _log(client, pod)
        new = [line.removeprefix("step: ") for line in log if line.startswith("step: ")]
        for step in new[steps:]:
            say(f"{load.incoming}: {step}")
        steps = max(steps, len(new))
        if _is(job, "Complete"):
            return [line.removeprefix("note: ") for line in log if line.startswith("note: ")]
        if _is(job, "Failed"):
            raise _failed(load, job, pod, log)
        if new and new[-1] == "restore":
            told = _say_once(f"{load.incoming}: {_size(client, load)} restored", told, say)
        elif not log and (waits := time.monotonic() - began) > _SAID_AFTER_SECONDS:
            why = _waits_for(pod)
            if waits > _START_SECONDS:
                place = f"Job {load.namespace}/{load.job}"
                raise Fault(place, f"it does not start ({why})", "correct that, then run again")
            told = _say_once(f"{load.job}: waits ({why})", told, say)
        time.sleep(_POLL_SECONDS)


def failed(job: Manifest) -> bool:
    """Return whether a Job has ended without success."""
    return _is(job, "Failed")


def succeeded(job: Manifest) -> bool:
    """Return whether a Job has done its work: the database is loaded and equal to the clone's."""
    return _is(job, "Complete")


def remove(client: ClusterClient, load: Load) -> None:
    """Delete the Job with its pod; return when both are gone."""
    path = client.path("batch/v1", "Job", load.job, load.namespace)
    # Unless told, the API server leaves a Job's pods.
    answer = client.request("DELETE", f"{path}?propagationPolicy=Foreground")
    if not answer.ok and answer.status != HTTPStatus.NOT_FOUND:
        raise Refused(f"Job {load.namespace}/{load.job}", answer)
    deadline = time.monotonic() + _START_SECONDS
    while client.get("batch/v1", "Job", load.job, load.namespace):
        if time.monotonic() > deadline:
            fix = "see what holds its pod, then run again"
            raise Fault(f"Job {load.namespace}/{load.job}", "it is not deleted", fix)
        time.sleep(_POLL_SECONDS)


def _extend(client: ClusterClient, load: Load) -> None:
    """Let the clone stay for LASTING from now on."""
    if end := client.get("batch/v1", "Job", END, load.clone):
        created = datetime.fromisoformat(end["metadata"]["creationTimestamp"])
        expire(client, load.clone, created, LASTING)


def _is(job: Manifest, condition: str) -> bool:
    return condition_of(job, condition).get("status") == "True"


def _say_once(line: str, told: str, say: Callable[[str], None]) -> str:
    if line != told:
        say(line)
    return line


def _pod(client: ClusterClient, load: Load) -> Manifest:
    """Return the Job's pod, empty until there is one; it has one at most."""
    found = client.objects("v1", "Pod", load.namespace, labels=f"job-name={load.job}")
    return found[0] if found else {}


def _log(client: ClusterClient, pod: Manifest) -> list[str]:
    """Return what the pod has printed so far; nothing where it has not started, or is gone."""
    if not pod or pod["status"].get("phase", "Pending") == "Pending":
        return []
    try:
        return client.log(pod["metadata"]["namespace"], pod["metadata"]["name"]).splitlines()
    except Refused:
        return []


def _waits_for(pod: Manifest) -> str:
    return next(_reasons(pod), "it has no pod" if not pod else "it is being started")


def _reasons(pod: Manifest) -> Iterator[str]:
    scheduled = condition_of(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        yield scheduled.get("message", "it is not scheduled")
    for container in pod.get("status", {}).get("containerStatuses") or []:
        waiting = container.get("state", {}).get("waiting") or {}
        if waiting.get("reason") not in {None, "ContainerCreating"}:
            yield f"{waiting['reason']}: {waiting.get('message', '')}".rstrip(": ")


def _ends(pod: Manifest) -> Iterator[str]:
    """Yield why a pod has ended that could not say it, such as OOMKilled or an eviction."""
    status = pod.get("status", {})
    if "message" in status:
        yield status["message"]
    for container in status.get("containerStatuses") or []:
        ended = container.get("state", {}).get("terminated") or {}
        if ended.get("reason") not in {None, "Error", "Completed"}:
            yield ended["reason"]


def _size(client: ClusterClient, load: Load) -> str:
    """Return how much is loaded; the Job is not hindered where the primary cannot say it."""
    try:
        primary = instances(client, load.namespace, load.live)[0]
        return f"{int(primary.sql(_SIZE, {'name': load.incoming})) // 2**20} MiB"
    except Fault:
        return "an unknown part"


def _failed(load: Load, job: Manifest, pod: Manifest, log: list[str]) -> LoadFailed:
    """Say why the Job failed, without the text of a statement: it can hold a password."""
    again = "run again to start over"
    differs = [line.removeprefix("differs: ") for line in log if line.startswith("differs: ")]
    if differs:
        more = f", and {len(differs) - _MOST} more" * (len(differs) > _MOST)
        fault = f"it is not as in the clone: {', '.join(differs[:_MOST])}{more}"
        fix = f"look into both, nothing is replaced; {again}"
        return LoadFailed(f"database {load.incoming}", fault, fix)
    errors = [line for line in log if "error: " in line.lower()]
    why = next(iter([*errors, *_ends(pod)]), condition_of(job, "Failed").get("message", ""))
    step = next((line for line in reversed(log) if line.startswith("step: ")), "step: start")
    fault = f"{step.removeprefix('step: ')} failed ({why.strip()})"
    return LoadFailed(
        f"database {load.incoming}", fault, f"nothing is replaced: correct that, {again}"
    )

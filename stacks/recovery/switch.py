"""`activate` and `retire`: which generation clients reach, and which ones are given up."""

import json

from components.pods.proof import NEXT
from components.postgres import PostgresSpec
from components.postgres.generations import Generation
from stacks.check import InvalidEnvironment
from stacks.cluster import ClusterClient, Manifest, condition_of
from stacks.command import Fault
from stacks.recovery.edit import Change, EnvironmentFile
from stacks.recovery.steps import PROGRAM, Planned, Steps

_API = "postgresql.cnpg.io/v1"
_PATIENCE_SECONDS = 30


def activate(
    file: EnvironmentFile, name: str, database: str, number: int, kube: ClusterClient
) -> Planned:
    """Return the change that sends clients to a generation; raise Fault if it is not ready."""
    spec = file.database(database)
    chosen, old = generation_of(spec, database, number), spec.current
    place = f"databases.{database}: generation {number}"
    if chosen.state == "active":
        raise Fault(place, "it is active already", "leave it")
    if chosen.state == "removed":
        fix = f"restore from its archive while that is there: {PROGRAM} window {name} {database}"
        raise Fault(place, "its volumes are deleted", fix)
    if said := unproved(kube, spec, chosen):
        raise InvalidEnvironment("\n".join(said))
    retired = [it for it in spec.retired if it != number]
    # Newer ones that are not retired run: clients of one that they have used would stay with it.
    retired += [
        it.number for it in spec.lineage if it.number > number and it.state in ("active", "stopped")
    ]
    change = Change(active=number, retired=retired)
    steps = Steps(name, file.environment)
    following = [steps.up(f"stops {old.cluster}, and sends clients to {chosen.cluster}")]
    notes = []
    if old.number < number:
        following += steps.given_up(database, old, chosen)
    else:
        notes = [f"databases.{database}: {_taken_in(kube, spec, old)}"]
    return Planned(file=file, text=file.changed({database: change}), notes=notes, steps=following)


def _taken_in(kube: ClusterClient, spec: PostgresSpec, left: Generation) -> str:
    """Say how many transactions a generation has taken in since clients reached it."""
    place, stays = f"generation {left.number}", "they stay in it, and in its archive"
    began, now = _began(kube, spec, left), _next_transaction(kube, spec, left)
    if began is None or now is None:
        return f"{place} may have taken in transactions, which could not be counted; {stays}"
    return f"{place} has taken in {now - began} transactions; {stays}"


def _began(kube: ClusterClient, spec: PostgresSpec, left: Generation) -> int | None:
    """Return the next transaction as its proof has noted it; None if that is not there any more."""
    labels = f"batch.kubernetes.io/job-name={left.cluster}-proof"
    for pod in kube.objects("v1", "Pod", spec.namespace, labels=labels):
        try:
            log = kube.log(spec.namespace, pod["metadata"]["name"])
        except Fault:
            continue  # its node may be gone
        for line in log.splitlines():
            found = json.loads(line) if line.startswith("{") else {}
            if found.get("proof") == NEXT:
                return int(found["found"])
    return None


def _next_transaction(kube: ClusterClient, spec: PostgresSpec, left: Generation) -> int | None:
    """Return the next transaction of a generation now; None if it does not answer."""
    cluster = kube.get(_API, "Cluster", left.cluster, spec.namespace) or {}
    primary = str(cluster.get("status", {}).get("currentPrimary"))
    query = "select pg_snapshot_xmax(pg_current_snapshot())"
    command = ["psql", "-qAtX", "-c", query, "postgres"]
    try:
        said = b"".join(
            kube.execute(spec.namespace, primary, "postgres", command, seconds=_PATIENCE_SECONDS)
        )
    except Fault:
        return None
    return int(said)


def retire(
    file: EnvironmentFile,
    name: str,
    database: str,
    number: int,
    *,
    removed: bool,
    kube: ClusterClient,
) -> Planned:
    """Return the change that gives a generation up; *removed*: that deletes its Cluster."""
    spec = file.database(database)
    chosen, current = generation_of(spec, database, number), spec.current
    place = f"databases.{database}: generation {number}"
    if chosen.state == "removed" or (chosen.state == "retired" and not removed):
        raise Fault(place, f"it is {chosen.state} already", "leave it")
    if removed and chosen.state != "retired":
        fix = f"retire it first: {PROGRAM} retire {name} {database} {number} --write"
        raise Fault(place, f"it is {chosen.state}", fix)
    if number < current.number and not _backed_up(kube, spec, current):
        fault = f"{current.cluster}, which follows it, has no completed base backup yet"
        raise Fault(place, fault, "wait for it: until then this is the only way back")
    steps = Steps(name, file.environment)
    if removed:
        left = [it for it in spec.retired if it != number]
        change = Change(retired=left, removed=[*spec.removed, number])
        does = steps.up(f"deletes {chosen.cluster} with its volumes; its archive stays")
    else:
        change = Change(retired=[*spec.retired, number])
        does = steps.up(f"no longer protects {chosen.cluster}")
    return Planned(file=file, text=file.changed({database: change}), steps=[does])


def unproved(kube: ClusterClient, spec: PostgresSpec, chosen: Generation) -> list[str]:
    """Return what keeps a generation from becoming the active one, as sentences."""
    place = f"Cluster {spec.namespace}/{chosen.cluster}"
    found = kube.get(_API, "Cluster", chosen.cluster, spec.namespace)
    if found is None:
        return [f"{place}: it is not there; run pulumi up first"]
    if chosen.state != "candidate":
        return []  # it was the active one before, and is stopped
    missing = {"Ready": "wait until it runs", "ContinuousArchiving": "see its log"}
    said = [
        f"{place}: {condition} is not True; {fix}"
        for condition, fix in missing.items()
        if condition_of(found, condition).get("status") != "True"
    ]
    if chosen.restored:
        if "recovery" not in found["spec"].get("bootstrap", {}):
            said.append(f"{place}: it was not restored; retire it, as it is another database")
        source = spec.lineage[chosen.restored.source - 1]
        before = kube.get(_API, "Cluster", source.cluster, spec.namespace) or {}
        known, own = _system(before), _system(found)
        if known and own and known != own:
            fault = f"its system identifier is {own}, and that of {source.cluster} is {known}"
            said.append(f"{place}: {fault}; retire it, as it is another database")
    return said


def _system(cluster: Manifest) -> str:
    return str(cluster.get("status", {}).get("systemID") or "")


def _backed_up(kube: ClusterClient, spec: PostgresSpec, current: Generation) -> bool:
    return any(
        backup["spec"]["cluster"]["name"] == current.cluster
        and backup.get("status", {}).get("phase") == "completed"
        for backup in kube.objects(_API, "Backup", spec.namespace)
    )


def generation_of(spec: PostgresSpec, database: str, number: int) -> Generation:
    """Return a generation by its number; raise Fault if there is none, or if it was upgraded."""
    found = {it.number: it for it in spec.lineage if it.state != "upgraded"}
    if number not in found:
        fix = f"write one of {', '.join(map(str, found))}"
        raise Fault(f"databases.{database}: generation {number}", "there is none", fix)
    return found[number]

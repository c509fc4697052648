"""What a killed `pulumi` leaves behind where nothing is of value, and how the next one continues.

A file backend keeps the lock of a process that is gone, and the state names the objects whose
creation was begun. Such an object may exist, and creating it again would be refused;
`pulumi refresh --import-pending-creates` of 3.250.0 drops the note without adopting the object. In
a sandbox, and of the lab's suite on somebody's cluster, it is removed and made again. This is never
done to an environment that a person has deployed.
"""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from stacks.cluster import ClusterClient, Manifest, place_of
from tools import Fault
from tools.engine.engine import Engine

_GONE_SECONDS = 60.0


def settle(engine: Engine, cluster: ClusterClient, stack: str, say: Callable[[str], None]) -> None:
    """Make the stack ready for another run; where the last one ended by itself, do nothing."""
    locks = list((engine.directory / "backend" / ".pulumi" / "locks").rglob("*.json"))
    _wait_for_owners(locks, say)
    if any(lock.exists() for lock in locks):
        say("the last run was killed: removing its lock")
        engine.run("cancel", "--yes", "--stack", stack)
    exported = json.loads(engine.run("stack", "export", "--stack", stack).stdout)
    pending = exported["deployment"].get("pending_operations") or []
    begun = [entry["resource"] for entry in pending if entry["type"] == "creating"]
    if begun:
        say(f"the last run was killed while it made {len(begun)} objects: making them again")
        for resource in begun:
            if resource["type"].startswith("kubernetes:"):
                _remove(cluster, resource["inputs"])
        engine.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "-s", stack)


def _wait_for_owners(locks: Sequence[Path], say: Callable[[str], None]) -> None:
    """Let a pulumi that outlived its parent end what it began."""
    deadline = time.monotonic() + _GONE_SECONDS
    if any(map(_owner_lives, locks)):
        say("a pulumi of a killed run is still at work: waiting for it")
    while alive := [lock for lock in locks if _owner_lives(lock)]:
        if time.monotonic() > deadline:
            place = f"{alive[0]}"
            raise Fault(place, "the pulumi it names does not end", "stop it, then run again")
        time.sleep(0.2)


def _owner_lives(lock: Path) -> bool:
    """Tell whether the process that a lock names is a pulumi that runs; ids are used again."""
    try:
        pid = json.loads(lock.read_text())["pid"]
        return Path(f"/proc/{pid}/exe").readlink().name == "pulumi"
    except (OSError, ValueError, KeyError):
        return False


def _remove(cluster: ClusterClient, manifest: Manifest) -> None:
    """Delete an object, if it is there, and wait until it is gone."""
    kind, metadata = manifest["kind"], manifest["metadata"]
    place = (manifest["apiVersion"], kind, metadata["name"], metadata.get("namespace", ""))
    deadline = time.monotonic() + _GONE_SECONDS
    cluster.delete(*place)
    while cluster.get(*place):
        if time.monotonic() > deadline:
            raise Fault(place_of(manifest), "it does not go away", "run `make clean`")
        time.sleep(0.2)

"""`python3 -m pods.drill <settings> [<overrides>]`, both JSON: one drill of one database.

Its log says each step; its last line is the evidence, and the verdict is its exit status. What it
made is removed, however it ends; after a crash Kubernetes removes it with the Job.
"""

import json
import os
import secrets
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from .api import Namespace
from .drill_archive import KEYS, Archive
from .drill_deep import Deep
from .drill_follow import Follower
from .drill_proofs import Before, Proofs
from .drill_record import Record
from .drill_run import Killed, Run, Which
from .drill_scratch import NAME, Scratch
from .drill_server import Server, connected
from .drill_watch import Nonce, Watch, arrival
from .evidence import STATUS, Evidence
from .job import Refusal
from .s3 import Fault, Store

Settings = Mapping[str, Any]

_CUT = "the store did not give all WAL"


class Drill:
    """One drill, from its start to its evidence."""

    def __init__(self, settings: Settings, overrides: Settings, job: Mapping[str, str]) -> None:
        """*job* has the `name` and `uid` of the Job that it runs in."""
        self._settings, self._overrides, self._job = settings, overrides, job
        self._namespace = Namespace(settings["namespace"])
        self._record = Record(self._namespace, settings["record"], job["name"], job["uid"])
        self._watch = Watch(settings["watch"], settings["server"])
        self._run = Run(settings, settings["depth"], overrides.get("store") or "archive")
        self._run.dry = bool(overrides.get("dry"))
        self._scratch: Scratch | None = None

    def evidence(self) -> Evidence:
        """Do all of it; return what was found, also if it is ended from outside."""
        run = self._run
        try:
            self._work()
        except Killed:
            run.give_up(f"{run.id}: it was killed at {run.at}; see why its Job ended")
        except Refusal as refusal:
            run.failed = run.failed or f"{run.at}: {refusal}"
        except Fault as fault:
            run.give_up(str(fault))
        except Exception as error:  # noqa: BLE001 (each ends in evidence)
            traceback.print_exc()
            run.give_up(f"{run.id}: {type(error).__name__} at {run.at}; report it with this log")
        return self._ended()

    def _work(self) -> None:
        run = self._run
        if not run.dry:
            self._begin()
        store = KEYS.get(run.store, "")
        if store not in self._settings:
            raise Fault(
                f"{run.settings['database']}: it has no store {run.store}; name another one"
            )
        run.step("look into the archive")
        archive = Archive(Store(store, self._settings[store]), self._settings["server"])
        run.versions |= _versions(self._settings, archive)
        if run.dry:
            self._preflight(archive)
        elif run.depth == "look":
            archive.prove(run, self._watch.system)
        else:
            self._restore(archive)

    def _begin(self) -> None:
        """Take the record, and what this drill restores, by those before."""
        run = self._run
        history = self._record.history()
        if "store" not in self._overrides:
            run.store = next_store(self._settings, history)
        while (other := self._record.begin(run)) and run.depth != "look":
            run.pause(f"{other} runs")
        run.note = partial(self._record.step, run)

    def _preflight(self, archive: Archive) -> None:
        """Ask all that a drill needs, and change nothing."""
        run = self._run
        archive.prove(run, self._watch.system)
        for name, key in KEYS.items():
            if key in self._settings:
                store = Store(key, self._settings[key])
                run.prove(f"store {name}", "none", partial(_answers, store))
        run.prove("record", "none", self._record.unused)
        run.prove("scratch cluster", "none", self._made().admit)

    def _restore(self, archive: Archive) -> None:
        """Restore the archive, and ask the server that comes out of it."""
        run = self._run
        nonce = self._nonce()
        archive.prove(run, (lambda: nonce.system) if nonce else self._watch.system)
        if not archive.whole:
            return
        if nonce:
            self._await(nonce, archive)
        run.target = self._target(archive, nonce)
        run.versions |= {"backup": archive.backup(run.target)}
        before = Before(archive, archive.end(), nonce, self._record.good(run))
        run.step(f"create the scratch cluster, from {run.store}, at {run.target or 'the end'}")
        scratch = self._scratch = self._made()
        scratch.create()
        follower = Follower(scratch, archive.answers, partial(archive.unsound, run))
        follower.wait()
        run.step("ask the restored server")
        # With a client left PostgreSQL would not end for minutes, and nor would the drill.
        with closing(connected(run, self._namespace)) as server:
            major = self._first(server, follower, scratch)
            proofs = Proofs(run, server, self._namespace.cluster(NAME) or {}, before)
            proofs.consistent()
            if run.depth == "deep":
                Deep(run, server, major).prove()
            if proofs.cut:
                run.skip("nonces", "recent", _CUT)
                run.skip("rows", "yours", _CUT)
                return
            run.step("compare nonces and rows, and ask the checks")
            if nonce:
                proofs.recent(self._watch.nonces)
            proofs.yours()

    def _nonce(self) -> Nonce | None:
        """Write a nonce into the source; without the watch the drill continues without one."""
        self._run.step("write a nonce into the source")
        try:
            return self._watch.write()
        except Fault as fault:
            self._run.give_up(str(fault))
            self._run.skip("nonce in the archive", "recent", str(fault))
            return None

    def _await(self, nonce: Nonce, archive: Archive) -> None:
        """Wait until the archive has the nonce, which says how much may be lost."""
        run, most = self._run, self._run.rpo_seconds
        run.step("wait until the nonce is archived")

        def wait() -> float:
            found = arrival(nonce, archive.store, archive.server, most, run.pause)
            run.archived_seconds = found
            return found

        if run.prove("nonce in the archive", "recent", wait) and run.archived_seconds is not None:
            run.measure(
                "data at risk", run.archived_seconds, most, "see why WAL is archived so late"
            )

    def _first(self, server: Server, follower: Follower, scratch: Scratch) -> int:
        """Ask the first query; return the major version that it answers."""
        run = self._run
        ((number,),) = server.rows("select current_setting('server_version_num')::int")
        run.phases = follower.phases(datetime.now(UTC))
        run.restore_seconds = round(run.seconds - scratch.since, 1)
        major, minor = divmod(number, 10000)
        run.versions |= {"postgres": f"{major}.{minor}"}
        run.prove("first query", "started", lambda: f"PostgreSQL {major}.{minor}")
        run.measure(
            "restore time",
            run.restore_seconds,
            self._settings["rto_seconds"],
            "see which phase took longest, or declare another objective",
        )
        return int(major)

    def _target(self, archive: Archive, nonce: Nonce | None) -> datetime | None:
        """Return what to restore to: what is asked for, or in turn the end and a moment.

        In an archive without a transaction after its base backup recovery stops at the nonce's.
        """
        span = archive.window or {}
        earliest, latest = (
            datetime.fromisoformat(span[name]) if span.get(name) else None
            for name in ("earliest", "latest")
        )
        if asked := self._overrides.get("to"):
            target = datetime.fromisoformat(asked).astimezone(UTC)
            until = latest or (nonce.written if nonce else None)
            if earliest is None or until is None or not earliest <= target <= until:
                raise Fault(
                    f"{asked}: it is not in the window of the archive, {earliest} to {until}; "
                    "name a moment in it"
                )
            if one := archive.overlap(target):
                raise Fault(
                    f"{asked}: timeline {one['timeline']} has transactions until {one['end']}, and "
                    f"later timelines have some from {one['begin']} on; name a moment that is not "
                    "between"
                )
            return target
        if not earliest or not latest or latest <= earliest or not self._takes_moment():
            return None
        moment = earliest + (latest - earliest) * secrets.SystemRandom().random()
        return None if archive.overlap(moment) else moment

    def _takes_moment(self) -> bool:
        """Return whether a moment of the window comes next, after a restore to the end."""
        alike = [
            it
            for it in self._record.history()
            if (it["depth"], it["store"]) == ("restore", self._run.store)
        ]
        return self._run.depth == "restore" and bool(alike) and not alike[-1].get("target")

    def _made(self) -> Scratch:
        manifest = self._settings["scratch"][self._run.store]
        return Scratch(self._run, self._namespace, manifest, self._job)

    def _ended(self) -> Evidence:
        """Remove what was made, and write the evidence."""
        run = self._run
        if self._scratch:
            run.step("remove the scratch cluster")
            run.left_behind = self._scratch.remove()
            if run.left_behind:
                run.say(f"LEFT BEHIND: {run.left_behind}")
        if run.dry and run.failed:  # nothing was restored
            run.failed, run.unverified = "", run.failed
        found = run.evidence()
        if not run.dry:
            try:
                self._record.end(found)
            except Fault as fault:
                run.say(f"the evidence is NOT in the record: {fault}")
        return found

    def killed(self, *_: object) -> None:
        """Take the signal by which Kubernetes ends a pod."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self._run.killed = True
        raise Killed


def next_store(settings: Settings, history: Sequence[Mapping[str, Any]]) -> Which:
    """Return the store whose turn it is: with an off-site copy not the one of the drill before."""
    alike = [it["store"] for it in history if it["depth"] == settings["depth"]]
    return "offsite" if KEYS["offsite"] in settings and alike[-1:] == ["archive"] else "archive"


def _answers(store: Store) -> None:
    """Ask a store whether it answers, with the keys."""
    store.ask("list_objects_v2", MaxKeys=1)


def _versions(settings: Settings, archive: Archive) -> dict[str, str]:
    span = archive.window or {}
    texts = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    return {
        "image": settings["image"],
        "spec": settings["spec"],
        "program": sha256(b"".join(texts)).hexdigest(),
        "first_wal": span.get("first_wal", ""),
        "last_wal": span.get("last_wal", ""),
    }


def main(settings: Settings, overrides: Settings) -> None:
    """Run one drill; print its evidence, and end with the status of its verdict."""
    job = {"name": os.environ["JOB_NAME"], "uid": os.environ["JOB_UID"]}
    drill = Drill(settings, overrides, job)
    signal.signal(signal.SIGTERM, drill.killed)
    found = drill.evidence()
    print(json.dumps(found.json), flush=True)
    sys.exit(STATUS[found.verdict])


if __name__ == "__main__":
    given = [json.loads(argument) for argument in sys.argv[1:]]
    main(given[0], given[1] if given[1:] else {})

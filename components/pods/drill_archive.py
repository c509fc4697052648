"""What an archive holds before a drill restores it, out of its listing."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from .backups import INFO, Backup, gap_after
from .drill_run import Run, Value
from .job import Refusal
from .s3 import Fault, Gone, Store
from .segments import Archived, Damaged
from .sound import flaw
from .wal import Lineage, Segment, histories, lineage
from .waldump import FOLDER, Waldump
from .window import examine, read, survey

KEYS = {"archive": "source", "offsite": "target"}
"""The settings of each store, which name its folder of keys too."""


class Archive:
    """One server's archive in one store, as it is at a moment."""

    def __init__(self, store: Store, server: str) -> None:
        """Read its listing, and when its last transactions ended."""
        self.store, self.server = store, server
        self.damage, self._dump = "", Waldump()
        self.taken, wal = read(store, server)
        try:
            self.found: Mapping[str, Any] = examine(self.taken, wal, (), self._dump, {})
        except Damaged as damaged:
            self.damage = str(damaged)
            self.found = survey(self.taken, wal, lambda _: [], ())

    @property
    def whole(self) -> list[Backup]:
        """The whole base backups, oldest first."""
        return sorted((it for it in self.taken if it.whole), key=lambda it: str(it.ended))

    @property
    def window(self) -> Mapping[str, Any] | None:
        """The newest window; None if nothing can be restored."""
        spans = self.found["windows"]
        return spans[-1] if spans else None

    def backup(self, target: datetime | None) -> str:
        """Return the base backup that a restore to *target* begins with; "" if none."""
        ends = [it for it in self.whole if target is None or (it.ended and it.ended <= target)]
        return ends[-1].name if ends else ""

    def overlap(self, target: datetime) -> Mapping[str, Any] | None:
        """Return where a restore to *target* stops before timelines that have it too, if it does.

        Those that follow are in it only if it begins with a base backup of one.
        """
        name = self.backup(target)
        timeline = next((it.timeline for it in self.whole if it.name == name), 0)
        found: list[Mapping[str, Any]] = self.window["overlaps"] if self.window else []
        for one in found:
            begin, end = (datetime.fromisoformat(one[key]) for key in ("begin", "end"))
            if timeline <= one["timeline"] and begin <= target < end:
                return one
        return None

    def prove(self, run: Run, system: Callable[[], str]) -> None:
        """Ask all that the listing answers; *system* returns the source's identifier."""
        span = self.window or {}
        run.window = span.get("earliest"), span.get("latest")
        run.prove("base backup", "none", self._base_backup)
        run.prove("WAL", "none", self._unbroken)
        run.prove("histories", "none", self._histories)
        run.prove("newest commit", "none", self._newest)
        run.prove("archive's system identifier", "none", lambda: self._same(system()))

    def answers(self) -> None:
        """Read the newest base backup's file; raise Fault if the store does not give it.

        A listing says too little: without its KMS a store still lists what it cannot decrypt.
        """
        key = f"{self.server}/base/{self.whole[-1].name}/{INFO}"
        try:
            self.store.read(self.store.ask("get_object", key)["Body"])
        except Gone:
            raise Fault(f"{self.store.place}: {key} was removed meanwhile; run it again") from None

    def unsound(self, run: Run) -> str:
        """Return what is damaged of the base backup that was restored; raise Fault if unknown."""
        return flaw(self.store, f"{self.server}/base/{self.backup(run.target)}/", run)

    def end(self) -> tuple[int, int]:
        """Return the newest timeline, and the number of the last segment that leads to it."""
        _, way, segments = self._listed()
        return way.newest, max(segments, default=0)

    def flaw(self, ended: int) -> str:
        """Return why a replay that ended at an LSN cannot continue; empty if it can.

        That a segment has its length says nothing of the records in it, so the next one is read.
        """
        now, way, segments = self._listed()
        first, needed = ended // way.size, (ended - 1) // way.size + 1
        if needed not in segments:
            return f"{way.name(needed)} is missing in {self._place}; make a base backup"
        names = [segments[it].name for it in (first, first + 1) if it in segments]
        at = f"{ended >> 32:X}/{ended & 0xFFFFFFFF:08X}"
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            try:
                for name in names:
                    now.fetch(name, way.size, Path(folder))
            except Damaged as damaged:
                return str(damaged)
            asked = [f"--start={at}", "--limit=1", f"--path={folder}", *names]
            if not [*self._dump.lines(asked)]:
                return f"no record can be read at {at} of it in {self._place}; make a base backup"
        return ""

    def _listed(self) -> tuple[Archived, Lineage, Mapping[int, Segment]]:
        """Return the WAL as it is listed now, as it comes in all the time, and what is followed."""
        keys = self.store.keys(f"{self.server}/wals/")
        now = Archived(self.store, keys)
        timelines = [*(int(name[:8], 16) for name in now.names), *histories(keys)]
        newest = max(timelines, default=0)
        way = Lineage(newest, lineage(now.history(newest)), self.whole[-1].segment)
        return now, way, way.followed(now.names)

    def _base_backup(self) -> Value:
        if not self.whole:
            faults = {it["fault"] for it in self.found["backups"]} - {None}
            why = f" ({', '.join(sorted(faults))})" if faults else ""
            raise Refusal(
                f"{self._place} has no whole base backup{why}; make one, and see why the "
                "ScheduledBackup does not"
            )
        if not (span := self.window):
            each = (f"{it['id']}: {it['fault']}" for it in self.found["backups"] if it["fault"])
            why = ", ".join(each)
            raise Refusal(f"none in {self._place} can be restored ({why}); make one")
        return str(span["backups"][-1])

    def _unbroken(self) -> Value:
        """Prove that none is missing after the newest base backup, which is restored."""
        if not self.whole:
            return None
        if gap := gap_after(self.whole[-1], self.found["gaps"]):
            raise Refusal(
                f"{gap['segments']} segments are missing in {self._place}, {gap['first']} to "
                f"{gap['last']}: a restore ends before them; make a base backup"
            )
        if self.damage:
            raise Refusal(self.damage)
        return str(self.window["last_wal"]) if self.window else None

    def _histories(self) -> Value:
        if missing := self.found["missing_history"]:
            raise Refusal(
                f"{missing} is not in {self._place}: a restore ends before that timeline; archive "
                "it again from pg_wal of an instance, or make a base backup"
            )
        return None

    def _newest(self) -> Value:
        """Return the newest restorable moment; an idle archive has none."""
        span: Mapping[str, str | None] = self.window or {}
        return span.get("latest") or self.found["unread"]

    def _same(self, system: str) -> Value:
        """Prove that the base backups are of the source."""
        strangers = sorted({it.system for it in self.whole} - {system, ""})
        if strangers:
            raise Refusal(
                f"{self._place} has base backups of {', '.join(strangers)}, and the database is "
                f"{system}; give each database its own archive"
            )
        return system

    @property
    def _place(self) -> str:
        return f"{self.store.place}/{self.server}"

"""What an archive can be restored to, and `python -m stacks window`.

It is read from the archive alone, as the database may be lost (components/pods/window.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from components.kube.program import Program
from stacks.cluster import ClusterClient
from stacks.command import Fault
from stacks.recovery.archives import Archive
from stacks.recovery.pods import PodProgram, run_program
from stacks.recovery.snapshots import Snapshot


@dataclass(frozen=True)
class Window:
    """A window; both ends are restorable, and their time zone is UTC."""

    earliest: datetime
    """End of the oldest base backup that WAL continues from."""

    latest: datetime
    """The last microsecond before the last archived transaction ended."""

    def checked(self, target: str) -> str:
        """Return a targetTime in the one form that its readers agree on; raise a Fault.

        It is a fault if recovery would not reach it. The form is UTC with microseconds, like
        `2026-11-29T10:00:00.000000+00:00`: CloudNativePG refuses others that Python reads
        (machinery v0.5.0, ParseTargetTime), and PostgreSQL takes the zone from the database where
        there is none.
        """
        return checked(target, [self])


@dataclass(frozen=True)
class Overlap:
    """A span of time in which transactions of a timeline ended, and of those that follow it.

    Recovery to a time in it stops on the timeline, and restores nothing of those that follow.
    """

    timeline: int

    begin: datetime
    """When the first transaction ended of those that follow."""

    end: datetime
    """When the timeline's last one ended: recovery to then, or later, replays all of it."""

    def stops(self, moment: datetime, timeline: int) -> bool:
        """Return whether recovery to a *moment* stops in it, if it begins on a *timeline*."""
        return timeline <= self.timeline and self.begin <= moment < self.end

    def __str__(self) -> str:
        """Return it as a sentence."""
        return (
            f"timeline {self.timeline} has transactions until {self.end}, and later timelines have "
            f"some from {self.begin} on: a time between restores nothing of the later ones"
        )


@dataclass(frozen=True)
class Stretch:
    """What can be restored out of WAL without a gap."""

    window: Window | None
    """Its times; None if no transaction ended after its base backup."""

    backups: Sequence[str]
    """Ids of the base backups that it can be restored from, the oldest end first."""

    timeline: int
    last_wal: str
    """The segment where a recovery without a target ends."""

    overlaps: Sequence[Overlap]
    """Where its timelines overlap in time."""


@dataclass(frozen=True)
class Survey:
    """What a program in a pod has found in an archive."""

    found: Mapping[str, Any]
    """As components/pods/window.py tells it."""

    snapshots: Sequence[Snapshot] = ()
    """The snapshots of its Cluster that were looked for in it, the oldest end first."""

    @property
    def stretches(self) -> list[Stretch]:
        """What can be restored, the newest last."""
        return [
            Stretch(
                Window(datetime.fromisoformat(one["earliest"]), datetime.fromisoformat(latest))
                if (latest := one["latest"])
                else None,
                one["backups"],
                one["timeline"],
                one["last_wal"],
                overlaps(one),
            )
            for one in self.found["windows"]
        ]

    def checked(self, target: str) -> str:
        """Return a targetTime as `Window.checked` does; it may be in any of the windows."""
        known = [self._reached(one.window, one.overlaps) for one in self.stretches if one.window]
        if not known:
            fault = "no transaction that ended after a base backup is in the archive"
            raise Fault(
                f"targetTime {target}", fault, "restore all that is archived, without a target"
            )
        found = [it for one in self.stretches for it in one.overlaps]
        spans = [Window(it.begin, it.end - timedelta(microseconds=1)) for it in found]
        time = checked(target, [*spans, *known])
        if not self.backups_at(time):
            moment = datetime.fromisoformat(time)
            stop = next(it for it in found if it.begin <= moment < it.end)
            fix = "write an earlier time, before-xid N as find prints it, or latest"
            raise Fault(f"targetTime {target}", str(stop), fix)
        return time

    def _reached(self, window: Window, spans: Sequence[Overlap]) -> Window:
        """Return a window up to the last time that a base backup reaches."""
        latest = window.latest
        for one in sorted(spans, key=lambda it: it.begin, reverse=True):
            if one.begin <= latest < one.end and not self.backups_at(latest.isoformat()):
                latest = one.begin - timedelta(microseconds=1)
        return replace(window, latest=latest)

    def backups_at(self, target: str) -> list[str]:
        """Return the ids of the base backups that reach a *checked* target, the newest last."""
        moment = datetime.fromisoformat(target)
        ends = {one["id"]: datetime.fromisoformat(one["end"]) for one in self.usable}
        begins = {one["id"]: one["timeline"] for one in self.usable}
        fit = [
            name
            for one in self.stretches
            if one.window and one.window.earliest <= moment <= one.window.latest
            for name in one.backups
            if ends[name] <= moment
            and not any(it.stops(moment, begins[name]) for it in one.overlaps)
        ]
        return sorted(fit, key=lambda name: ends[name])

    def chosen(self, target: str | None = None) -> Mapping[str, Any]:
        """Return the base backup that CloudNativePG takes for a *checked* target, or for the end.

        It is the newest one that ended before, even if a part of it or its WAL is missing, or its
        timeline was left (barman-cloud v0.5.2, catalog.go, FindBackupInfo).
        """
        moment = datetime.fromisoformat(target) if target else datetime.max.replace(tzinfo=UTC)
        ended: dict[datetime, Mapping[str, Any]] = {
            datetime.fromisoformat(one["end"]): one for one in self.found["backups"] if one["end"]
        }
        return ended[max(end for end in ended if end <= moment)]

    @property
    def usable(self) -> list[Mapping[str, Any]]:
        """The base backups that can be restored."""
        return [one for one in self.found["backups"] if not one["fault"]]

    def unusable(self, one: Snapshot) -> str:
        """Return why nothing can be restored from a snapshot; empty if something can."""
        if one.lacks:
            return f"{one.lacks} is missing"
        if one.system not in {it["system"] for it in self.usable}:
            return "it is of another database system than the archive's base backups"
        if not any(one.start in it["starts"] for it in self.found["windows"]):
            return f"its WAL {one.start or 'segment'} is not in what can be restored"
        return ""

    def snapshot_at(self, backup: str, moment: datetime) -> Snapshot | None:
        """Return the newest snapshot that ended by a *moment*, with WAL up to there; None: none.

        *backup* is the base backup that a recovery to the moment would begin with.
        """
        if not self.snapshots:
            return None
        window = next(it for it in self.found["windows"] if backup in it["backups"])
        fit = [
            it
            for it in self.snapshots
            if it.ended <= moment
            and it.start in window["starts"]
            and not self.unusable(it)
            and not any(one.stops(moment, int(it.start[:8], 16)) for one in overlaps(window))
        ]
        return fit[-1] if fit else None

    def ended(self, backup: str) -> datetime:
        """Return the end of a usable base backup."""
        return next(datetime.fromisoformat(it["end"]) for it in self.usable if it["id"] == backup)


def survey(kube: ClusterClient, archive: Archive, snapshots: Sequence[Snapshot] = ()) -> Survey:
    """Look into an archive, by a pod in its database's namespace, and for WAL of *snapshots*."""
    what = PodProgram(
        command="window",
        namespace=archive.namespace,
        cluster=archive.cluster,
        program=Program("window"),
        image=archive.python_image,
        settings={"server": archive.server, "starts": [it.start for it in snapshots]},
        stores={"source": archive.store},
        waldump=archive.image,
        pull_secrets=archive.pull_secrets,
    )
    return Survey(run_program(kube, what), snapshots)


def overlaps(window: Mapping[str, Any]) -> list[Overlap]:
    """Return the overlaps of a window that a program has told."""
    return [
        Overlap(it["timeline"], *(datetime.fromisoformat(it[end]) for end in ("begin", "end")))
        for it in window["overlaps"]
    ]


def checked(target: str, windows: Sequence[Window]) -> str:
    """Return a targetTime that is in one of the *windows*, oldest first; see `Window.checked`."""
    place, latest = f"targetTime {target}", f"the latest possible time is {windows[-1].latest}"
    try:
        moment = datetime.fromisoformat(target)
        utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Fault(place, "it is not a time", f"write one as {windows[-1].latest}") from None
    handed_on = utc.isoformat(timespec="microseconds")
    if moment.tzinfo is None:
        fix = f"write {handed_on} if that is intended; {latest}"
        raise Fault(place, "it has no time zone", fix)
    if any(one.earliest <= utc <= one.latest for one in windows):
        return handed_on
    before = max((one.latest for one in windows if one.latest < utc), default=None)
    after = min((one.earliest for one in windows if one.earliest > utc), default=None)
    if before is None:
        fault = f"it is before {after}, the end of the oldest base backup"
        raise Fault(place, fault, "write that time or a later one")
    if after is None:
        fault = f"no archived transaction ended after it; {latest}"
        raise Fault(
            place, fault, "write that time, or no target to restore everything that is archived"
        )
    fault = f"WAL is missing there: the archive restores to {before}, and then from {after} on"
    raise Fault(place, fault, "write one of these times")

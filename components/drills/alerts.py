"""Alerts on what the watch of a database and its drills measure.

None fires on an idle database: PostgreSQL closes no segment without changes, so none is missing.
"""

from components.drills.promises import Promises
from components.monitoring.alert import Alert
from components.pods.evidence import Depth, Verdict
from components.spec import cron

_WEEK = 7 * 24 * 3600
_CLOCK = 1
"""By how many seconds a clock may differ from the watch's. Two that do so in opposite ways differ
by two, and for that long no transaction ends in a failover: a promotion alone takes 2.1 s
(docs/performance.md). So no time is one of both primaries."""

_SLACK = 600
"""Seconds between a slot and its Job, and between the end of a drill and its metrics."""


def alerts(database: str, promised: Promises) -> list[Alert]:
    """Return the alerts on the drilled database *database*."""
    return [
        *_archive(database, promised),
        *_watch(database, promised),
        *_verdicts(database),
        *(it for depth in promised.schedules for it in _proof(database, promised, depth)),
    ]


def objectives(database: str, promised: Promises) -> list[dict[str, object]]:
    """Return rules that record the objectives as metrics, to be drawn next to measurements."""
    return [
        {
            "record": f"tier0_{objective}_seconds",
            "expr": f"vector({value})",
            "labels": {"database": database},
        }
        for objective, value in (("rpo", promised.rpo), ("rto", promised.rto))
    ]


def _of(database: str, metric: str, *selectors: str, by: str = "") -> str:
    """Return the highest value of *metric*, which stays the same when another pod takes over."""
    chosen = ",".join((f'database="{database}"', *selectors))
    return f"max by (namespace, database{by}) ({metric}{{{chosen}}})"


def _archive(database: str, promised: Promises) -> list[Alert]:
    behind = _of(database, "tier0_behind_seconds", 'store="archive"')
    broken = _of(database, "tier0_archive_broken", by=", store")
    gaps = _of(database, "tier0_archive_gaps", by=", store")
    held = _of(database, "tier0_archive_held_segments", 'store="archive"')
    expiry = _of(database, "tier0_store_certificate_expiry_timestamp_seconds", by=", store")
    return [
        Alert(
            name="RestorableLate",
            source="watch",
            when="closed WAL of the primary is not in the archive for longer than the RPO",
            expression=f"{behind} > {promised.rpo}",
            critical=True,
            summary=f"WAL that is older than the RPO ({promised.rpo} s) is not in the archive",
            impact="If the cluster is lost now, more is lost than the objective allows.",
        ),
        Alert(
            name="ArchiveGap",
            source="watch",
            when="a WAL segment is missing between two that a store has, after its newest base "
            "backup or since less than a day, for 10 minutes",
            # One that stays between older base backups stays until retention removes these.
            expression=f"{broken} > 0 or {gaps} > min_over_time({gaps}[1d:5m])",
            lasting=600,
            critical=True,
            summary="a WAL segment is missing in {{ $labels.store }}",
            impact="A restore ends at the gap, and nothing after it is restorable until the next "
            "base backup.",
        ),
        Alert(
            name="FailedBackupKeepsWal",
            source="watch",
            when="the archive has WAL of an earlier timeline that only a failed base backup keeps, "
            "for an hour",
            expression=f"{held} > 0",
            lasting=3600,
            critical=False,
            summary="a failed base backup keeps WAL that nothing else needs",
            impact="The archive grows beyond its retention, until the base backup is deleted.",
            page="docs/runbooks/failed-base-backup.md",
        ),
        Alert(
            name="StoreCertificateExpires",
            source="watch",
            when="the certificate that a store serves expires within 7 days",
            expression=f"{expiry} - time() < {_WEEK}",
            lasting=3600,
            critical=True,
            summary="the certificate that {{ $labels.store }} serves expires within 7 days",
            impact="From that moment on nothing is archived or copied there, and nothing restored.",
        ),
    ]


def _watch(database: str, promised: Promises) -> list[Alert]:
    blind = max(promised.rpo, 1800)
    # Without the time of an instance nothing is lost, and drills verify.
    failed = _of(database, "tier0_watch_failed", 'part!="clocks"', by=", part")
    ahead = _of(database, "tier0_clock_ahead_seconds", by=", clock")
    guard = f'tier0_behind_seconds{{database="{database}",store="archive"}}'
    return [
        Alert(
            name="WatchFailing",
            source="watch",
            when="the watch cannot read a part, for the RPO or 30 minutes",
            expression=f"{failed} > 0",
            lasting=blind,
            critical=True,
            summary="the watch cannot read {{ $labels.part }}",
            impact="Alerts on that part cannot fire, and drills cannot verify.",
        ),
        Alert(
            name="WatchUnknown",
            source="watch",
            when="the watch reports nothing, for 15 minutes",
            expression=f"max by (database) (absent({guard}))",
            lasting=900,
            critical=True,
            summary="the watch does not run, or its metrics are not read",
            impact="How much may be lost is unknown, and no alert on drills can fire.",
        ),
        Alert(
            name="ClocksDiffer",
            source="watch",
            when="the clock of an instance or a store is more than 1 s ahead of that of the "
            "watch's node, or behind it, for 10 minutes",
            expression=f"abs({ahead}) > {_CLOCK}",
            lasting=600,
            critical=False,
            summary="the clock of {{ $labels.clock }} differs from that of the watch's node",
            impact="After a failover, recovery to a time may have nothing of what the new primary "
            "committed, for as long as the clocks differ.",
        ),
    ]


def _verdicts(database: str) -> list[Alert]:
    def last(verdict: Verdict) -> str:
        return _of(database, "tier0_drill_timestamp_seconds", f'verdict="{verdict}"', by=", depth")

    return [
        Alert(
            name="DrillFailed",
            source="drill",
            when="the last drill of a depth says that the archive did not give the data",
            expression=f"{last('failed')} > 0",
            critical=True,
            summary="the last drill ({{ $labels.depth }}) failed",
            impact="What was restored is not the data; a real recovery may end the same way.",
        ),
        Alert(
            name="DrillMissed",
            source="drill",
            when="the last drill of a depth restored the data, but not within an objective",
            expression=f"{last('missed')} > 0",
            critical=False,
            summary="the last drill ({{ $labels.depth }}) missed an objective",
            impact="A recovery gives the data, but later or with more lost than is declared.",
        ),
        Alert(
            name="DrillUnverified",
            source="drill",
            when="the last drill of a depth had no room or no access, or was killed",
            expression=f"{last('unverified')} > 0",
            critical=False,
            summary="the last drill ({{ $labels.depth }}) could not verify the archive",
            impact="Nothing new is known of the archive; the last proof grows older.",
        ),
        Alert(
            name="DrillLeftBehind",
            source="drill",
            when="a drill could not remove what it made, for 15 minutes",
            expression=f"{_of(database, 'tier0_drill_left_behind')} > 0",
            lasting=900,
            critical=False,
            summary="a drill left objects or volumes behind",
            impact="They take room, and the next drill may find none.",
        ),
    ]


def _proof(database: str, promised: Promises, depth: Depth) -> list[Alert]:
    """Return the alerts on the age of a depth's proof.

    A drill ends at most its deadline after its slot, so between two ends are at most the longest
    gap of the schedule and the deadline.
    """
    of = f'depth="{depth}"'
    ended = _of(database, "tier0_drill_timestamp_seconds", of)
    good = _of(database, "tier0_drill_good_timestamp_seconds", of)
    gap = int(cron.longest_gap(promised.schedules[depth]).total_seconds())
    due = gap + promised.deadline + _SLACK
    old = Alert(
        name="DrillOld",
        source="drill",
        when="the last drill that gave the data is older than two of the schedule's longest pauses "
        "and the deadline; also while drills are suspended",
        expression=f"time() - ({good} > 0) > {due + gap}",
        critical=True,
        summary=f"the last good drill ({depth}) is too old",
        impact="That the archive can be restored is no longer proven.",
        labels={"depth": depth},
    )
    if promised.suspended:
        return [old]
    return [
        old,
        Alert(
            name="DrillSlotMissed",
            source="drill",
            when="no drill of a depth ended for the schedule's longest pause and the deadline",
            expression=f"time() - {ended} > {due}",
            critical=False,
            summary=f"the drill ({depth}) that was due did not run",
            impact="Nothing new is known of the archive; the last proof grows older.",
            labels={"depth": depth},
        ),
        Alert(
            name="DrillNever",
            source="drill",
            when="no drill of a depth ever gave the data, for the schedule's longest pause and the "
            "deadline",
            expression=f"{good} == 0",
            lasting=due,
            critical=True,
            summary=f"no drill ({depth}) ever gave the data",
            impact="That the archive can be restored was never proven.",
            labels={"depth": depth},
        ),
    ]

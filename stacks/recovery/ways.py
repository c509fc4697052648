"""What a restore can start from, a base backup or a snapshot, and how long each takes."""

from collections.abc import Sequence
from datetime import UTC, datetime

from components.postgres import PostgresSpec
from components.postgres.archiver import replay_seconds
from stacks.check.rules.measured import (
    LEAST_RESTORE_SECONDS,
    restore_seconds,
    spoken,
)
from stacks.recovery.window import Survey

_STORAGE = "at any size, if the storage copies on write"

_LEAST = f"about {spoken(LEAST_RESTORE_SECONDS)}"


def restore_note(specs: Sequence[PostgresSpec]) -> str:
    """Return what makes a restore from base backups longer than the least, of the largest."""
    most, storage = max((restore_seconds(it.storage, it.backup), it.storage) for it in specs)
    copied = f"{spoken(most)} if {storage} are full; " if most > LEAST_RESTORE_SECONDS else ""
    return f"{copied}{_replay(specs, 'the base backup')}"


def snapshot_note(spec: PostgresSpec) -> str:
    """Return what makes a restore from a snapshot longer than the least."""
    cloned = "; replicas are still cloned by pg_basebackup" if spec.instances > 1 else ""
    return f"{_replay([spec], 'the snapshot')}{cloned}; {_STORAGE}"


def ways(spec: PostgresSpec, survey: Survey, backup: str, moment: datetime) -> list[str]:
    """Return what a recovery to a *moment* can start from, the snapshot first; each a line.

    *backup* is the base backup. Nothing where there are no snapshots at all.
    """
    if not survey.snapshots:
        return []
    found = survey.snapshot_at(backup, moment)
    copied = (
        f"from base backup {backup} of {spoken_moment(survey.ended(backup))}: {_LEAST}; "
        f"{restore_note([spec])}"
    )
    if found is None:
        newest = survey.snapshots[-1]
        late = newest.ended > moment
        otherwise = (
            f"it ended at {spoken_moment(newest.ended)}" if late else "recovery from it ends before"
        )
        why = survey.unusable(newest) or otherwise
        return [copied, f"from no snapshot: the newest is {newest.name}, and {why}"]
    first = (
        f"from snapshot {found.name} of {spoken_moment(found.ended)}: {_LEAST}; "
        f"{snapshot_note(spec)}; it proves nothing about the archive"
    )
    return [first, copied]


def spoken_moment(moment: datetime) -> str:
    """Return a moment as people read it; UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}Z"


def _replay(specs: Sequence[PostgresSpec], since: str) -> str:
    most = max(map(replay_seconds, specs))
    return f"{most:.1g} s more for each WAL segment since {since}"

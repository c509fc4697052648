"""Recovery objectives of a database: how much may be lost, and how long recovery may take."""

from collections.abc import Iterator
from typing import Annotated

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Duration, Rate, seconds

UPLOAD_ALLOWANCE_SECONDS = 60
"""The part of the RPO for compressing and uploading the last WAL segment."""

LEAST_ARCHIVE_TIMEOUT_SECONDS = 30
"""Below this a database with a few changes archives thousands of nearly empty segments a day."""

_MOST_ARCHIVE_TIMEOUT_SECONDS = 2**30 - 1


@rule("value", was="T202")
def rpo_is_achievable(rpo: str) -> Iterator[Fault]:
    """An RPO leaves time to close a WAL segment and to upload it.

    A database with a few changes writes a segment every `archive_timeout`; below 30 s that is
    thousands a day. An idle one writes none (PostgreSQL 18, measured).
    """
    least = UPLOAD_ALLOWANCE_SECONDS + LEAST_ARCHIVE_TIMEOUT_SECONDS
    if seconds(rpo) < least:
        yield Fault(
            f"'{rpo}' is shorter than archiving can guarantee ({LEAST_ARCHIVE_TIMEOUT_SECONDS} s "
            f"between WAL segments, {UPLOAD_ALLOWANCE_SECONDS} s to upload one); "
            f"write at least '{least}s'"
        )


@rule("value")
def rpo_fits_archive_timeout(rpo: str) -> Iterator[Fault]:
    """An RPO is at most what `archive_timeout` holds, and the upload.

    PostgreSQL does not start with more: `outside the valid range for parameter "archive_timeout"
    (0 .. 1073741823)` (run on 14 to 18).
    """
    if seconds(rpo) > _MOST_ARCHIVE_TIMEOUT_SECONDS + UPLOAD_ALLOWANCE_SECONDS:
        yield Fault(f"'{rpo}' is longer than archive_timeout may be; write at most '12427d'")


class ObjectivesSpec(Spec):
    """How much may be lost, and how long recovery may take."""

    rpo: Annotated[Duration, obeys(rpo_is_achievable, rpo_fits_archive_timeout)]
    """Recovery point objective: the most time whose commits may be lost with the whole cluster."""

    rto: Duration
    """Recovery time objective: the longest time until the restored database answers."""

    write_rate: Rate | None = None
    """The most WAL that the database writes each second for minutes, at which the RPO still holds.
    None: unknown; `plan` prints what the archiver keeps up with, and above that the RPO grows with
    time. `pg_stat_wal` counts it."""

    @property
    def archive_timeout_seconds(self) -> int:
        """The longest time that a WAL segment with changes stays open: the RPO minus the upload."""
        return seconds(self.rpo) - UPLOAD_ALLOWANCE_SECONDS

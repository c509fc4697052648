"""The restorable window of an archive.

It is read from the archive alone, as the database may be lost (components/pods/window.py).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from stacks.command import Fault


@dataclass(frozen=True)
class Window:
    """The window; both ends are restorable, and their time zone is UTC."""

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
        place, latest = f"targetTime {target}", f"the latest possible time is {self.latest}"
        try:
            moment = datetime.fromisoformat(target)
            utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise Fault(place, "it is not a time", f"write one as {self.latest}") from None
        handed_on = utc.isoformat(timespec="microseconds")
        if moment.tzinfo is None:
            fix = f"write {handed_on} if that is intended; {latest}"
            raise Fault(place, "it has no time zone", fix)
        if utc < self.earliest:
            fault = f"it is before {self.earliest}, the end of the oldest base backup"
            raise Fault(place, fault, "write that time or a later one")
        if utc > self.latest:
            fault = f"no archived transaction ended after it; {latest}"
            raise Fault(
                place, fault, "write that time, or no target to restore everything that is archived"
            )
        return handed_on

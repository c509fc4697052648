"""The restorable window of an archive.

It is read from the archive alone, as the database may be lost (components/pods/window.py).
"""

from dataclasses import dataclass
from datetime import datetime

from stacks.command import Fault


@dataclass(frozen=True)
class Window:
    """The window; both ends are restorable, and their time zone is UTC."""

    earliest: datetime
    """End of the oldest base backup that WAL continues from."""

    latest: datetime
    """The last microsecond before the last archived transaction ended."""

    def refuse(self, target: str) -> None:
        """Raise a fault if recovery would not reach a targetTime, or would misread it."""
        place, latest = f"targetTime {target}", f"the latest possible time is {self.latest}"
        try:
            moment = datetime.fromisoformat(target)
        except ValueError:
            raise Fault(place, "it is not a time", f"write one as {self.latest}") from None
        if moment.tzinfo is None:
            fault = "it has no time zone, and would be read as UTC"
            raise Fault(place, fault, f"write {target}+00:00 if that is intended; {latest}")
        if moment < self.earliest:
            fault = f"it is before {self.earliest}, the end of the oldest base backup"
            raise Fault(place, fault, "write that time or a later one")
        if moment > self.latest:
            fault = f"no archived transaction ended after it; {latest}"
            raise Fault(
                place, fault, "write that time, or no target to restore everything that is archived"
            )

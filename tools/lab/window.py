"""The window of time that an archive can be restored to, read from the archive alone.

The database may be gone. What is looked for, and why, is in `reach`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tools import Fault
from tools.lab import archives, reach

if TYPE_CHECKING:
    from tools.lab.access import Cluster


@dataclass(frozen=True)
class Window:
    """Both ends can be restored to; they have a time zone, which is UTC."""

    earliest: datetime
    """End of the oldest base backup that WAL leads on from."""

    latest: datetime
    """The last microsecond before the last archived transaction ended."""

    def refuse(self, target: str) -> None:
        """Raise a fault where recovery would not reach a targetTime, or read it as another one."""
        place, latest = f"targetTime {target}", f"the latest possible time is {self.latest}"
        try:
            moment = datetime.fromisoformat(target)
        except ValueError:
            raise Fault(place, "it is not a time", f"write one as {self.latest}") from None
        if moment.tzinfo is None:
            fault = "it has no time zone, and would be read as UTC"
            raise Fault(place, fault, f"write {target}+00:00 if that is meant; {latest}")
        if moment < self.earliest:
            fault = f"it is before {self.earliest}, the end of the oldest base backup"
            raise Fault(place, fault, "write that time or a later one")
        if moment > self.latest:
            fault = f"no archived transaction ended after it; {latest}"
            raise Fault(place, fault, "write that time, or no target for all that is archived")


def look(
    lab: "Cluster", namespace: str, configuration: Mapping[str, Any], server: str, image: str
) -> Window:
    """Find the window of the archive that barman's `configuration` and a server name lead to.

    `image` is the database's own; a fault where nothing in the archive can be restored to a time.
    """
    where = urlsplit(configuration["destinationPath"])
    arguments = [configuration["endpointURL"], where.netloc, where.path.strip("/"), server]
    script = Path(reach.__file__).read_text()
    place = (namespace, f"window-{server}"[:50])
    said = archives.ask(lab, place, configuration, script, arguments, image)
    found = json.loads(said.splitlines()[-1])
    if "lacks" in found:
        raise Fault(
            f"archive {where.geturl()}{server}",
            f"{found['lacks']}, so that it cannot be restored to a time",
            "restore all of it, without a target",
        )
    return Window(*(datetime.fromisoformat(found[name]) for name in ("earliest", "latest")))

"""The window of an archive, read by a pod of the lab."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from components.kube.program import Program
from stacks.recovery.window import Window
from tools import Fault
from tools.lab.databases import archives

if TYPE_CHECKING:
    from tools.lab.access import Cluster


def look(
    lab: "Cluster", namespace: str, configuration: Mapping[str, Any], server: str, image: str
) -> Window:
    """Find the window of the archive that barman's `configuration` and a server name lead to.

    `image` is the database's own; a fault where nothing in the archive can be restored to a time.
    """
    where = urlsplit(configuration["destinationPath"])
    arguments = [configuration["endpointURL"], where.netloc, where.path.strip("/"), server]
    place = (namespace, f"window-{server}"[:50])
    said = archives.ask(lab, place, configuration, Program("window").text, arguments, image)
    found = json.loads(said.splitlines()[-1])
    if "lacks" in found:
        raise Fault(
            f"archive {where.geturl()}{server}",
            f"{found['lacks']}, so that it cannot be restored to a time",
            "restore all of it, without a target",
        )
    return Window(*(datetime.fromisoformat(found[name]) for name in ("earliest", "latest")))

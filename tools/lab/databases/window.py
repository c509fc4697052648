"""The window of an archive of the lab, read as the product reads it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from stacks.recovery.archives import Archive, ArchiveStore
from stacks.recovery.window import Window, survey
from tools import Fault
from tools.lab.operators.plugin import SIDECAR

if TYPE_CHECKING:
    from tools.lab.access import Cluster


def look(
    lab: "Cluster", namespace: str, configuration: Mapping[str, Any], server: str, image: str
) -> Window:
    """Find the last window of the archive that barman's `configuration` and a server lead to.

    `image` is the database's own; a fault where nothing in the archive can be restored to a time.
    """
    where, keys = urlsplit(configuration["destinationPath"]), configuration["s3Credentials"]
    folder = where.path.strip("/")
    ca = configuration.get("endpointCA")
    store = ArchiveStore(
        endpoint=configuration["endpointURL"],
        bucket=where.netloc,
        prefix=f"{folder}/" if folder else "",
        region="us-east-1",
        secret=keys["accessKeyId"]["name"],
        access_key=keys["accessKeyId"]["key"],
        secret_key=keys["secretAccessKey"]["key"],
        ca=(ca["name"], ca["key"]) if ca else None,
    )
    archive = Archive(
        database=server,
        generation=1,
        namespace=namespace,
        cluster=server,
        server=server,
        store=store,
        image=image,
        python_image=SIDECAR,
    )
    found = survey(lab.kube, archive)
    if not found.stretches or (window := found.stretches[-1].window) is None:
        lacks = found.found["unread"] or "no transaction that ended after a base backup is in it"
        raise Fault(
            f"archive {archive.place}",
            f"{lacks}, so that it cannot be restored to a time",
            "restore all of it, without a target",
        )
    return window

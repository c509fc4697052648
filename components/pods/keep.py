"""`python3 -m pods.keep <settings as JSON>`: what no operator keeps of a restored database.

The CA that clients trust follows the active generation's. The archives of removed generations are
deleted once their newest object is older than the retention: CloudNativePG and barman delete from a
living server's archive only. What is declared is noted next to the off-site copy. Each part is done
even if another fails.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from .api import WATCHED, Namespace
from .job import Refusal, finish, persist
from .lineage import conflict, continued, read, write
from .s3 import Fault, Store


def follow(namespace: Namespace, trusted: str, authority: str) -> None:
    """Give the Secret *trusted* the certificate of the CA *authority*; never its key."""
    if trusted == authority:
        return  # the first Cluster is active, and renews its CA
    active = namespace.secret(authority)
    if active is None:
        raise Fault(f"Secret {authority}: it does not exist yet; it is tried again")
    data = {"ca.crt": active["data"]["ca.crt"]}
    found = namespace.secret(trusted)
    if found is None:
        namespace.create_secret(trusted, data, labels=WATCHED)
    elif not data.items() <= (found.get("data") or {}).items():
        namespace.change_secret(found, {"data": data})
    else:
        return
    print(f"Secret {trusted}: its certificate is that of {authority}", flush=True)


REFRESH = timedelta(hours=12)


def note(store: Store, key: str, declared: Sequence[Mapping[str, Any]], *, encrypted: bool) -> None:
    """Write what is declared next to the off-site copy, if it is not what is noted there.

    It is written every day all the same: the bucket's lifecycle rule removes what has become old.
    """
    noted, written = read(store, key)
    lost = {entry["number"] for entry in noted} - {entry["number"] for entry in declared}
    fault = conflict(noted, declared) or (
        f"generation {min(lost)} is noted and no longer declared" if lost else ""
    )
    if fault:
        raise Refusal(
            f"{store.place}, {key}: {fault}; write in `generations` what it was, and later "
            "restores after it"
        )
    entries = continued(noted, declared)
    if entries != noted or written is None or datetime.now(UTC) - written > REFRESH:
        write(store, key, entries, encrypted=encrypted)
        print(f"{store.place}, {key}: written", flush=True)


def prune(store: Store, servers: Sequence[str], days: int) -> None:
    """Delete the archives whose newest object is more than *days* old.

    The first to go is each `backup.info`: what is left of an unfinished deletion lists no backup.
    """
    oldest = datetime.now(UTC) - timedelta(days=days)
    for server in servers:
        found = store.listed(f"{server}/")
        if not found or max(entry.modified for entry in found.values()) > oldest:
            continue
        for key in sorted(found, key=lambda key: (not key.endswith("/backup.info"), key)):
            store.ask("delete_object", key)
        print(f"{store.place}/{server}/: {len(found)} objects of it are deleted", flush=True)


def main(settings: Mapping[str, Any]) -> None:
    """Keep everything once."""
    source = Store("source", settings["source"])
    parts = [lambda: prune(source, settings["removed"], settings["retention_days"])]
    if trusted := settings["trusted"]:
        parts.insert(
            0, lambda: follow(Namespace(settings["namespace"]), trusted, settings["authority"])
        )
    if "target" in settings:
        target = Store("target", settings["target"])
        parts.append(
            lambda: note(
                target,
                settings["lineage"],
                settings["generations"],
                encrypted=settings["encrypted"],
            )
        )
    finish(*parts)


if __name__ == "__main__":
    persist(partial(main, json.loads(sys.argv[1])))

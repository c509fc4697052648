"""The object next to the off-site copy that says which generations were declared.

It outlives the cluster and Pulumi's state: a number that was used cannot be taken for another
restore. For each generation it holds the number, the server name, the origin (null: initdb), the
state, and since when that is so.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from .copying import encoded
from .s3 import Store

Entry: TypeAlias = Mapping[str, Any]

_WORDS = {"reason", "image"}
"""Parts of an origin that may be changed later: neither is where the data came from."""


def read(store: Store, key: str) -> tuple[list[Entry], datetime | None]:
    """Return the entries of the object, and when it was written; none if it does not exist."""
    found = store.listed(key).get(key)
    if found is None:
        return [], None
    content = store.read(store.ask("get_object", key)["Body"])
    return json.loads(content)["generations"], found.modified


def write(store: Store, key: str, entries: Sequence[Entry], *, encrypted: bool) -> None:
    """Write the object; with a lock the bucket keeps the version before."""
    content = json.dumps({"generations": entries}, indent=1).encode()
    encryption = {"ServerSideEncryption": "AES256"} if encrypted else {}
    store.ask("put_object", key, Body=content, ContentMD5=encoded(content), **encryption)


def conflict(noted: Sequence[Entry], declared: Iterable[Entry]) -> str:
    """Return the first number of *declared* that is noted with another origin; "" if none is."""
    origins = {entry["number"]: entry["origin"] for entry in noted}
    for entry in declared:
        number, origin = entry["number"], entry["origin"]
        if number in origins and _whence(origins[number]) != _whence(origin):
            return f"generation {number} is noted with the origin {json.dumps(origins[number])}"
    return ""


def continued(noted: Sequence[Entry], declared: Sequence[Entry]) -> list[Entry]:
    """Return *declared*, each entry since when it is noted so, else since now."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    since = {_key(entry): entry["since"] for entry in noted}
    return [{**entry, "since": since.get(_key(entry), now)} for entry in declared]


def _key(entry: Entry) -> tuple[int, str]:
    return entry["number"], entry["state"]


def _whence(origin: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return origin and {key: value for key, value in origin.items() if key not in _WORDS}

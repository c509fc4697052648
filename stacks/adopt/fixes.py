"""What becomes of a value that `check` refuses, where leaving it out would be worse."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from components.postgres import ResourcesSpec
from components.spec.words import size_bytes

Fields: TypeAlias = Mapping[str, Any]
"""The fields of a PostgresSpec, as a draft has them."""

FIXED = ("owner_secret", "path", "server_name", "tablespaces", "wal_segment", "wal_storage")
"""Fields of a database without which it would be another one: with a fault in one of them the whole
Cluster is kept out."""


def _larger_wal_volume(given: Fields) -> tuple[Fields, str] | None:
    """Double the volume of WAL: it can grow, and never be taken away."""
    before = str(given.get("wal_storage"))
    after = f"{size_bytes(before) * 2 >> 20}Mi"
    after = f"{int(after[:-2]) >> 10}Gi" if int(after[:-2]) % 1024 == 0 else after
    return {"wal_storage": after}, f"'{before}' becomes '{after}'"


def _memory_of_the_limit(given: Fields) -> tuple[Fields, str] | None:
    """Request the memory that is the limit."""
    made = dict(vars(given["resources"]))
    limit = made.pop("memory_limit", None)
    if limit is None:
        return None
    text = f"'{made['memory']}' becomes '{limit}'"
    return {"resources": ResourcesSpec(**made | {"memory": limit})}, text


FIXES: Mapping[tuple[str, str], Callable[[Fields], tuple[Fields, str] | None]] = {
    ("memory-holds-shared-buffers", "resources.memory"): _memory_of_the_limit,
    ("wal-sizes-fit-volume", "wal_storage"): _larger_wal_volume,
}
"""By the rule that refuses, and the field: what the database has then, and what is said of it."""

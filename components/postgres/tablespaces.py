"""Tablespaces: further volumes of each instance, on which tables are kept by name."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from components.kube.change import Manifest, at, text_at
from components.postgres.changes import ClusterChange, known_bytes
from components.postgres.roles import RoleName
from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Name, Quantity, size_bytes

_LONGEST = 59
"""Kubernetes names a volume `tbs-<name>`, in 63 characters (specs/volumes.go, v1.30.0)."""


@rule("value")
def tablespace_name_is_a_volumes(value: str) -> Iterator[Fault]:
    """A tablespace's name is in lower case, and is that of its volume too.

    CloudNativePG writes it into names and labels, with '-' for '_' (specs/volumes.go), refuses two
    that differ in case, and those that begin with 'pg_' (cluster_webhook.go,
    validateTablespaceNames, v1.30.0).
    """
    if len(value) > _LONGEST:
        yield Fault(f"'{value}' has {len(value)} characters; write at most {_LONGEST}")
    elif value.startswith("pg_"):
        yield Fault(f"'{value}' begins with 'pg_', which PostgreSQL reserves; choose another name")
    elif not re.fullmatch(r"[a-z]([a-z0-9_]*[a-z0-9])?", value):
        yield Fault(
            f"'{value}' is not a tablespace's name; write lower-case letters, digits and '_', "
            "first a letter and last a letter or digit"
        )


TablespaceName = Annotated[str, obeys(tablespace_name_is_a_volumes)]


class TablespaceSpec(Spec):
    """A tablespace: one more volume of each instance.

    Base backups and WAL hold it, so generations, clones and drills have one of the same name and
    size. It cannot be removed later.
    """

    storage: Quantity
    """Size of the volume."""

    storage_class: Name | None = None
    """StorageClass of the volume. None: the cluster's default, not the database's
    `storage_class`."""

    owner: RoleName | None = None
    """The role that owns it, and may create tables on it. None: the database's owner."""

    temporary: bool = False
    """Whether PostgreSQL puts temporary tables and sorts there, if nothing names a place
    (`temp_tablespaces`)."""


def tablespaces(declared: Mapping[str, TablespaceSpec]) -> dict[str, Any]:
    """Return the part of `Cluster.spec` with tablespaces; empty if there are none."""
    made = [
        {
            "name": name,
            "storage": {"size": it.storage}
            | ({"storageClass": it.storage_class} if it.storage_class else {}),
            **({"owner": {"name": it.owner}} if it.owner else {}),
            "temporary": it.temporary,
        }
        for name, it in declared.items()
    ]
    return {"tablespaces": made} if made else {}


def total(storage: str, declared: Mapping[str, TablespaceSpec]) -> str:
    """Return the size of all volumes with data of an instance."""
    if not declared:
        return storage
    size = sum(size_bytes(it) for it in (storage, *(it.storage for it in declared.values())))
    return f"{size >> 20}Mi" if size % 2**30 else f"{size >> 30}Gi"


def _sizes(manifest: Manifest) -> dict[str, str]:
    found = at(manifest, "spec", "tablespaces")
    return {
        text_at(it, "name"): text_at(it, "storage", "size")
        for it in (found if isinstance(found, list) else [])
    }


@rule("change", of=ClusterChange)
def tablespace_stays(change: ClusterChange) -> Iterator[Fault]:
    """A tablespace is not removed, and its volume does not become smaller.

    CloudNativePG refuses both ("no tablespace can be deleted once created", "can't shrink existing
    storage"; cluster_webhook.go, validateTablespacesChange, v1.30.0).
    """
    before, after = _sizes(change.old), _sizes(change.new)
    for name, size in before.items():
        place = ("spec", "tablespaces", name)
        if name not in after:
            yield Fault("a tablespace cannot be removed; keep it", place)
        elif 0 < known_bytes(after[name]) < known_bytes(size):
            yield Fault(
                f"'{size}' cannot become '{after[name]}', as a volume does not shrink; write "
                f"'{size}'",
                (*place, "storage", "size"),
            )


@rule("consequence", of=ClusterChange)
def new_tablespace_needs_a_base_backup(change: ClusterChange) -> Iterator[Fault]:
    """After a new tablespace nothing is restored to a later moment without a new base backup.

    Replay of its creation needs its folder, which a restore makes for the tablespaces of the base
    backup only (tablespaces.md, "Backup and recovery"). Each instance restarts to get the volume.
    """
    before, after = _sizes(change.old), _sizes(change.new)
    for name in after:
        if name not in before:
            yield Fault(
                "it restarts each instance, and no recovery from an earlier base backup reaches a "
                "later moment; make a base backup five minutes after it is there, from the primary "
                "or once replicas have it, and see that it completes",
                ("spec", "tablespaces", name),
            )

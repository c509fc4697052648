"""What a change of a database that exists cannot do."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.kube.change import Change, Manifest, at, text_at
from components.postgres.archive import PLUGIN, SEGMENT, SEGMENTS
from components.postgres.generations import SEGMENT_SIZE
from components.postgres.images import distribution
from components.postgres.parameters import number_of, value_of
from components.spec.rule import Fault, rule
from components.spec.words import size_bytes

_LEAST_UPGRADE = 16
_SLOT_LIMIT_BREAKS = ((17, 0), (17, 5))
"""The versions that pg_upgrade does not reach with a limit for slots (postgres_upgrades.md)."""

ENFORCED = {
    "max_connections": "100",
    "max_locks_per_transaction": "64",
    "max_prepared_transactions": "0",
    "max_wal_senders": "10",
    "max_worker_processes": "32",
}
"""Parameters that a replica needs at least as large as the primary's (PostgreSQL, "Hot Standby"),
with PostgreSQL's defaults, but for the last."""

_INITIAL = ("spec", "bootstrap", "initdb", "walSegmentSize")

OPERATORS_DEFAULTS = frozenset({"max_worker_processes"})
"""Those for which CloudNativePG sets the default (configuration.go, 1.30), so that there always is
a value."""


@dataclass(frozen=True)
class Image:
    """What the tag of a PostgreSQL image says."""

    name: str
    major: int
    minor: int | None
    distribution: str | None
    """Debian's, if the name says it."""


def image(name: str) -> Image | None:
    """Return what the tag of the image *name* says; None if it names no version."""
    tag = name.partition("@")[0].rpartition(":")[2]
    version = re.match(r"(\d+)(?:\.(\d+))?", tag)
    if not version:
        return None
    minor = int(version[2]) if version[2] else None
    return Image(name, int(version[1]), minor, distribution(name))


@dataclass(frozen=True)
class ClusterChange(Change):
    """A change of a Cluster."""

    @property
    def images(self) -> tuple[Image, Image] | None:
        """PostgreSQL's image before and after; None if a tag names no version."""
        before, after = map(image, self.texts("spec", "imageName"))
        return (before, after) if before and after else None

    @property
    def upgrade(self) -> tuple[Image, Image] | None:
        """The images of a major upgrade; None if the change is none."""
        found = self.images
        return found if found and found[0].major < found[1].major else None

    @property
    def data_major(self) -> int | None:
        """The major version of the data, as the operator last saw it."""
        found = at(self.status, "pgDataImageInfo", "majorVersion")
        return int(found) if isinstance(found, int | float) else None

    @property
    def has_replicas(self) -> bool:
        """Whether there is more than one instance, before or after."""
        return any(count != 1 for count in self.values("spec", "instances"))

    @property
    def servers(self) -> tuple[str, str]:
        """The archive's folder before and after; empty if it is unknown."""
        return _server(self.old), _server(self.new)


def _server(manifest: Manifest) -> str:
    plugins = at(manifest, "spec", "plugins")
    for plugin in plugins if isinstance(plugins, list) else []:
        if text_at(plugin, "name") == PLUGIN:
            return text_at(plugin, "parameters", "serverName")
    return text_at(manifest, "spec", "backup", "barmanObjectStore", "serverName")


def parameters_of(manifest: Manifest) -> Mapping[str, str]:
    """Return the PostgreSQL parameters of a Cluster; none if they are not known yet."""
    found = at(manifest, "spec", "postgresql", "parameters")
    return found if isinstance(found, Mapping) else {}


@rule("change", of=ClusterChange)
def volume_does_not_shrink(change: ClusterChange) -> Iterator[Fault]:
    """A volume does not become smaller, and a WAL volume stays.

    Kubernetes only enlarges volumes. CloudNativePG refuses both ("can't shrink existing storage",
    "walStorage cannot be disabled once configured"; cluster_webhook.go, v1.30.0).
    """
    for field in ("storage", "walStorage"):
        place = ("spec", field)
        before, after = change.texts(*place, "size")
        if before and at(change.new, *place) is None:
            yield Fault(f"the volume of '{before}' cannot be removed; keep it", place)
        elif 0 < known_bytes(after) < known_bytes(before):
            yield Fault(
                f"'{before}' cannot become '{after}', as a volume does not shrink; write "
                f"'{before}'",
                (*place, "size"),
            )


def known_bytes(size: str) -> int:
    """Return a size in bytes; 0 if it is not known yet."""
    try:
        return size_bytes(size)
    except (KeyError, ValueError):
        return 0


@rule("change", of=ClusterChange)
def major_version_does_not_fall(change: ClusterChange) -> Iterator[Fault]:
    """PostgreSQL's major version does not fall.

    CloudNativePG refuses it ("can't downgrade"; validateImageChange), unless the data is still of
    the old version because its upgrade failed: then the old image is the way back
    (postgres_upgrades.md).
    """
    found = change.images
    if not found or found[0].major <= found[1].major or change.data_major == found[1].major:
        return
    before, after = found[0].major, found[1].major
    yield Fault(
        f"PostgreSQL {before} cannot become {after}, unless the upgrade to {before} has failed; "
        f"write an image of {before}, or restore a backup of {after} into a new database",
        ("spec", "imageName"),
    )


@rule("change", of=ClusterChange)
def major_upgrade_is_supported(change: ClusterChange) -> Iterator[Fault]:
    """A major upgrade leads to PostgreSQL 16 or newer, on the same Debian.

    CloudNativePG refuses older ones (cluster_webhook.go, validateImageChange), and supports no
    upgrade between distributions. PostgreSQL 17.0 to 17.5 fail to upgrade with a limit for slots
    (postgres_upgrades.md).
    """
    if not (found := change.upgrade):
        return
    before, after = found
    place = ("spec", "imageName")
    if after.major < _LEAST_UPGRADE:
        yield Fault(
            f"CloudNativePG upgrades to PostgreSQL {_LEAST_UPGRADE} and newer, not to "
            f"{after.major}; write an image of {_LEAST_UPGRADE} or newer",
            place,
        )
    if before.distribution and after.distribution and before.distribution != after.distribution:
        yield Fault(
            f"a major upgrade from {before.distribution} to {after.distribution} is not supported; "
            f"write an image of {after.major} on {before.distribution}, and change Debian in "
            "another step",
            place,
        )
    lowest, highest = _SLOT_LIMIT_BREAKS
    limit = value_of(parameters_of(change.old), "max_slot_wal_keep_size", "-1")
    if after.minor is not None and lowest <= (after.major, after.minor) <= highest and limit != -1:
        yield Fault(
            f"the upgrade to {after.major}.{after.minor} fails while max_slot_wal_keep_size is "
            "set; write 17.6 or newer",
            place,
        )


@rule("change", of=ClusterChange)
def major_upgrade_has_its_own_archive(change: ClusterChange) -> Iterator[Fault]:
    """A major upgrade begins its own archive, and nothing else does.

    pg_upgrade makes another database system, on timeline 1 again: in the same archive its WAL
    overwrites the old one's, and no backup before it leads to a moment after it
    (postgres_upgrades.md, "Backup and WAL Archive Considerations"). An archive with another name
    and the same database system has no base backup to begin with.
    """
    before, after = change.servers
    if not (before and after and (images := change.images)):
        return
    if images[0].major < images[1].major and before == after:
        yield Fault(
            f"PostgreSQL {images[0].major} becomes {images[1].major}, another database system, in "
            f"the archive '{before}' of the old one; add UpgradeSpec(from_major="
            f"{images[0].major}) to generations",
            ("spec", "imageName"),
        )
    elif images[0].major == images[1].major and before != after:
        yield Fault(
            f"the archive '{before}' would continue as '{after}' without a base backup, although "
            f"PostgreSQL stays {images[1].major}; undo the change of generations, cluster or "
            "backup.server_name",
            ("spec", "plugins", PLUGIN, "parameters", "serverName"),
        )


@rule("change", of=ClusterChange)
def initial_database_stays(change: ClusterChange) -> Iterator[Fault]:
    """The application's database and its owner keep their names.

    `initdb` is read once, when the database is created: later nothing is renamed, and the Secret
    speaks of a role that does not exist (cloudnative_pg bootstrap.md).
    """
    for field in ("database", "owner"):
        place = ("spec", "bootstrap", "initdb", field)
        before, after = change.texts(*place)
        if before and after and before != after:
            list_of = "databases" if field == "database" else "roles"
            yield Fault(
                f"'{before}' is not renamed to '{after}', as it is read only when the database is "
                f"created; write '{before}', or add '{after}' to {list_of}",
                place,
            )


@rule("change", of=ClusterChange)
def segment_size_stays(change: ClusterChange) -> Iterator[Fault]:
    """A database keeps the size of its WAL segments.

    `initdb` is read once, when the database is created; later CloudNativePG ignores the field
    silently, and only pg_resetwal changes the size, which loses the archive's way back. A
    generation that is restored has its source's.
    """
    if not any(all(change.values("spec", "bootstrap", it)) for it in ("initdb", "recovery")):
        return
    before, after = _segment(change.old), _segment(change.new)
    if before == after:
        return
    kept = f"write wal_segment={before}, or " if before in SEGMENTS else ""
    yield Fault(
        f"segments of {before} MiB do not become {after}, as initdb makes them; {kept}move the "
        "data into a new database",
        _INITIAL if any(change.values(*_INITIAL)) else ("metadata", f"labels/{SEGMENT_SIZE}"),
    )


def _segment(manifest: Manifest) -> int:
    """Return the size of a Cluster's WAL segments in MiB."""
    found = at(manifest, *_INITIAL) or at(manifest, "metadata", "labels", SEGMENT_SIZE)
    try:
        return int(found or SEGMENT)
    except (TypeError, ValueError):
        return SEGMENT  # not known yet


@rule("change", of=ClusterChange)
def enforced_parameter_is_not_left_out(change: ClusterChange) -> Iterator[Fault]:
    """A parameter that replicas need as large as the primary is lowered by a value, not left out.

    CloudNativePG lowers an explicit value in order, the primary first. Without a value replicas
    that still replay the primary's WAL do not start: "lower setting than on the primary"
    (cloudnative-pg #10395, open with 1.30).
    """
    before, after = parameters_of(change.old), parameters_of(change.new)
    for name, usual in ENFORCED.items():
        left_out = name in before and name not in {*after, *OPERATORS_DEFAULTS}
        if change.has_replicas and left_out and fell(name, before[name], usual):
            yield Fault(
                f"without it replicas do not start while they replay WAL from '{before[name]}'; "
                f"write '{usual}'",
                ("spec", "postgresql", "parameters", name),
            )


def fell(name: str, before: str, after: str) -> bool:
    """Return whether the numeric parameter *name* becomes lower."""
    return number_of({name: after}, name, 0) < number_of({name: before}, name, 0)


@dataclass(frozen=True)
class DatabaseChange(Change):
    """A change of a Database."""


@rule("change", of=DatabaseChange)
def database_object_keeps_its_database(change: DatabaseChange) -> Iterator[Fault]:
    """A Database stays that of the same database.

    The API server refuses another one: "name is immutable" (database_types.go, v1.30.0). `a_b` and
    `a-b` are both the object `<cluster>-a-b-db`.
    """
    before, after = change.texts("spec", "name")
    if before and after and before != after:
        yield Fault(
            f"'{before}' cannot become '{after}', which is a database of the same object; write "
            f"'{before}', or a name that differs in more than '_' and '-'",
            ("spec", "name"),
        )

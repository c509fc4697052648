"""The generations of a database: each is one life of it, with its own archive.

WAL and base backups belong to one history of one database system. A major upgrade makes another
system, which begins again with timeline 1: in the same archive its WAL has the names of the old
one's (CloudNativePG, postgres_upgrades.md, "Backup and WAL Archive Considerations"). A restored
database must not write over the archive that it came from, which is the way back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from components.postgres.archive import archive_folder_is_plain
from components.spec import Spec
from components.spec.either import Either
from components.spec.rule import obeys
from components.spec.words import BackupId, Moment, PostgresImage, Reason, SnapshotName

MOST = 98
"""The most later generations: a cluster's name leaves room for the suffix `-g99`."""

GENERATION, ACTIVE = "tier0/generation", "tier0/active"
"""Labels of the Clusters of a database that was restored: the number, and whether it is the one
that clients reach and that is kept."""

SEGMENT_SIZE = "tier0/wal-segment"
"""Label of the same Clusters: the size of their WAL segments in MiB, where it is not PostgreSQL's.
A Cluster that was restored says it nowhere else."""

FENCED = "cnpg.io/fencedInstances"
"""CloudNativePG's annotation by which PostgreSQL stops in the instances that it names."""

State: TypeAlias = Literal["active", "candidate", "stopped", "retired", "removed", "upgraded"]
"""What is declared of a generation; what is only observed has no word here."""


class UpgradeSpec(Spec):
    """A generation that a major upgrade of an earlier one made, in the same volumes.

    It stays declared for as long as the database exists, as its archive is named after it.
    """

    from_major: int = Field(ge=13, le=98)
    """The major version that was upgraded."""

    source: int | None = Field(default=None, ge=1, le=MOST)
    """The number of the generation that was upgraded; 1 is the first. None: the previous one."""


class RestoreSpec(Spec):
    """A generation that is restored from the archive of an earlier one, into its own Cluster.

    It stays declared for as long as the database exists: its entry is where it came from and that
    its number is used. At most one of `time`, `before_xid` and `latest` is given. With none and
    without `backup` everything that is archived comes back.
    """

    source: int = Field(ge=1, le=MOST)
    """The number of the generation whose archive is read; 1 is the first."""

    store: Literal["archive", "offsite"] = "archive"
    """Where that archive is read from: the object store, or its off-site copy."""

    time: Moment | None = None
    """The moment to restore to, with its time zone: everything committed until then comes back."""

    before_xid: int | None = Field(default=None, ge=3, le=2**32 - 1)
    """The transaction to stop before: everything that committed before it comes back. It needs
    `backup` or `snapshot`, as CloudNativePG finds a base backup by time only."""

    backup: BackupId | None = None
    """The base backup to start from, by its ID. With no `time`, `before_xid` or `latest` it is also
    the end: exactly that backup comes back. None: the newest one that ended before `time`, or of
    all."""

    latest: bool = False
    """Whether everything that is archived after `backup` comes back too."""

    snapshot: SnapshotName | None = None
    """The VolumeSnapshot of an instance's data volume to start from, in place of a base backup; it
    must have ended before the target. WAL comes from the archive. None: a base backup. Such a
    restore says nothing about the archive's base backups."""

    wal_snapshot: SnapshotName | None = None
    """The VolumeSnapshot of the same instance's WAL volume, of the same Backup; needed with
    `snapshot` if the database has `wal_storage`."""

    image: PostgresImage | None = None
    """PostgreSQL's image of its Cluster, for a source of another major version than the
    database's `image` has. None: that one."""

    reason: Reason
    """Why it is restored."""

    @property
    def ends(self) -> bool:
        """Whether it ends before the end of the archive."""
        if self.time or self.before_xid is not None:
            return True
        return self.backup is not None and not self.latest


class FollowSpec(Spec):
    """A generation that is restored from the archive of the database's other site, and follows it.

    `site` says where that archive is. It replays what is archived there for as long as `site.role`
    is 'replica'. Its entry stays declared for as long as the database exists.
    """

    server_name: Annotated[str, obeys(archive_folder_is_plain)]
    """The folder of the archive that it was restored from: the server name of the generation that
    was active at the other site."""

    image: PostgresImage | None = None
    """PostgreSQL's image of its Cluster, for a source of another major version than the
    database's `image` has. None: that one."""

    reason: Reason
    """Why it is made."""


GenerationSpec: TypeAlias = Annotated[
    RestoreSpec | UpgradeSpec | FollowSpec, Either("from_major", ("server_name",))
]
"""How a later generation was created."""


@dataclass(frozen=True, kw_only=True)
class Generation:
    """One generation, as declared."""

    number: int
    """1 is the first; entry i of `generations`, counted from 0, is i + 2."""

    cluster: str
    """The name of its Cluster; a major upgrade keeps that of its source."""

    name: str
    """The name of the database's first Cluster, with the number of a later generation."""

    server_name: str
    """The folder of its archive in the bucket: its name, or that of an archive which was there."""

    state: State
    """`active`: clients reach it. `candidate`: newer than that one, runs, to be proved. `stopped`:
    older, accepts no writes. `retired`: stopped and no longer protected. `removed`: its Cluster is
    deleted. `upgraded`: a major upgrade has made it another generation."""

    origin: RestoreSpec | UpgradeSpec | FollowSpec | None
    """How it was created; None: by initdb."""

    image: str
    """PostgreSQL's image of its Cluster."""

    @property
    def noted(self) -> Mapping[str, Any] | None:
        """How it was created, as it is noted in the cluster and next to the archive.

        What is false is left out, as in what was noted before there was such a field.
        """
        if self.origin is None:
            return None
        found = self.origin.model_dump(mode="json", exclude_none=True)
        return {key: value for key, value in found.items() if value is not False}

    @property
    def restored(self) -> RestoreSpec | None:
        """Where it was restored from; None if it was not."""
        return self.origin if isinstance(self.origin, RestoreSpec) else None

    @property
    def follows(self) -> FollowSpec | None:
        """What it follows, or followed, of the other site; None if it began here."""
        return self.origin if isinstance(self.origin, FollowSpec) else None

    @property
    def runs(self) -> bool:
        """Whether its instances are to run."""
        return self.state in ("active", "candidate")


def server_name(cluster: str, generation: int) -> str:
    """Return the archive's folder of a generation, of which the first is 1."""
    return cluster if generation == 1 else f"{cluster}-g{generation}"


def upgraded_by(generations: Sequence[GenerationSpec]) -> dict[int, int]:
    """Return the number of the upgrade of each generation that was upgraded."""
    return {
        it.source or number - 1: number
        for number, it in enumerate(generations, 2)
        if isinstance(it, UpgradeSpec)
    }


def first_active(generations: Sequence[GenerationSpec]) -> int:
    """Return the number of the generation that the first became without any restore."""
    upgrades, number = upgraded_by(generations), 1
    while upgrades.get(number, 0) > number:
        number = upgrades[number]
    return number


def lineage(
    *,
    cluster: str,
    archive: str | None,
    image: str,
    generations: Sequence[GenerationSpec],
    active: int,
    retired: Sequence[int],
    removed: Sequence[int],
) -> list[Generation]:
    """Return every generation, oldest first; *image* is that of those that name none.

    *archive* is the folder of the first one's archive; None: the *cluster*'s name.
    """
    upgrades, last = upgraded_by(generations), len(generations) + 1
    found: list[Generation] = []
    for number, origin in enumerate([None, *generations], 1):
        name, own_image = server_name(cluster, number), image
        if isinstance(origin, UpgradeSpec):
            before = found[min(origin.source or number - 1, number - 1) - 1]
            own, own_image = before.cluster, before.image
        else:
            own = name
            own_image = (origin.image if origin else None) or image
        found.append(
            Generation(
                number=number,
                cluster=own,
                name=name,
                server_name=(archive if number == 1 else None) or name,
                state=_state(number, min(active, last), retired, removed, upgrades),
                origin=origin,
                image=own_image,
            )
        )
    return found


def first_in(cluster: str, of: Sequence[Generation]) -> Generation:
    """Return the first generation in a Cluster, which is from where the Cluster is from.

    Those after it in the same Cluster are upgrades of it.
    """
    return next(it for it in of if it.name == cluster)


def _state(
    number: int,
    active: int,
    retired: Sequence[int],
    removed: Sequence[int],
    upgrades: dict[int, int],
) -> State:
    # First of all, so that a declaration with faults has exactly one too: rules ask for it.
    if number == active:
        return "active"
    if number in upgrades:
        return "upgraded"
    if number in removed:
        return "removed"
    if number in retired:
        return "retired"
    return "candidate" if number > active else "stopped"

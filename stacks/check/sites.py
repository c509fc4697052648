"""Two sites of one database in one checkout: what their two files must not say together."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.ceph.buckets import prefix_of
from components.postgres import PostgresSpec
from components.postgres.site import SiteSpec
from components.spec.words import seconds
from stacks.environment import EnvironmentSpec


@dataclass(frozen=True)
class Other:
    """A database of another environment, which is the other site of one here."""

    place: str
    """The environment and the database."""

    spec: PostgresSpec

    rpo_seconds: int
    """The most time whose commits are missing where this site reads its archive."""

    @property
    def promoted(self) -> bool:
        """Whether it accepts writes as this site is given up."""
        return self.spec.site is not None and self.spec.site.lost is not None


def divided(environment: EnvironmentSpec, name: str, other: EnvironmentSpec) -> Iterator[str]:
    """Yield a sentence for each fault between databases here and their other sites in *other*."""
    for role, spec in environment.databases.items():
        if spec.site and (found := _other(spec.site, name, other)):
            yield from _between(f"databases.{role}.site", spec, spec.site, found)


def _other(site: SiteSpec, name: str, environment: EnvironmentSpec) -> Other | None:
    """Return the database whose archive, or copy of it, is what *site* reads; None if none is."""
    read = (site.archive.endpoint, site.archive.bucket, site.archive.prefix)
    offsite = environment.offsite
    for role, spec in environment.databases.items():
        bucket, rpo = spec.backup.bucket, seconds(spec.objectives.rpo)
        copied = f"{spec.backup.place}/"
        place = f"{name}'s databases.{role}"
        named = site.server_name in spec.server_names or site.archive.prefix == copied
        if named and read == (environment.object_store.address, bucket.bucket, prefix_of(bucket)):
            return Other(place, spec, rpo)
        if named and offsite and read == (offsite.endpoint, offsite.bucket, copied):
            return Other(place, spec, rpo + seconds(offsite.rpo))
    return None


def _between(place: str, spec: PostgresSpec, site: SiteSpec, other: Other) -> Iterator[str]:
    theirs, current = other.spec.current, spec.current
    if site.server_name != theirs.server_name:
        yield (
            f"{place}.server_name: '{site.server_name}' is not the active generation of "
            f"{other.place}; write '{theirs.server_name}', and for a replica a generation that "
            "follows it"
        )
    if seconds(site.rpo) < other.rpo_seconds:
        yield (
            f"{place}.rpo: '{site.rpo}' is shorter than what {other.place} guarantees where its "
            f"archive is read; write at least '{other.rpo_seconds}s'"
        )
    if spec.is_replica:
        yield from _unreadable(place.removesuffix(".site"), spec, other)
    if site.role == "primary" and not other.spec.is_replica:
        if other.promoted:
            yield (
                f"{place}.role: {other.place} has taken over, and this site would accept writes "
                f"too; add FollowSpec(server_name='{theirs.server_name}') to generations, make it "
                "active, and write 'replica'"
            )
        elif not site.lost:
            yield (
                f"{place}.role: {other.place} accepts writes too; demote it first, and write its "
                "promotion_token, or in lost why it is gone"
            )
    followed = current.follows.server_name if current.follows else ""
    if site.role == "replica" and other.promoted and followed != theirs.server_name:
        yield (
            f"{place}.role: {other.place} has taken over without what was not archived here, so "
            f"generation {current.number} cannot follow it; add FollowSpec(server_name="
            f"'{theirs.server_name}') to generations, and make that one active"
        )


def _unreadable(place: str, spec: PostgresSpec, other: Other) -> Iterator[str]:
    """Yield a sentence for what a replica lacks to replay the WAL of the *other* site."""
    if spec.major != other.spec.major:
        yield (
            f"{place}.image: PostgreSQL {spec.major} replays nothing of {other.place}, which has "
            f"{other.spec.major}; write an image of {other.spec.major}"
        )
    for name in sorted(other.spec.tablespaces.keys() - spec.tablespaces.keys()):
        yield (
            f"{place}.tablespaces: {other.place} has '{name}', and a replica without its volume "
            f"stops where it is made; declare '{name}' here first"
        )

"""Two sites of one database in one checkout: what their two files must not say together."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.ceph.buckets import prefix_of
from components.postgres import PostgresSpec
from components.postgres.site import SiteSpec
from components.spec.addresses import store_of
from components.spec.words import retention_days, seconds
from stacks.environment import EnvironmentSpec

_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Other:
    """A database of another environment, which is the other site of one here."""

    place: str
    """The environment and the database."""

    spec: PostgresSpec

    rpo_seconds: int
    """The most time whose commits are missing where this site reads its archive."""

    kept_days: int
    """How long WAL is there at least: by the retention of an archive, or the lock of a copy."""

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
    read = (store_of(site.archive.endpoint), site.archive.bucket, site.archive.prefix)
    offsite, own = environment.offsite, store_of(environment.object_store.address)
    for role, spec in environment.databases.items():
        bucket, rpo = spec.backup.bucket, seconds(spec.objectives.rpo)
        copied = f"{spec.backup.place}/"
        place = f"{name}'s databases.{role}"
        named = site.server_name in spec.server_names or site.archive.prefix == copied
        if named and read == (own, bucket.bucket, prefix_of(bucket)):
            return Other(place, spec, rpo, retention_days(spec.backup.retention))
        if named and offsite and read == (store_of(offsite.endpoint), offsite.bucket, copied):
            rpo += seconds(offsite.rpo)
            return Other(place, spec, rpo, retention_days(offsite.lock))
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
    delay = site.min_apply_delay
    if delay and seconds(delay) > other.kept_days * _DAY_SECONDS:
        yield (
            f"{place}.min_apply_delay: '{delay}' is longer than WAL of {other.place} is kept where "
            f"it is read; write at most '{other.kept_days}d', or keep it longer there"
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

"""Conflicts between two environments of one checkout, which neither shows alone."""

from collections.abc import Iterator, Mapping

from components.spec.addresses import store_of
from stacks.check.sites import divided
from stacks.environment import EnvironmentSpec


def clashes(environment: EnvironmentSpec, others: Mapping[str, EnvironmentSpec]) -> Iterator[str]:
    """Yield a sentence for each conflict of *environment* with one of *others*, by name.

    Two stacks on one cluster own the same objects (at least the CA), so `pulumi destroy` of one
    removes them from the other. Of two copies in one place only the first is kept: nothing is
    overwritten there, so the later database has no restorable copy. Of two archives in one place
    the second is refused, or destroys the first. Two sites of one database must agree on which of
    them accepts writes.
    """
    copies, archives = _copies(environment), _archives(environment)
    for name, other in others.items():
        if environment.context == other.context:
            yield (
                f"context: '{environment.context}' is also the cluster of {name}, and both would "
                "own the same objects; write the context of another cluster"
            )
        own = _archives(other)
        for shared in sorted(archives.keys() & own.keys()):
            yield (
                f"databases.{archives[shared]}.backup.bucket: {shared[2]} is also the archive of "
                f"{name}'s databases.{own[shared]}; write another bucket or another path"
            )
        theirs = _copies(other)
        for place in sorted(copies.keys() & theirs.keys()):
            yield (
                f"offsite.bucket: the copies of databases.{copies[place]} would mix with those of "
                f"{name}'s databases.{theirs[place]}; write another bucket"
            )
        yield from divided(environment, name, other)


def _archives(environment: EnvironmentSpec) -> dict[tuple[str, int, str], str]:
    """Return the name of the database that archives to each place in an S3 elsewhere."""
    s3 = environment.existing_s3
    if s3 is None:
        return {}
    return {
        (*store_of(s3.address), archive): name
        for name, spec in environment.databases.items()
        for archive in spec.archives
    }


def _copies(environment: EnvironmentSpec) -> dict[tuple[str, int, str, str], str]:
    """Return the name of the database that is copied to each off-site place."""
    offsite = environment.offsite
    if offsite is None:
        return {}
    return {
        (*store_of(offsite.endpoint), offsite.destination(spec.backup.place), server): name
        for name, spec in environment.databases.items()
        for server in spec.server_names
    }

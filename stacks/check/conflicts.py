"""What two environments of one checkout must not share, which neither of them shows by itself."""

from collections.abc import Iterator, Mapping

from stacks.environment import EnvironmentSpec


def clashes(environment: EnvironmentSpec, others: Mapping[str, EnvironmentSpec]) -> Iterator[str]:
    """Yield a sentence for each thing of *environment* that one of *others*, by name, has too.

    Two stacks on one cluster own the same objects (the CA, if nothing else), so `pulumi destroy` of
    one takes them from the other. Two copies in one place keep whatever came first: nothing is
    overwritten there, so the later database has none that can be restored.
    """
    copies = _copies(environment)
    for name, other in others.items():
        if environment.context == other.context:
            yield (
                f"context: '{environment.context}' is the cluster of {name}, and both would own "
                "the same objects; write the context of a cluster of its own"
            )
        theirs = _copies(other)
        for place in sorted(copies.keys() & theirs.keys()):
            yield (
                f"offsite.bucket: the copies of databases.{copies[place]} would mix with those of "
                f"{name}'s databases.{theirs[place]}; write a bucket of its own"
            )


def _copies(environment: EnvironmentSpec) -> dict[tuple[str, str, str], str]:
    """Return the name of the database that is copied to each place off-site."""
    offsite = environment.offsite
    if offsite is None:
        return {}
    return {
        (offsite.endpoint, offsite.destination(spec.backup.bucket.bucket), spec.server_name): name
        for name, spec in environment.databases.items()
    }

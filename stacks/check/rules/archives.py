"""Rules about archives that must not overlap."""

from collections.abc import Iterator

from components.ceph.buckets import BucketClaimSpec
from components.spec.rule import Fault, rule
from stacks.check.rules.uniqueness import twice
from stacks.environment import EnvironmentSpec


@rule("environment", was="T301")
def archive_is_not_shared(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No two databases archive to the same place, nor one inside of another's archive.

    The second would be refused ("Expected empty archive") or, with the check skipped, destroy the
    first (CloudNativePG #6137, plugin #683). One inside is deleted with the outer one, once that
    generation is removed.
    """
    owners: dict[str, str] = {}
    for name, database in environment.databases.items():
        for archive in database.archives:
            if (other := owners.setdefault(archive, name)) != name:
                yield Fault(
                    shared(archive, f"databases.{other}"), ("databases", name, "backup", "bucket")
                )
    for archive, name in owners.items():
        folders = archive.split("/")
        above = ("/".join([*folders[:count], ""]) for count in range(4, len(folders) - 1))
        for outer in above:
            if outer in owners:
                yield Fault(
                    f"{archive} is inside of {outer}, the archive of databases.{owners[outer]}; "
                    "write another path",
                    ("databases", name, "backup", "bucket", "path"),
                )


def shared(archive: str, other: str) -> str:
    """Return what is said of an *archive* that is the *other*'s too."""
    return f"{archive} is also the archive of {other}; write another bucket or another cluster"


@rule("environment", was="T304")
def bucket_claim_is_not_shared(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No two databases claim the same bucket, or use the same claim.

    Rook answers the second claim of a bucket with 403 (rook #12261).
    """
    databases = environment.databases

    def claimed(name: str) -> str | None:
        bucket = databases[name].backup.bucket
        return bucket.bucket if isinstance(bucket, BucketClaimSpec) else None

    def claim(name: str) -> tuple[str, str] | None:
        bucket = databases[name].backup.bucket
        if not isinstance(bucket, BucketClaimSpec):
            return None
        return databases[name].namespace, bucket.claim

    yield from twice(
        environment,
        claimed,
        ("backup", "bucket", "bucket"),
        lambda name, other: (
            f"'{claimed(name)}' is also claimed by databases.{other}; write another bucket"
        ),
    )
    yield from twice(
        environment,
        claim,
        ("backup", "bucket", "claim"),
        lambda name, other: (
            f"'{(claim(name) or '')[1]}' is also the claim of databases.{other}; choose another "
            "name"
        ),
    )

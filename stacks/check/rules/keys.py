"""Rules about the keys of Secrets."""

from collections.abc import Iterator

from components.ceph.buckets import BucketClaimSpec, ExistingBucketSpec
from components.spec.rule import Fault, rule
from stacks.check.rules.secret_uses import ROOK_USER
from stacks.environment import EnvironmentSpec

_CLAIMS_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_USERS_KEYS = ("AccessKey", "SecretKey")


@rule("environment", was="T317")
def secret_keys_match_their_writer(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The keys of a Secret that Rook writes have Rook's names.

    They are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for a claim, AccessKey and SecretKey for a
    user (Rook object/user/controller.go, v1.17.9). With other names nothing is archived ("missing
    access key ID"), and no webhook checks them (plugin v0.15.0).
    """
    claims = {
        (database.namespace, database.backup.bucket.claim)
        for database in environment.databases.values()
        if isinstance(database.backup.bucket, BucketClaimSpec)
    }
    for name, database in environment.databases.items():
        bucket = database.backup.bucket
        if not isinstance(bucket, ExistingBucketSpec):
            continue
        if (database.namespace, bucket.secret) in claims:
            keys = _CLAIMS_KEYS
        elif bucket.secret.startswith(ROOK_USER):
            keys = _USERS_KEYS
        else:
            continue
        for field, given, written in (
            ("access_key", bucket.access_key, keys[0]),
            ("secret_key", bucket.secret_key, keys[1]),
        ):
            if given != written:
                yield Fault(
                    f"'{given}' is not a key of '{bucket.secret}', which Rook writes; write "
                    f"'{written}'",
                    ("databases", name, "backup", "bucket", field),
                )

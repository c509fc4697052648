"""Objects that would get one name, and Secrets that would not hold what is looked for."""

from collections.abc import Iterator

from components.ceph.buckets import BucketClaimSpec, ExistingBucketSpec
from components.certificates import ISSUER, ROOT
from components.postgres.pooler import pooler_name
from components.spec.rule import Fault, rule
from stacks.environment import EnvironmentSpec

_SECRETS = ("-app", "-ca", "-server", "-replication", "-superuser")
"""Ends of the Secrets that CloudNativePG makes for a cluster, or keeps for itself."""

_ROOK_USER = "rook-ceph-object-user-"
_CLAIMS_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_USERS_KEYS = ("AccessKey", "SecretKey")


@rule("environment", was="T315")
def secret_has_one_writer(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No Secret is written by two, or read as another's.

    Rook merges a claim's keys into a Secret that is there (rook #16602). CloudNativePG leaves a
    `<cluster>-app` that is not its own as it is, and takes whatever is in `<cluster>-ca`
    (cluster_create.go, cluster_pki.go, v1.30.0): the application has no password, or no instance a
    certificate.
    """
    taken: dict[tuple[str, str], str] = {}
    for name, database in environment.databases.items():
        at = ("databases", name)
        for end in _SECRETS:
            taken[database.namespace, database.cluster + end] = f"databases.{name}"
        if f"{database.cluster}-ca" == ISSUER:
            yield Fault(
                f"'{database.cluster}' makes CloudNativePG's Secret '{ISSUER}', which is the "
                "private CA's; write another name",
                (*at, "cluster"),
            )
    for name, database in environment.databases.items():
        bucket = database.backup.bucket
        field = "claim" if isinstance(bucket, BucketClaimSpec) else "secret"
        places: list[tuple[tuple[str, ...], str]] = [
            (("databases", name, "backup", "bucket", field), bucket.secret_name)
        ]
        if environment.offsite:
            places.append((("offsite", "secret"), environment.offsite.secret))
        for place, secret in places:
            owner = taken.get((database.namespace, secret))
            if owner or secret == ISSUER:
                whose = f"CloudNativePG's own, for {owner}" if owner else "the private CA's"
                yield Fault(
                    f"the Secret '{secret}' in namespace '{database.namespace}' is {whose}; "
                    "write another name",
                    place,
                )
    yield from _of_the_store(environment)


def _of_the_store(environment: EnvironmentSpec) -> Iterator[Fault]:
    store = environment.object_store
    secret = store.certificate.secret
    taken = {}
    if store.kms:
        taken[store.kms.token_secret] = "object_store.kms.token_secret"
        if store.kms.ca_secret:
            taken[store.kms.ca_secret] = "object_store.kms.ca_secret"
    if environment.certificates.namespace == store.namespace:
        taken[ROOT] = "the private CA's key"
    if secret in taken:
        yield Fault(
            f"'{secret}' is {taken[secret]} too, and cert-manager would write the gateways' "
            "certificate over it; write another name",
            ("object_store", "certificate", "secret"),
        )


@rule("environment", was="T316")
def cluster_name_does_not_collide_with_generated_names(
    environment: EnvironmentSpec,
) -> Iterator[Fault]:
    """No cluster is called as another with an ending that its own objects get.

    Of `orders` and `orders-rw` in one namespace the first never gets its Service: "refusing to
    reconcile service" (CloudNativePG cluster_create.go, v1.30.0). The budget `<cluster>-primary`
    (poddisruptionbudget.go) and the plugin's Role `<cluster>-barman-cloud` (specs/role.go, v0.15.0)
    are overwritten in turns.
    """
    owners = {(db.namespace, db.cluster): name for name, db in environment.databases.items()}
    endings = {
        "-rw": "Service",
        "-ro": "Service",
        "-r": "Service",
        "-pooler-rw": "Service",
        "-primary": "PodDisruptionBudget",
        "-barman-cloud": "Role",
    } | ({"-offsite": "ObjectStore"} if environment.offsite else {})
    for name, database in environment.databases.items():
        for ending, kind in endings.items():
            called = database.cluster + ending
            if called == pooler_name(database.cluster) and not database.pooler:
                continue
            if other := owners.get((database.namespace, called)):
                yield Fault(
                    f"'{called}' is what the {kind} of databases.{name} is called, whose cluster "
                    f"is '{database.cluster}'; write another name",
                    ("databases", other, "cluster"),
                )


@rule("environment", was="T317")
def secret_keys_match_their_writer(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Where Rook writes a Secret, its keys are looked for by Rook's names.

    A claim's are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a user's AccessKey and SecretKey
    (Rook object/user/controller.go, v1.17.9). With others nothing is archived ("missing access key
    ID"), and no webhook looks (plugin v0.15.0).
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
        elif bucket.secret.startswith(_ROOK_USER):
            keys = _USERS_KEYS
        else:
            continue
        for field, given, written in (
            ("access_key", bucket.access_key, keys[0]),
            ("secret_key", bucket.secret_key, keys[1]),
        ):
            if given != written:
                yield Fault(
                    f"'{given}' is no key of '{bucket.secret}', which Rook writes; "
                    f"write '{written}'",
                    ("databases", name, "backup", "bucket", field),
                )

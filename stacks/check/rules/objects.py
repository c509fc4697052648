"""Rules about objects with the same name, and about the contents of Secrets."""

from collections.abc import Iterator

from components.ceph.buckets import BucketClaimSpec, ExistingBucketSpec
from components.certificates import ISSUER, ROOT
from components.postgres.pooler import pooler_name
from components.spec.rule import Fault, rule
from stacks.environment import EnvironmentSpec

_SECRETS = ("-app", "-ca", "-server", "-replication", "-superuser")
"""Suffixes of the Secrets that CloudNativePG creates for a cluster, or reserves."""

_ROOK_USER = "rook-ceph-object-user-"
_CLAIMS_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_USERS_KEYS = ("AccessKey", "SecretKey")


@rule("environment", was="T315")
def secret_has_one_writer(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No Secret has two writers, or is read as another one.

    Rook merges a claim's keys into an existing Secret (rook #16602). CloudNativePG does not change
    a foreign `<cluster>-app`, and uses whatever `<cluster>-ca` holds (cluster_create.go,
    cluster_pki.go, v1.30.0): the application then has no password, or no instance has a
    certificate.
    """
    taken: dict[tuple[str, str], str] = {}
    for name, database in environment.databases.items():
        at = ("databases", name)
        for end in _SECRETS:
            taken[database.namespace, database.cluster + end] = f"databases.{name}"
        if f"{database.cluster}-ca" == ISSUER:
            yield Fault(
                f"'{database.cluster}' names CloudNativePG's Secret '{ISSUER}', which belongs to "
                "the private CA; choose another name",
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
                    f"the Secret '{secret}' in namespace '{database.namespace}' is {whose}; choose "
                    "another name",
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
            f"'{secret}' is also {taken[secret]}, and cert-manager would overwrite it with the "
            "gateways' certificate; choose another name",
            ("object_store", "certificate", "secret"),
        )


@rule("environment", was="T316")
def cluster_name_does_not_collide_with_generated_names(
    environment: EnvironmentSpec,
) -> Iterator[Fault]:
    """No cluster has the name of an object that is generated for another cluster.

    With `orders` and `orders-rw` in one namespace the first never gets its Service: "refusing to
    reconcile service" (CloudNativePG cluster_create.go, v1.30.0). The PodDisruptionBudget
    `<cluster>-primary` (poddisruptionbudget.go) and the plugin's Role `<cluster>-barman-cloud`
    (specs/role.go, v0.15.0) are overwritten in turns.
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
                    f"'{called}' is the name of the {kind} generated for databases.{name} (cluster "
                    f"'{database.cluster}'); choose another name",
                    ("databases", other, "cluster"),
                )
        for called in database.server_names[1:]:
            if other := owners.get((database.namespace, called)):
                yield Fault(
                    f"'{called}' is the name of a later generation of databases.{name}; choose "
                    "another name",
                    ("databases", other, "cluster"),
                )


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
                    f"'{given}' is not a key of '{bucket.secret}', which Rook writes; write "
                    f"'{written}'",
                    ("databases", name, "backup", "bucket", field),
                )

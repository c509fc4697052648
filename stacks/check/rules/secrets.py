"""Rules about Secrets: who writes each, and what is in it."""

from collections.abc import Iterator
from itertools import product

from components.ceph.buckets import BucketClaimSpec, ExistingBucketSpec
from components.ceph.reader import reader_name
from components.certificates import ISSUER, ROOT
from components.postgres.drills import DRILLS_NAMESPACE, SCRATCH
from components.postgres.roles import OPERATORS_SECRETS
from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule
from stacks.environment import EnvironmentSpec

ROOK_USER = "rook-ceph-object-user-"
"""How the Secret of a CephObjectStoreUser begins, which Rook writes."""

_ROOKS = frozenset(
    (
        "rook-ceph-config",
        "rook-ceph-mon",
        "rook-ceph-operator-creds",
        "rook-csi-cephfs-node",
        "rook-csi-cephfs-provisioner",
        "rook-csi-rbd-node",
        "rook-csi-rbd-provisioner",
    )
)
"""Secrets of the Ceph cluster in its namespace, besides its keyrings (mon.go, secrets.go, 1.17)."""

_SUPERUSER = ("superuser_secret",)

_Taken = dict[tuple[str, str], str]
"""Whose a Secret is, by namespace and name."""


def operators_secrets(environment: EnvironmentSpec) -> _Taken:
    """Return whose each Secret is that an operator writes in the namespaces of databases.

    CloudNativePG's are those of its clusters, cert-manager's the copy of the private CA, Rook's
    those of claims.
    """
    return _written_by_cloudnative_pg(environment) | _claims(environment)


def _written_by_cloudnative_pg(environment: EnvironmentSpec) -> _Taken:
    """Return those of CloudNativePG, and the private CA's, which no field may point at."""
    databases = environment.databases
    taken: _Taken = {
        (
            database.namespace,
            f"{cluster}-{end}",
        ): f"CloudNativePG's own, for databases.{name}"
        for name, database in databases.items()
        for cluster in database.clusters
        for end in OPERATORS_SECRETS
        # Those it reads and does not write (certificate-has-who-renews-it).
        if f"{cluster}-{end}" not in {secret for _, secret, _ in database.certificates.secrets}
    }
    if environment.drilled():
        taken |= {
            (DRILLS_NAMESPACE, f"{SCRATCH}-{end}"): "CloudNativePG's own, for drills"
            for end in OPERATORS_SECRETS
        }
    with_ca = _namespaces(environment) if environment.rook_store else []
    return taken | {(namespace, ISSUER): "the private CA's" for namespace in with_ca}


def _claims(environment: EnvironmentSpec) -> _Taken:
    return {
        (
            database.namespace,
            database.backup.bucket.claim,
        ): f"Rook's own, for databases.{name}.backup"
        for name, database in reversed([*environment.databases.items()])
        if isinstance(database.backup.bucket, BucketClaimSpec)
    }


@rule("environment", was="T315")
def secret_has_one_writer(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No Secret has two writers, or is read as another one.

    Rook merges a claim's keys into an existing Secret (rook #16602). CloudNativePG does not change
    a foreign `<cluster>-app`, and uses whatever `<cluster>-ca` holds (cluster_create.go,
    cluster_pki.go, v1.30.0): the application then has no password, or no instance has a
    certificate. The user name in a role's Secret must be the role's (roles/runnable.go,
    getPassword), so each role of each cluster has its own.
    """
    taken = _written_by_cloudnative_pg(environment)
    for name, database in environment.databases.items():
        if f"{database.cluster}-ca" == ISSUER:
            yield Fault(
                f"'{database.cluster}' names CloudNativePG's Secret '{ISSUER}', which belongs to "
                "the private CA; choose another name",
                ("databases", name, "cluster"),
            )
        bucket = database.backup.bucket
        field = "claim" if isinstance(bucket, BucketClaimSpec) else "secret"
        place = ("databases", name, "backup", "bucket", field)
        yield from pointed_at(taken, database.namespace, bucket.secret_name, place)
        if site := database.site:
            place = ("databases", name, "site", "archive", "secret")
            yield from pointed_at(taken, database.namespace, site.archive.secret, place)
    yield from _of_the_copy(environment, taken)
    yield from _of_cas(environment, taken)
    yield from _of_roles(environment, taken)
    yield from _of_imports(environment)
    yield from _of_the_store(environment)


def pointed_at(
    taken: _Taken, namespace: str, secret: str, place: tuple[str, ...]
) -> Iterator[Fault]:
    """Find at *place* a *secret* that is another's."""
    if owner := taken.get((namespace, secret)):
        yield Fault(
            f"the Secret '{secret}' in namespace '{namespace}' is {owner}; choose another name",
            place,
        )


def _namespaces(environment: EnvironmentSpec) -> list[str]:
    """Return the namespaces with keys of stores: those of databases, and that of drills."""
    homes = [database.namespace for database in environment.databases.values()]
    return list(dict.fromkeys([*homes, *([DRILLS_NAMESPACE] if environment.drilled() else [])]))


def _of_the_copy(environment: EnvironmentSpec, taken: _Taken) -> Iterator[Fault]:
    """Find keys of the off-site copy in another's Secret; they are in each namespace.

    offsite-keys-differ-from-archive-keys reports the keys of an archive.
    """
    if offsite := environment.offsite:
        taken = taken | _readers(environment)
        for namespace in _namespaces(environment):
            yield from pointed_at(taken, namespace, offsite.secret, ("offsite", "secret"))


def _of_cas(environment: EnvironmentSpec, taken: _Taken) -> Iterator[Fault]:
    """Find CAs of stores in Secrets with other contents; the private CA may have signed for one."""
    taken = taken | _readers(environment) | _claims(environment)
    for name, database in environment.databases.items():
        other = database.site.archive.ca_secret if database.site else None
        if other and other != ISSUER:
            place = ("databases", name, "site", "archive", "ca_secret")
            yield from pointed_at(taken, database.namespace, other, place)
    for owner, secret in _cas(environment):
        for namespace in _namespaces(environment):
            if secret != ISSUER:
                yield from pointed_at(taken, namespace, secret, (owner, "ca_secret"))


def _cas(environment: EnvironmentSpec) -> Iterator[tuple[str, str]]:
    """Yield the field of each store whose CA is a Secret in each namespace, with its name."""
    for owner, store in (
        ("object_store", environment.existing_store),
        ("offsite", environment.offsite),
    ):
        if store and store.ca_secret:
            yield owner, store.ca_secret


def _readers(environment: EnvironmentSpec) -> _Taken:
    """Return whose the keys are that drills read archives with, where they are made by hand."""
    return {
        (DRILLS_NAMESPACE, reader_name(name)): f"that of the drills of databases.{name}"
        for name in environment.drilled()
        if environment.reader(name) is None
    }


def _of_stores(environment: EnvironmentSpec, taken: _Taken) -> _Taken:
    """Return *taken* and what holds keys of object stores."""
    taken = taken | _claims(environment)
    named = {secret: f"that of {owner}.ca_secret" for owner, secret in _cas(environment)}
    if offsite := environment.offsite:
        named[offsite.secret] = "that of offsite.secret"
    for namespace, (secret, whose) in product(_namespaces(environment), named.items()):
        taken.setdefault((namespace, secret), whose)
    return taken


def of_archives(environment: EnvironmentSpec, taken: _Taken) -> _Taken:
    """Return *taken* and what holds keys of archives, made by hand."""
    taken = dict(taken)
    for name, database in environment.databases.items():
        if isinstance(bucket := database.backup.bucket, ExistingBucketSpec):
            whose = f"that of databases.{name}.backup.bucket"
            taken.setdefault((database.namespace, bucket.secret), whose)
        if site := database.site:
            whose = f"that of databases.{name}.site.archive"
            taken.setdefault((database.namespace, site.archive.secret), whose)
    return taken


def _of_roles(environment: EnvironmentSpec, taken: _Taken) -> Iterator[Fault]:
    """Find passwords of roles, and keys of registries, in Secrets with other contents.

    role-secrets-are-unique reports those that one cluster has twice. A superuser's may hold the
    keys of an archive too, and be that of several clusters: it is made by hand, and the user name
    in it is 'postgres' for each of them.
    """
    superusers = _of_stores(environment, taken)
    taken = of_archives(environment, superusers)
    for name, database in environment.databases.items():
        for field, secret in passwords(database):
            found = superusers if field == _SUPERUSER else taken
            yield from pointed_at(found, database.namespace, secret, ("databases", name, *field))
        for field, secret in passwords(database):
            whose = f"that of databases.{name}.{'.'.join(field[:2])}"
            for found in (taken,) if field == _SUPERUSER else (taken, superusers):
                found.setdefault((database.namespace, secret), whose)
    for name, database in environment.databases.items():
        place = ("databases", name, "image_pull_secrets")
        homes = [database.namespace, *([DRILLS_NAMESPACE] if environment.drills(name) else [])]
        for home, secret in product(homes, database.image_pull_secrets):
            yield from pointed_at(taken, home, secret, place)


def _of_imports(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Find imports by a password in a Secret with other contents.

    It may be one that CloudNativePG writes for the source.
    """
    claims = _claims(environment)
    for name, database in environment.databases.items():
        if source := database.import_from:
            yield from pointed_at(
                claims | {(database.namespace, ISSUER): "the private CA's"},
                database.namespace,
                source.password_secret,
                ("databases", name, "import_from", "password_secret"),
            )


def passwords(database: PostgresSpec) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each field that names the Secret of a role that can log in, with that Secret."""
    if database.owner_secret:
        yield ("owner_secret",), database.owner_secret
    if database.superuser_secret:
        yield _SUPERUSER, database.superuser_secret
    for role, spec in database.roles.items():
        if spec.password_secret:
            yield ("roles", role, "password_secret"), spec.password_secret


def _of_the_store(environment: EnvironmentSpec) -> Iterator[Fault]:
    store = environment.rook_store
    if store is None:
        return
    secret = store.certificate.secret
    read = {}
    if store.kms:
        read[store.kms.token_secret] = ("object_store", "kms", "token_secret")
        if store.kms.ca_secret:
            read[store.kms.ca_secret] = ("object_store", "kms", "ca_secret")
    shared = environment.certificates.namespace == store.namespace
    if secret in read or (shared and secret == ROOT):
        whose = ".".join(read[secret]) if secret in read else "the private CA's key"
        yield Fault(
            f"'{secret}' is also {whose}, and cert-manager would overwrite it with the "
            "gateways' certificate; choose another name",
            ("object_store", "certificate", "secret"),
        )
    for given, place in {**read, secret: ("object_store", "certificate", "secret")}.items():
        whose = ""
        if given in _ROOKS or (given.startswith("rook-ceph-") and given.endswith("-keyring")):
            whose = "Rook's own"
        elif shared and given == ROOT and given != secret:
            whose = "the private CA's key"
        if whose:
            yield Fault(
                f"the Secret '{given}' in namespace '{store.namespace}' is {whose}; choose another "
                "name",
                place,
            )

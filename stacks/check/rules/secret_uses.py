"""Who writes or reads each Secret, and what is in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from components.ceph.buckets import BucketClaimSpec
from components.ceph.reader import reader_name
from components.certificates import ISSUER
from components.postgres.drills import DRILLS_NAMESPACE, SCRATCH
from components.postgres.heartbeat import certificate_of
from components.postgres.roles import OPERATORS_SECRETS
from components.postgres.spec import PostgresSpec
from stacks.environment import EnvironmentSpec

ROOK_USER = "rook-ceph-object-user-"
"""How the Secret of a CephObjectStoreUser begins, which Rook writes."""

MADE_ENDS = ("ca", "server")
"""Ends of CloudNativePG's Secrets of a cluster that it writes only while no field names them
(cluster_pki.go, v1.30.0)."""


class Holds(Enum):
    """What is in a Secret, by who writes or reads it."""

    OPERATORS = "what CloudNativePG alone reads"
    LOGIN = "a login that CloudNativePG makes"
    AUTHORITY = "a CA that CloudNativePG makes"
    PRIVATE_CA = "the private CA, which cert-manager writes"
    CLAIM = "the keys of a bucket that Rook makes"
    USER = "the keys of a CephObjectStoreUser, which Rook writes"
    READER = "keys that drills read an archive with"
    KEYS = "keys of an archive"
    SITE = "keys of another site's archive"
    COPY = "keys of the off-site copy"
    CA = "a `ca.crt`"
    SOURCES_CA = "the `ca.crt` of an import's source"
    ROLE = "the password of a role"
    SUPERUSER = "the password of 'postgres'"
    SOURCE = "the password of a role at an import's source"
    CERTIFICATE = "a server's certificate"
    ISSUER = "a CA with its key"
    REGISTRY = "keys of a registry"


_WRITTEN = {Holds.OPERATORS, Holds.LOGIN, Holds.AUTHORITY, Holds.PRIVATE_CA, Holds.CLAIM}

_KEYS = {Holds.KEYS, Holds.SITE}
_CERTIFICATES = {Holds.CERTIFICATE, Holds.ISSUER}
_CAS = {Holds.PRIVATE_CA, *_KEYS, Holds.COPY, Holds.CA, *_CERTIFICATES}

_TOGETHER: dict[Holds, set[Holds]] = {
    # Other rules report two claims, keys of archives for the copy, and keys by other names.
    Holds.CLAIM: {Holds.CLAIM, Holds.KEYS, Holds.COPY},
    Holds.USER: {*_KEYS, Holds.COPY},
    Holds.KEYS: _KEYS,
    Holds.SITE: {Holds.SITE},
    Holds.COPY: {*_KEYS, Holds.COPY},
    # `ca.crt` may be next to what else is made by hand; an application reads its login alone.
    Holds.CA: _CAS,
    Holds.SOURCES_CA: {*_CAS, Holds.AUTHORITY, Holds.SOURCES_CA},
    # The user name in it is 'postgres' for each cluster.
    Holds.SUPERUSER: {*_KEYS, Holds.SUPERUSER},
    # Only `password` is read.
    Holds.SOURCE: {
        Holds.LOGIN,
        *_KEYS,
        Holds.COPY,
        Holds.CA,
        Holds.SOURCES_CA,
        Holds.ROLE,
        Holds.SUPERUSER,
        Holds.SOURCE,
    },
    Holds.CERTIFICATE: _CERTIFICATES,
    Holds.ISSUER: {Holds.ISSUER},
    Holds.REGISTRY: {Holds.REGISTRY},
}
"""What one Secret may hold together, each pair once; nothing else may be in it."""


@dataclass(frozen=True)
class Use:
    """A Secret that an operator writes, or that a field names."""

    namespace: str
    secret: str
    holds: Holds
    place: tuple[str, ...] = ()
    """The field; none if no field names it."""
    owner: str = ""
    """Whose it is, if no field says so."""
    database: str = ""
    """The database that it is made for."""

    @property
    def whose(self) -> str:
        """Whose it is, in words."""
        return self.owner or f"that of {'.'.join(self.place)}"

    def goes_with(self, other: "Use") -> bool:
        """Say whether one Secret may be used in both ways.

        What CloudNativePG makes of a database is there only after its import.
        """
        if other.holds not in _TOGETHER.get(self.holds, ()) and (
            self.holds not in _TOGETHER.get(other.holds, ())
        ):
            return False
        made = {self.holds, other.holds} & {Holds.LOGIN, Holds.AUTHORITY}
        return not (made and self.database == other.database)


def operators_secrets(environment: EnvironmentSpec) -> set[tuple[str, str]]:
    """Return namespace and name of each Secret that an operator writes where databases are."""
    return {(use.namespace, use.secret) for use in uses(environment) if use.holds in _WRITTEN}


def uses(environment: EnvironmentSpec) -> Iterator[Use]:
    """Yield the uses of all Secrets where databases or drills are; what is written comes first."""
    yield from _written(environment)
    for name, database in environment.databases.items():
        yield from _of_archives(name, database)
    yield from _of_stores(environment)
    for name, database in environment.databases.items():
        yield from _of_a_database(environment, name, database)
    for name, database in environment.databases.items():
        if source := database.import_from:
            place = ("databases", name, "import_from")
            for field, secret, holds in (
                ("password_secret", source.password_secret, Holds.SOURCE),
                ("ca_secret", source.ca_secret, Holds.SOURCES_CA),
            ):
                if secret:
                    yield Use(database.namespace, secret, holds, (*place, field), database=name)


def passwords(database: PostgresSpec) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each field that names the Secret of a role that can log in, with that Secret."""
    if database.owner_secret:
        yield ("owner_secret",), database.owner_secret
    if database.superuser_secret:
        yield ("superuser_secret",), database.superuser_secret
    for role, spec in database.roles.items():
        if spec.password_secret:
            yield ("roles", role, "password_secret"), spec.password_secret


def _written(environment: EnvironmentSpec) -> Iterator[Use]:
    """Yield what operators write."""
    for name, database in environment.databases.items():
        # Those it reads and does not write (certificate-has-who-renews-it).
        read = {secret for _, secret, _ in database.certificates.secrets}
        for cluster in database.clusters:
            left_out = read & {f"{cluster}-{end}" for end in MADE_ENDS}
            for made in _cloudnative_pgs(database.namespace, cluster, f"databases.{name}", name):
                if made.secret not in left_out:
                    yield made
            if environment.drills(name):
                owner = f"the certificate that drills of databases.{name} log in by"
                secret = certificate_of(cluster)
                yield Use(database.namespace, secret, Holds.OPERATORS, owner=owner)
    if environment.drilled():
        yield from _cloudnative_pgs(DRILLS_NAMESPACE, SCRATCH, "drills")
    for namespace in _namespaces(environment) if environment.rook_store else []:
        yield Use(namespace, ISSUER, Holds.PRIVATE_CA, owner="the private CA's")


def _cloudnative_pgs(namespace: str, cluster: str, whose: str, database: str = "") -> Iterator[Use]:
    """Yield what CloudNativePG writes for a *cluster*, and reserves."""
    owner = f"CloudNativePG's own, for {whose}"
    ends = {"app": Holds.LOGIN, "superuser": Holds.LOGIN, "ca": Holds.AUTHORITY}
    for end in OPERATORS_SECRETS:
        holds = ends.get(end, Holds.OPERATORS)
        yield Use(namespace, f"{cluster}-{end}", holds, owner=owner, database=database)


def _of_archives(name: str, database: PostgresSpec) -> Iterator[Use]:
    """Yield the keys of a database's archives."""
    bucket, place = database.backup.bucket, ("databases", name, "backup", "bucket")
    if isinstance(bucket, BucketClaimSpec):
        owner = f"Rook's own, for databases.{name}.backup"
        yield Use(database.namespace, bucket.claim, Holds.CLAIM, (*place, "claim"), owner)
    else:
        yield Use(database.namespace, bucket.secret, Holds.KEYS, (*place, "secret"))
    if site := database.site:
        at = ("databases", name, "site", "archive", "secret")
        yield Use(database.namespace, site.archive.secret, Holds.SITE, at)


def _of_stores(environment: EnvironmentSpec) -> Iterator[Use]:
    """Yield what is in each namespace: keys of the copy and of drills, and CAs."""
    for name in environment.drilled():
        if environment.reader(name) is None:
            owner = f"that of the drills of databases.{name}"
            yield Use(DRILLS_NAMESPACE, reader_name(name), Holds.READER, owner=owner)
    offsite, given = environment.offsite, environment.existing_store
    for namespace in _namespaces(environment):
        if offsite:
            yield Use(namespace, offsite.secret, Holds.COPY, ("offsite", "secret"))
        for of, store in (("object_store", given), ("offsite", offsite)):
            if store and store.ca_secret:
                yield Use(namespace, store.ca_secret, Holds.CA, (of, "ca_secret"))
    for name, database in environment.databases.items():
        if database.site and (secret := database.site.archive.ca_secret):
            place = ("databases", name, "site", "archive", "ca_secret")
            yield Use(database.namespace, secret, Holds.CA, place)


def _of_a_database(
    environment: EnvironmentSpec, name: str, database: PostgresSpec
) -> Iterator[Use]:
    """Yield what is made for its server: passwords, certificates and keys of registries."""
    at = ("databases", name)
    for place, secret in passwords(database):
        holds = Holds.SUPERUSER if place == ("superuser_secret",) else Holds.ROLE
        yield Use(database.namespace, secret, holds, (*at, *place))
    for field, secret, keys in database.certificates.secrets:
        holds = Holds.CERTIFICATE if "tls.key" in keys else Holds.CA
        if "ca.key" in keys:
            holds = Holds.ISSUER
        yield Use(database.namespace, secret, holds, (*at, "certificates", field))
    homes = [database.namespace, *([DRILLS_NAMESPACE] if environment.drills(name) else [])]
    for home in homes:
        for secret in database.image_pull_secrets:
            yield Use(home, secret, Holds.REGISTRY, (*at, "image_pull_secrets"))


def _namespaces(environment: EnvironmentSpec) -> list[str]:
    """Return the namespaces with keys of stores: those of databases, and that of drills."""
    homes = [database.namespace for database in environment.databases.values()]
    return list(dict.fromkeys([*homes, *([DRILLS_NAMESPACE] if environment.drilled() else [])]))

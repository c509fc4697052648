"""Secrets that must exist: those that the environment refers to and nothing creates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from components.ceph.buckets import ExistingBucketSpec
from components.ceph.reader import reader_name
from components.postgres.drills import DRILLS_NAMESPACE
from components.postgres.instances import PULL_KEY
from components.postgres.roles import PASSWORD_KEYS
from components.postgres.spec import PostgresSpec
from stacks.check.rules.secret_uses import ROOK_USER, operators_secrets, passwords
from stacks.environment import EnvironmentSpec


@dataclass(frozen=True)
class RequiredSecret:
    """A Secret that the environment refers to but does not create."""

    namespace: str
    name: str
    keys: frozenset[str]
    purpose: str
    """The field that refers to it, and how it is used if that is not in it."""

    @property
    def place(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"

    @property
    def recovers(self) -> bool:
        """Whether a recovery needs it: what drills read with can follow."""
        return self.namespace != DRILLS_NAMESPACE


def required(environment: EnvironmentSpec) -> list[RequiredSecret]:
    """Return the Secrets that must exist, by namespace and name; a shared one is listed once.

    One that an operator writes is none of them, whatever reads it.
    """
    merged: dict[tuple[str, str], RequiredSecret] = {}
    written = operators_secrets(environment)
    for namespace, name, keys, purpose in _referred_to(environment):
        if (namespace, name) in written or name.startswith(ROOK_USER):
            continue
        known = merged.get((namespace, name))
        merged[namespace, name] = RequiredSecret(
            namespace,
            name,
            frozenset(keys) | (known.keys if known else frozenset()),
            f"{known.purpose}, {purpose}" if known else purpose,
        )
    return [merged[place] for place in sorted(merged)]


def _referred_to(environment: EnvironmentSpec) -> Iterator[tuple[str, str, Iterable[str], str]]:
    """Yield namespace, name, keys and purpose of each reference to a Secret."""
    store, offsite = environment.rook_store, environment.offsite
    if store and (kms := store.kms):
        yield store.namespace, kms.token_secret, {"token"}, "object_store.kms.token_secret"
        if kms.ca_secret:
            yield store.namespace, kms.ca_secret, {"cert"}, "object_store.kms.ca_secret"
    homes = list(dict.fromkeys(it.namespace for it in environment.databases.values()))
    drills = [DRILLS_NAMESPACE] if environment.drilled() else []
    if (given := environment.existing_store) and given.ca_secret:
        for namespace in homes + drills:
            yield namespace, given.ca_secret, {"ca.crt"}, "object_store.ca_secret"
    for name in environment.databases:
        yield from _of_a_database(environment, name)
    if offsite:
        purposes = dict.fromkeys(homes, "offsite.secret")
        purposes |= dict.fromkeys(drills, "offsite.secret, which drills only read with it")
        for namespace, purpose in purposes.items():
            yield namespace, offsite.secret, {offsite.access_key, offsite.secret_key}, purpose
            if offsite.ca_secret:
                yield namespace, offsite.ca_secret, {"ca.crt"}, "offsite.ca_secret"


def _of_a_database(
    environment: EnvironmentSpec, name: str
) -> Iterator[tuple[str, str, Iterable[str], str]]:
    database, at = environment.databases[name], f"databases.{name}"
    bucket = database.backup.bucket
    keys = {bucket.access_key, bucket.secret_key}
    if isinstance(bucket, ExistingBucketSpec):
        yield database.namespace, bucket.secret, keys, f"{at}.backup.bucket"
    if database.site:
        other = database.site.archive
        purpose = f"{at}.site.archive"
        yield database.namespace, other.secret, {other.access_key, other.secret_key}, purpose
        if other.ca_secret:
            yield database.namespace, other.ca_secret, {"ca.crt"}, f"{purpose}.ca_secret"
    if environment.drills(name) and environment.reader(name) is None:
        purpose = f"{at}.drills, which only read with it"
        yield DRILLS_NAMESPACE, reader_name(name), keys, purpose
    if source := database.imported:
        purpose = f"{at}.import_from"
        yield database.namespace, source.password_secret, {"password"}, purpose
        if source.ca_secret:
            yield database.namespace, source.ca_secret, {"ca.crt"}, f"{purpose}.ca_secret"
    for secret in database.image_pull_secrets:
        purpose = f"{at}.image_pull_secrets"
        yield database.namespace, secret, {PULL_KEY}, purpose
        if environment.drills(name):
            yield DRILLS_NAMESPACE, secret, {PULL_KEY}, f"{purpose}, for drills"
    yield from _of_its_server(database, at)


def _of_its_server(
    database: PostgresSpec, at: str
) -> Iterator[tuple[str, str, Iterable[str], str]]:
    for field, secret, keys in database.certificates.secrets:
        purpose = f"{at}.certificates.{field}"
        if field == "server_tls_secret":
            purpose += f" with {', '.join(database.hosts)}"
        yield database.namespace, secret, keys, purpose
    for place, secret in passwords(database):
        yield database.namespace, secret, PASSWORD_KEYS, f"{at}.{'.'.join(place)}"

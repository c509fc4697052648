"""Rules about the Secrets with a database's certificates."""

from collections.abc import Iterator

from components.postgres.roles import OPERATORS_SECRETS
from components.spec.rule import Fault, rule
from stacks.check.rules.secrets import of_archives, operators_secrets, passwords, pointed_at
from stacks.environment import EnvironmentSpec


@rule("environment")
def certificate_secret_has_a_certificate(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A Secret with a certificate is none that has other contents, or that an operator writes.

    CloudNativePG finds no certificate in it, and makes no instance. The CA of an object store may
    be that of a database too.
    """
    taken = of_archives(environment, operators_secrets(environment))
    for name, database in environment.databases.items():
        for of, secret in passwords(database):
            whose = f"that of databases.{name}.{'.'.join(of[:2])}"
            taken.setdefault((database.namespace, secret), whose)
    for name, database in environment.databases.items():
        for field, secret, _ in database.certificates.secrets:
            place = ("databases", name, "certificates", field)
            yield from pointed_at(taken, database.namespace, secret, place)


@rule("environment", waivable=True)
def certificate_has_who_renews_it(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No field names a Secret that CloudNativePG writes for the same database otherwise.

    It writes and renews `<cluster>-ca` and `<cluster>-server` only while no field names them
    (cluster_pki.go, v1.30.0): what it made expires within 90 days.
    """
    for name, database in environment.databases.items():
        own = {f"{it}-{end}" for it in database.clusters for end in OPERATORS_SECRETS}
        for field, secret, _ in database.certificates.secrets:
            if secret in own:
                yield Fault(
                    f"CloudNativePG makes '{secret}' itself, and once a field names it renews it "
                    "no more; choose another name, or leave it out",
                    ("databases", name, "certificates", field),
                )

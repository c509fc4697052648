"""Rules about who may connect, and what that proves."""

from collections.abc import Iterator

from components.postgres.hba import read
from components.spec.rule import Fault, rule
from stacks.environment import EnvironmentSpec


@rule("environment", waivable=True)
def clients_prove_who_they_are(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Clients prove who they are, and no password crosses the network readable.

    'trust' lets in everybody who reaches PostgreSQL as whatever role they name (PostgreSQL, "Trust
    Authentication"): the NetworkPolicy is then all that is between them and the data. 'password'
    sends the password itself, which only TLS hides.
    """
    for name, database in environment.databases.items():
        for number, text in enumerate(database.pg_hba):
            line, place = read(text), ("databases", name, "pg_hba", str(number))
            if line.method == "trust":
                yield Fault(
                    f"'{text}' lets in everybody who reaches PostgreSQL, without a password; write "
                    "'scram-sha-256', or a waiver",
                    place,
                )
            elif line.method == "password" and not line.encrypted:
                yield Fault(
                    f"'{text}' has passwords sent without encryption; write 'scram-sha-256', or "
                    "'hostssl'",
                    place,
                )


@rule("environment", waivable=True)
def superuser_stays_inside(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No superuser logs in over the network.

    Who reads its Secret may read and change every database of the cluster, run programs in its pods
    and stop its archiving; CloudNativePG has none log in by default for that reason
    (security.md, 1.30).
    """
    for name, database in environment.databases.items():
        if database.superuser_access:
            secret = database.superuser_secret or f"{database.cluster}-superuser"
            yield Fault(
                f"who reads the Secret '{secret}' may do everything in every database; leave it "
                "out and declare what needs it, like application or roles, or write a waiver",
                ("databases", name, "superuser_access"),
            )

"""Rules between a database and its tablespaces."""

from collections.abc import Iterator

from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule


@rule("spec", of=PostgresSpec)
def tablespaces_have_owners(spec: PostgresSpec) -> Iterator[Fault]:
    """The owner of a tablespace is a role of the database.

    Without the role CloudNativePG makes no tablespace from then on, and the Cluster is Ready
    (tablespaces.md, "Tablespace ownership").
    """
    known = sorted({spec.owner, *spec.roles})
    for name, tablespace in spec.tablespaces.items():
        if tablespace.owner and tablespace.owner not in known:
            yield Fault(
                f"'{tablespace.owner}' is not a role; write one of {', '.join(known)}, or add it "
                "to roles",
                ("tablespaces", name, "owner"),
            )

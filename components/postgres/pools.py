"""Rules between a database and what leads to it: connection pools, load balancers."""

from collections.abc import Iterator, Mapping

from components.postgres.parameters import number_of, value_of
from components.postgres.settings import settings
from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule

_MAX_CONNECTIONS = 100
_RESERVED_CONNECTIONS = 10
"""Connections that pools leave free for superusers, CloudNativePG and repairs."""


@rule("spec", was="T227", of=PostgresSpec)
def connections_cover_pools(spec: PostgresSpec) -> Iterator[Fault]:
    """PostgreSQL allows the connections that pools open.

    Each PgBouncer opens a pool for each pair of role and database (pgbouncer #641). Beyond
    `max_connections`, by default 100, a client of the pool gets "too many clients" from a server
    that has idle connections. A replica that becomes the primary keeps the connections of the pool
    to replicas, and gets those of the other.
    """
    given = value_of(spec.parameters, "max_connections", str(_MAX_CONNECTIONS))
    if not spec.poolers or not isinstance(given, float):
        return
    users = 1 + sum(role.logs_in for role in spec.roles.values())
    pairs = users * (1 + len(spec.databases))
    opened = sum(
        it.opened(users=users, databases=1 + len(spec.databases)) for it in spec.poolers.values()
    )
    spare = _RESERVED_CONNECTIONS + _further_reserved(spec.parameters)
    if opened > given - spare:
        each = f" for each of {pairs} pairs of role and database" if pairs > 1 else ""
        pools = " and ".join(
            f"{it.instances} pools of {it.pool_size}" for it in spec.poolers.values()
        )
        most = settings(spec.major)["max_connections"].most
        more = f", or max_connections '{opened + spare}'" if opened + spare <= most else ""
        yield Fault(
            f"{pools}{each} do not fit into max_connections {given:.0f} with {spare} to spare; "
            f"write smaller pools{more}",
            ("pooler" if spec.pooler else "replica_pooler", "default_pool_size"),
        )


def _further_reserved(parameters: Mapping[str, str]) -> int:
    """Return the connections that parameters reserve beyond PostgreSQL's defaults."""
    reserved = {"superuser_reserved_connections": 3, "reserved_connections": 0}
    return sum(
        max(number_of(parameters, name, usual) - usual, 0) for name, usual in reserved.items()
    )


@rule("spec", of=PostgresSpec)
def load_balancer_of_replicas_has_replica(spec: PostgresSpec) -> Iterator[Fault]:
    """A load balancer that reaches replicas has one to reach.

    Without an endpoint it accepts no connection.
    """
    for called, balancer in spec.load_balancers.items():
        if balancer.reaches == "ro" and spec.instances == 1:
            yield Fault(
                "1 instance has no replica to reach; write 2 instances, or 'rw'",
                ("load_balancers", called, "reaches"),
            )


@rule("spec", of=PostgresSpec)
def pool_of_replicas_has_replica(spec: PostgresSpec) -> Iterator[Fault]:
    """A pool to replicas has a replica to reach.

    The Service `<cluster>-ro` has no endpoint without one (service_management.md), and each client
    of the pool waits until `query_wait_timeout`.
    """
    if spec.replica_pooler and spec.instances == 1:
        yield Fault(
            "1 instance has no replica, and every client of the pool would wait in vain; write 2 "
            "instances, or leave it out",
            ("replica_pooler",),
        )

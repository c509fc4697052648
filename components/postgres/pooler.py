"""PgBouncer in front of a database (CloudNativePG's Pooler): many clients on few connections."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import pulumi
from pydantic import Field

from components.postgres.pgbouncer import PoolerParameters, number_of
from components.postgres.placement import HOST
from components.spec import Spec

PoolerType: TypeAlias = Literal["rw", "ro"]
"""What a pool reaches: the primary, or the replicas."""


class PoolerSpec(Spec):
    """A pool of connections, with its own Service."""

    instances: int = Field(default=2, ge=1, le=9)
    """Number of PgBouncers. Two: one may restart, or lose its node."""

    mode: Literal["session", "transaction"] = "session"
    """How long a client keeps its connection. 'session': until it disconnects; applications work
    unchanged, but no more clients than connections are served. 'transaction': until its transaction
    ends, which serves many clients; what a session keeps beyond that (SET, advisory locks, LISTEN,
    temporary tables) is lost or leaks to another client, so the application must do without."""

    max_client_connections: int = Field(default=1000, ge=1, le=100_000)
    """The most clients of each PgBouncer; further clients are refused. PgBouncer's default of 100
    is less than an application of several pods opens, and a waiting client costs 2 kB."""

    default_pool_size: int = Field(default=20, ge=1, le=1000)
    """The most connections to PostgreSQL of each PgBouncer, for each pair of role and database;
    further clients wait. 20 is PgBouncer's default."""

    parameters: PoolerParameters = Field(default={})
    """Other parameters of PgBouncer, as text: {'server_idle_timeout': '60'}, a time in seconds.
    `ignore_startup_parameters` is in addition to 'extra_float_digits,options', which CloudNativePG
    has in it. PgBouncer reads a change without a restart."""

    def opened(self, *, users: int, databases: int) -> int:
        """Return the most connections that all its PgBouncers open to one instance."""
        pairs = users * databases
        most = [pairs * self.pool_size]
        for name, count in (("max_db_connections", databases), ("max_user_connections", users)):
            if limit := number_of(self.parameters, name):
                most.append(count * limit)
        return self.instances * min(most)

    @property
    def pool_size(self) -> int:
        """The most connections of each pool, with those in reserve."""
        return self.default_pool_size + number_of(self.parameters, "reserve_pool_size")


def pooler_name(cluster: str, reached: PoolerType = "rw") -> str:
    """Return the name of a Pooler and its Service; the operator owns the Secret `-pooler`."""
    return f"{cluster}-pooler-{reached}"


def pooler(
    spec: PoolerSpec, name: str, cluster: pulumi.Input[str], reached: PoolerType
) -> Mapping[str, Any]:
    """Return `Pooler.spec`.

    Its certificate is the database's, and it verifies clients' passwords with PostgreSQL
    (connection_pooling.md of CloudNativePG). The operator fills in the container named `pgbouncer`.
    """
    return {
        "cluster": {"name": cluster},
        "type": reached,
        "instances": spec.instances,
        "pgbouncer": {
            "poolMode": spec.mode,
            "parameters": {
                "max_client_conn": str(spec.max_client_connections),
                "default_pool_size": str(spec.default_pool_size),
                **spec.parameters,
            },
        },
        "template": {
            "spec": {
                "affinity": {"podAntiAffinity": _apart(name)},
                "containers": [
                    {
                        "name": "pgbouncer",
                        "resources": {
                            "requests": {"cpu": "100m", "memory": "128Mi"},
                            "limits": {"memory": "512Mi"},
                        },
                    }
                ],
            }
        },
    }


def _apart(name: str) -> Mapping[str, Any]:
    """Return the anti-affinity that keeps two of them off one host if there is another."""
    term = {"labelSelector": {"matchLabels": {"cnpg.io/poolerName": name}}, "topologyKey": HOST}
    return {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 100, "podAffinityTerm": term}
        ]
    }

"""PgBouncer in front of a database (CloudNativePG's Pooler): many clients on few connections."""

from collections.abc import Mapping
from typing import Any, Literal

import pulumi
from pydantic import Field

from components.postgres.placement import HOST
from components.spec import Spec


class PoolerSpec(Spec):
    """A pool of connections to the primary, with its own Service."""

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


def pooler_name(cluster: str) -> str:
    """Return the name of the Pooler and its Service; the operator owns the Secret `-pooler`."""
    return f"{cluster}-pooler-rw"


def pooler(spec: PoolerSpec, name: str, cluster: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return `Pooler.spec`.

    Its certificate is the database's, and it verifies clients' passwords with PostgreSQL
    (connection_pooling.md of CloudNativePG). The operator fills in the container named `pgbouncer`.
    """
    return {
        "cluster": {"name": cluster},
        "type": "rw",
        "instances": spec.instances,
        "pgbouncer": {
            "poolMode": spec.mode,
            "parameters": {
                "max_client_conn": str(spec.max_client_connections),
                "default_pool_size": str(spec.default_pool_size),
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

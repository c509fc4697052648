"""The database that drills write into, and the role that does, in each generation of a database.

The application's data is never touched. The role logs in by a certificate that CloudNativePG issues
and renews (DatabaseRole, 1.30), so that there is no password to keep.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.kube import Object
from components.postgres.roles import HEARTBEAT

_API = "postgresql.cnpg.io/v1"

CLIENTS = [f"hostssl {HEARTBEAT} {HEARTBEAT} all cert"]
"""Lines of pg_hba.conf, which CloudNativePG writes before its own."""


def heartbeat_name(cluster: str) -> str:
    """Return the name of the DatabaseRole and of the Database in *cluster*."""
    return f"{cluster}-heartbeat"


def certificate_of(cluster: str) -> str:
    """Return the Secret with the role's `tls.crt` and `tls.key` (databaserole_types.go, 1.30)."""
    return f"{heartbeat_name(cluster)}-client-cert"


def heartbeat(
    name: str,
    cluster: str,
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
    running: pulumi.Input[str],
    waits: bool,
) -> None:
    """Declare both in *cluster*; *running* is its name, known once it runs.

    A restore brings them along: then CloudNativePG takes them as they are.
    """
    role = Object(
        f"{name}-heartbeat",
        parent=parent,
        api_version=_API,
        kind="DatabaseRole",
        name=heartbeat_name(cluster),
        namespace=namespace,
        spec=role_spec(running),
        waits=waits,
    )
    Object(
        f"{name}-heartbeat",
        parent=parent,
        api_version=_API,
        kind="Database",
        name=heartbeat_name(cluster),
        namespace=namespace,
        spec=database_spec(running),
        waits=waits,
        after=[role],
    )


def role_spec(cluster: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return `DatabaseRole.spec`; the role may log in, and nothing else."""
    return {
        "cluster": {"name": cluster},
        "name": HEARTBEAT,
        "login": True,
        "disablePassword": True,
        "connectionLimit": 4,
        "clientCertificate": {"enabled": True},
        "databaseRoleReclaimPolicy": "retain",
    }


def database_spec(cluster: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return `Database.spec`."""
    return {
        "cluster": {"name": cluster},
        "name": HEARTBEAT,
        "owner": HEARTBEAT,
        "databaseReclaimPolicy": "retain",
    }

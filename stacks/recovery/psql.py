"""SQL on an instance, as the superuser over the socket in its pod: only there the cluster has one.

CloudNativePG maps the pod's user to `postgres` there (pkg/postgres/configuration.go, v1.30.0).
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stacks.cluster import ClusterClient, Manifest
from stacks.command import Fault

API = "postgresql.cnpg.io/v1"

# From standard input, as psql fills in variables there only.
_RUN = """\
export PGCLIENTENCODING=UTF8 PGAPPNAME=tier0
run() {
    script=$1
    shift
    printf %s "$script" | psql -XqAt -v ON_ERROR_STOP=1 --dbname postgres "$@"
}
otherwise=$1
shift
run "$0" "$@" || { run "$otherwise" "$@"; exit 3; }
"""
_ITERATIONS = 4096
"""PostgreSQL's own number (scram-common.h)."""


@dataclass(frozen=True)
class Instance:
    """An instance of a Cluster, by its pod."""

    client: ClusterClient
    namespace: str
    pod: str

    def sql(
        self, script: str, values: Mapping[str, str], *, otherwise: str = "", seconds: float = 120
    ) -> str:
        r"""Run a psql *script* in the database `postgres`; return its unaligned answer.

        `:"x"` and `:'x'` in it stand for *values*, quoted by psql. *otherwise* runs where it fails,
        even if the caller is gone by then. Raise Fault with what psql says.
        """
        variables = [word for item in values.items() for word in ("-v", "=".join(item))]
        return self.run(["sh", "-c", _RUN, script, otherwise, *variables], seconds)

    def run(self, command: list[str], seconds: float = 120) -> str:
        """Run a command in the pod; return what it prints; raise Fault."""
        printed = self.client.execute(
            self.namespace, self.pod, "postgres", command, seconds=seconds
        )
        return b"".join(printed).decode(errors="replace").strip()


def instances(client: ClusterClient, namespace: str, cluster: str) -> list[Instance]:
    """Return the instances of a Cluster, its primary first; raise Fault where it has none."""
    found: Manifest = client.get(API, "Cluster", cluster, namespace) or {}
    status: dict[str, Any] = found.get("status", {})
    primary = status.get("currentPrimary")
    if not primary:
        fault = "it has no primary" if found else "it is not there"
        raise Fault(f"Cluster {namespace}/{cluster}", fault, "see that it runs, then run again")
    others = [pod for pod in status.get("instanceNames", []) if pod != primary]
    return [Instance(client, namespace, pod) for pod in (primary, *others)]


def scram_verifier(password: str, salt: bytes) -> str:
    """Return what PostgreSQL stores of a *password* of ASCII letters and digits (RFC 5803).

    It is sent in place of the password, which cannot be read out of it.
    """
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    written = [base64.b64encode(value).decode() for value in (salt, stored, server)]
    return "SCRAM-SHA-256${}:{}${}:{}".format(_ITERATIONS, *written)

"""A worker on a database that tier0 deployed: another project, another stack.

All it knows of the database comes from that stack's outputs. None is a secret: the password goes
from CloudNativePG's Secret into the container, past Pulumi and its state.
"""

# ruff: noqa: INP001 (a Pulumi project is a folder, not a package)

from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as kubernetes
from tier0.components import kube
from tier0.stacks.outputs import PlatformOutputs

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import EnvVarSourceArgsDict

IMAGE = "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie"
CA = "/etc/postgres"
WORK = 'while :; do psql --no-psqlrc --command "SELECT now()" || exit 1; sleep 60; done'

config = pulumi.Config()
if config.get_bool("wait") is False:
    pulumi.runtime.register_stack_transformation(kube.without_waiting)
platform = PlatformOutputs.of(pulumi.StackReference(config.require("platform")))
database = platform.database(config.get("database") or "n8n")


def of_secret(key: str) -> "EnvVarSourceArgsDict":
    """Return where a variable comes from: the key *key* of the owner's credentials."""
    return {"secret_key_ref": {"name": database.credentials_secret, "key": key}}


labels = {"app.kubernetes.io/name": "worker"}
worker = kubernetes.apps.v1.Deployment(
    "worker",
    # The Secrets are in the database's namespace, and only a pod next to them can use them.
    metadata={"name": "worker", "namespace": database.namespace, "labels": labels},
    spec={
        "replicas": 1,
        "selector": {"match_labels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "containers": [
                    {
                        "name": "worker",
                        "image": IMAGE,
                        "command": ["sh", "-c", WORK],
                        # Nothing less is admitted next to a database.
                        "security_context": {
                            "allow_privilege_escalation": False,
                            "capabilities": {"drop": ["ALL"]},
                            "run_as_non_root": True,
                            "seccomp_profile": {"type": "RuntimeDefault"},
                        },
                        "env": [
                            {"name": "PGHOST", "value": database.host},
                            {"name": "PGPORT", "value": database.port.apply(str)},
                            {"name": "PGDATABASE", "value": database.database},
                            {"name": "PGUSER", "value_from": of_secret("username")},
                            {"name": "PGPASSWORD", "value_from": of_secret("password")},
                            {"name": "PGSSLMODE", "value": "verify-full"},
                            {"name": "PGSSLROOTCERT", "value": f"{CA}/ca.crt"},
                        ],
                        "volume_mounts": [{"name": "ca", "mount_path": CA, "read_only": True}],
                    }
                ],
                "volumes": [
                    {
                        "name": "ca",
                        "secret": {
                            "secret_name": database.ca_secret,
                            # The CA's private key is in the same Secret.
                            "items": [{"key": "ca.crt", "path": "ca.crt"}],
                        },
                    }
                ],
            },
        },
    },
)
pulumi.export("worker", worker.metadata["name"])

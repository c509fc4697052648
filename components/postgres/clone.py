"""A clone of a database to look into: restored from its archive, and it acts on nothing.

A physical copy holds all that made the original act: subscriptions, jobs, an archive. So of the
original's parameters a clone has only those that recovery or its extensions need.
"""

from collections.abc import Mapping
from typing import Any

from components.postgres.archive import PLUGIN
from components.postgres.barman import boto3
from components.postgres.cluster_spec import volumes
from components.postgres.extensions import loaded, quiet
from components.postgres.instances import environment, pull_secrets
from components.postgres.placement import nodes
from components.postgres.recovery import SOON
from components.postgres.spec import PostgresSpec, major_of
from components.postgres.wal import wal_sizes

SOURCE = "source"
"""What the clone calls the archive that it is restored from."""

NO_CHECK = {"cnpg.io/skipEmptyWalArchiveCheck": "enabled"}
"""Annotation: no look whether the place that it would archive to is empty; it archives nowhere."""

_NEEDED = (
    # Recovery refuses values below the original's (PostgreSQL, "Administrator's Overview" of hot
    # standby), and the server stops where it has more replication origins than places for them.
    "max_active_replication_origins",
    "max_connections",
    "max_locks_per_transaction",
    "max_prepared_transactions",
    "max_replication_slots",
    "max_wal_senders",
    "max_worker_processes",
)
_EXTENSIONS = ("auto_explain.", "pg_stat_statements.", "pgaudit.")
"""CloudNativePG drops an extension of them that has no parameter (pkg/postgres, 1.30)."""

_INERT = {
    "max_logical_replication_workers": "0",
    "max_sync_workers_per_subscription": "0",
    "autovacuum": "off",
}
_EVENT_TRIGGERS = 17  # the first that can switch them off; it has those for a login, too
_MEMORY = "1Gi"


def clone_spec(
    spec: PostgresSpec,
    *,
    image: str,
    origin: Mapping[str, Any],
    target: Mapping[str, Any],
    superuser: bool,
    region: str,
) -> dict[str, Any]:
    """Return the `Cluster.spec` of a clone.

    *origin* is the external cluster to restore from, without its name, whose store is in a
    *region*, and *target* a `recoveryTarget`; empty: all that is archived. With *superuser* the
    operator writes the Secret `<clone>-superuser`.
    """
    # Without names CloudNativePG makes a database `app` (api/v1, defaultRecovery, 1.30).
    names = {"database": spec.database, "owner": spec.owner}
    recovery: dict[str, Any] = {"source": SOURCE, **names}
    recovery |= {"recoveryTarget": target} if target else {}
    memory = spec.resources.most_memory if spec.resources else _MEMORY
    chosen = nodes(spec.placement.node_selector, spec.placement.tolerations)
    variables = [*([] if "plugin" in origin else boto3(region)), *environment(spec.env)]
    return {
        "instances": 1,
        "imageName": image,
        **pull_secrets(spec.image_pull_secrets),
        **volumes(spec),
        **({"affinity": chosen} if chosen else {}),
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi"},
            "limits": {"memory": memory},
        },
        "enableSuperuserAccess": superuser,
        # Its budget would keep a node from being drained.
        "enablePDB": False,
        "probes": SOON,
        "bootstrap": {"recovery": recovery},
        "externalClusters": [{"name": SOURCE, **origin}],
        "postgresql": {
            "parameters": clone_parameters(spec, major_of(image)),
            **loaded(
                quiet(spec.shared_preload_libraries)[0],
                spec.extension_images,
                major=major_of(image),
                of=spec.major,
            ),
        },
        **(_sidecar(origin["plugin"]) if "plugin" in origin else {}),
        **({"env": variables} if variables else {}),
    }


def clone_parameters(spec: PostgresSpec, major: int) -> dict[str, str]:
    """Return the parameters of a clone's PostgreSQL, whose version is *major*.

    Its volumes are as large as the original's, so checkpoints leave no more WAL on them.

    Not `default_transaction_read_only`: the operator itself may have to write before its pod is
    ready, as a role that is new in its version.
    """
    kept = {
        name: value
        for name, value in spec.parameters.items()
        if name in _NEEDED or name.startswith(_EXTENSIONS)
    }
    untriggered = {"event_triggers": "off"} if major >= _EVENT_TRIGGERS else {}
    idle = quiet(spec.shared_preload_libraries)[1]
    # It reserves none, and on a node that has some PostgreSQL is killed at the first it touches.
    pages = {"huge_pages": "off"} if spec.resources and spec.resources.huge_pages else {}
    return kept | wal_sizes(spec) | _INERT | untriggered | idle | pages


def _sidecar(origin: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that keeps the plugin's sidecar and never calls it.

    Without it the pod is replaced once it is restored, to lose the sidecar (plugin 0.15.0,
    lifecycle.go, shouldInjectBarmanSidecar). It must not be enabled: CloudNativePG hands WAL to
    each enabled plugin, `isWALArchiver` or not (1.30, client/wal.go, innerArchiveWAL).
    """
    parameters = {"barmanObjectName": origin["parameters"]["barmanObjectName"]}
    return {
        "plugins": [
            {"name": PLUGIN, "enabled": False, "isWALArchiver": False, "parameters": parameters}
        ]
    }

"""The recovery of a generation: from which archive, and to which point."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.kube.store import PodStore
from components.postgres.archive import PLUGIN
from components.postgres.generations import RestoreSpec

SOON = {"startup": {"periodSeconds": 1}}
"""The `probes` of a Cluster that is restored. CloudNativePG's ten seconds begin before PostgreSQL
listens: it would answer up to eight seconds later. The number of failures follows from it
(pods.go, v1.30.0)."""


@dataclass(frozen=True, kw_only=True)
class Readable:
    """A store that archives are restored from."""

    store: pulumi.Input[str]
    """The name of the plugin's ObjectStore."""

    configuration: Mapping[str, Any]
    """Barman's configuration, for in-tree recovery."""

    in_pod: PodStore
    """It, as a program in a pod uses it."""


def recovery(
    restored: RestoreSpec | None,
    *,
    server_name: str,
    readable: Readable,
    plugin: bool,
    database: str,
    owner: str,
    secret: str,
) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that restores the archive *server_name*, without delay.

    *restored* is None for a generation that follows the other site: it has no end.

    From a snapshot CloudNativePG creates the first instance's volumes, and replays the archive's
    WAL on them; it clones replicas of that instance by pg_basebackup (recovery.md, v1.30.0).

    The plugin's `serverName` defaults to the new cluster's name, which is the wrong folder
    (plugin config.go, v0.15.0). With *database*, *owner* and *secret* CloudNativePG sets the
    owner's password to the one in the Secret, which the application has (cluster_funcs.go,
    ShouldRecoveryCreateApplicationDatabase).
    """
    source: dict[str, Any] = {"name": server_name}
    if plugin:
        parameters = {"barmanObjectName": readable.store, "serverName": server_name}
        # With the API server's defaults, as server-side apply takes all sources as one value.
        defaults = {"enabled": True, "isWALArchiver": False}
        source["plugin"] = {"name": PLUGIN, "parameters": parameters, **defaults}
    else:
        source["barmanObjectStore"] = {**readable.configuration, "serverName": server_name}
    target = recovery_target(restored) if restored else {}
    volumes = _volumes(restored) if restored and restored.snapshot else {}
    return {
        "probes": SOON,
        "bootstrap": {
            "recovery": {
                "source": server_name,
                "database": database,
                "owner": owner,
                "secret": {"name": secret},
                **({"recoveryTarget": target} if target else {}),
                **({"volumeSnapshots": volumes} if volumes else {}),
            }
        },
        "externalClusters": [source],
    }


def recovery_target(restored: RestoreSpec) -> dict[str, Any]:
    """Return the `recoveryTarget`; empty for everything that is archived, from the newest start.

    A base backup alone does not end the replay (plugin #667): `targetImmediate` does. A transaction
    needs its base backup, as CloudNativePG finds one by time or LSN only, and no ID is permitted
    next to a snapshot (cluster_webhook.go, v1.30.0). One that is named goes before the one that it
    finds (barman-cloud v0.5.2, catalog.go).
    """
    start = {"backupID": restored.backup} if restored.backup is not None else {}
    if restored.before_xid is not None:
        return {**start, "targetXID": str(restored.before_xid), "exclusive": True}
    if restored.time:
        return {**start, "targetTime": restored.time}
    return {**start, "targetImmediate": True} if restored.ends else start


def _volumes(restored: RestoreSpec) -> dict[str, Any]:
    """Return the `volumeSnapshots` that the volumes of the first instance are created from."""
    given = {"storage": restored.snapshot, "walStorage": restored.wal_snapshot}
    return {
        volume: {"name": name, "kind": "VolumeSnapshot", "apiGroup": "snapshot.storage.k8s.io"}
        for volume, name in given.items()
        if name
    }

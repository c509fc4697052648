"""From in-tree archiving to the plugin by the product's own `pulumi up`, and back again.

About two minutes on a quiet machine.
"""

import time
from pathlib import Path

import pytest

from components.pods import wal
from tests import valid
from tests.lab.conftest import MODULE, Claim
from tests.support import to_module
from tools import kube
from tools.lab.databases import archives
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.databases.load import load

pytestmark = pytest.mark.group("legacy")

_SEGMENT = 16 << 20
_SIDECAR = "plugin-barman-cloud"


def test_migration_from_in_tree_to_plugin_leaves_no_gap(
    environment: Environment, legacy: Deployed, tmp_path: Path, claim: Claim
) -> None:
    assert environment.spec.databases["legacy"].backup.method == "in-tree"
    plugin = valid.edited(str(MODULE), {"databases.legacy.backup.method": "plugin"})
    migrated = Environment(environment.lab, to_module(plugin, tmp_path / MODULE.name))
    database = migrated.database("legacy")
    before = legacy.back_up(f"in-tree-{int(time.time())}")
    uid = _uid(legacy)
    try:
        with load(legacy) as writer:
            first = legacy.archive_now()
            change = migrated.up()
            returned = time.monotonic()
            _wait_rolled(database, sidecar=True)
            rolled = time.monotonic() - returned
            writer.wait_written_after(time.time())
            after = database.back_up(f"plugin-{int(time.time())}")
            acknowledged = set(writer.acknowledged())
            last = database.archive_now()
        assert _uid(database) == uid, "the Cluster was replaced"
        assert database.condition("ContinuousArchiving") == "True"
        assert after["method"] == "plugin"
        replayed = _replayed(database, first)
        assert last in replayed, f"WAL is missing between {replayed[-1:]} and {last}"
        # The older base backup is asked for, so that recovery replays the WAL of both methods.
        target = {"backupID": before["backupId"]}
        with database.restored("legacy-migrated", target=target) as (restored, seconds):
            found = {int(one) for one in restored.sql("select id from load").split()}
        assert acknowledged <= found, f"lost: {sorted(acknowledged - found)[:20]}"
    finally:
        environment.up()
        _wait_rolled(legacy, sidecar=False)
        legacy.archive_now()
    assert _uid(legacy) == uid
    assert legacy.condition("ContinuousArchiving") == "True"
    claim("up that migrates", change.seconds, "s")
    claim("until the pod has the plugin, after it", rolled, "s")
    claim("WAL segments across it, none missing", len(replayed), "")
    claim("rows acknowledged across it, all restored", len(acknowledged), "")
    claim("restore of the base backup from before it", seconds, "s")


def _uid(database: Deployed) -> str:
    found = database.lab.get(database.path)
    assert found is not None, f"Cluster {database.name} is gone"
    return str(found["metadata"]["uid"])


def _wait_rolled(database: Deployed, *, sidecar: bool) -> None:
    """Wait until the pod of the only instance has the plugin's sidecar, or not, and archives."""
    pods = f"/api/v1/namespaces/{database.namespace}/pods"
    selector = f"?labelSelector=cnpg.io%2Fcluster%3D{database.name}%2Ccnpg.io%2FpodRole%3Dinstance"

    def rolled() -> bool:
        specs = [one["spec"] for one in database.lab.kube.items(pods + selector)]
        have = [{c["name"] for c in spec.get("initContainers", [])} for spec in specs]
        return len(have) == 1 and (_SIDECAR in have[0]) is sidecar

    kube.wait(
        f"{database.name} {'with' if sidecar else 'without'} the plugin's sidecar",
        rolled,
        lambda: str(database.status().get("phase")),
    )
    database.wait_healthy(1)
    database.wait_archiving()


def _replayed(database: Deployed, first: str) -> list[str]:
    """Return the segments from `first` on that are in the bucket without a gap."""
    assert database.archive
    objects = archives.objects(database.lab, database.namespace, database.archive)
    keys = [key for key in objects if key.startswith(f"{database.name}/wals/")]
    found = wal.Lineage(int(first[:8], 16), [], _SEGMENT).followed(wal.archived(keys))
    number = wal.segment_number(first, _SEGMENT)
    return [
        found[one].name
        for stretch in wal.stretches(found)
        if number in stretch
        for one in range(number, stretch.stop)
    ]

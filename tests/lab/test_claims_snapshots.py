"""A database on volumes with snapshots: made, restored from one, and replicas made of one.

The driver is a stand-in of ours (tools/go/csi) on a file system that copies on write; Kubernetes'
own controllers, CloudNativePG and the plugin drive it. About eight minutes, three more where the
controllers are to be built first.
"""

import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.conftest import Claim
from tests.lab.recovering import NAME, Recovering
from tools.lab.bringup import add_snapshots
from tools.lab.cluster import Lab
from tools.lab.databases.databases import Database
from tools.lab.databases.environment import Change, Environment
from tools.lab.operators import snapshots
from tools.lab.programs import csi

pytestmark = [pytest.mark.own_parts("volume snapshots"), pytest.mark.group("alone")]

_ROWS = "select count(*), md5(string_agg(id || word, ',' order by id)) from members"
_IDENTITY = "select system_identifier from pg_control_system()"


@pytest.fixture(scope="module")
def shop(lab: Lab, deployed: Change, environment: Environment) -> Iterator[Recovering]:
    """The database whose volumes the driver makes."""
    assert deployed.said
    add_snapshots(lab)
    environment.up()  # without the one that other tests have left
    made = Recovering(lab, lab.directory / "snapshots")
    made.snapshot()
    made.up()
    yield made
    environment.up()


def _source(database: Database, instance: int) -> dict[str, Any]:
    """Return what the data volume of an instance was made of, empty where of nothing."""
    claims = f"/api/v1/namespaces/{database.namespace}/persistentvolumeclaims"
    found = database.lab.get(f"{claims}/{database.name}-{instance}") or {"spec": {}}
    return dict(found["spec"].get("dataSource") or {})


def test_the_driver_of_the_lab_does_what_csi_asks_of_one(lab: Lab, shop: Recovering) -> None:
    assert shop.environment.spec.databases[NAME].snapshots
    kubelet = lab.directory / "kubelet"
    done = subprocess.run(
        [
            *(csi.toolchain().binary(csi.SANITY), "--ginkgo.no-color"),
            f"--csi.endpoint={snapshots.socket(kubelet)}",
            f"--csi.mountdir={kubelet / 'sanity-target'}",
            f"--csi.stagingdir={kubelet / 'sanity-staging'}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " 0 Failed" in done.stdout


def test_a_generation_is_restored_from_a_volume_snapshot_and_the_archives_wal(
    shop: Recovering, claim: Claim
) -> None:
    first = shop.active
    first.wait_archiving()
    first.sql(
        "create table members as select g as id, md5(g::text) as word"
        " from generate_series(1, 1000) g; alter table members owner to shop"
    )
    first.back_up("shop-copied")
    first.back_up("shop-snapped", snapshot=True)
    time.sleep(2)  # its end is known to the second, rounded up: what comes later is after it
    first.sql("insert into members select g, 'later' from generate_series(1001, 1500) g")
    wanted, identity = first.sql(_ROWS), first.sql(_IDENTITY)
    first.archive_now()

    said = shop.said("restore", NAME, "--to", "latest", "--write")
    assert "from snapshot shop-snapped of " in said
    changed = shop.up()
    claim("pulumi up that restores a candidate from a snapshot", changed.seconds, "s")
    second = shop.generation(2)
    assert _source(second, 1)["name"] == "shop-snapped"
    assert second.sql(_ROWS) == wanted
    assert second.sql(_IDENTITY) == identity
    assert shop.active.name == first.name, "clients were sent to a candidate"

    shop.said("activate", NAME, "2", "--write")
    shop.up()
    active = shop.active
    assert active.name == second.name
    active.sql("insert into members values (9999, 'of the second')")
    assert active.archive_seen().startswith(f"{second.name}/wals/")
    assert active.sql("select count(*) from members") == "1501"


def test_a_replica_is_made_of_a_snapshot_of_its_own_cluster(shop: Recovering, claim: Claim) -> None:
    database = shop.active
    database.wait_healthy(1)
    shop.file.write_text(shop.file.read_text().replace("instances=1,", "instances=2,", 1))
    database.back_up(f"{database.name}-snapped", snapshot=True)
    database.sql("create table after_it as select 1 as id")
    changed = shop.up()
    claim("pulumi up that adds a replica made of a snapshot", changed.seconds, "s")
    database.wait_healthy(2)
    assert _source(database, 2)["name"] == f"{database.name}-snapped"
    replica = f"{database.name}-2"
    database.lab.wait(
        "the replica has the row",
        lambda: database.sql("select count(*) from after_it", pod=replica) == "1",
    )
    assert database.sql("select pg_is_in_recovery()", pod=replica) == "t"

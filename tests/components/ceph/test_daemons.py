"""Resources of Ceph's daemons: none is without, and a change reaches its own daemon only."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.ceph.daemons import half_reserved, reserved
from tests import valid
from tests.support import declared


def _specs(**changes: Any) -> dict[str, Any]:
    """Return the spec of each of Ceph's objects that run daemons, by kind."""
    recording = declared(valid.environment(**changes))
    kinds = {"CephCluster", "CephFilesystem", "CephObjectStore"}
    return {m["kind"]: m["spec"] for m in recording.manifests() if m["kind"] in kinds}


def _memory(resources: Mapping[str, Any]) -> tuple[str, str]:
    return resources["requests"]["memory"], resources["limits"]["memory"]


@pytest.mark.parametrize(
    ("memory", "half"), [("2Gi", "1Gi"), ("3Gi", "1536Mi"), ("1Gi", "512Mi"), ("5Mi", "2560Ki")]
)
def test_half_of_the_memory_is_reserved_in_a_unit_that_makes_it_whole(
    memory: str, half: str
) -> None:
    assert _memory(half_reserved(valid.daemon(memory=memory))) == (half, memory)
    assert _memory(reserved(valid.daemon(memory=memory))) == (memory, memory)


def test_no_daemon_is_the_first_that_is_evicted() -> None:
    made = _specs(storage=valid.storage())
    daemons = made["CephCluster"]["resources"] | {
        "mds": made["CephFilesystem"]["metadataServer"]["resources"],
        "rgw": made["CephObjectStore"]["gateway"]["resources"],
    }
    assert {name for name, given in daemons.items() if given["requests"]["memory"]} == {
        *("mon", "mgr", "osd", "mds", "rgw"),
        *("mgr-sidecar", "prepareosd", "crashcollector", "exporter"),
    }
    # A job that prepares a disk must end; Rook's chart gives it no limit either.
    assert {name for name, given in daemons.items() if "limits" not in given} == {"prepareosd"}


def test_each_daemon_gets_what_the_environment_says() -> None:
    made = _specs(
        storage=valid.storage(
            resources=valid.ceph_resources(
                mon=valid.daemon(memory="4Gi"),
                mgr=valid.daemon(memory="3Gi"),
                osd=valid.daemon(memory="6Gi"),
                mds=valid.daemon(memory="8Gi"),
            )
        ),
        object_store=valid.object_store(resources=valid.daemon(cpu="2", memory="5Gi")),
    )
    cluster = made["CephCluster"]["resources"]
    assert _memory(cluster["mon"]) == ("2Gi", "4Gi")
    assert _memory(cluster["mgr"]) == ("1536Mi", "3Gi")
    assert _memory(cluster["osd"]) == ("6Gi", "6Gi")
    assert _memory(made["CephFilesystem"]["metadataServer"]["resources"]) == ("8Gi", "8Gi")
    gateway = made["CephObjectStore"]["gateway"]["resources"]
    assert (gateway["requests"]["cpu"], _memory(gateway)) == ("2", ("2560Mi", "5Gi"))


def test_gateways_are_evicted_after_databases_wherever_ceph_comes_from() -> None:
    for storage in (None, valid.storage(), valid.existing_ceph()):
        gateway = _specs(storage=storage)["CephObjectStore"]["gateway"]
        assert gateway["priorityClassName"] == "system-cluster-critical"
        assert _memory(gateway["resources"]) == ("1Gi", "2Gi")

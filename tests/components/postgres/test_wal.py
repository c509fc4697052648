"""What slots may keep of WAL, by the volume that holds it."""

from typing import Any

import pytest

from components.postgres.wal import kept_wal, slot_parameters, wal_parameters
from components.spec.words import size_bytes
from stacks.environment import EnvironmentSpec
from tests import valid
from tests.support import declared


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"storage": "10Gi"}, "2304MB"),
        ({"storage": "2Gi"}, "512MB"),
        ({"wal_storage": "20Gi"}, "9728MB"),
        ({"wal_storage": "5Gi"}, "2048MB"),
        ({"wal_storage": "5Gi", "parameters": {"max_wal_size": "4GB"}}, "512MB"),
        ({"wal_storage": "5Gi", "parameters": {"wal_keep_size": "3GB"}}, "3072MB"),
        ({"storage": "1Gi", "parameters": {"max_wal_size": "256MB"}}, "512MB"),
    ],
)
def test_with_replicas_a_slot_keeps_a_part_of_what_checkpoints_leave(
    changes: dict[str, Any], limit: str
) -> None:
    spec = valid.database(instances=3, **changes)
    assert slot_parameters(spec) == {"max_slot_wal_keep_size": limit}


@pytest.mark.parametrize("size", ["2Gi", "3Gi", "5Gi", "10Gi", "50Gi", "2Ti"])
@pytest.mark.parametrize("field", ["storage", "wal_storage"])
def test_the_limit_that_tier0_sets_fits_the_volume(field: str, size: str) -> None:
    sizes: dict[str, Any] = {"instances": 3, field: size}
    spec = valid.database(**sizes)
    assert sum(kept_wal(spec).values()) < size_bytes(size)


def test_one_instance_has_no_slot_to_limit() -> None:
    assert slot_parameters(valid.database(instances=1)) == {}


@pytest.mark.parametrize("given", ["3GB", "-1"])
def test_the_limit_that_is_given_wins(given: str) -> None:
    parameters = {"max_slot_wal_keep_size": given}
    spec = valid.environment(databases={"n8n": valid.database(parameters=parameters)})
    manifests = declared(EnvironmentSpec.model_validate(spec)).manifests()
    (cluster,) = (it for it in manifests if it["kind"] == "Cluster")
    assert cluster["spec"]["postgresql"]["parameters"]["max_slot_wal_keep_size"] == given


def test_of_what_is_kept_for_replicas_only_the_larger_counts() -> None:
    """xlog.c, KeepLogSeg: both are counted back from the newest segment."""
    parameters = {"wal_keep_size": "1GB", "max_slot_wal_keep_size": "2GB"}
    spec = valid.database(parameters=parameters)
    assert kept_wal(spec) == {"max_wal_size": 2**30, "max_slot_wal_keep_size": 2**31}


@pytest.mark.parametrize(
    ("segment", "sizes"),
    [
        (16, {}),
        (32, {"max_wal_size": "1GB", "min_wal_size": "160MB"}),
        (64, {"max_wal_size": "1GB", "min_wal_size": "320MB"}),
        (128, {"max_wal_size": "1GB", "min_wal_size": "640MB"}),
    ],
)
def test_larger_segments_leave_the_volume_as_full(segment: int, sizes: dict[str, str]) -> None:
    spec = valid.database(wal_segment=segment)
    found = wal_parameters(spec, spec.current)
    assert {name: found[name] for name in found if name != "wal_compression"} == sizes


@pytest.mark.parametrize(
    ("image", "compressed"),
    [
        ("ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie", True),
        ("ghcr.io/cloudnative-pg/postgresql:15", True),
        ("ghcr.io/cloudnative-pg/postgresql:14.19", False),
        ("registry.example.org/postgresql:17.6", False),
    ],
)
def test_pages_in_wal_are_compressed_where_the_image_is_known_to_do_it(
    image: str, *, compressed: bool
) -> None:
    spec = valid.database(image=image)
    given = wal_parameters(spec, spec.current)
    assert given == ({"wal_compression": "lz4"} if compressed else {})


@pytest.mark.parametrize(("from_major", "compressed"), [(14, False), (15, True)])
def test_an_upgrade_runs_the_old_server_with_what_it_knows(
    from_major: int, *, compressed: bool
) -> None:
    spec = valid.database(generations=[valid.upgrade(from_major=from_major)])
    assert ("wal_compression" in wal_parameters(spec, spec.current)) is compressed

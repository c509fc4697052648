"""What PostgreSQL loads at its start, in a Cluster and in a copy of it."""

from typing import Any

import pytest

from components.postgres.clone import clone_spec
from components.postgres.cluster_spec import cluster_spec
from components.postgres.extensions import quiet
from tests import valid

OTHERS = "docker.io/timescale/cnpg:17.6"
NEWER = "ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie"
ORIGIN = {"plugin": {"name": "x", "parameters": {"barmanObjectName": "s", "serverName": "n8n"}}}
POSTGIS = "ghcr.io/cloudnative-pg/postgis-extension:3.6.2-18-trixie"


def _clone(image: str, **changes: Any) -> dict[str, Any]:
    spec = valid.database(image=image, **changes)
    made = clone_spec(
        spec, image=spec.image, origin=ORIGIN, target={}, superuser=False, region="us-east-1"
    )
    postgresql: dict[str, Any] = made["postgresql"]
    return postgresql


def test_libraries_are_loaded_in_their_order() -> None:
    spec = valid.database(image=OTHERS, shared_preload_libraries=["timescaledb", "pg_cron"])
    said = cluster_spec(spec, spec.current)["postgresql"]
    assert said["shared_preload_libraries"] == ["timescaledb", "pg_cron"]


def test_every_generation_loads_them() -> None:
    spec = valid.database(
        image=OTHERS, shared_preload_libraries=["vchord"], generations=[valid.restore()], active=1
    )
    said = [cluster_spec(spec, it)["postgresql"] for it in spec.lineage]
    assert [it["shared_preload_libraries"] for it in said] == [["vchord"]] * 2


def test_an_extensions_image_is_a_volume_with_the_folders_that_are_given() -> None:
    postgis = valid.extension_image(image=POSTGIS, ld_library_path=["system"])
    spec = valid.database(image=NEWER, extension_images={"postgis": postgis})
    assert cluster_spec(spec, spec.current)["postgresql"]["extensions"] == [
        {"name": "postgis", "image": {"reference": POSTGIS}, "ld_library_path": ["system"]}
    ]


def test_a_clone_loads_what_tables_need_and_nothing_that_acts() -> None:
    said = _clone(OTHERS, shared_preload_libraries=["timescaledb.so", "pg_cron", "pg_net.so"])
    assert said["shared_preload_libraries"] == ["timescaledb.so"]
    assert said["parameters"]["timescaledb.max_background_workers"] == "0"


def test_a_clone_starts_no_job_even_if_the_original_has_workers_for_them() -> None:
    workers = {"timescaledb.max_background_workers": "16"}
    said = _clone(OTHERS, shared_preload_libraries=["timescaledb"], parameters=workers)
    assert said["parameters"]["timescaledb.max_background_workers"] == "0"


def test_a_clone_has_the_images_of_extensions() -> None:
    images = {"postgis": valid.extension_image(image=POSTGIS)}
    said = _clone(NEWER, extension_images=images, shared_preload_libraries=["postgis"])
    assert [it["name"] for it in said["extensions"]] == ["postgis"]
    assert said["shared_preload_libraries"] == ["postgis"]


def test_a_clone_of_another_major_has_none_of_them() -> None:
    """An older generation's archive is read by the image of its own version."""
    images = {"postgis": valid.extension_image(image=POSTGIS)}
    spec = valid.database(
        image=NEWER, extension_images=images, shared_preload_libraries=["postgis", "pg_trgm"]
    )
    older = "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie"
    said = clone_spec(
        spec, image=older, origin=ORIGIN, target={}, superuser=False, region="us-east-1"
    )["postgresql"]
    assert said["shared_preload_libraries"] == ["pg_trgm"]
    assert "extensions" not in said


@pytest.mark.parametrize("libraries", [[], ["pg_cron"]])
def test_nothing_to_load_is_no_parameter(libraries: list[str]) -> None:
    assert quiet(libraries) == ([], {})

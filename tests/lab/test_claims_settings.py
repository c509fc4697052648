"""Archives of the settings that make archiving cheap, restored by each method from each store.

About six minutes on a quiet machine.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.pods.restoring import SIDECAR
from tests import valid
from tests.lab.conftest import COPIES, LOCK_DAYS, Claim
from tests.lab.recovering import NAME, Recovering
from tests.support import to_module
from tools.lab.cluster import Lab
from tools.lab.databases.archives import Method
from tools.lab.databases.copier import Copier
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.offsite.store import Offsite

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("alone")]

_SETTINGS = {
    f"databases.{NAME}.parameters": {"max_wal_size": "512MB"},
    f"databases.{NAME}.storage": "4Gi",
    f"databases.{NAME}.wal_segment": 64,
}
"""Zstd at level 1, pages in WAL compressed with lz4, and prefetch are the defaults."""

_AHEAD = "Restored WAL file from spool"
"""Said by the plugin of a segment that an earlier process has left where it looks first."""

_ROWS = "select count(*), sum(hashtextextended(word, id)) from kept"
_FILL = (
    "insert into kept select g, repeat(md5(random()::text), 8)"
    " from generate_series({first}, {last}) g"
)


@pytest.fixture(scope="module")
def source(
    lab: Lab,
    n8n: Deployed,  # noqa: ARG001 (the environment is deployed)
    environment: Environment,
) -> Iterator[Deployed]:
    """A database with WAL segments of 64 MiB: a base backup, and five segments after it."""
    store = Offsite(lab)
    store.start()
    store.make_copy_bucket(COPIES, LOCK_DAYS)
    shop = Recovering(lab, lab.directory / "settings")
    to_module(valid.edited(str(shop.file), _SETTINGS), shop.file)
    shop.up()
    lab.apply([store.copier_secret(shop.environment.spec.databases[NAME].namespace)])
    database = shop.active
    database.wait_archiving()
    database.sql("create table kept (id int, word text)")
    database.sql(_FILL.format(first=1, last=1000))
    database.back_up(f"shop-settings-{int(time.time())}")
    for first in range(1001, 1_000_001, 200_000):
        database.sql(_FILL.format(first=first, last=first + 199_999))
    database.archive_now()
    Copier.of(database).wait_whole()
    yield database
    environment.up()


def _settings(database: Deployed) -> dict[str, str]:
    names = ("wal_segment_size", "wal_compression", "min_wal_size")
    return {name: database.sql(f"show {name}") for name in names}


def test_large_segments_at_the_cheap_level_are_what_is_archived(
    source: Deployed, claim: Claim
) -> None:
    wal: Mapping[str, Any] = source.configuration()["wal"]
    assert wal["archiveAdditionalCommandArgs"] == ["--compression-level=1"]
    settings = _settings(source)
    assert settings == {
        "wal_segment_size": "64MB",
        "wal_compression": "lz4",
        "min_wal_size": "320MB",
    }
    assert source.archive_seen().endswith(".zst")
    claim("WAL segments", settings["wal_segment_size"], "")


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
@pytest.mark.parametrize("store", ["archive", "offsite"])
def test_an_archive_of_the_cheap_settings_is_restored_by_each_method_from_each_store(
    source: Deployed, store: str, method: Method, claim: Claim
) -> None:
    where = source.configuration()
    if store == "offsite":
        group = f"/apis/barmancloud.cnpg.io/v1/namespaces/{source.namespace}"
        found = source.lab.get(f"{group}/objectstores/{source.name}-offsite") or {}
        where = dict(found["spec"]["configuration"])
    began = time.monotonic()
    name = f"shop-{store}-{method}"
    with source.restoring(name, configuration=where, method=method) as restored:
        if method == "plugin":
            source.lab.wait(
                "a segment fetched ahead",
                lambda: _AHEAD in restored.recovery_log(SIDECAR),
            )
        restored.wait_healthy(1)
        claim(f"restored from the {store}, {method}", time.monotonic() - began, "s")
        assert restored.sql(_ROWS) == source.sql(_ROWS)
        assert restored.sql("show wal_segment_size") == "64MB"

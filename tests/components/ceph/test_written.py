"""What is declared for Rook is what Rook leaves of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.ceph.written import shortest
from tests import valid
from tests.support import declared


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("2048Mi", "2Gi"),
        ("1536Mi", "1536Mi"),
        ("1024Gi", "1Ti"),
        ("512Ki", "512Ki"),
        ("2000m", "2"),
        ("500m", "500m"),
        ("4", "4"),
    ],
)
def test_a_quantity_is_written_in_its_shortest_form(given: str, written: str) -> None:
    assert shortest(given) == written


def _falsehoods(value: Any, place: str) -> Iterator[str]:
    if value is False or value == {}:
        yield place
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from _falsehoods(item, f"{place}.{key}")


@pytest.mark.parametrize("disposable", [True, False])
def test_no_object_of_ceph_says_what_rook_drops(disposable: bool) -> None:  # noqa: FBT001 - a case
    one = valid.storage(copies=1, monitors=1) if disposable else valid.storage()
    store = valid.object_store(copies=1 if disposable else 3)
    environment = valid.environment(disposable=disposable, storage=one, object_store=store)
    objects = [
        manifest
        for manifest in declared(environment).manifests()
        if manifest["apiVersion"].startswith("ceph.rook.io/")
    ]
    assert {it["kind"] for it in objects} == {
        "CephBlockPool", "CephCluster", "CephFilesystem", "CephObjectStore"
    }  # fmt: skip
    assert [it for one in objects for it in _falsehoods(one["spec"], one["kind"])] == []

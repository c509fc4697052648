"""What follows in the whole wiring from one choice of an environment."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests import valid
from tests.support import declared


def mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield each mapping in *value*, also those in JSON, as programs in pods get them."""
    if isinstance(value, str) and value.startswith('{"'):
        value = json.loads(value)
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from mappings(part)


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
def test_a_path_in_the_bucket_is_where_all_write_and_read(method: str) -> None:
    changes = {
        "databases.orders.backup.bucket": valid.existing_bucket(path="clusters/prod"),
        "databases.orders.backup.method": method,
    }
    found = [*mappings([*declared(valid.restored(changes)).manifests()])]
    assert {it["destinationPath"] for it in found if "destinationPath" in it} == {
        "s3://archives/clusters/prod/",
        "s3://production-archives/archives/clusters/prod/",
    }
    read = {(it["bucket"], it["prefix"]) for it in found if "prefix" in it}
    assert read == {
        ("archives", "clusters/prod/"),
        ("production-archives", "archives/clusters/prod/"),
    }

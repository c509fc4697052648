"""The off-site copy: restored alone, encrypted and locked in its own right, its faults said.

One to five minutes each on a quiet machine. The other store is the neighbour's Ceph (see offsite).
"""

import re
import time
from typing import Any
from urllib.parse import quote

import pytest

from tests.lab.conftest import BUCKET, COPIES, LOCK_DAYS, Claim
from tools import Fault
from tools.lab.databases import archives
from tools.lab.databases.copier import Copier, Line, copies
from tools.lab.databases.deployed import Deployed
from tools.lab.offsite.store import COPIER, Offsite

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("outside")]

MARKER = "tier0-plaintext-that-no-other-disk-may-show"
_ROWS = "select count(*), md5(string_agg(word, ',' order by id)) from kept"
_REMOVE = """
pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=name)
for page in pages:
    for one in page.get("Versions", []) + page.get("DeleteMarkers", []):
        client.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
assert not client.list_objects_v2(Bucket=bucket, Prefix=name).get("Contents")
"""


def test_a_database_is_restored_from_the_copy_alone_after_its_archive_was_emptied(
    n8n: Deployed, copier: Copier, claim: Claim
) -> None:
    with n8n.copied("n8n-twice", 1) as database:
        database.wait_archiving()
        with copier.another(f"{database.name}-copy", copies(database.name)) as other:
            database.sql(
                "create table kept as"
                " select g as id, md5(g::text) as word from generate_series(1, 20000) g"
            )
            database.back_up(f"{database.name}-base")
            database.sql("insert into kept select g, 'later' from generate_series(20001, 20500) g")
            wanted = database.sql(_ROWS)
            database.archive_now()
            archived = time.time()
            other.wait_copied("wal", archived)
            other.wait_copied("base", archived)
            claim("archived, until the copy has it", time.time() - archived, "s")
        database.burn()
        assert database.archive
        _emptied(database)
        where = _restoring(n8n)
        with database.restored(f"{database.name}-back", configuration=where) as (restored, took):
            assert restored.sql(_ROWS) == wanted
    claim("rows back from the copy alone", int(wanted.partition("|")[0]), "rows")
    claim("restore from the copy, to healthy", took, "s")


def _emptied(database: Deployed) -> None:
    """Delete every object of a database's archive, by the archive's own keys."""
    assert database.archive
    arguments = [database.archive.endpoint, database.archive.bucket, f"{database.name}/"]
    place = (database.namespace, "empty")
    configuration = database.archive.configuration
    archives.ask(database.lab, place, configuration, archives.CONNECT + _REMOVE, arguments)


def _restoring(database: Deployed) -> dict[str, Any]:
    """Return the configuration of the ObjectStore that tier0 declares for the copy."""
    group = f"/apis/barmancloud.cnpg.io/v1/namespaces/{database.namespace}"
    found = database.lab.get(f"{group}/objectstores/{database.name}-offsite") or {}
    return dict(found["spec"]["configuration"])


def test_the_copy_is_encrypted_in_its_own_right(
    n8n: Deployed, store: Offsite, copier: Copier, claim: Claim
) -> None:
    n8n.sql("create table if not exists marked_twice (word text)")
    n8n.sql(f"copy marked_twice from program 'yes {MARKER} | head -n 1000'")
    segment = n8n.archive_now()
    copier.wait_copied("wal", time.time())
    key = f"{n8n.name}/wals/{segment[:16]}/{segment}.gz"
    raw = store.raw_object(key)
    assert len(raw) > 1000, f"{key} was not found on the other store's disk"
    assert b"\x1f\x8b" not in raw[:2], f"{key} lies there as it was read"
    assert MARKER.encode() not in raw
    store.request(f"/{BUCKET}/control", "-X", "PUT", "--data", MARKER)
    assert store.raw_object("control") == MARKER.encode(), "this look would find no plaintext"
    head = _head(store, f"/{COPIES}/{_bucket(n8n)}/{key}")
    assert head["x-amz-server-side-encryption"] == "AES256"
    claim("bytes of the WAL segment on the other disk, none plain", len(raw), "")


def _head(store: Offsite, path: str) -> dict[str, str]:
    """Return what the other store says of an object to its bucket's owner."""
    said = store.request(path, "--output", "/dev/null", "--dump-header", "-")
    return dict(line.strip().split(": ", 1) for line in said.splitlines() if ": " in line)


def _bucket(database: Deployed) -> str:
    assert database.archive
    return database.archive.bucket


def test_a_locked_copy_is_deleted_by_nobody(
    n8n: Deployed, store: Offsite, copier: Copier, claim: Claim
) -> None:
    n8n.archive_now()
    copier.wait_copied("wal", time.time())
    folder = f"{_bucket(n8n)}/{n8n.name}/offsite/self-test/"
    listed = store.request(f"/{COPIES}?list-type=2&prefix={quote(folder, safe='')}")
    key = f"/{COPIES}/{re.findall('<Key>([^<]+)</Key>', listed)[-1]}"
    head = _head(store, key)
    assert head["x-amz-object-lock-mode"] == "COMPLIANCE"
    version = head["x-amz-version-id"]
    deleted = ("-X", "DELETE")
    with pytest.raises(Fault, match="AccessDenied"):
        store.request(f"{key}?versionId={version}", *deleted)
    bypass = ("-H", "x-amz-bypass-governance-retention: true")
    with pytest.raises(Fault, match="AccessDenied"):
        store.request(f"{key}?versionId={version}", *deleted, *bypass)
    with pytest.raises(Fault, match="AccessDenied"):
        store.request(f"{key}?versionId={version}", *deleted, user=COPIER)
    with pytest.raises(Fault, match="AccessDenied"):  # nor hidden from a restore
        store.request(key, *deleted, user=COPIER)
    claim("locked until", head["x-amz-object-lock-retain-until-date"], "")


@pytest.mark.parametrize("fault", ["wrong keys", "full", "no lock"])
def test_what_is_wrong_with_the_other_store_is_said_and_heals(
    n8n: Deployed, store: Offsite, copier: Copier, fault: str, claim: Claim
) -> None:
    bucket = f"{fault.replace(' ', '-')}-{int(time.time())}"
    store.make_copy_bucket(bucket, None if fault == "no lock" else LOCK_DAYS)
    broken = store.copier_secret(n8n.namespace)
    broken["metadata"]["name"] = bucket
    whole = dict(broken["stringData"])
    if fault == "wrong keys":
        broken["stringData"] = whole | {"ACCESS_SECRET_KEY": "another"}
    if fault == "full":
        store.limit(bucket, 1)
    n8n.lab.apply([broken])

    def told(settings: Line) -> None:
        settings["pause_seconds"] = 5
        settings["target"] |= {"bucket": bucket, "keys": f"Secret {bucket}"}

    said = {
        "wrong keys": ("fault", "it refuses the keys (SignatureDoesNotMatch); fix Secret"),
        "full": ("fault", "it is full (QuotaExceeded); give it more space"),
        "no lock": ("lock", "is not locked; give the bucket a default retention of COMPLIANCE"),
    }
    where, sentence = said[fault]
    try:
        with copier.another(bucket, told, target=bucket) as other:
            line = other.wait(fault, lambda line: sentence in line.get(where, ""))
            claim(fault, line[where], "")
            if fault == "no lock":
                assert "copied_until" in line, "a copy without a lock is better than none"
                return
            if fault == "full":
                store.limit(bucket, -1)
            n8n.lab.apply([broken | {"stringData": whole}])
            began = time.monotonic()
            other.wait_well("wal")
            claim("until it copies, once mended", time.monotonic() - began, "s")
    finally:
        n8n.lab.kube.delete("v1", "Secret", bucket, n8n.namespace)

"""A bucket is claimed in an object store that another environment has made, and owns.

The lab's environment stays; this one has its own stack next to it. Five minutes on a quiet machine.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from components.certificates import ISSUER
from tests.lab.conftest import Claim
from tools.lab.cluster import Lab
from tools.lab.databases import archives
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment

pytestmark = [pytest.mark.own_parts("object store"), pytest.mark.group("parts")]

_MODULE = Path(__file__).parent / "environments" / "claimed.py"
_ROWS = "select count(*), md5(string_agg(word, ',' order by id)) from kept"


def _store(environment: Environment) -> str:
    """Return which object the store is, and which of its specs it is."""
    store = environment.store
    place = ("ceph.rook.io/v1", "CephObjectStore", store.name, store.namespace)
    metadata = (environment.lab.kube.get(*place) or {})["metadata"]
    return f"{metadata['uid']} {metadata['generation']}"


@pytest.fixture(scope="module")
def claimed(lab: Lab, n8n: Deployed, environment: Environment) -> Iterator[Environment]:
    """The environment, in the store of the lab's, whose CA its owner has given."""
    made = Environment(lab, _MODULE, folder="claimed")
    spec = made.spec.databases["app"]
    before = _store(environment)
    given = lab.kube.get("v1", "Secret", ISSUER, n8n.namespace) or {}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": made.spec.store_ca, "namespace": spec.namespace},
        "data": {"ca.crt": given["data"]["ca.crt"]},
    }
    with ThreadPoolExecutor(1) as pool:
        rising = pool.submit(made.up)
        lab.wait("its namespace", lambda: bool(lab.get(f"/api/v1/namespaces/{spec.namespace}")))
        lab.apply([secret])
        rising.result()
    yield made
    made.down()
    assert _store(environment) == before, "the store was changed"


def test_in_a_store_that_exists_a_bucket_is_claimed_and_its_archive_restored(
    claimed: Environment, claim: Claim
) -> None:
    database = claimed.database("app")
    database.wait_archiving()
    database.sql("create table kept (id int, word text)")
    database.sql("insert into kept select g, 'kept' from generate_series(1, 1000) g")
    database.back_up("claimed")
    database.archive_now()
    assert database.archive
    found = archives.objects(database.lab, database.namespace, database.archive)
    assert {it.get("ServerSideEncryption") for it in found.values()} == {"AES256"}
    with database.restored("claimed-restored") as (restored, seconds):
        assert restored.sql(_ROWS) == database.sql(_ROWS)
        claim("restored from a claimed bucket of a store that exists", seconds, "s")
    again = claimed.up()
    assert again.nothing, again.said

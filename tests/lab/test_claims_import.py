"""A database is imported from an older PostgreSQL that tier0 does not know.

The source is a Cluster made by hand, of PostgreSQL 15, in another namespace. A quarter of an hour
on a quiet machine.
"""

import base64
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from components.pods.evidence import read
from components.postgres import DrillsSpec, ImportSpec
from tests import valid
from tests.lab.conftest import Claim
from tests.lab.drilling import why
from tests.lab.recovering import NAME, Recovering, outside
from tests.support import to_module
from tools import Fault
from tools.lab import pods
from tools.lab.access import Cluster
from tools.lab.cluster import Lab
from tools.lab.databases.databases import Database
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.images.postgres import server
from tools.lab.offsite.keys import given
from tools.lab.operators.manifests import Manifest

pytestmark = [pytest.mark.own_parts("images", "off-site store"), pytest.mark.group("alone")]

_SPACE, _OLD = "import-source", "old"
_MAJOR = 15
_READER, _PASSWORD = "exporter", "of-the-old-server"
_LOGIN, _CA = "old-login", "old-ca"
_CUSTOMERS, _ORDERS = 5_000, 300_000

_FILL = f"""
create extension hstore; create extension pg_trgm;
create table customers (id serial primary key, name text not null, traits hstore);
insert into customers (name, traits)
  select md5(g::text), hstore('number', g::text) from generate_series(1, {_CUSTOMERS}) g;
create index on customers using gin (name gin_trgm_ops);
create table orders (
  id bigint generated always as identity primary key,
  customer int not null references customers,
  note text
);
insert into orders (customer, note)
  select 1 + g % {_CUSTOMERS}, repeat(md5(g::text), 8) from generate_series(1, {_ORDERS}) g;
create view names as select name from customers;
create sequence tickets start 100 increment 10;
do $$ begin perform nextval('tickets'); perform nextval('tickets'); end $$;
create role clerk;
alter table customers owner to app; alter table orders owner to clerk;
create role {_READER} login password '{_PASSWORD}' in role pg_read_all_data;
"""  # noqa: S608 (our own numbers)
"""Tables of two owners, of which neither is called as the new database's."""

_ROWS = "select count(*), md5(string_agg(md5(t::text), '' order by id)) from {table} t"
_OWNERS = (
    "select string_agg(distinct pg_get_userbyid(relowner), ',') from pg_class"
    " where relnamespace = 'public'::regnamespace and relkind in ('r', 'S', 'v')"
)
_EXTENSIONS = (
    "select string_agg(extname, ',' order by extname) from pg_extension where extname <> 'plpgsql'"
)
_SUPERUSERS = "select string_agg(rolname, ',') from pg_roles where rolsuper"
_NEXT = "insert into orders (customer, note) values (1, 'new') returning id"


@dataclass(frozen=True)
class Source:
    """The old server."""

    database: Database

    @property
    def host(self) -> str:
        """Its name, which its certificate has."""
        return f"{_OLD}-rw.{_SPACE}.svc"

    def secrets(self, namespace: str, password: str = _PASSWORD) -> list[Manifest]:
        """Return what a database that is imported from it needs, in its namespace."""
        path = f"/api/v1/namespaces/{_SPACE}/secrets/{_OLD}-ca"
        known: dict[str, Any] = self.database.lab.get(path) or {}
        authority = base64.b64decode(known["data"]["ca.crt"]).decode()
        return [
            _secret(namespace, _LOGIN, {"password": password}),
            _secret(namespace, _CA, {"ca.crt": authority}),
        ]


def _secret(namespace: str, name: str, content: dict[str, str]) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": content,
    }


@pytest.fixture(scope="module")
def source(lab: Cluster) -> Iterator[Source]:
    """A database of PostgreSQL 15 with rows, and a role that may read all of them."""
    lab.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _SPACE}}])
    made = Source(Database(lab, _SPACE, _OLD, image=server(_MAJOR).name))
    made.database.create()
    made.database.sql(_FILL)
    yield made
    lab.kube.delete("v1", "Namespace", _SPACE)
    lab.wait(f"namespace {_SPACE} gone", lambda: lab.get(f"/api/v1/namespaces/{_SPACE}") is None)


@pytest.fixture
def shop(
    lab: Lab,
    source: Source,
    n8n: Deployed,  # noqa: ARG001 (the environment is deployed)
    environment: Environment,
) -> Iterator[Recovering]:
    """A database that is declared as imported from it, with drills; it is not made yet."""
    with outside(lab, environment):
        made = Recovering(lab, lab.directory / "import")
        declared = ImportSpec(
            host=source.host,
            user=_READER,
            password_secret=_LOGIN,
            ca_secret=_CA,
            major=_MAJOR,
            databases=["app"],
            deadline="10m",
        )
        changes = {
            f"databases.{NAME}.import_from": declared,
            f"databases.{NAME}.drills": DrillsSpec(suspended=True),
            f"databases.{NAME}.checks": {
                "its-orders-are-there": f"select count(*) >= {_ORDERS} from orders"  # noqa: S608 (our own number)
            },
        }
        to_module(valid.edited(str(made.file), changes), made.file)
        yield made


def _namespace(shop: Recovering) -> str:
    return shop.environment.spec.databases[NAME].namespace


def _same(source: Source, imported: Deployed) -> None:
    """Compare what is in both."""
    for table in ("customers", "orders"):
        query = _ROWS.format(table=table)
        assert imported.sql(query) == source.database.sql(query), table
    found = "select count(*) from names where name like '%abc%'"
    assert imported.sql(found) == source.database.sql(found)
    assert imported.sql(_EXTENSIONS) == "hstore,pg_trgm"
    assert imported.sql(_OWNERS) == NAME
    assert imported.sql(_SUPERUSERS) == "postgres"


def test_a_database_is_imported_from_an_older_postgresql_in_one_go_and_drilled(
    source: Source, shop: Recovering, claim: Claim
) -> None:
    with given(shop.lab, source.secrets(_namespace(shop))):
        changed = shop.up()
    size = source.database.sql("select pg_size_pretty(pg_database_size('app'))")
    claim(f"pulumi up that imports {size}", changed.seconds, "s")
    imported = shop.active
    assert imported.sql("show server_version").startswith("17.")
    _same(source, imported)
    assert imported.sql(_NEXT) == str(_ORDERS + 1)
    assert imported.sql("select nextval('tickets')") == "120"
    again = shop.up()
    assert again.nothing, again.said

    imported.wait_backed_up()
    assert imported.archive_seen().startswith(f"{imported.name}/wals/")
    began = time.monotonic()
    found = read(shop.data("drill", NAME, "--from", "archive"))
    assert (found.verdict, found.rung) == ("passed", "yours"), why(found)
    claim("drill of its archive", time.monotonic() - began, "s")


def test_a_wrong_password_of_the_source_ends_up_with_a_sentence_before_anything_is_made(
    source: Source, shop: Recovering, claim: Claim
) -> None:
    namespace, cluster = _namespace(shop), shop.active.path
    with given(shop.lab, source.secrets(namespace, password="wrong")):
        began = time.monotonic()
        with pytest.raises(Fault) as refused:
            shop.up()
        claim("pulumi up that names the wrong password", time.monotonic() - began, "s")
    assert f'password authentication failed for user "{_READER}"' in str(refused.value)
    assert shop.lab.get(cluster) is None
    shop.lab.apply(source.secrets(namespace))
    changed = shop.up()
    claim("pulumi up with the right one", changed.seconds, "s")
    _same(source, shop.active)


def test_an_import_that_fails_on_its_way_goes_on_once_its_job_is_deleted(
    source: Source, shop: Recovering, claim: Claim
) -> None:
    lab, imported = shop.lab, shop.active
    job = f"{imported.name}-1-import"
    path = f"/apis/batch/v1/namespaces/{imported.namespace}/jobs/{job}"
    with given(lab, source.secrets(imported.namespace)), ThreadPoolExecutor(1) as pool:
        rising = pool.submit(shop.up)
        try:
            lab.wait("the source was asked", lambda: lab.get(imported.path) is not None)
            source.database.sql(f"alter role {_READER} nologin")
            lab.wait("the import fails", lambda: _failed(lab, path) > 0)
            assert "is not permitted to log in" in _said(imported, job)
        finally:
            source.database.sql(f"alter role {_READER} login")
        began = time.monotonic()
        answer = lab.kube.request("DELETE", f"{path}?propagationPolicy=Background")
        assert answer.ok, answer.text
        rising.result()
        claim("from the deletion of its Job to the database", time.monotonic() - began, "s")
    _same(source, imported)
    # The directory of what failed stays, until somebody removes it as docs/import.md says.
    place = (imported.namespace, f"{imported.name}-1", "postgres")
    left = "ls -d /var/lib/postgresql/data/pgdata_*"
    assert pods.execute(lab, place, ["sh", "-c", left])
    pods.execute(lab, place, ["sh", "-c", "rm -r /var/lib/postgresql/data/pgdata_*"])
    assert imported.sql("select count(*) > 0 from orders") == "t"


def test_a_statement_that_fails_after_an_import_is_corrected_and_no_cluster_is_deleted(
    source: Source, shop: Recovering, claim: Claim
) -> None:
    lab, imported = shop.lab, shop.active
    declared = shop.environment.spec.databases[NAME].import_from
    assert declared
    wrong = declared.model_copy(update={"post_import_sql": ["analyze order"]})
    right = declared.model_copy(update={"post_import_sql": ["analyze orders"]})
    job = f"{imported.name}-1-import"
    path = f"/apis/batch/v1/namespaces/{imported.namespace}/jobs/{job}"
    with given(lab, source.secrets(imported.namespace)):
        shop.declare(import_from=wrong)
        with shop.environment.rising() as rising:
            lab.wait("the import fails", lambda: _failed(lab, path) > 0)
            assert 'syntax error at or near "order"' in _said(imported, job)
            rising.send_signal(signal.SIGINT)
            rising.wait()
        made = (lab.get(imported.path) or {})["metadata"]["uid"]
        shop.declare(import_from=right)
        shop.environment.refresh()
        began = time.monotonic()
        lab.kube.delete("batch/v1", "Job", job, imported.namespace)
        shop.up()
        claim("from its correction to the database", time.monotonic() - began, "s")
    _same(source, imported)
    assert (lab.get(imported.path) or {})["metadata"]["uid"] == made
    again = shop.up()
    assert again.nothing, again.said
    shop.declare(import_from=wrong)
    with pytest.raises(Fault, match="import-is-read-once"):
        shop.up()


def _failed(lab: Cluster, job: str) -> int:
    """Return how many pods of a Job have failed."""
    return int((lab.get(job) or {}).get("status", {}).get("failed", 0))


def _said(imported: Deployed, job: str) -> str:
    """Return what the pods of a Job have printed."""
    labels = f"batch.kubernetes.io/job-name={job}"
    found = imported.lab.kube.objects("v1", "Pod", imported.namespace, labels=labels)
    names = [it["metadata"]["name"] for it in found if it["status"]["phase"] == "Failed"]
    return "\n".join(imported.lab.kube.log(imported.namespace, it, "import") for it in names)

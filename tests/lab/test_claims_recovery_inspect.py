"""`inspect` of a database with a subscription and a job of pg_cron: neither fires in the clone.

About four minutes on a quiet machine.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests import valid
from tests.lab.conftest import MODULE, Claim
from tests.support import ROOT, to_module
from tools.lab.databases import archives
from tools.lab.databases.deployed import Deployed

pytestmark = pytest.mark.group("n8n")

_ACTIVE = "select count(*) from pg_replication_slots where slot_name = 'told' and active"
_FILLED = "select count(*) > 10 from fired"


def _run(database: Deployed, module: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stacks", "inspect", str(module), "n8n", *arguments],
        cwd=ROOT,
        env=os.environ | {"KUBECONFIG": str(database.lab.kubeconfig)},
        capture_output=True,
        check=False,
        text=True,
        timeout=900,
    )


def _rows(said: subprocess.CompletedProcess[str]) -> list[list[str | None]]:
    assert said.returncode == 0, said.stderr
    rows: list[list[str | None]] = json.loads(said.stdout)["rows"]
    return rows


@contextmanager
def _acting(n8n: Deployed) -> Iterator[Deployed]:
    """Make a database that subscribes to n8n, and writes a row each second by pg_cron."""
    parameters = dict(n8n.declared()["postgresql"]["parameters"])
    postgresql = {
        "parameters": parameters
        | {"cron.database_name": "n8n", "cron.use_background_workers": "on"},
        "shared_preload_libraries": ["pg_cron"],
    }
    with n8n.copied("n8n-acts", 1, parts={"postgresql": postgresql}) as made:
        made.wait_archiving()
        made.sql("create extension pg_cron; create table fired (at timestamptz default now())")
        made.sql("select cron.schedule('each', '1 seconds', 'insert into fired default values')")
        made.sql("create table words (word text primary key)")
        n8n.sql("create table words (word text primary key); alter role n8n replication")
        n8n.sql("alter table words owner to n8n; create publication told for table words")
        made.sql(
            f"create subscription told connection 'host={n8n.host} dbname=n8n user=n8n "
            f"password={n8n.password} sslmode=require' publication told"
        )
        try:
            yield made
        finally:
            made.sql("drop subscription told")
            n8n.sql("drop publication told; drop table words; alter role n8n noreplication")


def test_what_acts_in_a_database_does_not_act_in_its_clone(
    n8n: Deployed, tmp_path: Path, claim: Claim
) -> None:
    with _acting(n8n) as acting:
        environment = valid.edited(str(MODULE), {"databases.n8n.cluster": acting.name})
        module = to_module(environment, tmp_path / MODULE.name)
        acting.lab.wait("the subscription receives", lambda: n8n.sql(_ACTIVE) == "1")
        acting.lab.wait("the job fires", lambda: acting.sql(_FILLED) == "t")
        acting.back_up(f"{acting.name}-{int(time.time())}")
        n8n.sql("insert into words values ('before')")
        acting.lab.wait("received", lambda: acting.sql("select count(*) from words") == "1")
        acting.archive_now()
        # Whatever receives from now on is not the original, which lets the slot go.
        acting.sql("alter subscription told disable")
        acting.lab.wait("the slot is free", lambda: n8n.sql(_ACTIVE) == "0")
        n8n.sql("insert into words values ('after')")

        began = time.monotonic()
        made = _run(acting, module, "--at", "latest", "--for", "15m", "--json")
        assert made.returncode == 0, made.stderr
        claim("inspect, to the psql line", time.monotonic() - began, "s")
        told = json.loads(made.stdout)
        clone = Deployed(lab=acting.lab, namespace=told["clone"], name=told["clone"], holds="n8n")
        try:
            _does_not_act(n8n, acting, clone)
            listed = json.loads(_run(acting, module, "--list", "--json").stdout)
            assert [one["clone"] for one in listed] == [clone.name]
            _ends_by_itself(clone)
        finally:
            _run(acting, module, "--remove", clone.name)


def _does_not_act(n8n: Deployed, acting: Deployed, clone: Deployed) -> None:
    """Watch the clone for longer than a job and a subscription need to act."""
    assert clone.sql("select word from words") == "before"
    assert clone.sql("select subenabled from pg_subscription") == "t"
    fired = clone.sql("select count(*) from fired")
    assert int(fired) > 10
    for _ in range(15):
        assert n8n.sql(_ACTIVE) == "0", "the clone takes what is published"
        time.sleep(1)
    assert clone.sql("select count(*) from fired") == fired
    assert clone.sql("select word from words") == "before"
    clone.sql("create table written (); select pg_switch_wal()")
    clone.lab.wait(
        "WAL of the clone counts as archived",
        lambda: clone.sql("select archived_count > 0 from pg_stat_archiver") == "t",
    )
    assert acting.archive
    keys = archives.objects(acting.lab, acting.namespace, acting.archive, f"{clone.name}/")
    assert not keys, "the clone archives"
    secrets = acting.lab.get(f"/api/v1/namespaces/{clone.namespace}/secrets") or {}
    keyed = [one for one in secrets["items"] if "AWS_SECRET_ACCESS_KEY" in (one.get("data") or {})]
    assert keyed == []


def _ends_by_itself(clone: Deployed) -> None:
    """Bring the end near; only an empty namespace stays."""
    change = {"spec": {"activeDeadlineSeconds": 1}}
    clone.lab.kube.patch("batch/v1", "Job", "end", clone.namespace, change=change)
    folders = (
        f"/apis/postgresql.cnpg.io/v1/namespaces/{clone.namespace}/clusters",
        f"/apis/barmancloud.cnpg.io/v1/namespaces/{clone.namespace}/objectstores",
        f"/api/v1/namespaces/{clone.namespace}/pods",
        f"/api/v1/namespaces/{clone.namespace}/persistentvolumeclaims",
    )
    for folder in folders:
        clone.lab.wait(f"{folder} empty", partial(_empty, clone, folder))


def _empty(clone: Deployed, folder: str) -> bool:
    return not (clone.lab.get(folder) or {}).get("items")


def test_a_query_that_writes_is_refused_and_its_clone_goes(
    n8n: Deployed, tmp_path: Path, claim: Claim
) -> None:
    module = to_module(valid.edited(str(MODULE)), tmp_path / MODULE.name)
    n8n.sql("drop table if exists looked; create table looked as select 1 as one")
    time.sleep(1)
    target = n8n.now()
    time.sleep(1)
    n8n.sql("insert into looked values (2)")
    n8n.archive_now()
    began = time.monotonic()
    asked = _run(n8n, module, "--at", target, "--query", "select one from looked", "--json")
    assert _rows(asked) == [["1"]]
    claim("inspect --query, to the rows", time.monotonic() - began, "s")
    refused = _run(n8n, module, "--at", "latest", "--query", "create table x ()")
    assert refused.returncode == 1
    assert "cannot execute CREATE TABLE in a read-only transaction" in refused.stderr
    assert _run(n8n, module, "--list").stdout == ""

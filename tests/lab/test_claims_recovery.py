"""Recovery by the commands and `pulumi up` only: a moment, a transaction, the way back."""

import time
from datetime import datetime, timedelta

import pytest

from tests.lab.conftest import Claim
from tests.lab.recovering import NAME, Recovering
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.load import load, longest_silence

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("alone")]

_ROWS = "select count(*), md5(string_agg(id || word, ',' order by id)) from members"
_FILL = (
    "create table members as select g as id, md5(g::text) as word"
    " from generate_series(1, 1000) g; alter table members owner to shop"
)


def _numbers(database: Deployed) -> set[int]:
    there = database.sql("select coalesce(string_agg(id::text, ','), '') from load")
    return {int(number) for number in there.split(",") if number}


def test_scenario_2_a_moment_comes_back_by_commands_and_no_acknowledged_row_is_nowhere(
    shop: Recovering, claim: Claim
) -> None:
    first = shop.active
    first.wait_archiving()
    first.sql(_FILL)
    first.back_up("shop-before")
    wanted = first.sql(_ROWS)
    with load(first) as writer:
        time.sleep(2)
        moment = datetime.fromisoformat(first.now())
        time.sleep(2)
        first.sql("drop table members")
        first.archive_now()
        shop.said("restore", NAME, "--to", str(moment), "--reason", "members is lost", "--write")
        began = time.monotonic()
        shop.up()
        claim("pulumi up that restores a candidate", time.monotonic() - began, "s")
        second = shop.generation(2)
        assert isinstance(second, Deployed)
        assert second.sql(_ROWS) == wanted
        assert shop.active.name == first.name, "clients were sent to a candidate"

        shop.said("activate", NAME, "2", "--write")
        cut = time.time()
        changed = shop.up()
        writer.wait_written_after(time.time())
        claim("pulumi up that sends clients to it", changed.seconds, "s")
        acknowledged = dict(writer.acknowledged())
        claim("without an accepted write", longest_silence(acknowledged, cut), "s")
        in_second = _numbers(second)
        back = shop.said("activate", NAME, "1", "--write")
        assert "transactions" in back
        returned = time.time()
        changed = shop.up()
        writer.wait_written_after(time.time())
        later = dict(writer.acknowledged())
        claim("without an accepted write, on the way back", longest_silence(later, returned), "s")
    in_first = _numbers(shop.active)
    nowhere = set(acknowledged) - in_first - in_second
    assert not nowhere, f"acknowledged and in no generation: {sorted(nowhere)[:20]}"
    lost = [n for n, at in acknowledged.items() if n not in in_second and at < moment.timestamp()]
    assert not lost, f"acknowledged before the moment and not restored: {lost[:20]}"
    between = in_first - in_second
    claim("rows of the first generation after the moment, kept in it", len(between), "rows")
    claim("rows that the second one took in, kept in it", len(in_second - in_first), "rows")
    assert shop.active.name == first.name


def test_find_names_the_transaction_of_a_dropped_table_and_it_comes_back(
    shop: Recovering, claim: Claim
) -> None:
    database = shop.active
    database.sql("drop table if exists members")
    database.sql(_FILL)
    database.back_up(f"shop-{int(time.time())}")
    database.sql("insert into members select g, 'later' from generate_series(1001, 1500) g")
    wanted = database.sql(_ROWS)
    database.sql("drop table members")
    database.sql("create table after_it (id int); insert into after_it values (1)")
    database.archive_now()
    began = time.monotonic()
    found = shop.data("find", NAME, "--dropped")
    claim("find a dropped table in the archive", time.monotonic() - began, "s")
    last = found["transactions"][-1]
    words = [f"before-xid:{last['xid']}", last["backup"]]
    shop.said(
        *("restore", NAME, "--to", "before-xid", str(last["xid"]), "--backup", last["backup"]),
        *("--reason", "members was dropped", "--write"),
    )
    shop.up()
    restored = shop.generation(len(shop.environment.spec.databases[NAME].lineage))
    assert isinstance(restored, Deployed)
    assert restored.sql(_ROWS) == wanted, words
    assert restored.sql("select to_regclass('after_it') is null") == "t"


def test_the_window_ends_a_microsecond_before_the_last_archived_commit(
    shop: Recovering, claim: Claim
) -> None:
    database = shop.active
    database.sql("create table if not exists last (at timestamptz)")
    database.sql("insert into last values (clock_timestamp())")
    committed = datetime.fromisoformat(database.now())
    database.archive_now()
    began = time.monotonic()
    found = shop.data("window", NAME)
    claim("look into the archive", time.monotonic() - began, "s")
    latest = datetime.fromisoformat(found[0]["windows"][-1]["latest"])
    assert committed < latest < committed + timedelta(seconds=30)
    too_late = str(latest + timedelta(seconds=1))
    assert "no archived transaction" in shop.said("restore", NAME, "--to", too_late, fails=True)
    lost = str(latest.replace(tzinfo=None))
    assert "no time zone" in shop.said("restore", NAME, "--to", lost, fails=True)


def _there(shop: Recovering, number: int) -> bool:
    return shop.lab.get(shop.generation(number).path) is not None


def test_the_policy_lets_the_operator_scale_fail_over_and_start_again(
    shop: Recovering, claim: Claim
) -> None:
    """What is given up is removed first: a small node has no room for all of it."""
    assert shop.environment.spec.restored
    shop.said("retire", NAME, "3", "--write")
    shop.up()
    shop.said("retire", NAME, "3", "--removed", "--write")
    shop.said("retire", NAME, "2", "--removed", "--write")
    shop.up()
    shop.lab.wait("given up", lambda: not any(_there(shop, number) for number in (2, 3)))
    shop.file.write_text(shop.file.read_text().replace("instances=1,", "instances=2,"))
    shop.up()
    database = shop.active
    database.wait_healthy(2)
    operator = "cnpg-system"
    for pod in database.lab.kube.items(f"/api/v1/namespaces/{operator}/pods"):
        if pod["metadata"]["name"].startswith("cnpg-controller-manager"):
            database.lab.kube.delete("v1", "Pod", pod["metadata"]["name"], operator)
    old = database.status()["currentPrimary"]
    began = time.monotonic()
    database.lab.kube.delete("v1", "Pod", old, database.namespace)
    database.wait("failed over", lambda status: status["currentPrimary"] != old)
    database.wait_healthy(2)
    claim("failed over with the policy in force", time.monotonic() - began, "s")
    refused = shop.lab.kube.request(
        "PATCH",
        database.path,
        {"spec": {"bootstrap": {"initdb": {"database": "another"}}}},
        {"Content-Type": "application/merge-patch+json"},
    )
    assert refused.status == 422
    assert "spec.bootstrap says how the database was created" in refused.message

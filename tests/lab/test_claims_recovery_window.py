"""`window` says to the microsecond what can be restored, while rows are written, and later on.

About five minutes on a quiet machine.
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import valid
from tests.lab.conftest import MODULE, Claim
from tests.support import ROOT, to_module
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.load import load

pytestmark = pytest.mark.group("n8n")

_NUMBERS = "select coalesce(string_agg(id::text, ','), '') from load"
_COMMITS = """
select string_agg(concat_ws(' ', (select min(id) from load where xmin = xid), to_char(
  pg_xact_commit_timestamp(xid) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')), ',')
from (select number::text::xid as xid from generate_series(
  (select min(xmin::text::bigint) from load), pg_current_xact_id()::text::bigint - 1) as number)
where pg_xact_commit_timestamp(xid) is not null
"""
"""Every transaction since the first row: the row that it wrote, if any, and when it ended."""


def _asked(module: Path, database: Deployed, command: str, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "stacks", command, str(module), "n8n", *arguments, "--json"],
        cwd=ROOT,
        env=os.environ | {"KUBECONFIG": str(database.lab.kubeconfig)},
        capture_output=True,
        check=False,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _latest(module: Path, database: Deployed) -> datetime:
    database.archive_now()
    (found, *_) = _asked(module, database, "window")
    return datetime.fromisoformat(found["windows"][-1]["latest"])


def _fail_over(database: Deployed) -> None:
    old = database.status()["currentPrimary"]
    database.lab.kube.delete("v1", "Pod", old, database.namespace, grace=0)
    database.wait("failed over", lambda status: status["currentPrimary"] != old)
    database.wait_healthy(2)


def _ended(database: Deployed) -> tuple[dict[int, datetime], set[datetime]]:
    """Return when each row was committed, and when any transaction was."""
    rows: dict[int, datetime] = {}
    ends: set[datetime] = set()
    for one in database.sql(_COMMITS).split(","):
        *row, said = one.split()
        ends.add(end := datetime.fromisoformat(said).replace(tzinfo=UTC))
        rows |= {int(number): end for number in row}
    return rows, ends


def test_the_window_is_exact_to_a_microsecond_under_load_and_across_a_failover(
    n8n: Deployed, tmp_path: Path, claim: Claim
) -> None:
    """The database itself remembers when each of its transactions ended."""
    parameters = dict(n8n.declared()["postgresql"]["parameters"])
    remembers = {"parameters": parameters | {"track_commit_timestamp": "on"}}
    with n8n.copied("n8n-exact", 2, parts={"postgresql": remembers}) as database:
        environment = valid.edited(str(MODULE), {"databases.n8n.cluster": database.name})
        module = to_module(environment, tmp_path / MODULE.name)
        database.wait_archiving()
        database.back_up(f"{database.name}-base")
        with load(database) as writer:
            under_load = _latest(module, database)
            _fail_over(database)
            writer.wait_written_after(time.time())
            across = _latest(module, database)
        rows, ends = _ended(database)
        for latest in (under_load, across):
            assert latest + timedelta(microseconds=1) in ends
            looked = _asked(
                module, database, "inspect", "--at", latest.isoformat(), "--query", _NUMBERS
            )
            restored = {int(number) for number in looked["rows"][0][0].split(",")}
            assert restored == {number for number, end in rows.items() if end <= latest}
            claim("rows restored to the end of the window", len(restored), f"of {len(rows)}")

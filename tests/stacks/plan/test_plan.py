"""What `plan` says of an environment."""

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stacks.plan.plan import plan
from tests import valid
from tests.support import declared, to_module


def test_the_plan_says_where_the_copy_is_and_what_is_lost_in_addition() -> None:
    copied = valid.homelab({"offsite": valid.offsite()})
    (database,) = plan("homelab", copied, declared(copied), datetime.now(UTC)).databases
    assert database.offsite == (
        "s3://copies/n8n-postgres-backups/n8n-postgres/ at https://s3.example.org"
    )
    assert (database.rpo_seconds, database.offsite_rpo_seconds) == (300, 300)


def test_the_plan_of_an_upgraded_database_names_the_archives_before(
    tmp_path: Path, stacks: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    upgraded = valid.homelab({"databases.n8n.generations": [valid.upgrade()]})
    shown = stacks("plan", str(to_module(upgraded, tmp_path / "it.py"))).stdout
    assert re.search(r" archive +s3://n8n-postgres-backups/n8n-postgres-g2/ *\n", shown)
    assert re.search(r" earlier archives +s3://n8n-postgres-backups/n8n-postgres/ *\n", shown)
    assert "earlier archives" not in stacks("plan", "homelab").stdout


def test_the_plan_of_a_restored_database_says_where_each_generation_comes_from() -> None:
    restored = valid.restored()
    (database,) = plan("production", restored, declared(restored), datetime.now(UTC)).databases
    assert [(it.number, it.cluster, it.state, it.origin) for it in database.generations] == [
        (1, "orders", "upgraded", "created empty"),
        (2, "orders", "removed", "upgraded from PostgreSQL 16"),
        (
            3,
            "orders-g3",
            "retired",
            "restored from generation 2 to 2026-11-29T10:00:00.000000+00:00: a lost table",
        ),
        (
            4,
            "orders-g4",
            "active",
            "restored from the off-site copy of generation 3 to the end: a lost cluster",
        ),
        (
            5,
            "orders-g5",
            "candidate",
            "restored from generation 4 to before transaction 777: a wrong update",
        ),
    ]
    assert database.archive == "s3://orders-backups/orders-g4/"


def test_the_plan_of_a_fresh_second_site_invents_no_first_generation() -> None:
    environment = valid.environment(databases={"n8n": valid.following()})
    (database,) = plan("it", environment, declared(environment), datetime.now(UTC)).databases
    first, second = database.generations
    assert (first.state, first.origin) == ("removed", "created empty, if ever")
    assert second.origin.startswith("restored from the other site's ")


def test_the_plan_of_an_imported_database_says_from_where(
    tmp_path: Path, stacks: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    imported = valid.homelab({"databases.n8n.import_from": valid.importing()})
    shown = stacks("plan", str(to_module(imported, tmp_path / "it.py"))).stdout
    assert re.search(r" origin +imported from shop at db\.example\.org *\n", shown)
    assert " origin " not in stacks("plan", "homelab").stdout


def test_the_plan_says_that_a_generation_comes_from_a_snapshot() -> None:
    entry = valid.restore(snapshot="monday")
    restored = valid.homelab({"databases.n8n.generations": [entry]})
    (database,) = plan("homelab", restored, declared(restored), datetime.now(UTC)).databases
    origin = "restored from snapshot monday of generation 1 to the end: a lost table"
    assert database.generations[-1].origin == origin


def test_the_plan_says_which_losses_an_archive_elsewhere_outlives(
    tmp_path: Path, stacks: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    path = to_module(valid.elsewhere(), tmp_path / "elsewhere.py")
    shown = " ".join(stacks("plan", str(path)).stdout.split())
    assert "it outlives the cluster, not its bucket, account or provider" in shown
    inside = valid.elsewhere(
        {"object_store": valid.s3(endpoint="https://minio.minio.svc:9000", ca_secret="minio-ca")}
    )
    (database,) = plan("inside", inside, declared(inside), datetime.now(UTC)).databases
    assert not database.outlives_cluster
    assert "outlives" not in stacks("plan", "homelab").stdout


def test_the_plan_says_which_operator_ran_in_the_lab() -> None:
    changes = {
        "operators": valid.operators(install=["cert-manager", "rook"], rook="v1.19.10"),
        "storage": valid.storage(image="quay.io/ceph/ceph:v19.2.6"),
    }
    chosen = valid.homelab(changes)
    assert plan("homelab", chosen, declared(chosen), datetime.now(UTC)).operators == {
        "cert-manager": "v1.21.2 (run in the lab)",
        "rook": "v1.19.10 (read, not run in the lab)",
    }
    there = valid.homelab()
    assert plan("homelab", there, declared(there), datetime.now(UTC)).operators == {}


def test_the_plan_names_the_snapshots_and_how_many_a_year_adds() -> None:
    chosen = valid.every_choice()
    now = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
    (database,) = plan("production", chosen, declared(chosen), now).databases
    assert database.next_snapshots == [
        f"2026-11-29T{hour}:30:00+00:00" for hour in ("12", "13", "14")
    ]
    assert database.snapshots_a_year == 24 * 365


def test_without_snapshots_the_plan_names_none() -> None:
    homelab = valid.homelab()
    (database,) = plan("homelab", homelab, declared(homelab), datetime.now(UTC)).databases
    assert (database.next_snapshots, database.snapshots_a_year) == ([], 0)


def test_the_plan_says_what_is_archived_each_second_and_the_rpo_at_the_declared_rate(
    stacks: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    production = valid.edited("production")
    (database,) = plan("production", production, declared(production), datetime.now(UTC)).databases
    assert database.archiver.segment_bytes == 64 * 2**20
    assert database.archiver.cores == 1
    assert database.archiver.bytes_per_second == pytest.approx(47.6e6, rel=0.01)
    assert database.archiver.write_bytes_per_second == 20_000_000
    assert database.archiver.rpo_seconds == pytest.approx(4.8, abs=0.1)
    shown = " ".join(stacks("plan", "production").stdout.split())
    assert (
        "WAL is archived at 47.6 MB/s or more: segments of 64 MiB, 1.4 s each with 1 CPU" in shown
    )
    assert "RPO under load 5 s at 20 MB/s; above 47.6 MB/s it grows with time" in shown


def test_the_plan_makes_no_figure_up_for_the_in_tree_method() -> None:
    in_tree = valid.homelab({"databases.n8n.backup.method": "in-tree"})
    (database,) = plan("homelab", in_tree, declared(in_tree), datetime.now(UTC)).databases
    assert database.archiver.bytes_per_second is None
    assert database.archiver.segment_seconds is None

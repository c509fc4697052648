"""`python -m stacks report`: its exit status, what it prints and what it writes."""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from components.pods.evidence import Evidence
from tests import drilled, valid
from tests.markup import Markup
from tests.stacks.report.conftest import Keeps, recent, write
from tests.support import ROOT, to_module

Stacks = Callable[..., subprocess.CompletedProcess[str]]


def test_fresh_drills_are_a_row_and_the_status_0(keeps: Keeps, stacks: Stacks) -> None:
    keeps({"n8n-drills": drilled.data(recent(drilled.passed()))})
    done = stacks("report", "homelab")
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        " n8n       + fresh  yours   41 s of 15 min  2.4 s of 5 min  4 h 34 min ago" in done.stdout
    )


@pytest.mark.parametrize(
    ("last", "status", "word"),
    [
        (drilled.missed(), 3, "missed"),
        (drilled.failed(), 4, "failed"),
        (drilled.unverified(), 5, "unverified"),
    ],
    ids=["missed", "failed", "unverified"],
)
def test_the_status_is_that_of_the_last_drill_and_its_reason_is_said(
    keeps: Keeps, stacks: Stacks, last: Evidence, status: int, word: str
) -> None:
    keeps({"n8n-drills": drilled.data(recent(last))})
    done = stacks("report", "homelab")
    assert done.returncode == status
    assert f" {word} " in done.stdout
    assert f"n8n: {last.reason}\n" in done.stdout


def test_the_worst_database_decides_and_comes_first(
    keeps: Keeps, stacks: Stacks, tmp_path: Path
) -> None:
    databases = {name: valid.database(name) for name in ("n8n", "orders", "wiki")}
    path = to_module(valid.environment(databases=databases), tmp_path / "it.py")
    keeps(
        {
            "n8n-drills": drilled.data(recent(drilled.passed())),
            "orders-drills": drilled.data(recent(drilled.of(drilled.failed(), "orders"))),
        }
    )
    done = stacks("report", str(path), "--json")
    assert done.returncode == 4
    found = json.loads(done.stdout)
    assert [(it["database"], it["standing"]) for it in found["databases"]] == [
        ("orders", "failed"),
        ("wiki", "never"),
        ("n8n", "fresh"),
    ]
    assert found["status"] == 4
    assert len(found["databases"][0]["runs"]) == 30
    assert found["databases"][0]["last"]["restore"]["schema"] == "tier0.drill/1"


def test_an_environment_without_a_record_was_never_proved(keeps: Keeps, stacks: Stacks) -> None:
    keeps({"n8n-drills": {}, "strange": {"restore": "{"}})
    done = stacks("report", "homelab")
    assert done.returncode == 5
    assert "n8n: no restore has proved anything yet; run `python -m stacks drill`" in done.stdout


def test_a_disposable_environment_without_drills_has_nothing_to_report(
    keeps: Keeps, stacks: Stacks
) -> None:
    keeps({})
    done = stacks("report", "dev")
    assert (done.returncode, done.stdout.strip()) == (0, "no database has drills")


def test_a_record_of_another_schema_is_one_sentence(keeps: Keeps, stacks: Stacks) -> None:
    told = json.dumps({"schema": "tier0.drill/2", "id": "\ud800\x1b[31m"})
    keeps({"n8n-drills": {"restore": told}})
    done = stacks("report", "homelab")
    assert (done.returncode, done.stderr) == (5, "")
    assert (
        "n8n: ConfigMap tier0-drills/n8n-drills, restore: its schema is tier0.drill/2, not "
        "tier0.drill/1; read it with the tier0 that wrote it, or run a drill again\n"
    ) in done.stdout


def test_a_reason_with_control_characters_writes_none_to_the_terminal(
    keeps: Keeps, stacks: Stacks
) -> None:
    spoilt = drilled.failed(reason="x\x1b[31m\ud800", left_behind="y\x1b[2J")
    keeps({"n8n-drills": drilled.data(recent(spoilt))})
    done = stacks("report", "homelab")
    assert "n8n: x\\x1b[31m\\ud800\n" in done.stdout
    assert "\x1b" not in done.stdout


def test_what_was_left_behind_is_said(keeps: Keeps, stacks: Stacks) -> None:
    keeps({"n8n-drills": drilled.data(recent(drilled.passed(left_behind="Cluster drill")))})
    assert "n8n: left behind: Cluster drill\n" in stacks("report", "homelab").stdout


def test_the_page_is_written_with_the_verdict_in_its_title(
    keeps: Keeps, stacks: Stacks, tmp_path: Path
) -> None:
    keeps({"n8n-drills": drilled.data(recent(drilled.failed()))})
    done = stacks("report", "homelab", "--html", str(tmp_path / "it.html"))
    assert done.returncode == 4
    found = Markup((tmp_path / "it.html").read_text(encoding="utf-8"))
    assert found.text.startswith("Drills of n8n in homelab, ")
    assert drilled.failed().reason in found.text


def test_a_page_that_cannot_be_written_is_one_sentence(
    keeps: Keeps, stacks: Stacks, tmp_path: Path
) -> None:
    keeps({})
    done = stacks("report", "homelab", "--html", str(tmp_path / "no" / "it.html"))
    assert done.returncode == 1
    assert done.stderr.endswith("No such file or directory; correct that, then run again\n")


def test_a_page_in_place_of_a_folder_is_refused(stacks: Stacks) -> None:
    done = stacks("report", "homelab", "--html", ".")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "--html .: it is a folder; write the name of a file\n"


def test_a_folder_of_evidence_needs_no_cluster(stacks: Stacks, tmp_path: Path) -> None:
    them = [*map(recent, drilled.history(drilled.passed()))]
    done = stacks("report", "homelab", "--from", str(write(tmp_path, them)))
    assert (done.returncode, done.stderr) == (0, "")
    assert "+ fresh" in done.stdout


def test_a_file_that_is_no_evidence_is_one_sentence_and_the_rest_is_read(
    stacks: Stacks, tmp_path: Path
) -> None:
    write(tmp_path, [recent(drilled.passed())])
    write(tmp_path / "other", [recent(drilled.failed())], "production")
    (tmp_path / "broken.json").write_bytes(b"\xff")
    (tmp_path / "large.json").write_text(" " * (2**20 + 1), encoding="utf-8")
    done = stacks("report", "homelab", "--from", str(tmp_path))
    assert done.returncode == 5
    assert "+ fresh" in done.stdout
    said = "".join(done.stdout.split("\n"))
    assert f"{tmp_path}/broken.json: 'utf-8' codec can't decode" in said
    assert f"{tmp_path}/large.json: it is larger than 1 MiB, so no evidence; remove it" in said
    assert "it is of the environment production, not homelab; keep the evidence of each" in said


@pytest.mark.parametrize("last", [drilled.failed(), None], ids=["failed", "none"])
def test_a_dry_run_in_a_folder_proves_nothing(
    stacks: Stacks, tmp_path: Path, last: Evidence | None
) -> None:
    """Its verdict is `passed` where a drill could be begun, and it is newer."""
    found = [recent(drilled.passed(rung="none", dry=True))]
    if last:
        ago = drilled.NOW - datetime.now(UTC) + timedelta(hours=1)
        found.append(drilled.of(last, "n8n", ago=ago))
    write(tmp_path, found)
    done = stacks("report", "homelab", "--from", str(tmp_path))
    assert done.returncode == (4 if last else 5)


def test_a_folder_that_is_not_there_is_one_sentence(stacks: Stacks) -> None:
    done = stacks("report", "homelab", "--from", "/nonexistent")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("--from /nonexistent: it is no folder; write one that holds evidence\n")


def test_what_is_saved_is_what_plan_prints(keeps: Keeps, stacks: Stacks, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.py"
    path.write_bytes((ROOT / "stacks" / "homelab.py").read_bytes())
    before = stacks("plan", str(path)).stdout
    assert " restore time          not proven by a drill " in before
    last = recent(drilled.passed())
    keeps({"n8n-drills": drilled.data(last)})
    stacks("report", str(path), "--save")
    said = " ".join(stacks("plan", str(path)).stdout.split())
    day = last.ended[:10]
    assert f"restored in 41 s of 15 min on {day} from the archive ({last.id})" in said
    assert f"archived within 2.4 s of 5 min on {day} ({last.id})" in said
    (database,) = json.loads(stacks("plan", str(path), "--json").stdout)["databases"]
    assert [it["state"] for it in database["objectives"]] == ["proven", "proven"]

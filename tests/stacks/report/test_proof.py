"""The saved proof of each objective, and what `plan` makes of it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stacks.command import Fault
from stacks.plan.proven import objectives
from stacks.report.proof import path_of, read, save
from stacks.report.record import from_evidence
from tests import drilled, valid

DAY = timedelta(days=1)


def _states(
    path: Path, changes: Mapping[str, Any] = {}, now: datetime = drilled.NOW
) -> list[tuple[str, str]]:
    found = objectives("n8n", valid.homelab(changes), read(path_of(path)).get("n8n", {}), now)
    return [(it.state, it.said) for it in found]


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """Return the module of an environment next to which the sample's proof is saved."""
    path = tmp_path / "homelab.py"
    save(path, valid.homelab(), {"n8n": from_evidence([drilled.passed()])})
    return path


SAID = "restored in 41 s of 15 min on 2026-11-30 from the archive (n8n-restore-20261130T032300Z)"


def test_a_drill_that_passed_proves_both_objectives(module: Path) -> None:
    assert _states(module) == [
        ("proven", SAID),
        ("proven", "archived within 2.4 s of 5 min on 2026-11-30 (n8n-restore-20261130T032300Z)"),
    ]


def test_without_a_file_nothing_is_proven(tmp_path: Path) -> None:
    assert _states(tmp_path / "it.py") == [("not proven", "not proven by a drill")] * 2


def test_a_drill_that_failed_proves_nothing(tmp_path: Path) -> None:
    record = from_evidence([drilled.failed(), drilled.unverified(id="x")])
    save(tmp_path / "it.py", valid.homelab(), {"n8n": record})
    assert [state for state, _ in _states(tmp_path / "it.py")] == ["not proven"] * 2


def test_an_objective_that_was_missed_is_said(tmp_path: Path) -> None:
    save(tmp_path / "it.py", valid.homelab(), {"n8n": from_evidence([drilled.missed()])})
    missed, kept = _states(tmp_path / "it.py")
    assert missed[0] == "missed"
    assert missed[1].startswith("missed: restored in 16 min 5 s of 15 min on 2026-11-30 from ")
    assert kept[0] == "proven"


def test_a_proof_is_stale_once_the_next_drill_is_late(module: Path) -> None:
    late = drilled.ENDED + timedelta(hours=26)
    assert _states(module, now=late)[0] == ("proven", SAID)
    after = _states(module, now=late + timedelta(seconds=1))
    assert after[0] == ("stale", f"stale since 2026-12-01 05:25 UTC: {SAID}")


def test_a_proof_of_other_objectives_or_of_another_generation_is_none(module: Path) -> None:
    other = _states(module, {"databases.n8n.objectives": valid.objectives(rto="20m")})
    changed = "not proven since the objective changed: restored in 41 s of 20 min"
    assert other[0][0] == "invalid"
    assert other[0][1].startswith(changed)
    assert other[1][0] == "proven", "that objective is the same"
    next_one = {"databases.n8n.generations": [valid.upgrade()]}
    state, said = _states(module, next_one)[0]
    assert (state, said) == ("invalid", f"not proven for generation 2: {SAID}")


def test_the_copy_has_its_own_objective_and_every_other_drill(tmp_path: Path) -> None:
    copied = {"offsite": valid.offsite()}
    path = tmp_path / "it.py"
    seen = drilled.passed(store="offsite", archived_seconds=200.0, rpo_seconds=600)
    off = drilled.of(seen, "n8n", ago=DAY)
    save(path, valid.homelab(copied), {"n8n": from_evidence([off])})
    assert [state for state, _ in _states(path, copied)] == ["stale", "not proven", "proven"]
    save(path, valid.homelab(copied), {"n8n": from_evidence([drilled.passed(), off])})
    restored, archived, away = _states(path, copied)
    assert restored == ("proven", SAID)
    assert archived[0] == "proven"
    assert away == (
        "proven",
        "copied within 3 min 20 s of 10 min on 2026-11-29 (n8n-restore-20261129T032300Z)",
    )


def test_a_proof_stays_until_there_is_a_newer_one(module: Path) -> None:
    save(module, valid.homelab(), {"n8n": from_evidence([])})
    assert _states(module)[0] == ("proven", SAID)
    newer = drilled.of(drilled.passed(restore_seconds=50.0), "n8n", ago=-timedelta(hours=1))
    save(module, valid.homelab(), {"n8n": from_evidence([newer])})
    assert "restored in 50 s" in _states(module)[0][1]
    save(module, valid.homelab(), {"n8n": from_evidence([drilled.passed()])})
    assert "restored in 50 s" in _states(module)[0][1]


def test_the_file_says_what_measured_it(module: Path) -> None:
    found = json.loads(path_of(module).read_text(encoding="utf-8"))
    assert path_of(module).name == "homelab.proof.json"
    assert (found["schema"], found["environment"]) == ("tier0.proof/1", "homelab")
    proof = found["databases"]["n8n"]["restore_time"]
    assert len(proof.pop("declared")) == 64
    assert proof == {
        "seconds": 41.3,
        "drill": "n8n-restore-20261130T032300Z",
        "ended": "2026-11-30T03:25:12+00:00",
        "store": "archive",
        "rung": "yours",
        "generation": 1,
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "it holds no proofs of objectives"),
        ("[" * 100_000, "it holds no proofs of objectives"),
        ("[]", "its schema is None, not tier0.proof/1"),
        ('{"schema": "tier0.proof/1"}', "it holds no proofs of objectives"),
        (
            '{"schema": "tier0.proof/1", "databases": {"n8n": {"restore_time": {"seconds": 1}}}}',
            "it holds no proofs of objectives",
        ),
    ],
)
def test_a_file_that_holds_no_proof_is_one_sentence(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "it.proof.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Fault, match="delete it, then write it again") as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: {fault}; ")

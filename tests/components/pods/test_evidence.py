"""Evidence is kept for years: what version 1 wrote is read by every later one."""

import json
from dataclasses import fields

import jsonschema
import pytest

from components.pods.evidence import Evidence, Phase, Proof, read
from tests import drilled
from tests.support import ROOT

SAMPLE = json.loads(drilled.SAMPLE.read_text(encoding="utf-8"))
SCHEMA = json.loads((ROOT / "docs" / "drill.schema.json").read_text(encoding="utf-8"))


def test_evidence_of_version_1_is_read_and_written_as_it_is() -> None:
    later = {"dry": False}
    assert json.loads(json.dumps(read(SAMPLE).json)) == SAMPLE | later


@pytest.mark.parametrize(
    "evidence",
    [drilled.passed(), drilled.missed(), drilled.failed(), drilled.unverified(), drilled.look()],
    ids=lambda it: f"{it.depth} {it.verdict}",
)
def test_evidence_matches_its_schema(evidence: Evidence) -> None:
    jsonschema.validate(json.loads(json.dumps(evidence.json)), SCHEMA)
    jsonschema.validate(json.loads(json.dumps(evidence.json | {"later": 1})), SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "tier0.drill/2"},
        {"verdict": "fine"},
        {"restore_seconds": "41"},
        {"rows": {"a": "b"}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_is_no_evidence(change: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(SAMPLE | change, SCHEMA)


def test_the_sample_has_each_field_of_its_version() -> None:
    """A field without a default cannot be added: the sample would not be read."""
    assert {it.name for it in fields(Evidence)} >= SAMPLE.keys()
    assert {it.name for it in fields(Proof)} >= SAMPLE["proofs"][0].keys()
    assert {it.name for it in fields(Phase)} >= SAMPLE["phases"][0].keys()


def test_the_schema_says_what_later_versions_may_change() -> None:
    assert "A later version may add fields" in SCHEMA["description"]
    assert "a reader passes over what it does not know" in " ".join(SCHEMA["description"].split())
    assert SCHEMA["properties"]["restore_seconds"]["description"].startswith("From the creation")

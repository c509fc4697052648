"""What is written about the specs is what they are."""

import re
from pathlib import Path

import pytest

from components.spec import Spec, meanings
from components.spec.rule import RULES
from stacks.environment import EnvironmentSpec
from tools.docs.specs import documents

DOCUMENTS = documents()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_generated_document_is_fresh(path: Path) -> None:
    fresh = path.read_text(encoding="utf-8") == DOCUMENTS[path]
    assert fresh, f"{path.name} is old; run make docs"


def _every_spec(spec: type[Spec] = Spec) -> list[type[Spec]]:
    return [s for c in spec.__subclasses__() for s in (c, *_every_spec(c))]


def test_every_field_has_its_meaning_under_it() -> None:
    bare = [
        f"{spec.__name__}.{name}"
        for spec in _every_spec()
        for name in spec.model_fields
        if not meanings(spec).get(name)
    ]
    assert EnvironmentSpec in _every_spec()
    assert bare == []


def test_what_no_encryption_means_is_said() -> None:
    (specs,) = [text for path, text in DOCUMENTS.items() if path.name == "specs.md"]
    (row,) = [line for line in specs.splitlines() if line.startswith("| `encryption` |")]
    assert "anyone who can read the disks under the store can read the archive" in row


def test_every_rule_is_explained_with_an_environment_that_breaks_it() -> None:
    (text,) = [text for path, text in DOCUMENTS.items() if path.name == "rules.md"]
    sections = dict(part.split("\n", 1) for part in text.split("\n### ")[1:])
    index = re.findall(r"^- \[(\S+)\]\(#(\S+)\): .+", text, re.MULTILINE)
    assert [name for name, _ in index] == [anchor for _, anchor in index] == [*sections]
    assert sections.keys() == RULES.keys()
    assert [name for name in sections if f"[{name}]" not in sections[name]] == []
    assert [name for name, rule in RULES.items() if len(rule.reference.split()) < 5] == []
    assert [n for n, rule in RULES.items() if rule.waivable != ("*Waivable.*" in sections[n])] == []

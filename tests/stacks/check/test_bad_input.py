"""What is said of a module that has several faults, or cannot be used at all."""

from pathlib import Path

import pytest

from stacks.check import InvalidEnvironment, load
from tests import valid
from tests.support import faults_of


def test_several_faults_are_said_at_once() -> None:
    found = faults_of(
        {
            "databases.n8n.instances": "2",
            "databases.n8n.backup.schedule": "0 2 * *",
            "object_store.gateways": True,
            "databases.n8n.backup.bucket.claim": valid.LEFT_OUT,
            "databases.n8n.backup.bucket.clam": "x",
        }
    )
    assert [line.split(":")[0] for line in found] == [
        "object_store.gateways",
        "databases.n8n.instances",
        "databases.n8n.backup.bucket.claim",
        "databases.n8n.backup.bucket.clam",
        "databases.n8n.backup.schedule",
    ]


def test_rules_that_span_components_find_every_place() -> None:
    found = faults_of({"object_store.copies": 1, "databases.n8n.backup.encryption": "AES256"})
    assert [line.split(":")[0] for line in found] == [
        "databases.n8n.backup.encryption",
        "object_store.copies",
    ]


def test_an_environment_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(InvalidEnvironment, match=r"^nope: no such environment; write one of dev, "):
        load("nope")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ENVIRONMENT = 1 / 0\n", ":1: raised ZeroDivisionError: division by zero; fix the"),
        ("x = 1\nENVIRONMENT = = 2\n", ":2: raised SyntaxError: invalid syntax; fix the"),
        ("from components.postgres import Nope\nENVIRONMENT = 1\n", ":1: raised ImportError: can"),
        ("import sys\nENVIRONMENT = sys.exit(3)\n", ":2: raised SystemExit: 3; fix the module"),
        ("ENVIRONMENT = {}\n", ": ENVIRONMENT is a dict; write ENVIRONMENT = EnvironmentSpec"),
        (
            "x = 1\0\nENVIRONMENT = 1\n",
            ": raised SyntaxError: source code string cannot contain null",
        ),
        ("raise ValueError('a\\nb')\nENVIRONMENT = 1\n", r":1: raised ValueError: a\nb; fix the"),
        pytest.param(f"ENVIRONMENT = {'-' * 100_000}1", ": raised ", id="too deep"),
        ("OTHER = 1\n", ": no such environment; write one of dev, homelab, production, or the"),
    ],
)
def test_a_module_that_cannot_be_used_is_a_sentence_with_its_line(
    text: str, said: str, tmp_path: Path
) -> None:
    module = tmp_path / "broken.py"
    module.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidEnvironment) as raised:
        load(str(module))
    assert str(raised.value).startswith(f"{module}{said}")
    assert "\n" not in str(raised.value)


def test_a_text_that_is_a_book_is_cut_wherever_it_stands() -> None:
    book = "it's" * 100_000
    for place in ("context", "databases.n8n.storage", "databases.n8n.backup.schedule"):
        for line in faults_of({place: book}):
            assert len(line) < 3000
    (line,) = faults_of({"databases.n8n.parameters": {book: "1"}})
    assert len(line) < 3000


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("turbo", "unknown field; PostgresSpec has what docs/specs.md lists"),
        ("instnaces", "unknown field; did you mean 'instances'?"),
        ("wal_class", "unknown field; did you mean 'wal_storage_class'?"),
    ],
)
def test_only_a_field_that_may_be_meant_is_suggested(field: str, said: str) -> None:
    (line,) = faults_of({f"databases.n8n.{field}": "fast"})
    assert line.startswith(f"databases.n8n.{field}: {said}")

"""`python -m stacks.review`: which environments a workflow runs for."""

import json
from pathlib import Path

import pytest

from stacks.check import environments
from tests.stacks.review.previews import Review


def test_the_matrix_is_every_environment(
    review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    done = review("environments", "--only", "")
    assert json.loads(done.stdout) == environments()
    assert output.read_text() == f"environments={done.stdout}"


def test_one_may_be_asked_for_by_name(review: Review) -> None:
    assert review("environments", "--only", "homelab").stdout == '["homelab"]\n'


def test_an_unknown_one_is_a_sentence(review: Review) -> None:
    done = review("environments", "--only", "nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("nowhere: is not an environment; choose one of ")

"""The comment on a pull request: what it says, and where it is put."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stacks.command import Fault
from stacks.review import comment
from stacks.review.markdown import COMMENT
from tests.stacks.review.previews import preview, state, step

GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a repository with homelab in its first commit, and a change of it in the files."""
    folder = tmp_path / "checkout"
    (folder / "stacks").mkdir(parents=True)
    script = (
        "import sys, pathlib\n"
        "*_, here = (pathlib.Path('stacks') / 'homelab.py').read_text().split()\n"
        "if here == 'broken': sys.exit('homelab: is broken; mend it')\n"
        "if sys.argv[1] == 'render':\n"
        "    out = pathlib.Path(sys.argv[4]); out.mkdir(exist_ok=True)\n"
        "    (out / 'a.yaml').write_text(f'kind: Thing\\nmetadata: {{name: a}}\\nx: {here}\\n')\n"
        "else: print('homelab: ok,', sys.argv[1])\n"
    )
    (folder / "stacks" / "__main__.py").write_text(script)
    for number, text in enumerate(("# one", "# broken", "# two")):
        (folder / "stacks" / "homelab.py").write_text(text)
        if number < 2:
            for command in (["init", "-q"], ["add", "."], ["commit", "-qm", text]):
                subprocess.run([*GIT, *command], cwd=folder, check=True, capture_output=True)
    subprocess.run([*GIT, "tag", "good", "HEAD^"], cwd=folder, check=True)
    return folder


def test_the_real_environment_is_one_comment_with_check_objects_and_plan() -> None:
    body = comment.write("homelab")
    assert body.splitlines()[0] == "<!-- tier0 review of homelab -->"
    assert "**Check**: ok, 1 database" in body
    assert "<summary>Plan</summary>" in body
    assert "n8n-prod/n8n-postgres, 2 instances" in body
    assert "**Preview**: none was made" in body


def test_objects_are_compared_with_the_base_and_its_checkout_is_removed(checkout: Path) -> None:
    body = comment.write("homelab", base="good", program=checkout)
    assert "**Objects**: 0 added, 1 changed, 0 removed, 0 unchanged" in body
    assert "\n-x: one\n+x: two\n" in body
    listed = subprocess.run(
        [*GIT, "worktree", "list"], cwd=checkout, capture_output=True, text=True, check=True
    )
    assert len(listed.stdout.splitlines()) == 1, listed.stdout


def test_an_environment_that_the_base_has_not_is_new(checkout: Path) -> None:
    (checkout / "stacks" / "fresh.py").write_text("# new")
    body = comment.write("fresh", base="good", program=checkout)
    assert "1 added" in body
    assert "The environment is new." in body


def test_a_base_that_cannot_be_rendered_or_found_is_said(checkout: Path) -> None:
    body = comment.write("homelab", base="HEAD", program=checkout)
    assert "not compared, because the base cannot be rendered" in body
    assert "homelab: is broken; mend it" in body
    body = comment.write("homelab", base="no-such", program=checkout)
    assert "**Objects**: not compared; base no-such: cannot be checked out" in body


def test_an_environment_that_is_not_sound_shows_its_faults(checkout: Path) -> None:
    (checkout / "stacks" / "homelab.py").write_text("# broken")
    body = comment.write("homelab", base="good", program=checkout)
    assert "**Check**: faults found" in body
    assert "homelab: is broken; mend it" in body
    assert "none can be rendered until the check passes" in body


def test_the_guards_verdict_stands_above_the_steps(checkout: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    changed = {"spec.instances": {"kind": "update"}}
    path.write_text(
        json.dumps(
            preview(
                step("delete", state()),
                step("update", state("b"), state("b"), detailedDiff=changed),
            )
        )
    )
    body = comment.write("homelab", preview=path, program=checkout)
    assert "**Guard**: 1 fault in 2 steps" in body
    assert "would be deleted" in body
    assert "<summary>Preview: 1 delete, 1 update</summary>" in body
    assert "update n8n-prod/b (Cluster): spec.instances" in body


def test_a_message_cannot_end_the_block_that_shows_it(checkout: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    message = "error: ``` <script>"
    failed = preview(
        step("same", state(), state()), diagnostics=[{"severity": "error", "message": message}]
    )
    path.write_text(json.dumps(failed))
    body = comment.write("homelab", preview=path, program=checkout)
    assert "\n````text\npreview: failed: ``` <script>" in body


def test_why_there_is_no_preview_is_said(checkout: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps({"skipped": "TIER0_KUBECONFIG is not set"}))
    said = comment.write("homelab", preview=path, program=checkout)
    assert "**Preview**: no preview was made: TIER0_KUBECONFIG is not set" in said


def test_it_fits_into_a_comment_however_much_there_is_to_say(
    checkout: Path, tmp_path: Path
) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps(preview(*[step("delete", state(f"n{n}")) for n in range(2000)])))
    body = comment.write("homelab", base="good", preview=path, program=checkout)
    assert len(body.encode()) <= COMMENT
    assert "more lines are not shown" in body
    assert "+x: two" in body, "the objects were crowded out"


@pytest.fixture
def request_of(fake: Path, credentials: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what sets this run up as one of a pull request, and its environment."""
    monkeypatch.setenv("PATH", credentials["PATH"])
    monkeypatch.setenv("FAKE", str(fake))

    def make(head: str | None = "me/tier0", author: str = "me") -> dict[str, str]:
        event = fake / "event.json"
        request = {
            "number": 7,
            "head": {"repo": {"full_name": head} if head else None},
            "user": {"login": author},
        }
        event.write_text(json.dumps({"pull_request": request}))
        return {
            "GITHUB_REPOSITORY": "me/tier0",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_STEP_SUMMARY": str(fake / "summary"),
        }

    return make


def test_the_first_run_makes_a_comment(fake: Path, request_of: Any) -> None:
    comment.post("homelab", "the body", request_of())
    assert (fake / "calls").read_text().splitlines() == [
        "api --paginate repos/me/tier0/issues/7/comments?per_page=100",
        "api --method=POST repos/me/tier0/issues/7/comments --silent --input=-",
    ]
    assert json.loads((fake / "sent").read_text()) == {"body": "the body"}
    assert (fake / "summary").read_text() == "the body\n"


def test_a_later_run_replaces_its_own_and_nobody_elses(
    fake: Path,
    request_of: Any,
) -> None:
    mark = comment.mark("homelab")
    pages = [
        [
            {"id": 1, "body": f"{mark}\nby hand", "user": {"type": "User"}},
            {"id": 2, "body": f"{comment.mark('dev')}\n", "user": {"type": "Bot"}},
        ],
        [
            {"id": 3, "body": None, "user": {"type": "Bot"}},
            {"id": 4, "body": f"{mark}\nold", "user": {"type": "Bot"}},
        ],
    ]
    # One array a page, as gh printed them before 2.48.
    (fake / "comments").write_text("".join(map(json.dumps, pages)))
    comment.post("homelab", "new", request_of())
    assert (fake / "calls").read_text().splitlines()[1:] == [
        "api --method=PATCH repos/me/tier0/issues/comments/4 --silent --input=-"
    ]


@pytest.mark.parametrize(
    ("head", "author", "whose"),
    [
        ("you/tier0", "you", "a fork"),
        (None, "you", "a fork"),
        ("me/tier0", "dependabot[bot]", "Dependabot"),
    ],
    ids=["fork", "deleted fork", "dependabot"],
)
def test_where_the_token_only_reads_the_summary_has_it_and_the_log_says_so(
    fake: Path,
    request_of: Any,
    capsys: pytest.CaptureFixture[str],
    head: str | None,
    author: str,
    whose: str,
) -> None:
    comment.post("homelab", "the body", request_of(head, author))
    assert not (fake / "calls").exists(), "gh was called"
    assert f"no comment, because GitHub gives a pull request of {whose}" in (
        capsys.readouterr().out
    )
    assert (fake / "summary").read_text() == "the body\n"


def test_what_github_refuses_is_a_sentence(fake: Path, request_of: Any) -> None:
    (fake / "status").write_text("1")
    with pytest.raises(Fault, match=r"gh api: GitHub refused \(.*\); see the workflow's"):
        comment.post("homelab", "the body", request_of())


def test_a_run_of_no_pull_request_is_a_sentence() -> None:
    with pytest.raises(Fault, match="this run does not belong to a pull request; leave --post out"):
        comment.post("homelab", "the body", {})

"""What a pull request shows and refuses, without Pulumi and GitHub."""

import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from components.kube import HOLDS_DATA
from stacks.check import environments
from stacks.review import comment, deployment, guard
from stacks.review.__main__ import main
from stacks.review.markdown import COMMENT, compare, to_markdown
from tests.support import ROOT
from tools import Fault

GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]


def state(name: str = "n8n-postgres", kind: str = "Cluster", **changes: Any) -> dict[str, Any]:
    """Return a resource as a preview shows it: protected, retained and marked."""
    urn = f"urn:pulumi:homelab::tier0::tier0:postgres:PostgresCluster$kubernetes:{kind}::{name}"
    metadata: dict[str, Any] = {"name": name, "namespace": "n8n-prod"}
    made = {
        "urn": urn,
        "type": f"kubernetes:{kind}",
        "protect": True,
        "retainOnDelete": True,
        "inputs": {
            "apiVersion": "postgresql.cnpg.io/v1",
            "kind": kind,
            "metadata": metadata | {"annotations": {HOLDS_DATA: "true"}},
        },
    } | changes
    if changes.get("inputs") == "unmarked":
        made["inputs"] = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    return made


def free(name: str = "n8n", kind: str = "Service") -> dict[str, Any]:
    """Return a resource that holds no data."""
    return state(name, kind, protect=False, retainOnDelete=False, inputs="unmarked")


def step(
    operation: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    made: dict[str, Any] = {"op": operation, "urn": (old or new or {})["urn"], "detailedDiff": None}
    made |= {"oldState": old} if old else {}
    return made | ({"newState": new} if new else {}) | more


def preview(*steps: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    summary: dict[str, int] = {}
    for item in steps:
        summary[item["op"]] = summary.get(item["op"], 0) + 1
    return {"steps": list(steps), "diagnostics": [], "changeSummary": summary, **changes}


def faults(*steps: Mapping[str, Any], **changes: Any) -> str:
    return "\n".join(guard.judge(preview(*steps, **changes)).faults)


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Review = Callable[..., Done]


@pytest.fixture
def review(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Review:
    """Return what runs `python -m stacks.review` in this process."""

    def run(*arguments: str, given: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        return Done(main(arguments), *capsys.readouterr())

    return run


class TestGuard:
    def test_a_preview_that_harms_nothing_passes_and_says_what_it_saw(self, review: Review) -> None:
        seen = preview(
            step("same", state(), state()),
            step("update", state("b"), state("b")),
            step("delete", free()),
            step("replace", free("other"), free("other")),
            step("create", None, state("c")),
        )
        done = review("guard", given=json.dumps(seen))
        assert done.returncode == 0, done.stderr
        assert done.stdout == (
            "5 steps, 3 on objects holding data, "
            "none deletes or replaces one or drops its protection\n"
        )

    def test_deleting_an_object_that_holds_data_fails_and_names_it(self) -> None:
        command = [sys.executable, "-m", "stacks.review", "guard"]
        text = json.dumps(preview(step("delete", state())))
        done = subprocess.run(
            command, cwd=ROOT, input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1, "the guard let a deletion pass"
        assert done.stderr.startswith("n8n-prod/n8n-postgres (Cluster): would be deleted"), (
            done.stderr
        )
        assert "pulumi state delete --force 'urn:pulumi:homelab" in done.stderr

    @pytest.mark.parametrize(
        "only",
        [
            {"retainOnDelete": False, "inputs": "unmarked"},
            {"protect": False, "inputs": "unmarked"},
            {"protect": False, "retainOnDelete": False},
        ],
        ids=["protect", "retainOnDelete", "annotation"],
    )
    def test_each_of_the_three_marks_alone_says_that_an_object_holds_data(
        self, only: dict[str, Any]
    ) -> None:
        assert "would be deleted" in faults(step("delete", state(**only)))

    @pytest.mark.parametrize(
        "operation",
        ["replace", "create-replacement", "delete-replaced", "import-replacement"],
    )
    def test_every_step_of_a_replacement_is_one(self, operation: str) -> None:
        assert "would be replaced" in faults(step(operation, state(), state()))

    def test_a_replacement_is_one_sentence_and_says_which_field_causes_it(self) -> None:
        reason = {"metadata.name": {"kind": "update-replace"}, "spec.instances": {"kind": "update"}}
        said = faults(
            step("create-replacement", state(), state("new")),
            step("replace", state(), state("new"), detailedDiff=reason),
            step("delete-replaced", state()),
        )
        assert said.startswith(
            "n8n-prod/n8n-postgres (Cluster): would be replaced because metadata.name changes; "
        )
        assert len(said.splitlines()) == 1, said

    def test_a_replaced_provider_is_told_apart_by_its_mend(self) -> None:
        said = faults(step("replace", state(), state(), replaceReasons=["provider"]))
        assert "because provider changes; put the provider's name" in said

    def test_an_object_that_is_made_again_under_another_name_is_mended_by_an_alias(self) -> None:
        again = state() | {"urn": "urn:pulumi:homelab::tier0::kubernetes:Cluster::m8n-cluster"}
        said = faults(step("create", None, again), step("delete", state()))
        assert "m8n-cluster is the same object under another name" in said
        assert "aliases=" in said

    @pytest.mark.parametrize(
        ("lost", "word"),
        [
            ({"protect": False}, "`protect`"),
            ({"retainOnDelete": False}, "`retain_on_delete`"),
            ({"inputs": "unmarked"}, f"the annotation {HOLDS_DATA}"),
        ],
        ids=["protect", "retainOnDelete", "annotation"],
    )
    @pytest.mark.parametrize("operation", ["same", "update"])
    def test_dropping_the_protection_is_refused_before_anything_can_be_deleted(
        self, operation: str, lost: dict[str, Any], word: str
    ) -> None:
        assert f"would lose {word}," in faults(step(operation, state(), state(**lost)))

    def test_an_annotation_that_is_not_known_yet_counts_as_lost(self) -> None:
        unknown = {"kind": "Cluster", "metadata": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
        said = faults(step("update", state(), state(inputs=unknown)))
        assert f"would lose the annotation {HOLDS_DATA}" in said

    def test_a_step_whose_states_are_left_out_cannot_be_judged(self) -> None:
        blind = {"op": "delete", "urn": state()["urn"], "detailedDiff": None}
        assert "nobody can say whether it holds data" in faults(blind)
        assert "nobody can say whether it stays protected" in faults(step("update", state()))

    def test_an_operation_of_a_later_pulumi_is_refused_not_ignored(self) -> None:
        assert "has the operation vaporise" in faults(step("vaporise", state()))

    def test_a_preview_that_hides_unchanged_objects_is_refused(self) -> None:
        said = faults(step("same", free(), free()), changeSummary={"same": 22})
        assert "leaves out 21 unchanged objects" in said
        assert "--show-sames" in said

    def test_a_preview_that_shows_less_than_it_counts_is_refused(self) -> None:
        said = faults(step("create", None, state()), changeSummary={"create": 1, "delete": 2})
        assert "tells of 2 delete and shows 0, so it is not whole" in said

    def test_a_failed_preview_is_refused_even_where_its_steps_are_harmless(self) -> None:
        trace = (
            "error: Program failed:\nTraceback (most recent call last):\n  File x\nKeyError: 1\n"
        )
        said = faults(
            step("same", state(), state()), diagnostics=[{"severity": "error", "message": trace}]
        )
        assert said == "preview: failed: KeyError: 1; mend that and preview again"

    def test_where_pulumi_itself_refuses_the_object_is_named_once(self) -> None:
        # Both messages as pulumi 3.250 prints them.
        refused = "error: Preview failed: resource cannot be deleted\nbecause it is protected. To"
        said = faults(
            step("delete", state()),
            diagnostics=[
                {"severity": "error", "urn": state()["urn"], "message": refused},
                {"severity": "error", "message": "error: preview failed\n"},
            ],
        )
        assert [line.split(":")[0] for line in said.splitlines()] == [
            "n8n-prod/n8n-postgres (Cluster)",
            "preview",
        ]
        assert "so more may follow" in said

    def test_another_error_of_a_refused_object_is_not_swallowed(self) -> None:
        other = {"severity": "error", "urn": state()["urn"], "message": "error: denied by webhook"}
        assert "failed: denied by webhook" in faults(step("delete", state()), diagnostics=[other])

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", "is empty, so the preview failed before it began"),
            ("error: no stack named 'x' found", "is not JSON, or was cut off"),
            (json.dumps(preview(step("delete", state())))[:-9], "is not JSON, or was cut off"),
            ('{"sequence":0}\n{"sequence":1}', "is a stream of events"),
            ("[]", "is not what a preview prints"),
            ('{"version": 3}', "is not what a preview prints"),
            ('{"skipped": "no secrets"}', "no preview was made: no secrets"),
            ('{"steps": [{"op": "same"}]}', "has not the shape that pulumi 3.250 prints"),
            ('{"steps": 1}', "has not the shape that pulumi 3.250 prints"),
            ("[" * 100_000, "nested too deeply"),
            ('{"steps": [], "changeSummary": {}}', "has no steps or no summary"),
        ],
        ids=[
            "empty",
            "words",
            "cut",
            "stream",
            "list",
            "other",
            "skipped",
            "shape",
            "steps",
            "deep",
            "nothing",
        ],
    )
    def test_what_is_no_preview_is_a_sentence_and_a_failure(
        self, review: Review, text: str, fault: str
    ) -> None:
        done = review("guard", given=text)
        assert done.returncode == 1, f"the guard passed {text[:60]!r}"
        assert fault in done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr

    def test_a_file_that_is_not_there_is_a_sentence(self, review: Review, tmp_path: Path) -> None:
        done = review("guard", str(tmp_path / "none.json"))
        assert done.returncode == 1
        assert "cannot be read" in done.stderr


def tree(folder: Path, **objects: str) -> Path:
    folder.mkdir()
    for name, text in objects.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def an_object(name: str, *lines: str, holds_data: bool = False) -> str:
    mark = f"\n  annotations: {{{HOLDS_DATA}: 'true'}}" if holds_data else ""
    head = f"kind: Cluster\nmetadata:\n  name: {name}\n  namespace: db{mark}\n"
    return head + "".join(f"{line}\n" for line in lines)


class TestDiff:
    def test_counts_come_first_and_what_holds_data_before_the_rest(
        self, review: Review, tmp_path: Path
    ) -> None:
        base = tree(
            tmp_path / "base",
            a=an_object("a", "x: 1"),
            b=an_object("b"),
            y=an_object("y", "x: 1", holds_data=True),
            z=an_object("z", holds_data=True),
        )
        head = tree(
            tmp_path / "head",
            a=an_object("a", "x: 2"),
            b=an_object("b"),
            c=an_object("c"),
            y=an_object("y", "x: 2", holds_data=True),
        )
        text = review("diff", str(base), str(head)).stdout
        assert text.splitlines()[0] == (
            "**Objects**: 1 added, 2 changed, 1 removed, 1 unchanged; 2 of these hold data"
        )
        titles = [line for line in text.splitlines() if line.startswith("<details>")]
        assert [title[len("<details><summary>") : -len("</summary>")] for title in titles] == [
            "<b>holds data</b>, removed: <code>Cluster db/z</code> (+0 -5)",
            "<b>holds data</b>, changed: <code>Cluster db/y</code> (+1 -1)",
            "changed: <code>Cluster db/a</code> (+1 -1)",
            "added: <code>Cluster db/c</code> (+4 -0)",
        ]
        assert "\n-x: 1\n+x: 2\n" in text

    def test_an_object_that_stops_being_marked_is_still_shown_as_holding_data(
        self, tmp_path: Path
    ) -> None:
        base = tree(tmp_path / "base", a=an_object("a", holds_data=True))
        head = tree(tmp_path / "head", a=an_object("a"))
        assert compare(base, head).changes[0].holds_data

    def test_the_same_trees_show_nothing_to_unfold(self, tmp_path: Path) -> None:
        base = tree(tmp_path / "base", a=an_object("a"))
        assert to_markdown(compare(base, base)) == (
            "**Objects**: 0 added, 0 changed, 0 removed, 1 unchanged\n"
        )

    @pytest.mark.parametrize("line", ["x: é" * 30, "x: y" * 30], ids=["two bytes", "one byte"])
    def test_a_large_change_is_cut_with_a_sentence_and_fits_into_a_comment(
        self, tmp_path: Path, line: str
    ) -> None:
        base = tree(tmp_path / "base")
        head = tree(
            tmp_path / "head",
            **{f"o{n:03}": an_object(f"o{n}", *[line] * 100) for n in range(40)},
            huge=an_object("huge", *[line] * 5000, holds_data=True),
        )
        text = to_markdown(compare(base, head))
        assert COMMENT * 0.8 < len(text.encode()) <= COMMENT
        assert "more lines are not shown" in text
        assert "(0 holding data) are not shown, because a comment has an end" in text
        assert text.count("<details>") == text.count("</details>") > 2
        assert text.count("```") % 2 == 0

    def test_a_backtick_fence_inside_an_object_does_not_end_its_block(self, tmp_path: Path) -> None:
        base = tree(tmp_path / "base")
        head = tree(tmp_path / "head", a=an_object("a", "text: |", "  ```", "  # not a title"))
        assert "\n````diff\n" in to_markdown(compare(base, head))

    def test_what_is_no_object_is_compared_as_text(self, tmp_path: Path) -> None:
        base = tree(tmp_path / "base", a="{", b="- 1\n")
        head = tree(tmp_path / "head", a="}", b="metadata: 1\n")
        assert [change.name for change in compare(base, head).changes] == ["a.yaml", "b.yaml"]

    def test_a_folder_that_is_not_there_is_a_sentence(self, review: Review, tmp_path: Path) -> None:
        done = review("diff", str(tmp_path / "none"), str(tmp_path))
        assert done.returncode == 1
        assert done.stderr == (
            f"{tmp_path / 'none'}: is no folder; make it with `python -m stacks render --out`\n"
        )


class TestEnvironments:
    def test_the_matrix_is_every_environment(
        self, review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        output = tmp_path / "output"
        monkeypatch.setenv("GITHUB_OUTPUT", str(output))
        done = review("environments", "--only", "")
        assert json.loads(done.stdout) == environments()
        assert output.read_text() == f"environments={done.stdout}"

    def test_one_may_be_asked_for_by_name(self, review: Review) -> None:
        assert review("environments", "--only", "homelab").stdout == '["homelab"]\n'

    def test_an_unknown_one_is_a_sentence(self, review: Review) -> None:
        done = review("environments", "--only", "nowhere")
        assert done.returncode == 1
        assert done.stderr.startswith("nowhere: is no environment; choose one of ")


FAKE_PULUMI = """#!/bin/sh
# A fake pulumi for tests/stacks/review/test_review.py.
[ "$1" = --non-interactive ] || exit 99
echo "$@" >>"$FAKE/calls"
cat "${KUBECONFIG:-/dev/null}" >"$FAKE/kubeconfig"
cat "$FAKE/stdout"
cat "$FAKE/stderr" >&2
exit "$(cat "$FAKE/status")"
"""

FAKE_GH = """#!/bin/sh
# A fake gh for tests/stacks/review/test_review.py.
echo "$@" >>"$FAKE/calls"
case "$*" in
*--paginate*) cat "$FAKE/comments" ;;
*) cat >"$FAKE/sent" ;;
esac
exit "$(cat "$FAKE/status")"
"""


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """Return a folder with a fake pulumi and gh that says what it was asked."""
    folder = tmp_path / "fake"
    folder.mkdir()
    for name, text in {"pulumi": FAKE_PULUMI, "gh": FAKE_GH}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    for name, text in {"stdout": "", "stderr": "", "status": "0", "comments": "[]"}.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def credentials(fake: Path) -> dict[str, str]:
    return {
        "PATH": f"{fake}:{os.environ['PATH']}",
        "FAKE": str(fake),
        "PULUMI_BACKEND_URL": "file:///nowhere",
        "KUBECONFIG": "",
        "TIER0_KUBECONFIG": "text of a kubeconfig",
    }


class TestPreview:
    def test_it_asks_for_all_that_the_guard_must_see(
        self, fake: Path, credentials: dict[str, str], tmp_path: Path
    ) -> None:
        (fake / "stdout").write_text(json.dumps(preview(step("same", state(), state()))))
        out, plan = tmp_path / "new" / "p.json", tmp_path / "plan.json"
        plan.write_text("of an earlier preview")
        done = deployment.preview(
            "homelab", out=out, plan=plan, environ=credentials, program=tmp_path
        )
        assert done == 0
        assert (fake / "calls").read_text() == (
            "--non-interactive --color=never preview --json --show-sames --stack=homelab "
            f"--save-plan={plan}\n"
        )
        assert guard.judge(guard.read(out.read_text(), "p")).faults == []
        assert not plan.exists(), "an old plan would be deployed if this preview made none"

    def test_the_kubeconfig_of_a_secret_is_a_file_of_this_user_alone(
        self, fake: Path, credentials: dict[str, str], tmp_path: Path
    ) -> None:
        (fake / "stdout").write_text(json.dumps(preview(step("same", state(), state()))))
        out = tmp_path / "p.json"
        deployment.preview("homelab", out=out, environ=credentials, program=tmp_path)
        assert (fake / "kubeconfig").read_text() == "text of a kubeconfig"
        written = tmp_path / ".tier0" / "review" / "kubeconfig"
        assert stat.S_IMODE(written.stat().st_mode) == 0o600

    @pytest.mark.parametrize(
        ("stdout", "stderr", "said"),
        [
            ("", "error: incorrect passphrase", "incorrect passphrase"),
            (json.dumps(preview(step("same", state(), state()))), "error: no plan", "no plan"),
            (json.dumps(preview(step("same", state(), state()))), "", "exit status 7"),
        ],
        ids=["nothing printed", "failed afterwards", "without a word"],
    )
    def test_a_preview_that_fails_leaves_a_file_that_the_guard_refuses(
        self,
        fake: Path,
        credentials: dict[str, str],
        tmp_path: Path,
        stdout: str,
        stderr: str,
        said: str,
    ) -> None:
        for name, text in {"stdout": stdout, "stderr": stderr, "status": "7"}.items():
            (fake / name).write_text(text)
        out = tmp_path / "p.json"
        done = deployment.preview("homelab", out=out, environ=credentials, program=tmp_path)
        assert done == 1
        verdict = guard.judge(guard.read(out.read_text(), "p"))
        assert [fault for fault in verdict.faults if said in fault], verdict.faults

    def test_without_credentials_the_reason_is_left_and_nothing_runs(
        self, fake: Path, credentials: dict[str, str], tmp_path: Path
    ) -> None:
        out, output = tmp_path / "p.json", tmp_path / "output"
        environ = credentials | {"PULUMI_BACKEND_URL": "", "GITHUB_OUTPUT": str(output)}
        assert deployment.preview("homelab", out=out, environ=environ) == 0
        assert not (fake / "calls").exists(), "pulumi ran"
        assert output.read_text() == "made=false\n"
        with pytest.raises(Fault, match="no preview was made: neither PULUMI_BACKEND_URL nor"):
            guard.read(out.read_text(), "p")
        with pytest.raises(Fault, match="homelab: neither PULUMI_BACKEND_URL nor"):
            deployment.preview("homelab", out=out, required=True, environ=environ)

    def test_up_is_bound_to_the_plan_that_was_judged(
        self, fake: Path, credentials: dict[str, str], tmp_path: Path
    ) -> None:
        plan = tmp_path / "plan.json"
        with pytest.raises(Fault, match=r"plan\.json: is not there"):
            deployment.up("homelab", plan=plan, environ=credentials)
        assert not (fake / "calls").exists(), "pulumi ran without a plan"
        plan.touch()
        (fake / "status").write_text("3")
        done = deployment.up("homelab", plan=plan, environ=credentials, program=tmp_path)
        assert done == 3
        assert (fake / "calls").read_text().endswith(f"up --yes --stack=homelab --plan={plan}\n")


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


class TestComment:
    def test_the_real_environment_is_one_comment_with_check_objects_and_plan(self) -> None:
        body = comment.write("homelab")
        assert body.splitlines()[0] == "<!-- tier0 review of homelab -->"
        assert "**Check**: ok, 1 database" in body
        assert "<summary>Plan</summary>" in body
        assert "n8n-prod/n8n-postgres, 2 instances" in body
        assert "**Preview**: none was made" in body

    def test_objects_are_compared_with_the_base_and_its_checkout_is_removed(
        self, checkout: Path
    ) -> None:
        body = comment.write("homelab", base="good", program=checkout)
        assert "**Objects**: 0 added, 1 changed, 0 removed, 0 unchanged" in body
        assert "\n-x: one\n+x: two\n" in body
        listed = subprocess.run(
            [*GIT, "worktree", "list"], cwd=checkout, capture_output=True, text=True, check=True
        )
        assert len(listed.stdout.splitlines()) == 1, listed.stdout

    def test_an_environment_that_the_base_has_not_is_new(self, checkout: Path) -> None:
        (checkout / "stacks" / "fresh.py").write_text("# new")
        body = comment.write("fresh", base="good", program=checkout)
        assert "1 added" in body
        assert "The environment is new." in body

    def test_a_base_that_cannot_be_rendered_or_found_is_said(self, checkout: Path) -> None:
        body = comment.write("homelab", base="HEAD", program=checkout)
        assert "not compared, because the base cannot be rendered" in body
        assert "homelab: is broken; mend it" in body
        body = comment.write("homelab", base="no-such", program=checkout)
        assert "**Objects**: not compared; base no-such: cannot be checked out" in body

    def test_an_environment_that_is_not_sound_shows_its_faults(self, checkout: Path) -> None:
        (checkout / "stacks" / "homelab.py").write_text("# broken")
        body = comment.write("homelab", base="good", program=checkout)
        assert "**Check**: not sound" in body
        assert "homelab: is broken; mend it" in body
        assert "none can be rendered until the check passes" in body

    def test_the_guards_verdict_stands_above_the_steps(
        self, checkout: Path, tmp_path: Path
    ) -> None:
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

    def test_a_message_cannot_end_the_block_that_shows_it(
        self, checkout: Path, tmp_path: Path
    ) -> None:
        path = tmp_path / "p.json"
        message = "error: ``` <script>"
        failed = preview(
            step("same", state(), state()), diagnostics=[{"severity": "error", "message": message}]
        )
        path.write_text(json.dumps(failed))
        body = comment.write("homelab", preview=path, program=checkout)
        assert "\n````text\npreview: failed: ``` <script>" in body

    def test_why_there_is_no_preview_is_said(self, checkout: Path, tmp_path: Path) -> None:
        path = tmp_path / "p.json"
        path.write_text(json.dumps({"skipped": "TIER0_KUBECONFIG is not set"}))
        said = comment.write("homelab", preview=path, program=checkout)
        assert "**Preview**: no preview was made: TIER0_KUBECONFIG is not set" in said

    def test_it_fits_into_a_comment_however_much_there_is_to_say(
        self, checkout: Path, tmp_path: Path
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


class TestPost:
    def test_the_first_run_makes_a_comment(self, fake: Path, request_of: Any) -> None:
        comment.post("homelab", "the body", request_of())
        assert (fake / "calls").read_text().splitlines() == [
            "api --paginate repos/me/tier0/issues/7/comments?per_page=100",
            "api --method=POST repos/me/tier0/issues/7/comments --silent --input=-",
        ]
        assert json.loads((fake / "sent").read_text()) == {"body": "the body"}
        assert (fake / "summary").read_text() == "the body\n"

    def test_a_later_run_replaces_its_own_and_nobody_elses(
        self,
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
        self,
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

    def test_what_github_refuses_is_a_sentence(self, fake: Path, request_of: Any) -> None:
        (fake / "status").write_text("1")
        with pytest.raises(Fault, match=r"gh api: GitHub refused \(.*\); see the workflow's"):
            comment.post("homelab", "the body", request_of())

    def test_a_run_of_no_pull_request_is_a_sentence(self) -> None:
        with pytest.raises(Fault, match="this run is of no pull request; leave --post out"):
            comment.post("homelab", "the body", {})

"""A preview that the guard can judge, and a deployment bound to its plan."""

import json
import stat
from pathlib import Path

import pytest

from stacks.command import Fault
from stacks.review import deployment, guard
from tests.stacks.review.previews import preview, state, step


def test_it_asks_for_all_that_the_guard_must_see(
    fake: Path, credentials: dict[str, str], tmp_path: Path
) -> None:
    (fake / "stdout").write_text(json.dumps(preview(step("same", state(), state()))))
    out, plan = tmp_path / "new" / "p.json", tmp_path / "plan.json"
    plan.write_text("of an earlier preview")
    done = deployment.preview("homelab", out=out, plan=plan, environ=credentials, program=tmp_path)
    assert done == 0
    assert (fake / "calls").read_text() == (
        "--non-interactive --color=never preview --json --show-sames --stack=homelab "
        f"--save-plan={plan}\n"
    )
    assert guard.judge(guard.read(out.read_text(), "p")).faults == []
    assert not plan.exists(), "an old plan would be deployed if this preview made none"


def test_the_kubeconfig_of_a_secret_is_a_file_of_this_user_alone(
    fake: Path, credentials: dict[str, str], tmp_path: Path
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
    fake: Path, credentials: dict[str, str], tmp_path: Path
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
    fake: Path, credentials: dict[str, str], tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    with pytest.raises(Fault, match=r"plan\.json: does not exist"):
        deployment.up("homelab", plan=plan, environ=credentials)
    assert not (fake / "calls").exists(), "pulumi ran without a plan"
    plan.touch()
    (fake / "status").write_text("3")
    done = deployment.up("homelab", plan=plan, environ=credentials, program=tmp_path)
    assert done == 3
    assert (fake / "calls").read_text().endswith(f"up --yes --stack=homelab --plan={plan}\n")

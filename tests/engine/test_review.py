"""The guard on what the real `pulumi preview --json` prints, and a deployment bound to its plan."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from stacks.review import deployment, guard
from tests.support import ROOT
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine

OBJECTS_HOLDING_DATA = 6
PROTECTED = "protect=keep,\n        retain_on_delete=keep"


def edit(program: Path, file: str, old: str, new: str) -> None:
    path = program / file
    text = path.read_text()
    assert old in text, f"{file} has no {old!r} to change"
    path.write_text(text.replace(old, new))


def printed(engine: Engine, *options: str) -> str:
    """Return what the guard's command prints, whatever its exit status."""
    arguments = guard.COMMAND.removeprefix("pulumi ").split()
    done = engine.run(*arguments, "--stack", "homelab", *options, check=False)
    return done.stdout


def verdict(engine: Engine, *options: str) -> guard.Verdict:
    return guard.judge(guard.read(printed(engine, *options), "preview"))


def faults(engine: Engine, *options: str) -> str:
    return "\n".join(verdict(engine, *options).faults)


def test_a_preview_without_a_change_and_one_with_a_harmless_change_pass(
    homelab: Engine, program: Path
) -> None:
    same = verdict(homelab)
    assert same.faults == []
    assert same.holding == OBJECTS_HOLDING_DATA
    edit(program, "stacks/homelab.py", "instances=2", "instances=3")
    more = verdict(homelab)
    assert more.faults == [], "an update in place is no fault"
    assert more.holding == OBJECTS_HOLDING_DATA


def test_a_renamed_database_is_refused_by_name_and_cause(homelab: Engine, program: Path) -> None:
    edit(program, "stacks/homelab.py", 'cluster="n8n-postgres"', 'cluster="n8n-pg"')
    said = faults(homelab)
    assert "n8n-prod/n8n-postgres (Cluster): would be replaced because metadata.name" in said
    assert "n8n-prod/n8n-postgres (ObjectStore): would be replaced because metadata.name" in said
    assert "(Service)" not in said, "a Service holds no data"


def test_losing_protection_and_being_replaced_in_one_change_is_refused(
    homelab: Engine, program: Path
) -> None:
    # Here Pulumi itself refuses nothing: it looks at the protection that will be.
    edit(program, "components/kube/objects.py", PROTECTED, "protect=False, retain_on_delete=False")
    edit(program, "stacks/homelab.py", 'cluster="n8n-postgres"', 'cluster="n8n-pg"')
    whole = verdict(homelab)
    assert len(whole.faults) == OBJECTS_HOLDING_DATA, whole.faults
    said = "\n".join(whole.faults)
    assert "n8n-prod/n8n-postgres (Cluster): would be replaced" in said
    assert "cert-manager/tier0-root-ca (Certificate): would lose `protect` and" in said
    targeted = faults(homelab, "--target", "**n8n-cluster")
    assert targeted.startswith("n8n-prod/n8n-postgres (Cluster): would be replaced"), targeted
    assert len(targeted.splitlines()) == 1, "the others are not this preview's targets"
    detailed = verdict(homelab, "--show-replacement-steps")
    assert detailed.faults == whole.faults, "its steps one by one are the same verdict"


def test_a_database_taken_out_or_declared_under_another_key_is_refused(
    homelab: Engine, program: Path
) -> None:
    edit(program, "stacks/homelab.py", '"n8n": PostgresSpec(', '"m8n": PostgresSpec(')
    said = faults(homelab)
    assert re.search(r"n8n-prod/n8n-\S+ \(\w+\): would be deleted from the stack", said), said
    assert "is the same object under another name" in said
    assert "so more may follow" in said, "Pulumi ends at the first protected object"


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        (PROTECTED, "protect=False, retain_on_delete=keep", "`protect`"),
        (PROTECTED, "protect=keep", "`retain_on_delete`"),
        ('noted[HOLDS_DATA] = "true"', "pass", "the annotation tier0/holds-data"),
    ],
    ids=["protect", "retain_on_delete", "annotation"],
)
def test_each_protection_that_is_dropped_is_seen_though_nothing_else_changes(
    homelab: Engine, program: Path, old: str, new: str, lost: str
) -> None:
    edit(program, "components/kube/objects.py", old, new)
    seen = verdict(homelab).faults
    assert len(seen) == OBJECTS_HOLDING_DATA, seen
    assert all(f"would lose {lost}," in fault for fault in seen), seen


def test_a_preview_without_its_unchanged_steps_is_not_trusted(
    homelab: Engine, program: Path
) -> None:
    # What this option hides is a retain_on_delete that is lost without any other change.
    edit(program, "components/kube/objects.py", PROTECTED, "protect=keep")
    done = homelab.run("preview", "--json", "--stack", "homelab")
    said = "\n".join(guard.judge(guard.read(done.stdout, "preview")).faults)
    assert "--show-sames" in said
    assert "unchanged objects" in said


def test_a_program_that_fails_is_refused_with_what_it_raised(
    homelab: Engine, program: Path
) -> None:
    with (program / "__main__.py").open("a") as sink:
        sink.write('raise RuntimeError("boom")\n')
    assert "preview: failed: " in (said := faults(homelab))
    assert "RuntimeError: boom" in said
    assert "Traceback" not in said


def test_a_plan_deploys_what_was_judged_and_nothing_else(
    homelab: Engine, program: Path, tmp_path: Path
) -> None:
    environ = homelab.environment
    out, plan = tmp_path / "preview.json", tmp_path / "plan.json"
    edit(program, "stacks/homelab.py", "instances=2", "instances=3")
    made = deployment.preview(
        "homelab", out=out, plan=plan, environ=environ, program=homelab.project
    )
    assert made == 0
    assert guard.judge(guard.read(out.read_text(), "preview")).faults == []
    edit(program, "stacks/homelab.py", "instances=3", "instances=5")
    status = deployment.up("homelab", plan=plan, environ=environ, program=homelab.project)
    assert status != 0, "what nobody previewed was deployed"
    edit(program, "stacks/homelab.py", "instances=5", "instances=3")
    status = deployment.up("homelab", plan=plan, environ=environ, program=homelab.project)
    assert status == 0
    state = json.loads(homelab.run("stack", "export", "--stack", "homelab").stdout)
    clusters = [
        resource["inputs"]["spec"]["instances"]
        for resource in state["deployment"]["resources"]
        if resource["type"] == "kubernetes:postgresql.cnpg.io/v1:Cluster"
    ]
    assert clusters == [3]


def test_a_stack_that_is_not_there_is_refused_with_pulumis_own_words(
    engine: Engine, tmp_path: Path
) -> None:
    out = tmp_path / "preview.json"
    made = deployment.preview(
        "nowhere", out=out, environ=engine.environment, program=engine.project
    )
    assert made == 1
    seen = guard.judge(guard.read(out.read_text(), "preview")).faults
    assert "no stack named 'nowhere' found" in seen[0]


def test_actionlint_finds_nothing_in_the_workflows(toolchain: Toolchain) -> None:
    # It asks shellcheck too, where that is on the PATH.
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    assert shutil.which("shellcheck", path=path)
    done = subprocess.run(
        [toolchain.binary("actionlint"), "-no-color"],
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

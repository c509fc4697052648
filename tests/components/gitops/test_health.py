"""Which kinds Argo CD checks; tests/engine/test_health.py runs the checks."""

import json
import shlex
import subprocess
import sys

from components.gitops.health import BUILT_IN, HEALTH, lua
from components.kube.readiness import READINESS, Readiness, readiness
from stacks.render.owners import owned
from tests import valid
from tests.support import ROOT


def _key(kind: str) -> str:
    return f"resource.customizations.health.{kind.replace('/', '_')}"


def test_what_pulumi_would_wait_for_argo_cd_does_not_call_healthy_at_once() -> None:
    kinds = {
        f"{manifest['apiVersion'].partition('/')[0]}/{manifest['kind']}"
        for manifest in owned(valid.every_choice()).all.manifests()
        if readiness(manifest["apiVersion"], manifest["kind"])
    } - {"argoproj.io/Application"}
    assert {"ceph.rook.io/CephFilesystem", "postgresql.cnpg.io/Database"} <= kinds
    assert {kind for kind in kinds if kind not in BUILT_IN and _key(kind) not in HEALTH} == set()


def test_the_checks_are_those_of_kinds_that_are_declared() -> None:
    assert set(HEALTH) == {
        _key(kind)
        for kind in READINESS
        if kind not in BUILT_IN and kind != "argoproj.io/Application"
    }


def test_a_check_asks_what_the_engine_asks() -> None:
    """Argo CD's own check of CephCluster calls HEALTH_WARN a failure; this one takes its place."""
    for kind, declaration in READINESS.items():
        script = HEALTH.get(_key(kind), "")
        for path, value in declaration.fields.items() if script else ():
            assert f'tostring(status.{path}) == "{value}"' in script
        for name in declaration.conditions if script else ():
            assert f'(found["{name}"] or {{}}).status == "True"' in script
    assert "HEALTH_" not in HEALTH[_key("ceph.rook.io/CephCluster")]


def test_only_where_the_operator_says_which_generation_it_is_asked() -> None:
    script = "obj.metadata.generation"
    assert script in lua(Readiness(fields={"applied": "true"}, observed=True))
    assert script not in lua(Readiness(fields={"applied": "true"}))


def test_the_page_gives_an_argo_cd_that_is_there_the_same_checks() -> None:
    page = (ROOT / "docs/gitops.md").read_text("utf-8")
    (command,) = [line for line in page.splitlines() if line.startswith("python -c ")]
    words = shlex.split(command.partition(" > ")[0])
    done = subprocess.run(
        [sys.executable, *words[1:]], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert json.loads(done.stdout) == {"data": HEALTH}

"""Argo CD's half on a real API server: accepted, the same as Pulumi's, and never owned by both.

`kubectl apply --server-side` in the order of the waves is what Argo CD does with a tree.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.check import load
from stacks.render.files import to_files
from stacks.render.owners import SYNC_WAVE, rendered, synced
from tests import valid
from tests.engine.policies import API, NUMBER, WRITES
from tests.engine.test_generations import in_force
from tests.support import ROOT, declared, to_module
from tools.engine.engine import Engine
from tools.kube import Kube
from tools.sandbox.api_server import Sandbox

ARGO_CD = "argocd-controller"
"""Argo CD's field manager."""

OF_THE_SERVER = {"creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"}
NOTES = re.compile(r"pulumi\.com/|argocd\.argoproj\.io/|kubectl\.kubernetes\.io/")
ADDRESSES = {"clusterIP", "clusterIPs"}
GITOPS = {"gitops": valid.gitops()}
RUNBOOK = ROOT / "docs" / "runbooks" / "hand-over-to-argo-cd.md"

Manifest = Mapping[str, Any]


@pytest.fixture
def kubectl(sandbox: Sandbox) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The real kubectl on the sandbox."""

    def run(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [Path(sys.executable).parent / "kubectl", *arguments],
            env={"KUBECONFIG": str(sandbox.kubeconfig), "HOME": str(sandbox.directory)},
            capture_output=True,
            check=False,
            text=True,
        )
        assert not (check and done.returncode), done.stderr
        return done

    return run


def _render(environment: str, folder: Path) -> list[Path]:
    return to_files(synced(rendered(load(environment))), folder)


def _wave(path: Path) -> int:
    manifest = yaml.safe_load(path.read_text("utf-8"))
    return int(manifest["metadata"]["annotations"][SYNC_WAVE])


def _sync(kubectl: Callable[..., object], folder: Path, *more: str) -> None:
    """Apply a tree as Argo CD does: wave after wave, each object strictly."""
    for _, wave in groupby(sorted(folder.glob("*.yaml"), key=_wave), key=_wave):
        paths = [*wave]
        files = [argument for path in paths for argument in ("-f", str(path))]
        # A hook is deleted before it is made; without controllers nothing else ends its deletion.
        hooks = [path for path in paths if "argocd.argoproj.io/hook: Sync" in path.read_text()]
        for path in hooks:
            kubectl("delete", "-f", str(path), "--ignore-not-found", "--cascade=orphan")
        kubectl(
            *("apply", "--server-side", f"--field-manager={ARGO_CD}", "--validate=strict"),
            *more,
            *files,
        )


Live = Callable[[Manifest], dict[str, Any]]


@pytest.fixture
def live(sandbox: Sandbox) -> Iterator[Live]:
    """Return a function that reads the object that a manifest names."""

    def read(manifest: Manifest) -> dict[str, Any]:
        metadata = manifest["metadata"]
        where = metadata["name"], metadata.get("namespace", "")
        found = cluster.get(manifest["apiVersion"], manifest["kind"], *where)
        assert found, f"{manifest['kind']} {where} is not there"
        return found

    with sandbox.api() as api:
        cluster = Kube(api)
        yield read


def _said(found: Manifest) -> dict[str, Any]:
    """An object without what the API server and the one who applied it add."""
    metadata = {k: v for k, v in found["metadata"].items() if k not in OF_THE_SERVER}
    notes = {k: v for k, v in metadata.pop("annotations", {}).items() if not NOTES.match(k)}
    body = {k: v for k, v in found.items() if k != "metadata"}
    if found["kind"] == "Service":
        body["spec"] = {k: v for k, v in body["spec"].items() if k not in ADDRESSES}
    if found["kind"] == "Deployment":
        # Its controller's, which counts what it has seen.
        body.pop("status", None)
    return body | {"metadata": metadata | {"annotations": notes}}


@pytest.mark.parametrize("environment", ["homelab", "dev"])
def test_the_tree_applied_in_waves_makes_the_objects_that_pulumi_makes(
    environment: str,
    kubectl: Callable[..., subprocess.CompletedProcess[str]],
    live: Live,
    engine: Engine,
    sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    manifests = list(declared(load(environment)).manifests())

    def everything() -> list[dict[str, Any]]:
        return [_said(live(manifest)) for manifest in manifests]

    empty = sandbox.etcd.snapshot()
    _render(environment, tmp_path / "tree")
    _sync(kubectl, tmp_path / "tree")
    by_argo_cd = everything()
    sandbox.etcd.restore(empty)
    engine.begin(environment)
    engine.run("up", "--yes", "--skip-preview")
    assert everything() == by_argo_cd
    assert len(by_argo_cd) > 10


def _restored(folder: Path, **changes: Any) -> Path:
    """Write the tree of homelab with a restored generation and *changes*; return its folder."""
    given = {"generations": [valid.restore()], "pooler": valid.pooler(), **changes}
    places = {f"databases.n8n.{field}": value for field, value in given.items()}
    shutil.rmtree(folder, ignore_errors=True)
    to_files(synced(rendered(valid.homelab({**GITOPS, **places}))), folder)
    return folder


def test_a_switch_is_applied_in_waves_and_only_a_pooler_is_deleted_by_hand(
    kubectl: Callable[..., subprocess.CompletedProcess[str]], sandbox: Sandbox, tmp_path: Path
) -> None:
    """What Argo CD compares by is the apply that is tried here: it must pass for each object."""
    tree = tmp_path / "tree"
    _sync(kubectl, _restored(tree))

    def tried() -> list[str]:
        """Return the objects whose apply is refused, but for hooks, which are not compared."""
        found = []
        for path in sorted(tree.glob("*.yaml"), key=_wave):
            if "argocd.argoproj.io/hook: Sync" not in path.read_text("utf-8"):
                apply = ("apply", "--server-side", f"--field-manager={ARGO_CD}")
                done = kubectl(*apply, "--dry-run=server", "-f", str(path), check=False)
                found += [path.name] if done.returncode else []
        return found

    assert tried() == []
    _restored(tree, active=2)
    (pooler,) = tried()
    assert pooler == "n8n-prod.pooler.n8n-postgres-pooler-rw.yaml"
    kubectl("-n", "n8n-prod", "delete", "pooler", "n8n-postgres-pooler-rw")
    assert tried() == []
    _sync(kubectl, tree)
    with sandbox.cluster() as cluster:
        service = cluster.get("v1", "Service", "n8n-postgres", "n8n-prod") or {}
        first = cluster.get("postgresql.cnpg.io/v1", "Cluster", "n8n-postgres", "n8n-prod") or {}
    assert service["spec"]["selector"]["cnpg.io/cluster"] == "n8n-postgres-g2"
    assert first["metadata"]["annotations"]["cnpg.io/fencedInstances"] == '["*"]'


def test_an_up_without_its_state_refuses_the_generations_that_argo_cd_has_made(
    engine: Engine,
    kubectl: Callable[..., subprocess.CompletedProcess[str]],
    live: Live,
    program: Path,
    tmp_path: Path,
) -> None:
    changes: dict[str, Any] = {"generations": [valid.restore()], "active": 2}
    _sync(kubectl, _restored(tmp_path / "tree", active=2))
    places = {f"databases.n8n.{field}": value for field, value in changes.items()}
    alone = valid.homelab(places)
    to_module(alone, program / "stacks" / "homelab.py")
    manifests = [m for m in declared(alone).manifests() if m["kind"] != "Job"]
    before = [live(manifest) for manifest in manifests]
    engine.begin("homelab")
    done = engine.run("up", "--yes", "--skip-preview", check=False)
    assert done.returncode != 0
    assert re.search("already exists|exists already", done.stdout + done.stderr)
    assert [live(manifest) for manifest in manifests] == before


def _shared(program: Path, *, name: str = "homelab") -> None:
    to_module(valid.edited(name, GITOPS), program / "stacks" / f"{name}.py")


def test_with_argo_cd_pulumi_makes_its_project_and_application_and_nothing_else(
    engine: Engine, program: Path, kubectl: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Custom resources are sent with strict validation: a field that Argo CD lacks is refused."""
    _shared(program)
    engine.begin("homelab")
    engine.run("up", "--yes", "--skip-preview")
    resources = json.loads(engine.run("stack", "export").stdout)["deployment"]["resources"]
    made = {r["type"] for r in resources if r["type"].startswith("kubernetes:")}
    assert made == {
        "kubernetes:argoproj.io/v1alpha1:AppProject",
        "kubernetes:argoproj.io/v1alpha1:Application",
    }
    for kind in ("appproject", "application"):
        assert kubectl("-n", "argocd", "get", kind, "tier0", "-o", "name").stdout
    assert "n8n-prod" not in kubectl("get", "namespaces", "-o", "name").stdout
    outputs = json.loads(engine.run("stack", "output", "--json").stdout)
    assert outputs["databases"]["n8n"]["host"] == "n8n-postgres.n8n-prod.svc"


def test_the_real_definitions_refuse_a_field_that_argo_cd_does_not_have(
    kubectl: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    shared = valid.homelab(GITOPS)
    apply = ("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f")
    path = tmp_path / "object.yaml"
    for manifest in declared(shared).manifests():
        path.write_text(yaml.safe_dump(manifest))
        kubectl(*apply, str(path))
        manifest["spec"]["projects"] = "tier0"
        path.write_text(yaml.safe_dump(manifest))
        assert (
            ".spec.projects: field not declared" in kubectl(*apply, str(path), check=False).stderr
        )


def test_pulumi_refuses_what_argo_cd_has_made_and_changes_nothing_of_it(
    engine: Engine,
    kubectl: Callable[..., subprocess.CompletedProcess[str]],
    live: Live,
    tmp_path: Path,
) -> None:
    _render("homelab", tmp_path / "tree")
    _sync(kubectl, tmp_path / "tree")
    manifests = list(declared(load("homelab")).manifests())
    before = [live(manifest) for manifest in manifests]
    engine.begin("homelab")
    done = engine.run("up", "--yes", "--skip-preview", check=False)
    assert done.returncode != 0
    assert re.search("already exists|exists already", done.stdout + done.stderr)
    assert [live(manifest) for manifest in manifests] == before


def test_what_pulumi_owns_conflicts_with_argo_cd_as_soon_as_they_disagree(
    homelab: Engine,
    program: Path,
    kubectl: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    """Argo CD forces its value; the next change by Pulumi is refused and names the other."""
    _render("homelab", tmp_path / "tree")
    path = tmp_path / "tree" / "n8n-prod.scheduledbackup.n8n-postgres-backup.yaml"
    path.write_text(path.read_text().replace("0 0 2 * * *", "0 0 3 * * *"))
    _sync(kubectl, tmp_path / "tree", "--force-conflicts")
    module = program / "stacks" / "homelab.py"
    module.write_text(module.read_text().replace('"0 2 * * *"', '"30 4 * * *"'))
    done = homelab.run("up", "--yes", "--skip-preview", check=False)
    assert done.returncode != 0
    assert ARGO_CD in done.stdout + done.stderr


def test_gitops_on_what_pulumi_has_deployed_is_refused_before_anything_is_deleted(
    homelab: Engine, program: Path, live: Live
) -> None:
    manifests = list(declared(load("homelab")).manifests())
    before = [live(manifest) for manifest in manifests]
    _shared(program)
    done = homelab.run("up", "--yes", check=False)
    assert done.returncode != 0
    assert "protected" in done.stdout + done.stderr
    assert [live(manifest) for manifest in manifests] == before


def _commands(runbook: Path) -> list[str]:
    """The commands of a runbook, a block each."""
    return re.findall(r"^```sh\n(.*?)^```", runbook.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_runbook_hands_every_object_over_without_touching_it(
    homelab: Engine,
    program: Path,
    sandbox: Sandbox,
    kubectl: Callable[..., subprocess.CompletedProcess[str]],
    live: Live,
) -> None:
    manifests = list(declared(load("homelab")).manifests())
    before = [live(manifest) for manifest in manifests]
    _shared(program)
    shutil.copytree(program, homelab.project, dirs_exist_ok=True, ignore=_settings)
    tree = homelab.project / "rendered"

    def run(commands: str) -> None:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=homelab.project,
            env=homelab.environment | {"KUBECONFIG": str(sandbox.kubeconfig)},
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def unchanged() -> bool:
        after = [live(manifest) for manifest in manifests]
        return [(_said(o), o["metadata"]["uid"]) for o in after] == [
            (_said(o), o["metadata"]["uid"]) for o in before
        ]

    *until_argo_cd_applies, forget = _commands(RUNBOOK)
    for commands in until_argo_cd_applies:
        run(commands)
    assert unchanged()
    _sync(kubectl, tree)
    assert unchanged()
    run(forget)
    assert unchanged()
    homelab.run("up", "--yes", "--skip-preview", "--expect-no-changes")

    (store,) = tree.glob("n8n-prod.objectstore.*.yaml")
    text = store.read_text("utf-8")
    assert "  retentionPolicy: 30d\n" in text
    store.write_text(text.replace("  retentionPolicy: 30d\n", ""), "utf-8")
    _sync(kubectl, tree)
    stores = [live(m) for m in manifests if m["kind"] == "ObjectStore"]
    (found,) = [it for it in stores if it["metadata"]["namespace"] == "n8n-prod"]
    assert "retentionPolicy" not in found["spec"], "Pulumi still owns a field that left the tree"


def _settings(_: str, names: list[str]) -> list[str]:
    """Keep the engine's own project file."""
    return [name for name in names if name == "Pulumi.yaml"]


@pytest.mark.parametrize(
    ("reached", "old", "name", "said"),
    [
        ({}, None, "n8n-postgres", NUMBER),
        ({"active": 2}, None, "n8n-postgres-g2", NUMBER),
        ({"active": 2}, {}, "n8n-postgres-g2", WRITES),
    ],
    ids=["before a candidate", "before a switch and its candidate", "before a switch"],
)
def test_an_old_commit_that_argo_cd_syncs_during_a_recovery_is_refused_and_clients_stay(
    reached: dict[str, Any],
    old: dict[str, Any] | None,
    name: str,
    said: str,
    kubectl: Callable[..., subprocess.CompletedProcess[str]],
    sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    """Each sync deletes the Jobs before, as their options have Argo CD do, and prunes nothing."""

    def commit(changes: dict[str, Any] | None) -> Path:
        restored = {} if changes is None else {"generations": [valid.restore()], **changes}
        places = {f"databases.n8n.{field}": it for field, it in restored.items()}
        folder = tmp_path / str(len([*tmp_path.iterdir()]))
        folder.mkdir()
        module = to_module(valid.homelab({**GITOPS, **places}), folder / "homelab.py")
        _render(str(module), folder / "tree")
        return folder / "tree"

    def sync(tree: Path) -> None:
        kubectl("delete", "jobs", "--all", "--namespace", "n8n-prod", "--ignore-not-found")
        _sync(kubectl, tree)

    def seen() -> tuple[Any, Any]:
        with sandbox.cluster() as cluster:
            service = cluster.get("v1", "Service", "n8n-postgres", "n8n-prod")
            assert service
            there = {
                it["metadata"]["name"]: it["metadata"]["uid"]
                for it in cluster.objects(API, "Cluster", "n8n-prod")
            }
        return service["spec"]["selector"]["cnpg.io/cluster"], there

    commits = [commit(None), commit({}), commit(reached)]
    for tree in commits:
        sync(tree)
    with sandbox.cluster() as cluster:
        in_force(cluster, name)
    before = seen()
    assert (before[0], len(before[1])) == (name, 2)
    with pytest.raises(AssertionError, match=re.escape(said)):
        sync(commits[0] if old is None else commits[1])
    assert seen() == before
    sync(commits[-1])
    assert seen() == before

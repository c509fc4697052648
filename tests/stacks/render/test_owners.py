"""The rendered tree: what Argo CD applies, in which order, and what it never deletes."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from stacks.__main__ import render
from stacks.check import environments, load
from stacks.environment import EnvironmentSpec
from stacks.render.files import CannotRender, to_files, to_yaml
from stacks.render.owners import KEPT, SYNC_OPTIONS, SYNC_WAVE, owned, rendered, synced
from stacks.render.recorder import record
from tests import valid
from tests.support import declared, to_module

GITOPS = {"gitops": valid.gitops()}
ARGOS_OWN = {"AppProject", "Application"}


def _key(manifest: Mapping[str, Any]) -> tuple[str, str, str]:
    metadata = manifest["metadata"]
    return manifest["kind"], metadata.get("namespace", ""), metadata["name"]


def _named(environment: EnvironmentSpec) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    return {_key(manifest): manifest for manifest in synced(rendered(environment))}


def _notes(manifest: Mapping[str, Any]) -> Mapping[str, str]:
    annotations: Mapping[str, str] = manifest["metadata"]["annotations"]
    return annotations


@pytest.fixture(params=environments())
def both(request: pytest.FixtureRequest) -> tuple[EnvironmentSpec, EnvironmentSpec]:
    """An environment as Pulumi applies it, and the same as Argo CD does."""
    return load(request.param), valid.edited(request.param, GITOPS)


def test_no_object_has_two_owners_and_none_has_no_owner(
    both: tuple[EnvironmentSpec, EnvironmentSpec],
) -> None:
    alone, shared = both
    halves = owned(shared)
    mine = {_key(m): m for m in halves.pulumi.manifests()}
    theirs = {_key(m): m for m in halves.argocd.manifests()}
    assert mine.keys() & theirs.keys() == set()
    # Operators stay with Pulumi, and so do their namespaces.
    namespaces = {"Namespace"} if shared.operators else set()
    assert {kind for kind, _, _ in mine} == ARGOS_OWN | namespaces
    both_apply = {key: one for key, one in (mine | theirs).items() if key[0] not in ARGOS_OWN}
    assert both_apply == {_key(m): m for m in declared(alone).manifests()}, (
        "together they must apply just what Pulumi would"
    )
    assert list(owned(alone).argocd.manifests()) == []


def test_other_stacks_find_the_same_whoever_applies(
    both: tuple[EnvironmentSpec, EnvironmentSpec],
) -> None:
    alone, shared = both
    assert declared(shared).outputs == declared(alone).outputs


def test_the_project_admits_each_object_of_the_tree_and_no_place_or_kind_more(
    both: tuple[EnvironmentSpec, EnvironmentSpec],
) -> None:
    _, shared = both
    (project,) = [m["spec"] for m in declared(shared).manifests() if m["kind"] == "AppProject"]
    objects = list(rendered(shared).manifests())

    def group(manifest: Mapping[str, Any]) -> str:
        return str(manifest["apiVersion"].rpartition("/")[0])

    assert {d["namespace"] for d in project["destinations"]} == {
        m["metadata"]["namespace"] for m in objects if "namespace" in m["metadata"]
    }
    assert {(k["group"], k["kind"]) for k in project["clusterResourceWhitelist"]} == {
        (group(m), m["kind"]) for m in objects if "namespace" not in m["metadata"]
    }
    assert project["namespaceResourceBlacklist"] == [{"group": "", "kind": "Secret"}]


def test_the_wave_of_an_object_comes_after_those_whose_values_it_uses() -> None:
    waves = {key[0]: int(_notes(m)[SYNC_WAVE]) for key, m in _named(load("homelab")).items()}
    order = [
        "Namespace",
        "Certificate",
        "CephObjectStore",
        "StorageClass",
        "ObjectBucketClaim",
        "ObjectStore",
        "Cluster",
        "ScheduledBackup",
    ]
    assert [kind for kind, later in pairwise(order) if waves[kind] >= waves[later]] == []


def test_clients_are_sent_to_a_generation_after_it_is_proved_and_the_others_are_stopped() -> None:
    changes = {
        **GITOPS,
        "databases.n8n.generations": [valid.restore(), valid.restore(source=2)],
        "databases.n8n.active": 3,
        "databases.n8n.removed": [1],
        "databases.n8n.pooler": valid.pooler(),
    }
    waves = {key: int(_notes(it)[SYNC_WAVE]) for key, it in _named(valid.homelab(changes)).items()}

    def wave(kind: str, name: str) -> int:
        return waves[kind, "n8n-prod", f"n8n-postgres{name}"]

    order = [
        wave("ConfigMap", "-recovery"),
        wave("Job", "-g3-prepare"),
        wave("Cluster", "-g3"),
        wave("Job", "-g3-proof"),
        wave("Cluster", "-g2"),
        wave("Job", "-g3-switch"),
        wave("Service", ""),
    ]
    assert all(before < after for before, after in pairwise(order)), order


def test_every_wave_follows_from_the_recorded_dependencies() -> None:
    recording = declared(load("homelab"))
    wave = {resource.urn: number for resource, number in recording.waves()}
    for resource, number in recording.waves():
        before = [wave[urn] for urn in resource.dependencies if urn in wave]
        assert number == max(before, default=-1) + 1, resource.name


def test_what_holds_data_is_never_pruned_and_everything_else_is() -> None:
    kept = {key[0] for key, m in _named(load("homelab")).items() if SYNC_OPTIONS in _notes(m)}
    assert kept == {
        "CephObjectStore",
        "Certificate",
        "Cluster",
        "Namespace",
        "ObjectBucketClaim",
        "ObjectStore",
    }
    objects = _named(load("homelab")).values()
    assert {_notes(m).get(SYNC_OPTIONS) for m in objects} == {None, KEPT}
    assert [k for k, m in _named(load("dev")).items() if SYNC_OPTIONS in _notes(m)] == []


def test_nothing_in_the_tree_speaks_to_pulumi() -> None:
    assert "pulumi" not in to_yaml(synced(declared(load("homelab")))).lower()


def test_the_deletion_of_the_application_takes_only_a_disposable_environment_along() -> None:
    def finalizers(name: str) -> object:
        shared = valid.edited(name, GITOPS)
        (found,) = [m for m in declared(shared).manifests() if m["kind"] == "Application"]
        return found["metadata"].get("finalizers")

    assert finalizers("homelab") is None
    assert finalizers("dev") == ["resources-finalizer.argocd.argoproj.io/foreground"]


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
def test_a_secret_value_is_refused_wherever_it_stands_and_not_repeated(
    kind: str, tmp_path: Path
) -> None:
    def program() -> None:
        make = getattr(kubernetes.core.v1, kind)
        field = "string_data" if kind == "Secret" else "data"
        make("x", metadata={"name": "x"}, **{field: {"k": pulumi.Output.secret("hunter2")}})

    with pytest.raises(CannotRender, match="which a rendered tree would show; ") as refused:
        to_files(synced(record(program)), tmp_path / "tree")
    assert "hunter2" not in str(refused.value)
    assert not (tmp_path / "tree").exists()


@pytest.mark.parametrize("name", ["mine.yaml", "mine.yml", "mine.json", "kustomization"])
def test_a_folder_with_a_manifest_of_somebody_elses_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("kind: Mine\n")
    (tmp_path / "README.md").write_text("mine, and Argo CD does not apply it\n")
    with pytest.raises(CannotRender) as refused:
        to_files(synced(declared(load("homelab"))), tmp_path)
    assert str(refused.value) == (
        f"{tmp_path / name}: was not rendered by tier0; choose another folder"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "README.md"])


def test_rendering_again_writes_the_same_bytes_and_leaves_sealed_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = to_module(valid.homelab(GITOPS), tmp_path / "shared.py")
    tree = tmp_path / "tree"

    def bytes_of() -> dict[str, bytes]:
        render(str(module), tree)
        return {path.name: path.read_bytes() for path in tree.iterdir()}

    first = bytes_of()
    assert len(capsys.readouterr().out.splitlines()) == len(first) > 10
    sealed = tree / "n8n-prod.sealedsecret.s3.yaml"
    sealed.write_text("# Sealed by tier0; seal it anew instead of editing it.\nkind: SealedSecret")
    assert bytes_of() == first | {sealed.name: sealed.read_bytes()}


def test_the_plan_shows_both_halves() -> None:
    kinds = {manifest["kind"] for manifest in owned(valid.homelab(GITOPS)).all.manifests()}
    assert kinds > ARGOS_OWN
    assert "Cluster" in kinds

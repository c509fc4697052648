"""What a program declares is one object for one name, whatever rule was forgotten."""

from pathlib import Path

import pytest

from components import kube
from components.kube import Object
from components.spec.rule import RULES
from stacks.__main__ import main
from stacks.render.owners import owned
from stacks.render.recorder import DeclaredTwice, record
from tests import valid
from tests.stacks.check.corpus import BAD, expected, rules


def _declare(*objects: tuple[str, str, str]) -> None:
    """Declare an object `shop/one` for each resource, kind and version."""
    parent = kube.Provider("cluster", cluster="here", kubeconfig=None)
    for resource, kind, version in objects:
        Object(
            resource,
            parent=parent,
            api_version=version,
            kind=kind,
            name="one",
            namespace="shop",
        )


def test_two_objects_of_one_name_are_refused_and_both_are_named() -> None:
    with pytest.raises(DeclaredTwice) as refused:
        record(lambda: _declare(("first", "ConfigMap", "v1"), ("second", "ConfigMap", "v1")))
    assert str(refused.value) == (
        "ConfigMap shop/one: is declared twice, as 'first' and as 'second'; "
        "choose another name for one"
    )


def test_two_versions_of_a_group_are_one_object() -> None:
    with pytest.raises(DeclaredTwice, match=r"^Thing shop/one: is declared twice"):
        record(lambda: _declare(("a", "Thing", "example.org/v1"), ("b", "Thing", "example.org/v2")))


def test_two_groups_may_have_one_kind_and_name() -> None:
    recording = record(
        lambda: _declare(("a", "Thing", "example.org/v1"), ("b", "Thing", "example.com/v1"))
    )
    assert len(list(recording.manifests())) == 2


def test_two_releases_of_one_name_are_refused() -> None:
    def releases() -> None:
        parent = kube.Provider("cluster", cluster="here", kubeconfig=None)
        for resource in ("first", "second"):
            kube.Release(
                resource,
                parent=parent,
                name="chart",
                namespace="shop",
                chart="chart",
                version="1.0.0",
                repository="https://charts.example.org",
                values={},
                within=60,
            )

    with pytest.raises(DeclaredTwice, match=r"^Release shop/chart: is declared twice, as 'first'"):
        record(releases)


def test_a_resource_that_pulumi_knows_already_is_refused() -> None:
    def twice() -> None:
        parent = kube.Provider("cluster", cluster="here", kubeconfig=None)
        for namespace in ("one", "two"):
            Object(
                "same",
                parent=parent,
                api_version="v1",
                kind="ConfigMap",
                name="settings",
                namespace=namespace,
            )

    with pytest.raises(DeclaredTwice, match="as 'same' and as 'same'"):
        record(twice)


def test_objects_of_pulumi_and_of_argo_cd_are_compared_too() -> None:
    halves = owned(valid.environment(gitops=valid.gitops()))
    doubled = type(halves)(halves.argocd, halves.argocd)
    with pytest.raises(DeclaredTwice):
        _ = doubled.all


TWINS = [
    module
    for module in BAD
    if "object-names-are-unique" in rules(expected(module))
    # Rook writes the ConfigMap of a claim, and nobody declares it.
    and not module.stem.startswith("claim_")
]


@pytest.mark.parametrize("module", TWINS, ids=lambda module: module.stem)
@pytest.mark.parametrize("command", ["plan", "render"])
def test_without_its_rule_an_environment_of_twins_is_refused_all_the_same(
    module: Path,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delitem(RULES, "object-names-are-unique")
    status = main([command, str(module)])
    said = capsys.readouterr()
    assert (status, said.out) == (1, "")
    assert ": is declared twice, as '" in said.err
    assert len(said.err.splitlines()) == 1

"""`plan --against`: what differs, object by object and field by field."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from stacks.check import load
from stacks.render import owners as tree
from stacks.render.diff import differences
from stacks.render.files import to_files
from stacks.render.owners import synced
from tests import valid
from tests.support import to_module

Said = subprocess.CompletedProcess[str]


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    """The tree of homelab, as `render --out` writes it."""
    folder = tmp_path / "tree"
    to_files(synced(tree.rendered(load("homelab"))), folder)
    return folder


def test_a_tree_that_was_just_rendered_does_not_differ(
    rendered: Path, stacks: Callable[..., Said]
) -> None:
    shown = stacks("plan", "homelab", "--against", str(rendered)).stdout
    assert "".join(shown.split()) == f"noobjectdiffersfrom{rendered}"


def test_a_changed_field_is_shown_with_both_values_and_the_object_that_holds_data_is_marked(
    rendered: Path, tmp_path: Path, stacks: Callable[..., Said]
) -> None:
    path = to_module(valid.homelab({"databases.n8n.instances": 3}), tmp_path / "three.py")
    shown = stacks("plan", str(path), "--against", str(rendered)).stdout
    assert "0 added, 0 removed, 1 changed" in " ".join(shown.split())
    _, _, change = shown.partition("~ ")
    assert [line.strip() for line in change.splitlines()] == [
        "Cluster n8n-prod/n8n-postgres  holds data",
        "spec.instances",
        "- 2",
        "+ 3",
    ]


def test_an_object_that_is_gone_is_removed_and_a_sealed_secret_is_none_of_ours(
    rendered: Path, stacks: Callable[..., Said]
) -> None:
    extra = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}}
    (rendered / "b.configmap.a.yaml").write_text(yaml.safe_dump(extra))
    sealed = "# Sealed by tier0; seal it anew instead of editing it.\nkind: SealedSecret\n"
    (rendered / "b.sealedsecret.a.yaml").write_text(sealed)
    told = json.loads(stacks("plan", "homelab", "--against", str(rendered), "--json").stdout)
    assert [(change["change"], change["kind"], change["name"]) for change in told] == [
        ("removed", "ConfigMap", "b/a")
    ]


def test_two_environments_are_compared_within_80_columns(stacks: Callable[..., Said]) -> None:
    shown = stacks("plan", "production", "--against", "homelab")
    assert shown.returncode == 0
    assert "+ Cluster orders/orders  holds data" in shown.stdout
    assert "- Cluster n8n-prod/n8n-postgres  holds data" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is not a folder; write an environment or a rendered tree"),
        ({}, "holds no object; write a folder that `render --out` wrote"),
        ({"a.yaml": "a: [1"}, "is not YAML"),
        ({"a.yaml": "- 1\n"}, "is not a Kubernetes object; render the tree again"),
    ],
)
def test_what_is_no_tree_is_a_sentence(
    content: dict[str, str] | None, said: str, tmp_path: Path, stacks: Callable[..., Said]
) -> None:
    folder = tmp_path / "it"
    if content is not None:
        folder.mkdir()
        for name, text in content.items():
            (folder / name).write_text(text)
    told = stacks("plan", "homelab", "--against", str(folder))
    assert (told.returncode, told.stdout) == (1, "")
    assert said in told.stderr
    assert "Traceback" not in told.stderr


def _cluster(**spec: object) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Cluster", "metadata": {"name": "a"}, "spec": spec}


def test_the_order_of_fields_and_of_named_items_is_no_difference() -> None:
    one = _cluster(a=1, plugins=[{"name": "x", "on": True}, {"name": "y"}])
    two = _cluster(plugins=[{"name": "y"}, {"name": "x", "on": True}], a=1)
    assert differences([one], [two]) == []


def test_an_item_of_a_list_is_called_by_its_name_and_what_was_not_set_has_no_value() -> None:
    (change,) = differences(
        [_cluster(plugins=[{"name": "x"}, {"name": "y", "on": True}])],
        [_cluster(plugins=[{"name": "y", "on": False}], size=["1", "2"])],
    )
    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("spec.plugins.x", {"name": "x"}, None),
        ("spec.plugins.y.on", True, False),
        ("spec.size", None, ["1", "2"]),
    ]

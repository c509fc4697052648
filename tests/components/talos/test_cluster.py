"""A Talos cluster as it is declared, without an engine and without its secrets."""

import pytest

from stacks.check import load
from stacks.render.files import to_yaml
from stacks.render.recorder import Recording
from tests import valid
from tests.support import declared


@pytest.fixture
def recording() -> Recording:
    nodes = {
        "cp-1": valid.node(address="10.0.0.1", role="control-plane"),
        "w-1": valid.node(address="10.0.0.2"),
    }
    return declared(valid.homelab({"bootstrap": valid.talos(nodes=nodes)}))


def test_everything_else_is_as_without_it(recording: Recording) -> None:
    plain = declared(load("homelab"))
    assert to_yaml(recording.manifests()) == to_yaml(plain.manifests())


def test_the_kubernetes_provider_uses_no_context(recording: Recording) -> None:
    (provider,) = [each for each in recording.resources if each.type.startswith("pulumi:prov")]
    assert "context" not in provider.inputs
    assert provider.inputs["clusterIdentifier"] == "homelab"


def test_only_the_memory_of_the_bootstrap_is_protected(recording: Recording) -> None:
    commands = [each for each in recording.resources if each.type == "command:local:Command"]
    assert [each.name for each in commands if each.protect] == ["talos-bootstrap"]


def test_etcd_is_started_after_the_control_plane_is_configured_and_not_after_the_workers(
    recording: Recording,
) -> None:
    urns = {each.name: each.urn for each in recording.resources}
    needs = {each.name: each.dependencies for each in recording.resources}
    assert urns["talos-cp-1"] in needs["talos-bootstrap"]
    assert urns["talos-w-1"] not in needs["talos-bootstrap"]
    assert {urns["talos-w-1"], urns["talos-bootstrap"]} <= needs["talos-healthy"]
    assert urns["talos-healthy"] in needs["talos-kubeconfig"]


def test_no_command_is_replaced_by_a_change(recording: Recording) -> None:
    """A replacement is a second `create`, which may start an empty etcd."""
    assert not [each.name for each in recording.resources if each.inputs.get("triggers")]

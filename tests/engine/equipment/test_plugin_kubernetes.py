"""What is changed in the kubernetes plugin that is built here, driven by the real engine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from kubernetes import client

from tests.engine.equipment.trial import Stack
from tools.build.toolchain import Toolchain
from tools.sandbox.api_server import Sandbox

Api: TypeAlias = Any
"""A client whose models are declared with every field optional, which none of these is."""

PRELUDE = """
import pulumi
import pulumi_kubernetes as k8s

"""


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox, toolchain: Toolchain) -> Stack:
    return Stack(tmp_path, toolchain, PRELUDE, sandbox.kubeconfig)


@pytest.fixture
def core(sandbox: Sandbox) -> Iterator[Api]:
    with sandbox.api() as api:
        yield client.CoreV1Api(api)


def config_map(data: str = '{"a": "1"}') -> str:
    metadata = {"name": "one", "namespace": "default"}
    return f"k8s.core.v1.ConfigMap('one', metadata={metadata}, data={data})\n"


def test_an_object_that_exists_is_taken_over_only_by_upsert(stack: Stack, core: Api) -> None:
    core.create_namespaced_config_map("default", {"metadata": {"name": "one"}, "data": {"b": "0"}})
    assert 'configmaps "one" already exists' in stack.refused(config_map())
    assert core.read_namespaced_config_map("one", "default").data == {"b": "0"}
    upsert = {"PULUMI_K8S_UPSERT_EXISTING_OBJECTS": "true"}
    stack.run("up", "--yes", "--skip-preview", env=upsert)
    assert core.read_namespaced_config_map("one", "default").data == {"a": "1", "b": "0"}


def test_what_was_created_is_updated_and_loses_what_the_program_dropped(
    stack: Stack, core: Api
) -> None:
    stack.up("labels = {'x': '1', 'y': '1'}\n" + _labelled())
    stack.up("labels = {'x': '2'}\n" + _labelled())
    made = core.read_namespaced_service_account("one", "default")
    assert made.metadata.labels == {"x": "2"}
    stack.settles()


def _labelled() -> str:
    metadata = "{'name': 'one', 'namespace': 'default', 'labels': labels}"
    return f"k8s.core.v1.ServiceAccount('one', metadata={metadata})\n"


RELEASE = """
k8s.helm.v3.Release(
    "operator",
    name="operator",
    namespace="kube-system",
    chart="operator",
    version="VERSION",
    repository_opts={"repo": "https://charts.example.org"},
    values={"replicas": 2, "password": pulumi.Output.secret("known-2f9d")},
)
"""


def test_a_helm_release_is_recorded_with_a_warning_and_nothing_is_installed(
    stack: Stack, core: Api
) -> None:
    def pods_and_secrets() -> list[str]:
        found = [*core.list_pod_for_all_namespaces().items]
        found += core.list_secret_for_all_namespaces().items
        return [item.metadata.name for item in found]

    before = pods_and_secrets()
    said = stack.up(RELEASE.replace("VERSION", "1.0.0"))
    assert "warning: recorded, not installed" in said, said
    assert pods_and_secrets() == before
    stack.settles()
    assert "known-2f9d" not in stack.run("stack", "export").stdout

    said = stack.up(RELEASE.replace("VERSION", "1.1.0"))
    assert "~ 1 updated" in said, said
    assert "warning: recorded, not installed" in said, said
    said = stack.up(RELEASE.replace('name="operator"', 'name="other"').replace("VERSION", "1.1.0"))
    assert "1 replaced" in said, said
    refused = stack.refused(RELEASE.replace('    version="VERSION",\n', ""))
    assert "a release that is only recorded needs version" in refused, refused
    stack.run("destroy", "--yes")

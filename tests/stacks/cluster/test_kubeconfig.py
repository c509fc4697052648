"""What is said of a kubeconfig that does not lead to a cluster."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stacks.cluster import ClusterClient
from stacks.command import Fault


def _refused(path: Path, context: str = "homelab") -> str:
    with pytest.raises(Fault) as caught:
        ClusterClient.connect(context, path)
    return str(caught.value)


def test_a_kubeconfig_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "config"
    said = "there is no kubeconfig; set KUBECONFIG to the path of one"
    assert _refused(path) == f"{path}: {said}"


def test_a_context_that_is_not_there_is_named_beside_those_that_are(
    kubeconfig: Callable[..., Path],
) -> None:
    path = kubeconfig()
    said = _refused(path, "production")
    assert said == f"context production: {path} has no such context; write one of homelab"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "a: [1",
        "- 1",
        "{}",
        "contexts: [{name: homelab, context: {cluster: gone, user: gone}}]",
        "contexts: [{name: homelab, context: {}}]",
        "contexts: 3",
        "contexts: [3]",
    ],
)
def test_a_kubeconfig_that_is_none_is_a_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(content)
    said = _refused(path)
    assert "\n" not in said
    assert said.startswith((f"{path}: the kubeconfig cannot be used", "context homelab: "))


@pytest.mark.parametrize("reason", ["it is not there", "it fails", "it says nothing"])
def test_a_program_for_credentials_that_fails_is_a_sentence(
    reason: str,
    tmp_path: Path,
    kubeconfig: Callable[..., Path],
    capfd: pytest.CaptureFixture[str],
) -> None:
    program = tmp_path / "login"
    if reason != "it is not there":
        program.write_text(f"#!/bin/sh\necho no session >&2; exit {int(reason == 'it fails')}\n")
        program.chmod(0o700)
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program)}
    said = _refused(kubeconfig(exec=plugin))
    assert said.startswith("context homelab: its program for credentials failed (")
    assert said.endswith("); correct the `exec` of its user, or log in with that program")
    assert ("no session" in said) is (reason == "it fails")
    assert capfd.readouterr() == ("", "")

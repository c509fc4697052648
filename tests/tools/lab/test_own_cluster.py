"""Which cluster the lab's suite runs on, and what is skipped there; none of this needs one."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stacks.check import load
from tests.lab import conftest
from tests.support import ROOT
from tools import Fault
from tools.lab import own

LAB = ROOT / "tests" / "lab"


@pytest.fixture
def lab_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kubeconfig of a lab that is up."""
    (tmp_path / "owner").write_text(str(tmp_path / "lab"))
    monkeypatch.setattr(own, "OWNER", tmp_path / "owner")
    return tmp_path / "lab" / "kubeconfig"


def test_the_kubeconfig_of_the_lab_itself_is_the_lab(
    lab_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(lab_up))
    assert own.given() is None
    monkeypatch.setenv("KUBECONFIG", "")
    assert own.given() is None
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "theirs"))
    assert own.given() == tmp_path / "theirs"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "file is empty"),
        ("apiVersion: v1", "Expected key current-context"),
        ("a: [", "expected the node content"),
    ],
)
def test_a_kubeconfig_that_leads_nowhere_is_a_sentence(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(Fault, match=f"^KUBECONFIG={path}: .*{said}.*; name one file with a curr"):
        own.OwnCluster(path, tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_several_kubeconfigs_are_refused_as_nobody_knows_which_counts(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="a:/b: it is several files; name one file"):
        own.OwnCluster(Path("/a:/b"), tmp_path / "own")


def test_a_cluster_that_does_not_answer_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        """
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
        users: [{name: u, user: {}}]
        contexts: [{name: gone, context: {cluster: c, user: u}}]
        current-context: gone
        """
    )
    with pytest.raises(Fault, match=r"^context gone: its API server does not tell .*refused"):
        own.OwnCluster(tmp_path / "config", tmp_path / "own")


def test_there_what_needs_the_labs_own_parts_is_skipped_and_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "own_parts", str(LAB), "-p", "no:cacheprovider"],
        env=os.environ | {"KUBECONFIG": "/nonexistent"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    last = done.stdout.splitlines()[-1]
    assert re.search(r"= \d+ skipped, \d+ deselected in ", last), last
    for part in ("node", "KMS", "OpenBao", "off-site store", "Prometheus", "sealed-secrets"):
        assert re.search(rf"SKIPPED \[\d+\] tests/lab.*: needs the lab's own .*{part}", done.stdout)


def test_in_the_lab_a_skipped_test_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "OWN", None)
    item: Any = SimpleNamespace(name="test_x", stash={}, config=SimpleNamespace(stash={}))
    call: Any = SimpleNamespace(when="setup", duration=0.0)
    hook = conftest.pytest_runtest_makereport(item, call)
    next(hook)
    with pytest.raises(StopIteration) as ended:
        hook.send(pytest.TestReport("x", ("x", 1, "x"), {}, "skipped", None, "setup"))
    assert ended.value.value.outcome == "failed"
    assert dict(ended.value.value.user_properties)["measured"]["test_x"]["outcome"] == "failed"


def test_the_two_environments_differ_in_no_promise_but_encryption() -> None:
    lab, theirs = (
        load(str(LAB / "environments" / name)).databases for name in ("lab.py", "own.py")
    )
    for role, ours in lab.items():
        plain = ours.backup.model_copy(update={"encryption": None})
        changed = {"namespace": theirs[role].namespace, "backup": plain}
        assert ours.model_copy(update=changed) == theirs[role]

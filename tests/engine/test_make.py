"""`make` in a fresh clone: deploys, changes nothing twice, leaves nothing, goes on after a kill."""

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.leftovers import working_in
from tests.support import ROOT
from tools.build.toolchain import Toolchain

VENV = ROOT / ".venv"


class Checkout:
    """A clone of HEAD that shares this checkout's virtual environment and tool cache."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state = path / ".tier0" / "homelab"
        # What would lead to a real cluster or login, were it heeded.
        self.environment = os.environ | {
            "KUBECONFIG": str(path / "nowhere"),
            "PULUMI_BACKEND_URL": "https://pulumi.invalid",
            "PULUMI_ACCESS_TOKEN": "not-used",
            "PULUMI_CONFIG_PASSPHRASE": "not-used",
        }

    @classmethod
    def clone(cls, path: Path) -> "Checkout":
        subprocess.run(["git", "clone", "--quiet", ROOT, path], check=True)
        return cls(path)

    def make(self, *args: str) -> subprocess.CompletedProcess[str]:
        stamp = VENV / ".requirements"
        return subprocess.run(
            ["make", f"VENV={VENV}", f"--old-file={stamp}", *args],
            cwd=self.path,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )

    def kill_up(self, at: str, number: int) -> tuple[int, str]:
        """Start `up`, end it with a signal when it prints `at`; return its code and errors."""
        with subprocess.Popen(
            # A shell starts what runs in its background with interrupts ignored; a person's hears.
            ["env", "--default-signal=INT", VENV / "bin" / "python", "-m", "tools", "up"],
            cwd=self.path,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            assert process.stdout is not None
            found = any(at in line for line in process.stdout)
            assert found, f"it never printed {at!r}"
            os.killpg(process.pid, number)
            _, errors = process.communicate(timeout=300)
        return process.returncode, errors

    def changes(self) -> str:
        return subprocess.run(
            ["git", "status", "--porcelain"],
            cwd=self.path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout


@pytest.fixture
def checkout(tmp_path: Path, toolchain: Toolchain) -> Iterator[Checkout]:  # noqa: ARG001
    made = Checkout.clone(tmp_path / "clone")
    yield made
    made.make("down")


@dataclass
class Deployed:
    """A checkout in which `make up` was run once, and what it said."""

    checkout: Checkout
    first: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def deployed(
    tmp_path_factory: pytest.TempPathFactory,
    toolchain: Toolchain,  # noqa: ARG001
) -> Iterator[Deployed]:
    checkout = Checkout.clone(tmp_path_factory.mktemp("deployed") / "clone")
    yield Deployed(checkout, checkout.make("up"))
    checkout.make("down")


in_one_checkout = pytest.mark.xdist_group("deployed")
"""Its tests share what takes longest, one `make up` from nothing, in their order here."""


@in_one_checkout
def test_up_deploys_and_says_where_everything_is(deployed: Deployed) -> None:
    first, state = deployed.first, deployed.checkout.state
    assert first.returncode == 0, first.stdout + first.stderr
    assert "nothing reconciles, no PostgreSQL runs here" in first.stdout
    assert "offline stand-in" in first.stdout or "real kubernetes plugin" in first.stdout
    assert "databases.n8n.host" in first.stdout, "the outputs are not shown"
    assert f"kubeconfig: {state}/sandbox/kubeconfig" in first.stdout
    assert "next: `make preview`, `make down`" in first.stdout
    assert deployed.checkout.changes() == ""
    passphrase = state / "passphrase"
    assert stat.S_IMODE(passphrase.stat().st_mode) == 0o600
    assert passphrase.read_text() not in first.stdout + first.stderr


@in_one_checkout
def test_preview_of_what_is_deployed_shows_no_change(deployed: Deployed) -> None:
    preview = deployed.checkout.make("preview")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    assert "unchanged" in preview.stdout
    assert "to create" not in preview.stdout


@in_one_checkout
def test_a_sandbox_that_went_away_is_started_again_and_up_changes_nothing(
    deployed: Deployed,
) -> None:
    for note in (deployed.checkout.state / "sandbox").glob("*.pid"):
        os.kill(int(note.read_text().split()[0]), signal.SIGKILL)
    answer = deployed.checkout.make("up")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "no changes: everything is as it was" in answer.stdout


@in_one_checkout
def test_down_leaves_no_process(deployed: Deployed) -> None:
    checkout = deployed.checkout
    status = checkout.make("status")
    assert "kube-apiserver" in status.stdout
    down = checkout.make("down")
    assert down.returncode == 0, down.stderr
    assert working_in(checkout.path) == {}


@in_one_checkout
def test_a_wrong_passphrase_is_one_sentence(deployed: Deployed) -> None:
    passphrase = deployed.checkout.state / "passphrase"
    passphrase.write_text("another")
    answer = deployed.checkout.make("up")
    assert answer.returncode != 0
    assert (
        f"tier0: {passphrase}: it is not the passphrase that the stack homelab was"
        " made with; put that one back, or start again with `make clean`"
    ) in answer.stderr
    assert "Traceback" not in answer.stdout + answer.stderr


@in_one_checkout
def test_clean_leaves_no_file(deployed: Deployed) -> None:
    cleaned = deployed.checkout.make("clean")
    assert cleaned.returncode == 0, cleaned.stderr
    assert not (deployed.checkout.path / ".tier0").exists()


def test_an_up_that_is_killed_again_and_again_is_finished_by_the_next(checkout: Checkout) -> None:
    for at in ("starting etcd", "Updating", "n8n-cluster creating"):
        checkout.kill_up(at, signal.SIGKILL)
    code, errors = checkout.kill_up("Updating", signal.SIGINT)
    assert code == 130
    assert errors.strip().endswith("tier0: up: interrupted; run it again, it continues")
    again = checkout.make("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Traceback" not in again.stdout + again.stderr
    assert "no changes" in checkout.make("up").stdout


def test_an_unknown_environment_names_those_there_are(checkout: Checkout) -> None:
    answer = checkout.make("up", "STACK=homelba")
    assert answer.returncode != 0
    assert (
        "tier0: STACK=homelba: there is no such environment; write STACK=dev or STACK=homelab "
        "or STACK=production" in answer.stderr
    )
    assert not checkout.state.exists()


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ('[ "$1" = -c ] && exit 1', "it is not Python 3.11 or newer; install one"),
        (
            'case "$2" in *ensurepip*) exit 1; esac',
            "it cannot make virtual environments; install python3-venv",
        ),
    ],
    ids=["too old", "without venv"],
)
def test_a_python_that_will_not_do_is_one_sentence(
    script: str, sentence: str, checkout: Checkout, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\nexit 0\n")
    python.chmod(0o755)
    answer = subprocess.run(
        ["make", "up", f"PYTHON={python}"],
        cwd=checkout.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode != 0
    assert f"tier0: {python}: {sentence}" in answer.stderr


def test_help_is_the_default_and_lists_what_a_person_does(checkout: Checkout) -> None:
    answer = checkout.make()
    assert answer.returncode == 0
    for target in ("up", "preview", "down", "clean", "check", "test", "record", "docs", "bench"):
        assert f"make {target} " in answer.stdout

"""`make` in a fresh clone: deploys, changes nothing twice, leaves nothing, goes on after a kill."""

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.checkout import Checkout, Deployed, in_one_checkout
from tests.engine.leftovers import working_in
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path / "clone")
    yield made
    made.stop()


def kill_up(checkout: Checkout, at: str, number: int) -> tuple[int, str]:
    """Start `up`, end it with a signal when it prints *at*; return its code and errors."""
    with subprocess.Popen(
        # A shell starts what runs in its background with interrupts ignored; a person's hears.
        ["env", "--default-signal=INT", ".venv/bin/python", "-m", "tools", "up"],
        cwd=checkout.path,
        env=checkout.environment,
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


@in_one_checkout
def test_up_deploys_and_says_where_everything_is(deployed: Deployed) -> None:
    first, state = deployed.up, deployed.checkout.state
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
    preview = deployed.preview
    assert preview.returncode == 0, preview.stdout + preview.stderr
    assert "unchanged" in preview.stdout
    assert "to create" not in preview.stdout


@in_one_checkout
def test_a_sandbox_that_went_away_is_started_again_and_up_changes_nothing(
    deployed: Deployed,
) -> None:
    for note in (deployed.checkout.state / "sandbox").glob("*.pid"):
        os.kill(int(note.read_text().split()[0]), signal.SIGKILL)
    answer = deployed.checkout.run("make up")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "no changes: everything is as it was" in answer.stdout


@in_one_checkout
def test_down_leaves_no_process(deployed: Deployed) -> None:
    checkout = deployed.checkout
    status = checkout.run("make status")
    assert "kube-apiserver" in status.stdout
    down = checkout.run("make down")
    assert down.returncode == 0, down.stderr
    assert working_in(checkout.path) == {}


@in_one_checkout
def test_a_wrong_passphrase_is_one_sentence(deployed: Deployed) -> None:
    passphrase = deployed.checkout.state / "passphrase"
    passphrase.write_text("another")
    answer = deployed.checkout.run("make up")
    assert answer.returncode != 0
    assert (
        f"tier0: {passphrase}: it is not the passphrase that the stack homelab was"
        " made with; put that one back, or start again with `make clean`"
    ) in answer.stderr
    assert "Traceback" not in answer.stdout + answer.stderr


@in_one_checkout
def test_clean_leaves_no_file(deployed: Deployed) -> None:
    cleaned = deployed.checkout.run("make clean")
    assert cleaned.returncode == 0, cleaned.stderr
    assert not (deployed.checkout.path / ".tier0").exists()


@pytest.mark.long
def test_an_up_that_is_killed_again_and_again_is_finished_by_the_next(
    checkout: Checkout, toolchain: Toolchain
) -> None:
    for at in ("starting etcd", "Updating", "n8n-cluster creating"):
        kill_up(checkout, at, signal.SIGKILL)
    code, errors = kill_up(checkout, "Updating", signal.SIGINT)
    assert code == 130
    assert errors.strip().endswith("tier0: up: interrupted; run it again, it continues")
    again = checkout.run("make up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Traceback" not in again.stdout + again.stderr
    kubeconfig = checkout.state / "sandbox" / "kubeconfig"
    engine = Engine(checkout.state, checkout.path, kubeconfig, toolchain)
    engine.run("preview", "--stack", "homelab", "--expect-no-changes")


def test_an_unknown_environment_names_those_there_are(checkout: Checkout) -> None:
    answer = checkout.run("make up STACK=homelba")
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
    (checkout.path / ".venv").unlink()
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
    answer = checkout.run("make")
    assert answer.returncode == 0
    for target in ("up", "preview", "down", "clean", "check", "test", "record", "docs", "bench"):
        assert f"make {target} " in answer.stdout

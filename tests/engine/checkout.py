"""A fresh clone of what is committed, and the commands that a person runs in it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import ROOT
from tools.sandbox.api_server import Sandbox

in_one_checkout = pytest.mark.xdist_group("checkout")
"""For tests that share what takes longest, one `make up` from nothing in a fresh clone."""


class Checkout:
    """A clone of HEAD with the virtual environment of this checkout, and its cache of tools.

    Who runs the tests in a fresh clone has just seen `make` build `.venv`, in a minute of a
    processor.
    """

    def __init__(self, path: Path) -> None:
        """Clone into *path*."""
        self.path = path
        self.state = path / ".tier0" / "homelab"
        # What would lead to a real cluster or login, were it heeded.
        self.environment = os.environ | {
            "KUBECONFIG": str(path / "nowhere"),
            "PULUMI_BACKEND_URL": "https://pulumi.invalid",
            "PULUMI_ACCESS_TOKEN": "not-used",
            "PULUMI_CONFIG_PASSPHRASE": "not-used",
        }
        subprocess.run(["git", "clone", "--quiet", ROOT, path], check=True, timeout=300)
        (path / ".venv").symlink_to(sys.prefix)
        with (path / ".git" / "info" / "exclude").open("a") as patterns:
            patterns.write("/.venv\n")  # .gitignore has the folder, which this is not
        for requirements in path.glob("requirements*.txt"):
            os.utime(requirements, (0, 0))  # git has just written them: make would install again

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command line in it."""
        return run(command, self.path, self.environment)

    def changes(self) -> str:
        """What git sees that is not committed."""
        return self.run("git status --porcelain").stdout

    def stop(self) -> None:
        """Stop its sandboxes."""
        for directory in self.path.glob(".tier0/*/sandbox"):
            Sandbox(directory).stop()


def run(
    command: str, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command line in *folder*, as a person's shell does."""
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@dataclass
class Deployed:
    """A checkout whose first two commands were those of the README, and what they said."""

    checkout: Checkout
    up: subprocess.CompletedProcess[str]
    preview: subprocess.CompletedProcess[str]

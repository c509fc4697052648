"""The command line of tier0, run on a cluster as a person runs it."""

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tools import ROOT

if TYPE_CHECKING:
    from tools.lab.access import Cluster

_SECONDS = 1800
"""No command takes as long, on a slow machine either: the longest is a drill."""


def stacks(cluster: "Cluster", *words: str) -> "subprocess.CompletedProcess[str]":
    """Run `python -m stacks WORDS`; its status is the caller's."""
    return subprocess.run(
        [sys.executable, "-m", "stacks", *words],
        cwd=ROOT,
        env=os.environ | {"KUBECONFIG": str(cluster.kubeconfig)},
        capture_output=True,
        check=False,
        text=True,
        timeout=_SECONDS,
    )

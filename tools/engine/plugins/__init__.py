"""The offline stand-ins for what no package registry serves of Pulumi.

They are the provider plugin `command`, and what runs policy packs in Python.

The engine runs any executable of the right name that it finds, so `install` puts a small one into a
directory. Where the real plugin is installed, nothing here is used.
"""

import shlex
from pathlib import Path

from tools import ROOT, write_atomically

SHIM = """#!/bin/sh
# Written by tools/engine/plugins: the engine starts this, it prints its port and serves.
PYTHONPATH={root} exec {python} -P -m tools.engine.plugins.command "$@"
"""
"""`-P` keeps the directory the engine starts plugins in, a Pulumi project, out of the imports."""


RUNNER = """#!/bin/sh
# Written by tools/engine/plugins: the engine starts this in a policy pack's folder.
exec {python} -u -m pulumi.policy "$1" "$2"
"""
"""The engine's address and the pack's folder; the runtime's options, which follow, are not needed.

This is how the engine ran packs before its language hosts did. The host that is served is older
than that, and is not told the pack's folder."""

RUNTIME = "tier0-offline"
"""The runtime of a policy pack that RUNNER runs: a name that no language host has."""


def install_runner(directory: Path, python: Path) -> None:
    """Write what runs policy packs of RUNTIME by *python* into *directory*."""
    directory.mkdir(parents=True, exist_ok=True)
    script = RUNNER.format(python=shlex.quote(str(python.absolute())))
    write_atomically(directory / f"pulumi-analyzer-policy-{RUNTIME}", script, 0o755)


def install(directory: Path, python: Path) -> None:
    """Write `pulumi-resource-command` into *directory*.

    It runs *python*, which must have this project's requirements. Running it again is harmless:
    the file is replaced in one step, also under the feet of an engine that is starting it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    # Not resolved: the interpreter of a virtual environment is a link whose place matters.
    script = SHIM.format(root=shlex.quote(str(ROOT)), python=shlex.quote(str(python.absolute())))
    write_atomically(directory / "pulumi-resource-command", script, 0o755)

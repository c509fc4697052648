"""The offline stand-in for the Pulumi provider plugin `command`, which no package registry serves.

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


def install(directory: Path, python: Path) -> None:
    """Write `pulumi-resource-command` into *directory*.

    It runs *python*, which must have this project's requirements. Running it again is harmless:
    the file is replaced in one step, also under the feet of an engine that is starting it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    # Not resolved: the interpreter of a virtual environment is a link whose place matters.
    script = SHIM.format(root=shlex.quote(str(ROOT)), python=shlex.quote(str(python.absolute())))
    write_atomically(directory / "pulumi-resource-command", script, 0o755)

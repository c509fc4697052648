"""Offline stand-ins for two Pulumi provider plugins that no package registry serves.

The engine runs any executable of the right name that it finds on the PATH, so `install` puts
two small ones into a directory. Where the real plugins are installed, nothing here is used.
"""

import shlex
from pathlib import Path

from tools import ROOT, write_atomically

SHIM = """#!/bin/sh
# Written by tools/engine/plugins: the engine starts this, it prints its port and serves.
PYTHONPATH={root} exec {python} -P -m tools.engine.plugins.{plugin} "$@"
"""
"""`-P` keeps the directory the engine starts plugins in, a Pulumi project, out of the imports."""


def install(directory: Path, python: Path) -> None:
    """Write `pulumi-resource-kubernetes` and `pulumi-resource-command` into *directory*.

    They run *python*, which must have this project's requirements. Running it again is harmless:
    each file is replaced in one step, also under the feet of an engine that is starting it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for plugin in ("kubernetes", "command"):
        # Not resolved: the interpreter of a virtual environment is a link whose place matters.
        script = SHIM.format(
            root=shlex.quote(str(ROOT)), python=shlex.quote(str(python.absolute())), plugin=plugin
        )
        write_atomically(directory / f"pulumi-resource-{plugin}", script, 0o755)

"""Helm releases for the offline kubernetes plugin: recorded in the state, and not installed.

No package registry serves charts. Where this plugin is used, the sandbox has the operators' CRDs
already and nothing that would reconcile, so that everything else of an environment can be tried.
"""

from tools.engine.plugins.properties import Obj

TYPE = "kubernetes:helm.sh/v3:Release"
NEEDED = ("name", "chart", "version")
"""What the real plugin finds out by itself (helm_release.go, Check), and this one is told."""

REPLACED = ("name", "namespace")
"""A change of these makes another release (helm_release.go, Diff)."""

WARNING = (
    "recorded, not installed: the offline stand-in for the kubernetes plugin has no charts; "
    "whatever this release brings, it is not there"
)


def missing(inputs: Obj) -> list[str]:
    """Return the names of the inputs that are needed and not given."""
    return [name for name in NEEDED if not inputs.get(name)]


def identity(inputs: Obj) -> str:
    """Return the id, as of the real plugin."""
    return f"{inputs['namespace']}/{inputs['name']}"


def state(inputs: Obj) -> Obj:
    """Return what is recorded: what was asked for, and a status that says that it is no more."""
    status = {key: inputs[key] for key in ("name", "namespace", "chart", "version")}
    return inputs | {"status": status | {"status": "recorded"}}

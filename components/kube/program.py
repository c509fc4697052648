"""A Python program of this project in a pod: its files, their digest, and the restricted pod.

A program of one file is passed in its pod's command, one of several in a ConfigMap. A digest on the
pod follows the ConfigMap: Python does not read a changed file again.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pulumi

_PODS = Path(__file__).parents[1] / "pods"
_IMPORTED = re.compile(r"^from \.(\w+) import ", re.MULTILINE)

_LOADER = """\
import json, sys, types
package = sys.modules["pods"] = types.ModuleType("pods")
package.__path__ = []
for name, text in json.loads({files}).items():
    module = types.ModuleType(f"pods.{{name}}")
    module.__package__ = "pods"
    sys.modules[module.__name__] = module
    code = compile(text, f"pods/{{name}}.py", "exec")
    if name == {name}:
        module.__dict__["__name__"] = "__main__"
    exec(code, module.__dict__)
"""


@dataclass(frozen=True)
class Program:
    """A module of `components/pods`, by name, and its imports from that package."""

    name: str

    @cached_property
    def modules(self) -> dict[str, str]:
        """The text of each module that it needs; each comes after its imports."""
        found: dict[str, str] = {}

        def add(name: str) -> None:
            text = (_PODS / f"{name}.py").read_text(encoding="utf-8")
            for imported in _IMPORTED.findall(text):
                if imported not in found:
                    add(imported)
            found[name] = text

        add(self.name)
        return found

    @property
    def files(self) -> dict[str, str]:
        """The `data` of its ConfigMap, mounted as the package `pods`."""
        package = {"__init__": ""} | self.modules
        return {f"{name}.py": text for name, text in sorted(package.items())}

    @property
    def digest(self) -> str:
        """SHA-256 of its files: a changed digest replaces the pod."""
        return hashlib.sha256(json.dumps(self.files, sort_keys=True).encode()).hexdigest()

    @property
    def text(self) -> str:
        """The whole program for `python3 -c`; without imports it is the module's text."""
        if len(self.modules) == 1:
            return self.modules[self.name]
        return _LOADER.format(files=repr(json.dumps(self.modules)), name=repr(self.name))


def restricted_pod(  # noqa: PLR0913 - the parts of a pod, each by its name
    container: str,
    *,
    image: str,
    command: Sequence[pulumi.Input[str]],
    user: int,
    requests: dict[str, pulumi.Input[str]],
    memory: str,
    mounts: dict[str, str],
    volumes: Sequence[Mapping[str, Any]],
    env: dict[str, str] | None = None,
    port: tuple[str, int] | None = None,
    group: int | None = None,
    account: pulumi.Input[str] | None = None,
    once: bool = False,
) -> Mapping[str, Any]:
    """Return the `spec` of a pod that the Pod Security level `restricted` admits.

    *mounts* maps volume names to paths; all are read only. Without an *account* the pod has no
    service account token. *memory* is the limit; *requests* may be lower. *once*: it runs to its
    end, and its status has its last words.
    """
    made: dict[str, Any] = {
        "name": container,
        "image": image,
        "command": [*command],
        "resources": {"requests": requests, "limits": {"memory": memory}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": name, "mountPath": path, "readOnly": True} for name, path in mounts.items()
        ],
    }
    if once:
        made["terminationMessagePolicy"] = "FallbackToLogsOnError"
    if env:
        made["env"] = [{"name": name, "value": value} for name, value in env.items()]
    if port:
        made["ports"] = [{"name": port[0], "containerPort": port[1]}]
    security: dict[str, Any] = {
        "runAsNonRoot": True,
        "runAsUser": user,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    if group is not None:
        security |= {"runAsGroup": group, "fsGroup": group}
    spec: dict[str, Any] = {
        "securityContext": security,
        "containers": [made],
        "volumes": [*volumes],
        # It has nothing to finish: unfinished work is repeated.
        "terminationGracePeriodSeconds": 1,
    }
    if once:
        spec["restartPolicy"] = "Never"
    if account is None:
        spec["automountServiceAccountToken"] = False
    else:
        spec["serviceAccountName"] = account
    return spec


def one_try(
    pod: Mapping[str, Any], *, labels: Mapping[str, str], program: Program
) -> Mapping[str, Any]:
    """Return a Job's `spec`: one pod, whose *program* itself tries again what does not answer.

    A pod that a node gives up does not count.
    """
    disrupted = {"type": "DisruptionTarget", "status": "True"}
    given_up = {"action": "Ignore", "onPodConditions": [disrupted]}
    metadata = {"labels": labels, "annotations": {"tier0/program": program.digest}}
    return {
        "backoffLimit": 0,
        "podFailurePolicy": {"rules": [given_up]},
        "template": {"metadata": metadata, "spec": pod},
    }

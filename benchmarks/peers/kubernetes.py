"""A namespace of a cluster, made for the run of a peer, by kubectl."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tools import Fault

CLUSTERS = "clusters.postgresql.cnpg.io"
PATIENCE_SECONDS = 300


class Kubernetes:
    """kubectl in one namespace."""

    def __init__(self, namespace: str, kubectl: str, kubeconfig: Path) -> None:
        """Reach the cluster by *kubeconfig*."""
        self.namespace = namespace
        self.kubectl = kubectl
        self.env = os.environ | {"KUBECONFIG": str(kubeconfig)}

    def call(self, *arguments: str, text: str | None = None, seconds: int = 120) -> str:
        """Run kubectl and return what it printed; raise Fault if it failed."""
        done = subprocess.run(
            [self.kubectl, "-n", self.namespace, *arguments],
            input=text,
            capture_output=True,
            text=True,
            timeout=seconds,
            env=self.env,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip()[-500:]
            raise Fault(
                "kubectl", f"`{' '.join(arguments[:3])}` failed: {said}", "read its objects"
            )
        return done.stdout.strip()

    def apply(self, *manifests: Mapping[str, Any]) -> None:
        """Apply *manifests*."""
        self.call("apply", "-f", "-", text=yaml.safe_dump_all(manifests))

    def wait(self, what: str, path: str, value: str) -> None:
        """Wait until the JSON path of *what* is *value*."""
        seconds = PATIENCE_SECONDS
        condition = f"--for=jsonpath={path}={value}"
        self.call("wait", what, condition, f"--timeout={seconds}s", seconds=seconds + 10)

    def value(self, what: str, name: str, path: str) -> str:
        """Return one field of an object."""
        return self.call("get", what, name, "-o", f"jsonpath={path}")


@contextmanager
def namespace(kubectl: str, kubeconfig: Path) -> Iterator[Kubernetes]:
    """Make a namespace; remove it at the end, its bucket first."""
    name = f"peers-{os.urandom(3).hex()}"
    it = Kubernetes(name, kubectl, kubeconfig)
    it.call("create", "namespace", name)
    try:
        yield it
    finally:
        seconds = PATIENCE_SECONDS
        for kinds in (f"{CLUSTERS},backups.postgresql.cnpg.io", "objectbucketclaims"):
            it.call("delete", kinds, "--all", f"--timeout={seconds}s", seconds=seconds + 10)
        it.call("delete", "namespace", name, f"--timeout={seconds}s", seconds=seconds + 10)

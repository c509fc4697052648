"""A cluster as tests and their helpers use it, whoever runs it: objects, waiting, a client."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tools import kube
from tools.kube import Kube, Manifest


class Cluster:
    """The cluster behind a context of a kubeconfig, and a directory for what is noted of it."""

    ours = False
    """Everything in it is ours: what another test left may be removed, and nothing need be."""

    def __init__(self, directory: Path, kubeconfig: Path, context: str) -> None:
        """Reach it when it is first asked for something."""
        self.directory = directory.absolute()
        self.kubeconfig = kubeconfig
        self._context = context
        self._kube: Kube | None = None

    def apply(self, manifests: Iterable[Manifest]) -> None:
        """Apply manifests in their order, server-side; see `Kube.apply_all`."""
        self.kube.apply_all(manifests)

    def get(self, path: str) -> Manifest | None:
        """Return what the API server holds at a path, None where it holds nothing there."""
        return self.kube.at(path)

    def wait(self, what: str, ready: Callable[[], bool], seconds: float = kube.PATIENCE) -> None:
        """Wait until `ready()`; a fault after `seconds`, or as soon as no waiting would help."""
        kube.wait(what, lambda: self._checked(ready()), lambda: "", seconds)

    def wait_for_deployment(self, namespace: str, name: str) -> None:
        """Wait until a Deployment runs as applied; the fault says what keeps its pods."""
        kube.wait(
            f"Deployment {namespace}/{name}",
            lambda: self._checked(self.kube.available(namespace, name)),
            lambda: self.kube.trouble(namespace),
        )

    @property
    def kube(self) -> Kube:
        """The objects of the cluster, over a client that stays open."""
        if self._kube is None:
            self._kube = Kube.connect(self._context, self.kubeconfig)
        return self._kube

    def _checked(self, answer: bool) -> bool:  # noqa: FBT001 (passed through)
        """Pass an answer on; where waiting for another one is in vain, raise why instead."""
        return answer

    def disconnect(self) -> None:
        """Close what `kube` keeps open; the next use opens it again."""
        if self._kube is not None:
            self._kube.close()
            self._kube = None

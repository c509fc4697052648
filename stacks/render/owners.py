"""The rendered tree: the objects as Argo CD applies them, and who applies which.

Argo CD knows nothing of what a value waits for: the order stands on each object as its sync wave.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stacks.compose import compose, tree
from stacks.environment import EnvironmentSpec
from stacks.render.recorder import Recording, Resource, record

SYNC_WAVE = "argocd.argoproj.io/sync-wave"
SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
KEPT = "Prune=false,Delete=false"
"""Neither when it leaves the tree nor with its Application is the object deleted."""


@dataclass(frozen=True)
class Owned:
    """What an environment consists of, by who applies it."""

    pulumi: Recording
    argocd: Recording

    @property
    def all(self) -> Recording:
        """Both; the outputs are Pulumi's."""
        return Recording([*self.pulumi.resources, *self.argocd.resources], self.pulumi.outputs)


def owned(environment: EnvironmentSpec) -> Owned:
    """Return what Pulumi applies of *environment* and what Argo CD does: nothing without gitops."""
    return Owned(
        record(lambda: compose(environment).export()),
        record(lambda: tree(environment)),
    )


def rendered(environment: EnvironmentSpec) -> Recording:
    """Return what `render` shows: what Argo CD applies, or all of it where Pulumi applies all."""
    both = owned(environment)
    return both.argocd if environment.gitops else both.pulumi


def synced(recording: Recording) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in order, each with its sync wave, and kept where it holds data."""
    for resource, wave in recording.waves():
        if resource.manifest:
            yield _with(resource.manifest, _notes(resource, wave))


def _notes(resource: Resource, wave: int) -> dict[str, str]:
    return {SYNC_WAVE: str(wave)} | ({SYNC_OPTIONS: KEPT} if resource.holds_data else {})


def _with(manifest: Mapping[str, Any], notes: Mapping[str, str]) -> Mapping[str, Any]:
    metadata = dict(manifest["metadata"])
    annotations = dict(sorted({**metadata.pop("annotations", {}), **notes}.items()))
    return {**manifest, "metadata": metadata | {"annotations": annotations}}

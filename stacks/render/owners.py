"""The rendered tree: the objects as Argo CD applies them, and which of them Argo CD owns.

Argo CD does not know the dependencies between values: each object carries its order as its sync
wave.
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
"""The object is not deleted when it leaves the tree, nor with its Application."""

MADE_AGAIN = {
    "argocd.argoproj.io/hook": "Sync",
    "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
}
"""Each sync makes the Job again, in its wave: the pods of one that exists cannot be changed.

With `Force=true,Replace=true` it is compared all the same, by an apply that is only tried. The API
server refuses that of a Job that changed, and Argo CD then applies nothing of the tree (argo-cd
#29348, 3.2). What is a hook is not compared.
"""


@dataclass(frozen=True)
class Owned:
    """The resources of an environment, by owner."""

    pulumi: Recording
    argocd: Recording

    @property
    def all(self) -> Recording:
        """The resources of both owners, with Pulumi's outputs."""
        return Recording([*self.pulumi.resources, *self.argocd.resources], self.pulumi.outputs)


def owned(environment: EnvironmentSpec) -> Owned:
    """Return what Pulumi and what Argo CD apply of *environment*."""
    return Owned(
        record(lambda: compose(environment).export()),
        record(lambda: tree(environment)),
    )


def rendered(environment: EnvironmentSpec) -> Recording:
    """Return what `render` shows: what Argo CD applies or, without gitops, everything."""
    both = owned(environment)
    return both.argocd if environment.gitops else both.pulumi


def synced(recording: Recording) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in order, each with its sync wave, and marked to stay if it holds data."""
    for resource, wave in recording.waves():
        if resource.manifest:
            yield _with(resource.manifest, _notes(resource, wave))


def _notes(resource: Resource, wave: int) -> dict[str, str]:
    kept = {SYNC_OPTIONS: KEPT} if resource.holds_data else {}
    again = MADE_AGAIN if resource.type.endswith(":Job") else {}
    return {SYNC_WAVE: str(wave), **kept, **again}


def _with(manifest: Mapping[str, Any], notes: Mapping[str, str]) -> Mapping[str, Any]:
    metadata = dict(manifest["metadata"])
    annotations = dict(sorted({**metadata.pop("annotations", {}), **notes}.items()))
    return {**manifest, "metadata": metadata | {"annotations": annotations}}

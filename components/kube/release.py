"""A Helm release, which the provider's plugin installs with Helm's own code."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.kube.change import Manifest
from components.kube.objects import RELEASE, child
from components.kube.plugin import plugin_version


class Release(pulumi.CustomResource):
    """A release of a chart, registered as the SDK's class registers it; see `Object`."""

    def __init__(  # noqa: PLR0913 - the parts of a release, each by its name
        self,
        resource_name: str,
        *,
        parent: pulumi.Resource,
        name: str,
        namespace: pulumi.Input[str],
        chart: str,
        version: str,
        repository: str,
        values: Mapping[str, Any],
        within: int,
        after: Sequence[pulumi.Resource] = (),
    ) -> None:
        """Declare the release; it is ready when its objects are, *within* seconds.

        *after*: dependencies that no input expresses.
        """
        opts = child(parent, after=after)
        opts.version = plugin_version()
        super().__init__(
            RELEASE,
            resource_name,
            {
                "name": name,
                "namespace": namespace,
                "chart": chart,
                "version": version,
                "repositoryOpts": {"repo": repository},
                "values": values,
                "timeout": within,
                "compat": "true",
            },
            opts,
        )


def release_as_object(inputs: Mapping[str, Any]) -> Manifest:
    """Return the *inputs* of a release with the head of an object, by which objects are known."""
    name = {key: inputs[key] for key in ("name", "namespace") if key in inputs}
    return {"apiVersion": "helm.sh/v3", "kind": "Release", "metadata": name, **inputs}

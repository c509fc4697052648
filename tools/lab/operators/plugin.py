"""The barman-cloud plugin 0.15 in the lab: its release's own manifest, mutual TLS and sidecar.

The manifest in the module names images of its `main` branch, so ours carry those names. Their
program is the release's source, on two libraries of the release before (tools/go/barman-plugin).
"""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tools.lab.images.image import File, Image
from tools.lab.images.postgres import BARMAN_ENVIRONMENT, BARMAN_ROOT, BARMAN_USER
from tools.lab.operators.manifests import Manifest, documents
from tools.lab.programs.postgres import VERSIONS, binary

if TYPE_CHECKING:
    from tools.lab.cluster import Lab

NAMESPACE = "cnpg-system"
NAME = "barman-cloud.cloudnative-pg.io"
"""What a Cluster calls the plugin."""

SIDECAR = f"ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:{VERSIONS['barman-plugin']}"
"""The name that the release is published under, which off-site copies run by."""

_DEPLOYMENT = "barman-cloud"
_VERSION = VERSIONS["barman-plugin"]
_USER = 10001


def sidecar_stays(origin: Mapping[str, Any], name: str) -> list[Manifest]:
    """Return the `plugins` of a Cluster `name` that is restored from `origin` and archives nowhere.

    With none its pod is made again once it is restored, to lose the sidecar (0.15.0, lifecycle.go,
    shouldInjectBarmanSidecar); so each restore would take some 15 s longer than one that archives.
    The server's name is its own: the plugin restores nothing next to an archive that is not empty.
    """
    if "plugin" not in origin:
        return []
    parameters = origin["plugin"]["parameters"] | {"serverName": name}
    return [{"name": NAME, "isWALArchiver": False, "parameters": parameters}]


def images() -> list[Image]:
    """Return the plugin's image and the sidecar's, also under the manifest's names."""
    program = File(binary("barman-plugin"))
    plugin, sidecar = _named(manifests())
    return [
        Image(
            name=f"registry.local/plugin-barman-cloud:{_VERSION}",
            tags=(plugin,),
            files={"/manager": program},
            entrypoint=("/manager",),
            user=str(_USER),
        ),
        Image(
            name=f"registry.local/plugin-barman-cloud-sidecar:{_VERSION}",
            tags=(sidecar, SIDECAR),
            root=BARMAN_ROOT,
            files={"/manager": program},
            entrypoint=("/manager",),
            user=BARMAN_USER,
            env=BARMAN_ENVIRONMENT,
        ),
    ]


def install(lab: "Lab") -> None:
    """Apply the release; return when it serves by the certificates that cert-manager issued.

    cert-manager and CloudNativePG must serve: the one issues, the other reads the Service's
    annotations to find the plugin.
    """
    lab.apply(manifests())
    lab.wait_for_deployment(NAMESPACE, _DEPLOYMENT)


def manifests() -> list[Manifest]:
    """Return the release's manifest, unchanged but for how soon it is asked whether it serves."""
    found = documents("plugin-barman-cloud", "manifest.yaml")
    for manifest in found:
        if manifest["kind"] == "Deployment":
            (container,) = manifest["spec"]["template"]["spec"]["containers"]
            container["readinessProbe"] |= {"initialDelaySeconds": 1, "periodSeconds": 1}
    return found


def _named(found: list[Manifest]) -> tuple[str, str]:
    """Return the names of the plugin's image and of the sidecar's in its manifest."""
    (deployment,) = (one for one in found if one["kind"] == "Deployment")
    (secret,) = (one for one in found if one["kind"] == "Secret")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return container["image"], base64.b64decode(secret["data"]["SIDECAR_IMAGE"]).decode()

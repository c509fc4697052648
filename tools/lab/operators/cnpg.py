"""CloudNativePG 1.30 in the lab: its release's own manifest, its webhooks, PostgreSQL's images."""

from typing import TYPE_CHECKING

from stacks.check import environments, load
from tools.lab.images.image import File, Image
from tools.lab.images.postgres import SYSTEM, server
from tools.lab.operators.manifests import Manifest, documents
from tools.lab.programs.postgres import VERSIONS, architecture, binary

if TYPE_CHECKING:
    from tools.lab.cluster import Lab

NAMESPACE = "cnpg-system"
DEPLOYMENT = "cnpg-controller-manager"
MAJORS = (15, 17)
"""PostgreSQL versions for which Debian has a server: 15 in bookworm, 17 in trixie."""

_VERSION = VERSIONS["cnpg-manager"].removeprefix("v")
_OPERATOR = f"ghcr.io/cloudnative-pg/cloudnative-pg:{_VERSION}"
_USER = 65532


def images() -> list[Image]:
    """Return the operator's image and the servers', these also under the environments' names."""
    # The operator hands its own program to every PostgreSQL pod: it looks for it by architecture
    # in /operator, and the pod's first container copies /manager.
    operator = Image(
        name=_OPERATOR,
        files={f"/operator/manager_{architecture()}": File(binary("cnpg-manager"))},
        links={"/manager": f"operator/manager_{architecture()}"},
        entrypoint=("/manager",),
        user=f"{_USER}:{_USER}",
    )
    return [operator, *(server(major, *_names(major)) for major in MAJORS)]


def install(lab: "Lab") -> None:
    """Apply the release; return when the operator serves its webhooks."""
    lab.apply(manifests())
    lab.wait_for_deployment(NAMESPACE, DEPLOYMENT)


def manifests() -> list[Manifest]:
    """Return the release's manifest with what a machine without a registry needs otherwise."""
    found = documents("cloudnative-pg", f"releases/cnpg-{_VERSION}.yaml")
    for manifest in found:
        if manifest["kind"] == "Deployment":
            (container,) = manifest["spec"]["template"]["spec"]["containers"]
            container["imagePullPolicy"] = "IfNotPresent"  # the release asks for Always
            # A tenth of a processor makes each step wait for the next slice, and its first probe
            # comes after ten seconds: neither is what a lab is to measure.
            del container["resources"]["limits"]["cpu"]
            container["readinessProbe"]["periodSeconds"] = 1
            container["startupProbe"] |= {"periodSeconds": 1, "failureThreshold": 60}
    return found


def _names(major: int) -> list[str]:
    """Images of a major version that an environment names: there the tag begins with it."""
    named = {
        database.image for name in environments() for database in load(name).databases.values()
    }
    return sorted(
        image for image in named | {SYSTEM} if image.rpartition(":")[2].startswith(f"{major}.")
    )

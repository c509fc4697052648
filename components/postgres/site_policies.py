"""What the API server refuses of a database with two sites, no matter which tool asks for it.

As policies.py: a ValidatingAdmissionPolicy, for Clusters with the label SITE before or after a
request. docs/decisions/0028 and 0038 have the reasons.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.kube import Component
from components.postgres.policies import annotation_of, clusters_with, denied, label_of, stopped
from components.postgres.site import APART, LOST, SITE

NAME = "tier0-sites"
"""The name of the policy and of its binding."""


class SitePolicies(Component):
    """The policy about Clusters of a database with two sites, and its binding."""

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare both, once for an environment."""
        super().__init__("tier0:postgres:SitePolicies", name, opts=opts)
        denied(name, NAME, site_policy(), parent=self)


def site_policy() -> Mapping[str, Any]:
    """Return `ValidatingAdmissionPolicy.spec`."""
    return {
        "failurePolicy": "Fail",
        "matchConstraints": clusters_with(SITE, "CREATE", "UPDATE"),
        "variables": [
            {
                "name": "was",
                "expression": f"request.operation == 'UPDATE' && ({_is_replica('oldObject')})",
            },
            {"name": "is", "expression": _is_replica("object")},
        ],
        "validations": [
            {
                "expression": (
                    "!variables.was || variables.is || "
                    "object.spec.?replica.?promotionToken.orValue('') != '' || "
                    f"{annotation_of('object', LOST)} != '' || {stopped('object')}"
                ),
                "message": (
                    "a replica is promoted while the other site may accept writes; write the other"
                    " site's demotionToken in spec.replica.promotionToken, or the annotation"
                    f" {LOST} with why that site is gone"
                ),
            },
            {
                "expression": (
                    "request.operation == 'CREATE' || variables.was || !variables.is || "
                    f"({label_of('oldObject', SITE)} != '{APART}' && !({stopped('object')}))"
                ),
                "message": (
                    "only the active generation becomes a replica, as another one has another"
                    " history; write spec.replica.primary as it was, and declare a generation that"
                    " follows"
                ),
            },
            {
                "expression": (
                    "request.operation == 'UPDATE' || !variables.is || "
                    "!object.spec.?bootstrap.?recovery.?recoveryTarget.hasValue()"
                ),
                "message": (
                    "a replica goes past the target of its recovery, as it follows the other site;"
                    " write no spec.bootstrap.recovery.recoveryTarget, or restore at the other site"
                ),
            },
        ],
    }


def _is_replica(cluster: str) -> str:
    """Return the expression of cluster_funcs.go, IsReplica, v1.30.0."""
    return (
        f"has({cluster}.spec.replica) && (has({cluster}.spec.replica.enabled) ? "
        f"{cluster}.spec.replica.enabled : "
        f"{cluster}.spec.replica.?self.orValue({cluster}.metadata.name) != "
        f"{cluster}.spec.replica.?primary.orValue(''))"
    )

"""The namespace of all drills of an environment. Nothing in it holds data: it may be deleted.

See docs/decisions/0033.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.certificates import Ca, trusted_ca
from components.kube import Component, Object
from components.kube.program import Program
from components.postgres.drills import DRILLS_NAMESPACE

PROGRAM = Program("drill")


class DrillNamespace(Component):
    """A Namespace and, in it, the private CA, the NetworkPolicies and the drills' program."""

    namespace: pulumi.Output[str]
    """Its name."""

    ca: Ca | None
    """The CA that verifies the object store's certificate; None: a public one."""

    program: pulumi.Output[str]
    """Name of the ConfigMap with the program."""

    def __init__(
        self,
        name: str,
        *,
        issuer: pulumi.Input[str] | None,
        ca: Ca | None,
        policies: Mapping[str, Mapping[str, Any]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare them; *policies* are the NetworkPolicies' `spec` by their names.

        The *issuer* is of the private CA; without one a Secret there has the *ca*.
        """
        super().__init__("tier0:drills:DrillNamespace", name, opts=opts)
        self.namespace = Object(
            f"{name}-namespace",
            parent=self,
            api_version="v1",
            kind="Namespace",
            name=DRILLS_NAMESPACE,
            pods="restricted",
        ).name
        for called, spec in policies.items():
            Object(
                f"{name}-{called}-policy",
                parent=self,
                api_version="networking.k8s.io/v1",
                kind="NetworkPolicy",
                name=called,
                namespace=self.namespace,
                spec=spec,
            )
        self.ca = ca
        if issuer is not None:
            self.ca = trusted_ca(name, parent=self, namespace=self.namespace, issuer=issuer)
        self.program = Object(
            f"{name}-program",
            parent=self,
            api_version="v1",
            kind="ConfigMap",
            name="program",
            namespace=self.namespace,
            fields={"data": PROGRAM.files},
        ).name

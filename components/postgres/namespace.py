"""A namespace for databases, with what each of them needs."""

from collections.abc import Mapping, Sequence

import pulumi

from components import kube
from components.certificates import Ca, trusted_ca
from components.kube import Component
from components.postgres.network import EgressSpec, Gateways, NetworkSpec, database_policy


class DatabaseNamespace(Component):
    """A Namespace and, in it, the private CA as a Secret, if it is used, and the NetworkPolicy."""

    namespace: pulumi.Output[str]
    """Its name."""

    ca: Ca | None
    """The CA that verifies the object store's certificate; None: a public one."""

    def __init__(  # noqa: PLR0913 - what its databases need of it, each by its name
        self,
        name: str,
        *,
        issuer: pulumi.Input[str] | None,
        ca: Ca | None,
        network: NetworkSpec,
        gateways: Gateways,
        clients: Sequence[str],
        ranges: Sequence[str],
        egress: Sequence[EgressSpec],
        pooled: bool,
        drilled: bool,
        labels: Mapping[str, str],
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare them; the *issuer* is of the private CA, None: a Secret there has the *ca*."""
        super().__init__("tier0:namespace:DatabaseNamespace", name, opts=opts)
        self.namespace = kube.Object(
            f"{name}-namespace",
            parent=self,
            api_version="v1",
            kind="Namespace",
            name=name,
            # CloudNativePG's pods and jobs and the plugin's sidecar satisfy it (pkg/specs 1.30,
            # lifecycle.go 0.15); any other pod here shares a namespace with credentials.
            pods="restricted",
            labels=labels,
            keep=keep,
        ).name
        database_policy(
            name,
            network,
            parent=self,
            namespace=self.namespace,
            gateways=gateways,
            clients=clients,
            ranges=ranges,
            egress=egress,
            pooled=pooled,
            drilled=drilled,
        )
        self.ca = ca
        if issuer is not None:
            self.ca = trusted_ca(name, parent=self, namespace=self.namespace, issuer=issuer)

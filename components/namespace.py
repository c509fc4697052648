"""A namespace for databases, with what every database in it needs."""

import pulumi
import pulumi_kubernetes as kubernetes

from components import kube
from components.certificates import Ca, TrustedCa


class DatabaseNamespace(pulumi.ComponentResource):
    """A Namespace and, in it, the private CA as a Secret."""

    namespace: pulumi.Output[str]
    """Its name."""

    ca: Ca
    """The CA that object stores' certificates are verified with."""

    def __init__(
        self,
        name: str,
        *,
        issuer: pulumi.Input[str],
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("tier0:namespace:DatabaseNamespace", name, opts=opts)
        namespace = kubernetes.core.v1.Namespace(
            f"{name}-namespace",
            metadata=kube.metadata(name, keep=keep),
            opts=kube.child(self, keep=keep),
        )
        self.namespace = namespace.metadata["name"]
        trusted = TrustedCa(
            f"{name}-trust", namespace=self.namespace, issuer=issuer, opts=kube.child(self)
        )
        self.ca = trusted.ca
        self.register_outputs({"namespace": self.namespace})

"""The provider of one cluster's objects."""

import os

import pulumi

from components.kube.plugin import plugin_version


class Provider(pulumi.ProviderResource):
    """The Kubernetes provider, registered as the SDK's class registers it; see `Object`."""

    def __init__(
        self, name: str, *, cluster: str, kubeconfig: pulumi.Input[str] | None = None
    ) -> None:
        """Declare the provider of *cluster*, which is a context of the kubeconfig.

        Without *kubeconfig* it is the file that KUBECONFIG names. Its path is kept in the state, so
        a later `destroy` reaches the same cluster.
        """
        config: dict[str, pulumi.Input[str] | None] = {
            # Another kubeconfig of the same cluster must not replace every object.
            "clusterIdentifier": cluster,
            # A changed Secret is updated in place: by default it is deleted first, while in use.
            "enableSecretMutable": "true",
        }
        if kubeconfig is None:
            config |= {"context": cluster, "kubeconfig": os.environ.get("KUBECONFIG")}
        else:
            config["kubeconfig"] = kubeconfig
        super().__init__(
            "kubernetes", name, config, pulumi.ResourceOptions(version=plugin_version())
        )

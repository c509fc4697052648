"""The whole wiring, on one page."""

import pulumi
import pulumi_kubernetes as kubernetes

from components import kube
from components.certificates import Issuers
from components.namespace import DatabaseNamespace
from components.object_store import ObjectStore
from components.postgres import PostgresCluster
from components.talos import TalosCluster, TalosSecrets
from stacks.environment import EnvironmentSpec
from stacks.outputs import PlatformOutputs, databases


def compose(environment: EnvironmentSpec) -> PlatformOutputs:
    """Declare every resource of *environment* and return what other stacks may use.

    The stack's setting `tier0:wait` (default true) says whether readiness is waited for; false
    is for an API server where nothing reconciles.
    """
    config = pulumi.Config("tier0")
    if config.get_bool("wait") is False:
        pulumi.runtime.register_stack_transformation(kube.without_waiting)
    keep = not environment.disposable
    talos = None
    if environment.bootstrap:
        secrets = TalosSecrets(
            talosconfig=config.get_secret("talosconfig") or "",
            machine_configs=config.get_secret_object("machineConfigs") or {},
        )
        talos = TalosCluster("talos", environment.bootstrap, secrets=secrets, keep=keep)
    cluster = kubernetes.Provider(
        "cluster",
        context=None if talos else environment.context,
        kubeconfig=talos.kubeconfig if talos else None,
        # Another kubeconfig of the same cluster must not replace every object.
        cluster_identifier=environment.context,
        # A changed Secret is updated in place: by default it is deleted first, while in use.
        enable_secret_mutable=True,
    )
    here = pulumi.ResourceOptions(providers=[cluster])

    issuers = Issuers("certificates", environment.certificates, keep=keep, opts=here)
    store = ObjectStore(
        "s3", environment.object_store, issuer=issuers.issuer, keep=keep, opts=here
    ).store
    namespaces = {
        name: DatabaseNamespace(name, issuer=issuers.issuer, keep=keep, opts=here)
        for name in sorted({spec.namespace for spec in environment.databases.values()})
    }
    hosts = {}
    for name, spec in environment.databases.items():
        home = namespaces[spec.namespace]
        hosts[name] = PostgresCluster(
            name,
            spec,
            namespace=home.namespace,
            store=store,
            ca=home.ca,
            keep=keep,
            opts=here,
        ).host
    return PlatformOutputs(
        s3_endpoint=pulumi.Output.from_input(store.endpoint),
        databases=databases(environment.databases, hosts),
    )

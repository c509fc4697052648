"""The whole wiring, on one page."""

import pulumi
import pulumi_kubernetes as kubernetes

from components import kube
from components.certificates import Issuers
from components.namespace import DatabaseNamespace
from components.object_store import ObjectStore, existing_bucket
from components.offsite import OffsiteCopy
from components.postgres import PostgresCluster
from stacks.environment import EnvironmentSpec
from stacks.outputs import PlatformOutputs, databases


def compose(environment: EnvironmentSpec) -> PlatformOutputs:
    """Declare every resource of *environment* and return what other stacks may use.

    The stack's setting `tier0:wait` (default true) says whether readiness is waited for; false
    is for an API server where nothing reconciles.
    """
    if pulumi.Config("tier0").get_bool("wait") is False:
        pulumi.runtime.register_stack_transformation(kube.without_waiting)
    keep = not environment.disposable
    cluster = kubernetes.Provider(
        "cluster",
        context=environment.context,
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
        if environment.offsite:
            OffsiteCopy(
                name,
                environment.offsite,
                spec,
                namespace=home.namespace,
                archive=existing_bucket(spec.backup.bucket, endpoint=store.endpoint, ca=home.ca),
                opts=here,
            )
    return PlatformOutputs(
        s3_endpoint=pulumi.Output.from_input(store.endpoint),
        databases=databases(environment.databases, hosts),
    )

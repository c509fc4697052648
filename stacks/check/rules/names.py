"""Rules about names that are already in use."""

from collections.abc import Iterator

from components.operators import ARGO_CD_NAMESPACE, CLOUDNATIVE_PG_NAMESPACE
from components.postgres.drills import DRILLS_NAMESPACE, watch_name
from components.postgres.pooler import pooler_name
from components.spec.rule import Fault, rule
from stacks.check.rules.uniqueness import twice
from stacks.environment import EnvironmentSpec


@rule("environment", was="T302")
def cluster_is_not_shared(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No two databases are the same Cluster object.

    `pulumi up` fails at the second with AlreadyExists (pulumi-kubernetes 4.29); Argo CD applies the
    later one, over the other's data.
    """
    databases = environment.databases
    yield from twice(
        environment,
        lambda name: (databases[name].namespace, databases[name].cluster),
        ("cluster",),
        lambda name, other: (
            f"'{databases[name].cluster}' in namespace '{databases[name].namespace}' is also the "
            f"cluster of databases.{other}; choose another name"
        ),
    )


@rule("environment", was="T306")
def databases_are_apart_from_operators(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Databases do not share a namespace with an operator, or with drills.

    A namespace of databases is `restricted` and is deleted with them: Ceph's monitors and node
    exporters are refused there, and a namespace with both operator and operand hangs when it is
    deleted (cloudnative-pg #10535).
    """
    taken = {
        environment.certificates.namespace: "certificates.namespace",
        environment.network.operator_namespace: "network.operator_namespace",
        environment.network.monitoring_namespace: "network.monitoring_namespace",
        CLOUDNATIVE_PG_NAMESPACE: "CloudNativePG",
        ARGO_CD_NAMESPACE: "Argo CD",
        **({environment.gitops.namespace: "gitops.namespace"} if environment.gitops else {}),
        DRILLS_NAMESPACE: "drills",
        "default": "Kubernetes itself",
        "kube-node-lease": "Kubernetes itself",
        "kube-public": "Kubernetes itself",
        "kube-system": "Kubernetes itself",
    }
    if environment.ceph_namespace:
        owner = "object_store" if environment.rook_store or not environment.storage else "storage"
        taken[environment.ceph_namespace] = f"{owner}.namespace"
    if rook := environment.existing_rook:
        taken.setdefault(rook.namespace, "object_store.namespace")
    for name, database in environment.databases.items():
        if database.namespace in taken:
            yield Fault(
                f"'{database.namespace}' belongs to {taken[database.namespace]}; "
                "write a namespace for databases",
                ("databases", name, "namespace"),
            )


@rule("environment", was="T335")
def service_is_not_shared(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No two databases of a namespace have the same Service.

    Both would write its selector in turns, and a client would reach one or the other. If
    CloudNativePG creates one of them, it refuses to touch the other's and never finishes
    (cluster_create.go, "refusing to reconcile service", v1.30.0).
    """
    databases = environment.databases
    owners = {
        (database.namespace, service): (name, database.cluster)
        for name, database in databases.items()
        for service in (
            *(f"{cluster}-{end}" for cluster in database.clusters for end in ("rw", "ro", "r")),
            *(pooler_name(database.cluster, it) for it in database.poolers),
            *([watch_name(database.cluster)] if environment.drills(name) else []),
        )
    }
    for name, database in databases.items():
        service = database.namespace, database.service_name
        other, cluster = owners.setdefault(service, (name, database.cluster))
        # If the Service is named after its cluster,
        # cluster-name-does-not-collide-with-generated-names reports it.
        if database.service and cluster != database.cluster:
            yield Fault(
                f"'{database.service_name}' is also a Service of databases.{other}; choose another "
                "name",
                ("databases", name, "service"),
            )
    for name, database in databases.items():
        for called in database.load_balancers:
            at = (database.namespace, called)
            if at in owners:
                yield Fault(
                    f"'{called}' is also a Service of databases.{owners[at][0]}; choose another "
                    "name",
                    ("databases", name, "load_balancers", called),
                )
            owners.setdefault(at, (name, database.cluster))

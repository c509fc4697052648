"""Rules about objects with the same name."""

from collections.abc import Iterator, Mapping
from itertools import product

from components.ceph.buckets import BucketClaimSpec
from components.certificates import ROOT
from components.postgres.drills import watch_name
from components.postgres.pooler import PoolerType
from components.postgres.roles import database_name
from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule
from stacks.environment import EnvironmentSpec

_METRICS = "cnpg-default-monitoring"
"""The ConfigMap that CloudNativePG copies into each namespace with a cluster."""

_POOLERS: Mapping[str, PoolerType] = {"-pooler-rw": "rw", "-pooler-ro": "ro"}
"""What a pool reaches, by what its Service has after its cluster's name."""

_ALERTS = "-drills"
"""What the PrometheusRule on drills has after its cluster's name; that on the cluster has none."""


@rule("environment")
def object_names_are_unique(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No two objects have the same kind, namespace and name.

    Names are joined with '-' from parts that may contain it: database `eu_x` of cluster `orders`
    and database `x` of cluster `orders-eu` are both the object `orders-eu-x-db`. One of them would
    be written, or `pulumi up` would end at the second with AlreadyExists; so it does if Pulumi's
    own names are the same. Rook writes a ConfigMap for each claim, with the claim's name, and
    CloudNativePG one for metrics (cluster_defaults.go, v1.30.0). The rules of clusters, Services,
    claims and StorageClasses report the other names.
    """
    taken: dict[tuple[str, str, str], str] = {}
    for kind, namespace, called, place in _declared(environment):
        key = kind, namespace, called
        if key in taken:
            where = f" in namespace '{namespace}'" if namespace else ""
            yield Fault(
                f"the {kind} '{called}'{where} is also that of {taken[key]}; choose another name",
                place,
            )
        taken.setdefault(key, ".".join(place))


_Named = tuple[str, str, str, tuple[str, ...]]
"""Kind, namespace and name of an object, and the field that it is declared by."""


def _declared(environment: EnvironmentSpec) -> Iterator[_Named]:
    """Yield what no other rule keeps apart."""
    if store := environment.rook_store:
        place = ("object_store", "certificate", "name")
        yield "Certificate", environment.certificates.namespace, ROOT, ("certificates",)
        yield "Certificate", store.namespace, store.certificate.name, place
    first: dict[tuple[str, str], str] = {}
    for name, database in environment.databases.items():
        # Those of a shared cluster are reported with it.
        if first.setdefault((database.namespace, database.cluster), name) == name:
            yield from _of_a_database(name, database, environment)
    for namespace in sorted({namespace for namespace, _ in first}):
        yield "ConfigMap", namespace, _METRICS, ("CloudNativePG",)
    claims: set[tuple[str, str]] = set()
    for name, database in environment.databases.items():
        bucket = database.backup.bucket
        if isinstance(bucket, BucketClaimSpec):
            # That of a shared claim is reported with it.
            if (database.namespace, bucket.claim) not in claims:
                claimed = ("databases", name, "backup", "bucket", "claim")
                yield "ConfigMap", database.namespace, bucket.claim, claimed
            claims.add((database.namespace, bucket.claim))


def _of_a_database(
    name: str, database: PostgresSpec, environment: EnvironmentSpec
) -> Iterator[_Named]:
    at = ("databases", name)
    yield from _resources(name, database, monitored=environment.monitored)
    if environment.drills(name):
        yield "ConfigMap", database.namespace, watch_name(database.cluster), at
    if environment.offsite:
        yield "ConfigMap", database.namespace, f"{database.cluster}-offsite", at
    for called in database.contents:
        further = called in database.databases
        place = (*at, "databases", called) if further else (*at, "application")
        yield "Database resource", "", f"{name}-database-{called}", place
        for cluster in database.clusters:
            yield "Database", database.namespace, database_name(cluster, called), place


def _resources(name: str, database: PostgresSpec, *, monitored: bool) -> Iterator[_Named]:
    """Yield Pulumi's own names of a database's resources, as far as two may meet."""
    at = ("databases", name)
    if database.backup.method == "plugin":
        yield "ObjectStore resource", "", f"{name}-store", at
    yield "Service resource", "", f"{name}-service", at
    for called in database.load_balancers:
        yield "Service resource", "", f"{name}-service-{called}", (*at, "load_balancers", called)
    if database.site:
        yield "ObjectStore resource", "", f"{name}-site-store", (*at, "site")
        if monitored and database.is_replica:
            yield "PodMonitor resource", "", f"{name}-site-metrics", (*at, "site")
    if monitored:
        yield "PodMonitor resource", "", f"{name}-metrics", at
        if database.pooler:
            yield "PodMonitor resource", "", f"{name}-pooler-metrics", at
        if database.replica_pooler:
            yield "PodMonitor resource", "", f"{name}-pooler-ro-metrics", at


@rule("environment", was="T316")
def cluster_name_does_not_collide_with_generated_names(
    environment: EnvironmentSpec,
) -> Iterator[Fault]:
    """No cluster has the name of an object that is generated for another cluster.

    With `orders` and `orders-rw` in one namespace the first never gets its Service: "refusing to
    reconcile service" (CloudNativePG cluster_create.go, v1.30.0). The PodDisruptionBudget
    `<cluster>-primary` (poddisruptionbudget.go) and the plugin's Role `<cluster>-barman-cloud`
    (specs/role.go, v0.15.0) are overwritten in turns.
    """
    owners = {(db.namespace, db.cluster): name for name, db in environment.databases.items()}
    endings = {
        "-rw": "Service",
        "-ro": "Service",
        "-r": "Service",
        "-watch": "Service",
        "-primary": "PodDisruptionBudget",
        "-barman-cloud": "Role",
        "-site": "ObjectStore",
    }
    endings |= dict.fromkeys(_POOLERS, "Service")
    endings |= {"-offsite": "ObjectStore"} if environment.offsite else {}
    endings |= {_ALERTS: "PrometheusRule"} if environment.monitored else {}
    for name, database in environment.databases.items():
        for cluster, (ending, kind) in product(database.clusters, endings.items()):
            called = cluster + ending
            if ending in _POOLERS and _POOLERS[ending] not in database.poolers:
                continue
            if ending in {"-watch", _ALERTS} and not environment.drills(name):
                continue
            if ending == "-site" and not (database.site and cluster == database.cluster):
                continue
            if other := owners.get((database.namespace, called)):
                yield Fault(
                    f"'{called}' is the name of the {kind} generated for databases.{name} (cluster "
                    f"'{cluster}'); choose another name",
                    ("databases", other, "cluster"),
                )
        for called in database.server_names[1:]:
            if other := owners.get((database.namespace, called)):
                yield Fault(
                    f"'{called}' is the name of a later generation of databases.{name}; choose "
                    "another name",
                    ("databases", other, "cluster"),
                )

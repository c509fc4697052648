"""The whole wiring, on one page."""

from collections.abc import Mapping

import pulumi

from components import kube
from components.ceph.buckets import existing_bucket
from components.ceph.cluster import Ceph, CephStorage, cluster_seconds, existing
from components.ceph.existing_store import ExistingObjectStore
from components.ceph.object_store import ObjectStore
from components.ceph.reader import archive_reader
from components.ceph.spec import StorageSpec
from components.certificates import Ca, Issuers
from components.drills import (
    DatabaseDrills,
    DatabaseWatch,
    DrillAlerts,
    DrillDashboard,
    DrillNamespace,
    drilled,
    promises,
    watched,
)
from components.gitops import GitOps
from components.monitoring import CertificateMonitoring, PrometheusSpec
from components.offsite import OffsiteCopy, Source
from components.operators import CLOUDNATIVE_PG_NAMESPACE, Operators
from components.postgres.barman import wal_restoring
from components.postgres.cluster import PostgresCluster
from components.postgres.drills import DRILLS_NAMESPACE
from components.postgres.namespace import DatabaseNamespace
from components.postgres.network import drill_policies
from components.postgres.policies import GenerationPolicies
from components.postgres.recovery import Readable
from components.postgres.site_policies import SitePolicies
from components.postgres.spec import PostgresSpec
from components.s3 import Store, existing_store
from components.spec.words import seconds
from components.talos import TalosCluster, TalosSecrets
from stacks.adopted import adoptable
from stacks.changes import refuse_the_impossible
from stacks.environment import EnvironmentSpec
from stacks.outputs import PlatformOutputs, databases


def compose(environment: EnvironmentSpec) -> PlatformOutputs:
    """Declare every resource that Pulumi applies and return what other stacks may use.

    With `gitops` these are only Argo CD's project and application; all the rest is `tree`, which
    Argo CD applies. Every object is declared by one of the two.

    The stack's setting `tier0:wait` (default true) says whether to wait for readiness; false is for
    an API server without controllers.
    """
    if pulumi.Config("tier0").get_bool("wait") is False:
        pulumi.runtime.register_stack_transformation(kube.without_waiting)
    refuse_the_impossible()
    if environment.adopted:
        pulumi.runtime.register_stack_transformation(kube.taking_over(_adopted(environment)))
    here = _after_operators(environment, _provided_by(environment, _bootstrapped(environment)))
    if environment.gitops is None:
        return _platform(environment, here)
    GitOps(
        "gitops",
        environment.gitops,
        namespaces=environment.namespaces,
        snapshots=environment.snapshot_class is not None,
        policies=environment.restored or environment.sited,
        within=_tree_seconds(environment),
        keep=not environment.disposable,
        opts=here,
    )
    return PlatformOutputs(
        s3_endpoint=pulumi.Output.from_input(environment.object_store.address),
        databases=databases(
            environment.databases,
            {name: pulumi.Output.from_input(db.host) for name, db in environment.databases.items()},
            environment.store_ca,
        ),
    )


def _adopted(environment: EnvironmentSpec) -> Mapping[tuple[str, str, str], str]:
    """Return the provider's id of each object that exists, by its component, kind and name."""
    return {
        (it.component, it.kind, it.name): it.id
        for it in adoptable(environment.databases)
        if it.text in environment.adopted
    }


def tree(environment: EnvironmentSpec) -> None:
    """Declare every resource of *environment* that Argo CD applies: none without `gitops`.

    The recorder runs it; what it records is rendered and committed.
    """
    if environment.gitops:
        _platform(environment, _provided_by(environment, None))


def _tree_seconds(environment: EnvironmentSpec) -> int:
    """Return how many seconds Argo CD may take: as long as the slowest object, and all the others.

    Nothing else in a tree takes minutes; together they have as long as Pulumi gives one.
    """
    storage = environment.storage
    slowest = cluster_seconds(storage) if isinstance(storage, StorageSpec) else kube.OBJECT_SECONDS
    return slowest + kube.OBJECT_SECONDS


def _bootstrapped(environment: EnvironmentSpec) -> pulumi.Output[str] | None:
    """Bootstrap the cluster, if that is declared; return its kubeconfig."""
    if environment.bootstrap is None:
        return None
    config = pulumi.Config("tier0")
    secrets = TalosSecrets(
        talosconfig=config.get_secret("talosconfig") or "",
        machine_configs=config.get_secret_object("machineConfigs") or {},
    )
    keep = not environment.disposable
    return TalosCluster("talos", environment.bootstrap, secrets=secrets, keep=keep).kubeconfig


def _provided_by(
    environment: EnvironmentSpec, kubeconfig: pulumi.Output[str] | None
) -> pulumi.ResourceOptions:
    cluster = kube.Provider("cluster", cluster=environment.context, kubeconfig=kubeconfig)
    return pulumi.ResourceOptions(providers=[cluster])


def _after_operators(
    environment: EnvironmentSpec, here: pulumi.ResourceOptions
) -> pulumi.ResourceOptions:
    """Install the operators, if they are declared; return the options for everything else."""
    if environment.operators is None:
        return here
    operators = Operators(
        "operators",
        environment.operators,
        certificates_namespace=environment.certificates.namespace,
        ceph_namespace=environment.ceph_namespace or "rook-ceph",
        encrypted_ceph=isinstance(environment.storage, StorageSpec),
        keep=not environment.disposable,
        opts=here,
    )
    # Objects use no value of the operator that reconciles them, and yet it must be created first
    # and deleted last: without its operator an object is never ready, and never deleted.
    return pulumi.ResourceOptions.merge(here, pulumi.ResourceOptions(depends_on=[operators]))


def _platform(environment: EnvironmentSpec, here: pulumi.ResourceOptions) -> PlatformOutputs:
    """Declare what Pulumi applies, or with `gitops` what Argo CD applies."""
    keep = not environment.disposable
    prometheus = environment.prometheus or PrometheusSpec()
    monitoring_labels = prometheus.labels if environment.monitored else None
    issuer = _issuer(environment, here)
    if monitoring_labels is not None:
        CertificateMonitoring(
            "certificates",
            namespace=environment.certificates.namespace,
            watched=environment.namespaces | {CLOUDNATIVE_PG_NAMESPACE},
            labels=monitoring_labels,
            disposable=environment.disposable,
            opts=here,
        )
    store = _store(environment, issuer, _ceph(environment, monitoring_labels, here), here)
    namespaces = _namespaces(environment, issuer, here)
    if environment.restored:
        GenerationPolicies("generations", opts=here)
    if environment.sited:
        SitePolicies("sites", opts=here)
    hosts, copies = {}, {}
    for name, spec in environment.databases.items():
        home = namespaces[spec.namespace]
        if environment.offsite:
            copies[name] = OffsiteCopy(
                name,
                environment.offsite,
                _source(spec, store, home.ca),
                namespace=home.namespace,
                monitoring_labels=prometheus.labels,
                disposable=environment.disposable,
                opts=here,
            ).readable
        hosts[name] = PostgresCluster(
            name,
            spec,
            namespace=home.namespace,
            store=store,
            ca=home.ca,
            copy=copies.get(name),
            monitors=monitoring_labels,
            drilled=environment.drills(name) is not None,
            reader=environment.reader(name),
            keep=keep,
            opts=here,
        ).host
    homes = {name: namespaces[spec.namespace] for name, spec in environment.databases.items()}
    _drills(environment, store, issuer, homes, copies, here)
    return PlatformOutputs(
        s3_endpoint=pulumi.Output.from_input(store.endpoint),
        databases=databases(environment.databases, hosts, environment.store_ca),
    )


def _namespaces(
    environment: EnvironmentSpec, issuer: pulumi.Output[str] | None, here: pulumi.ResourceOptions
) -> dict[str, DatabaseNamespace]:
    """Declare the namespaces of databases; return them by their names."""
    return {
        name: DatabaseNamespace(
            name,
            issuer=issuer,
            ca=_store_ca(environment),
            network=environment.network,
            gateways=environment.gateways,
            clients=environment.clients(name),
            ranges=environment.client_ranges(name),
            egress=environment.egress(name),
            pooled=environment.pooled(name),
            drilled=bool(environment.drilled(name)),
            labels=(environment.prometheus or PrometheusSpec()).namespace_labels,
            keep=not environment.disposable,
            opts=here,
        )
        for name in sorted({spec.namespace for spec in environment.databases.values()})
    }


def _issuer(
    environment: EnvironmentSpec, here: pulumi.ResourceOptions
) -> pulumi.Output[str] | None:
    """Declare the private CA and return its issuer; None where nothing has a certificate of it."""
    if environment.rook_store is None:
        return None
    keep = not environment.disposable
    return Issuers("certificates", environment.certificates, keep=keep, opts=here).issuer


def _store(
    environment: EnvironmentSpec,
    issuer: pulumi.Output[str] | None,
    ceph: Ceph | None,
    here: pulumi.ResourceOptions,
) -> Store:
    """Return the object store: a new one in Ceph, or one that exists there or elsewhere."""
    keep = not environment.disposable
    if environment.existing_s3:
        return existing_store(environment.existing_s3)
    if environment.existing_rook:
        return ExistingObjectStore("s3", environment.existing_rook, keep=keep, opts=here).store
    spec = environment.rook_store
    assert spec is not None  # noqa: S101 - the other kind of store, which has both of the rest
    assert issuer is not None  # noqa: S101 - as above
    assert ceph is not None  # noqa: S101 - as above
    return ObjectStore(
        "s3",
        spec,
        issuer=issuer,
        ceph=ceph,
        users=[DRILLS_NAMESPACE] if any(map(environment.reader, environment.databases)) else (),
        keep=keep,
        opts=here,
    ).store


def _store_ca(environment: EnvironmentSpec) -> Ca | None:
    """Return the CA of an existing store, which is a Secret in each namespace that uses it."""
    given = environment.existing_store
    return Ca(secret=given.ca_secret) if given and given.ca_secret else None


def _drills(
    environment: EnvironmentSpec,
    store: Store,
    issuer: pulumi.Output[str] | None,
    homes: Mapping[str, DatabaseNamespace],
    copies: Mapping[str, Readable],
    here: pulumi.ResourceOptions,
) -> None:
    """Declare the drills of the databases that have some, all in one namespace.

    What watches a database is in that of the database.
    """
    if not environment.drilled():
        return
    home = DrillNamespace(
        DRILLS_NAMESPACE,
        issuer=issuer,
        ca=_store_ca(environment),
        policies=drill_policies(
            environment.network,
            environment.gateways,
            {environment.databases[it].namespace for it in environment.drilled()},
        ),
        opts=here,
    )
    if environment.prometheus_operator:
        DrillDashboard("drills", namespace=home.namespace, opts=here)
    for name in environment.drilled():
        _drill(environment, name, home, store, copies.get(name), here)
        _watch(environment, name, home, homes[name], store, copies.get(name), here)


def _drill(
    environment: EnvironmentSpec,
    name: str,
    home: DrillNamespace,
    store: Store,
    copy: Readable | None,
    here: pulumi.ResourceOptions,
) -> None:
    """Declare the drills of a database."""
    spec, drills = environment.databases[name], environment.drills(name)
    assert drills is not None  # noqa: S101 - those that have drills
    DatabaseDrills(
        name,
        drilled(
            name,
            spec,
            drills,
            environment=environment.context,
            archive=archive_reader(
                name,
                spec.backup.bucket,
                user=environment.reader(name),
                parent=home,
                namespace=home.namespace,
                store=store,
                ca=home.ca,
            ),
            copy=copy,
            copy_rpo=seconds(environment.offsite.rpo) if environment.offsite else 0,
        ),
        namespace=home.namespace,
        program=home.program,
        opts=here,
    )


def _watch(
    environment: EnvironmentSpec,
    name: str,
    drills_home: DrillNamespace,
    home: DatabaseNamespace,
    store: Store,
    copy: Readable | None,
    here: pulumi.ResourceOptions,
) -> None:
    """Declare what watches the archive of a database that is drilled, and its alerts."""
    spec, drills = environment.databases[name], environment.drills(name)
    assert drills is not None  # noqa: S101 - those that have drills
    prometheus = environment.prometheus or PrometheusSpec()
    bucket = existing_bucket(spec.backup.bucket, store, home.ca)
    DatabaseWatch(
        name,
        watched(name, spec, archive=bucket.in_pod, copy=copy.in_pod if copy else None),
        namespace=home.namespace,
        drills_namespace=drills_home.namespace,
        monitors=prometheus.labels if environment.prometheus_operator else None,
        opts=here,
    )
    if environment.prometheus_operator:
        DrillAlerts(
            name,
            promises(spec, drills),
            namespace=home.namespace,
            labels=prometheus.labels,
            disposable=environment.disposable,
            opts=here,
        )


def _ceph(
    environment: EnvironmentSpec,
    monitoring_labels: Mapping[str, str] | None,
    here: pulumi.ResourceOptions,
) -> Ceph | None:
    """Return the Ceph cluster: a new one, an existing one, or none without a store in it."""
    storage, store = environment.storage, environment.rook_store
    if isinstance(storage, StorageSpec):
        return CephStorage(
            "ceph",
            storage,
            monitoring_labels=monitoring_labels,
            new_keys=environment.operators is not None and environment.operators.new_keys,
            snapshots=environment.snapshot_class is not None,
            keep=not environment.disposable,
            opts=here,
        ).ceph
    if storage:
        return existing(storage)
    return Ceph(namespace=store.namespace, image=store.image) if store else None


def _source(spec: PostgresSpec, store: Store, ca: Ca | None) -> Source:
    """Return the archive of a database, for its off-site copy."""
    return Source(
        cluster=spec.cluster,
        namespace=spec.namespace,
        server=spec.server_name,
        bucket=existing_bucket(spec.backup.bucket, store, ca),
        place=spec.backup.place,
        schedule=spec.backup.schedule,
        plugin=spec.backup.method == "plugin",
        wal=wal_restoring(spec.backup, spec.wal_segment),
    )

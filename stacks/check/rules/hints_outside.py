"""Hints about what nothing here creates: a new cluster lacks it, or another site has it."""

from collections.abc import Iterator
from datetime import timedelta

from components.ceph.spec import StorageSpec
from components.s3 import ANY_REGION
from components.spec.rule import Fault, rule
from components.spec.words import retention_days, seconds
from stacks.check.rules.hosts import in_cluster
from stacks.environment import EnvironmentSpec


@rule("hint")
def snapshot_class_is_created(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The VolumeSnapshotClass of a database is one that the environment creates.

    Of another one nothing is known: without it no snapshot is ever made, and each Backup waits
    (CloudNativePG, backup_volumesnapshot.md).
    """
    storage = environment.storage
    ours = storage.block_class if isinstance(storage, StorageSpec) else None
    for name, database in environment.databases.items():
        if (snapshots := database.snapshots) is None:
            continue
        for field in ("class_name", "wal_class_name"):
            given = getattr(snapshots, field)
            if given not in {None, ours}:
                instead = f"'{ours}' is created with storage" if ours else "it must be there"
                yield Fault(
                    f"'{given}' is a VolumeSnapshotClass that nothing here creates, and without it "
                    f"no snapshot is made; {instead}",
                    ("databases", name, "snapshots", field),
                )


@rule("hint")
def snapshot_class_is_of_volumes_driver(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The VolumeSnapshotClass that the environment creates is for volumes of the same driver.

    A snapshot's class and its volume have one driver, or nothing makes it (Kubernetes, "Volume
    Snapshot Classes"). Which driver the default StorageClass has is not known.
    """
    storage = environment.storage
    if not isinstance(storage, StorageSpec):
        return
    ours = storage.block_class
    for name, database in environment.databases.items():
        if (snapshots := database.snapshots) is None:
            continue
        volumes = [("storage_class", database.storage_class, snapshots.class_name)]
        if database.wal_storage:
            used = snapshots.wal_class_name or snapshots.class_name
            volumes.append(("wal_storage_class", database.wal_storage_class, used))
        for field, given, used in volumes:
            if used == ours and given is None:
                yield Fault(
                    f"the class '{used}' makes snapshots of volumes of Ceph only, and these have "
                    f"the cluster's default StorageClass; '{ours}' is one of Ceph",
                    ("databases", name, field),
                )


@rule("hint")
def new_cluster_can_make_snapshots(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A new cluster whose databases have snapshots has the CRDs and the controller for them.

    Kubernetes has neither. CloudNativePG looks for the CRDs when its operator starts, and refuses a
    ScheduledBackup of this kind without them (scheduledbackup_webhook.go, v1.30.0).
    """
    using = [name for name, database in environment.databases.items() if database.snapshots]
    if environment.bootstrap and using:
        yield Fault(
            "a new cluster has neither the CRDs of snapshot.storage.k8s.io nor their controller, "
            "and CloudNativePG's operator needs them when it starts; its machine configurations "
            "can install them (extraManifests)",
            ("databases", using[0], "snapshots"),
        )


@rule("hint")
def new_cluster_has_what_exists(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A new cluster creates the object store and the Ceph cluster that it uses.

    One that exists is not there yet: a claim of a bucket in it stays unbound, nothing is archived,
    and `pulumi up` waits until it gives up.
    """
    if environment.bootstrap is None:
        return
    if rook := environment.existing_rook:
        yield Fault(
            f"a new cluster has no CephObjectStore '{rook.name}' in '{rook.namespace}', and claims "
            "of buckets wait for it; an ObjectStoreSpec with a StorageSpec creates one",
            ("object_store",),
        )
    elif (s3 := environment.existing_s3) and in_cluster(s3.host):
        yield Fault(
            f"a new cluster has no Service at '{s3.address}', and nothing is archived without it; "
            "an ObjectStoreSpec with a StorageSpec creates a store",
            ("object_store",),
        )
    elif environment.rook_store and not isinstance(environment.storage, StorageSpec):
        yield Fault(
            "a new cluster has no Ceph cluster, and the object store waits for one; a StorageSpec "
            "creates one",
            ("storage",),
        )


@rule("hint")
def new_cluster_has_storage_classes(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The databases of a new cluster name a StorageClass that the environment creates.

    A new cluster has none, and none that is the default; a claim that waits for one is pending
    forever.
    """
    if environment.bootstrap is None:
        return
    storage = environment.storage
    ours = storage.block_class if isinstance(storage, StorageSpec) else None
    for name, database in environment.databases.items():
        fields = ["storage_class"] + (["wal_storage_class"] if database.wal_storage else [])
        for field in fields:
            given = getattr(database, field)
            if ours and given == ours:
                continue
            which = f"StorageClass '{given}'" if given else "default StorageClass"
            instead = f"storage creates '{ours}'" if ours else "a StorageSpec creates one"
            yield Fault(
                f"a new cluster has no {which} unless something else installs it; {instead}",
                ("databases", name, field),
            )


@rule("hint")
def new_argo_cd_can_read_repository(environment: EnvironmentSpec) -> Iterator[Fault]:
    """An Argo CD that the environment installs has the key of a repository over SSH.

    It starts without one, and its Application stays Unknown (Argo CD, "Private Repositories").
    """
    gitops = environment.gitops
    installed = environment.operators.install if environment.operators else ()
    if gitops and "argo-cd" in installed and not gitops.repository.startswith("https://"):
        yield Fault(
            f"'{gitops.repository}' is read with a key, which a new Argo CD does not have; a "
            f"repository Secret in '{gitops.namespace}' gives it one",
            ("gitops", "repository"),
        )


@rule("hint")
def argo_cd_that_is_there_has_health_checks(environment: EnvironmentSpec) -> Iterator[Fault]:
    """An Argo CD that the environment does not install has tier0's health checks.

    An object of a kind without a check is healthy because it exists (argo-cd #29511): waves
    continue past a Ceph cluster that is not there, and the Application is Healthy with a database
    that was never made.
    """
    installed = environment.operators.install if environment.operators else ()
    if environment.gitops and "argo-cd" not in installed:
        yield Fault(
            "operators does not install Argo CD, and without health checks it calls what is not "
            "made yet healthy; docs/gitops.md gives it those of tier0",
            ("gitops",),
        )


@rule("hint")
def other_stores_answer_the_archives_region(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A store that a Cluster restores from answers requests for the region of the archive here.

    A Cluster has one region for all stores: that of its archive (plugin v0.15.0,
    `instanceSidecarConfiguration`; in-tree the Cluster's own `env`). AWS names its own in the
    refusal, and boto3 asks again (botocore, S3RegionRedirector); Garage and others refuse, and the
    restore or the replica waits. Drills and clones ask each store with its own region.
    """
    s3, copies = environment.existing_s3, environment.offsite
    own = s3.region if s3 else ANY_REGION
    if copies and copies.region != own:
        yield Fault(
            f"a generation that is restored from '{copies.endpoint}' asks it for the archive's "
            f"region, '{own}', and not for '{copies.region}'; see that the store answers",
            ("offsite", "region"),
        )
    for name, database in environment.databases.items():
        if (site := database.site) and site.archive.region != own:
            yield Fault(
                f"the replica asks '{site.archive.endpoint}' for the archive's region here, "
                f"'{own}', and not for '{site.archive.region}'; see that the store answers",
                ("databases", name, "site", "archive", "region"),
            )


@rule("hint")
def delayed_replica_finds_its_wal(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The other site keeps WAL for as long as a replica waits before it replays it.

    A replica fetches a segment when it replays it, so one that was deleted meanwhile stops it for
    good. Where the other site's environment is in the same checkout, `check` compares with what
    that declares; elsewhere the retention here is all that is known.
    """
    for name, database in environment.databases.items():
        delay = database.site.min_apply_delay if database.site else None
        kept = timedelta(days=retention_days(database.backup.retention))
        if delay and timedelta(seconds=seconds(delay)) > kept:
            yield Fault(
                f"'{delay}' is longer than the retention here, '{database.backup.retention}'; see "
                "that the other site keeps its WAL for longer",
                ("databases", name, "site", "min_apply_delay"),
            )


@rule("hint")
def pool_of_a_replica_has_its_login(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The other site of a replica with a pool has a pool too.

    PgBouncer asks for passwords as `cnpg_pooler_pgbouncer`, which CloudNativePG creates in a
    primary with a Pooler only (instance_controller.go, reconcilePgbouncerAuthUser, v1.30.0). A
    replica has it from the other site, or once it is promoted; until then it lets in no client.
    """
    for name, database in environment.databases.items():
        if database.is_replica and database.poolers:
            field = "pooler" if database.pooler else "replica_pooler"
            yield Fault(
                "a pool of a replica lets in no client before the other site has a pool too, which "
                "makes its login",
                ("databases", name, field),
            )

"""Rules between the fields of a database's spec that have no file of their subject."""

import re
from collections.abc import Iterator
from contextlib import suppress

from components.postgres.admission import COMPARED
from components.postgres.images import has_barman
from components.postgres.parameters import parameter_bytes, value_of
from components.postgres.pooler import pooler_name
from components.postgres.settings import UnreadableError, settings, unknown
from components.postgres.spec import PostgresSpec
from components.postgres.wal import least_wal
from components.spec.rule import Fault, rule
from components.spec.words import size_bytes


@rule("spec", was="T204", of=PostgresSpec)
def in_tree_image_has_barman(spec: PostgresSpec) -> Iterator[Fault]:
    """The in-tree method has an image that contains Barman.

    CloudNativePG's flavours `minimal` and `standard` have none (postgres-containers, README), and
    each upload fails. If the name does not say, `in-tree-image-is-known` is a hint.
    """
    if spec.backup.method == "in-tree" and has_barman(spec.image) is False:
        yield Fault(
            f"method 'in-tree' needs Barman inside the image, and '{spec.image}' has none; write a "
            "'-system-' image or method 'plugin'"
        )


@rule("spec", was="T205", of=PostgresSpec)
def synchronous_has_replica(spec: PostgresSpec) -> Iterator[Fault]:
    """Synchronous replication has a replica to wait for.

    CloudNativePG refuses it without a replica (cluster_webhook.go, validateSynchronousReplication).
    """
    if spec.synchronous and spec.instances == 1:
        yield Fault(
            f"synchronous '{spec.synchronous.durability}' with 1 instance has no replica to wait "
            "for; write 3 instances, or leave synchronous out"
        )


@rule("spec", of=PostgresSpec)
def switchover_has_replica(spec: PostgresSpec) -> Iterator[Fault]:
    """A primary that is updated by a switchover has a replica.

    Without one there is nothing to switch to, and its pod restarts (rolling_update.md, 1.30).
    """
    if spec.primary_update_method == "switchover" and spec.instances == 1:
        yield Fault(
            "'switchover' with 1 instance has no replica to switch to; write 2 instances, or leave "
            "it out",
            ("primary_update_method",),
        )


@rule("spec", was="T207", of=PostgresSpec)
def synchronous_has_enough_replicas(spec: PostgresSpec) -> Iterator[Fault]:
    """No commit waits for more replicas than exist.

    CloudNativePG refuses it (cluster_webhook.go, validateSynchronousReplicaConfiguration).
    """
    if spec.synchronous and 1 < spec.instances <= spec.synchronous.number:
        yield Fault(
            f"{spec.synchronous.number} replicas are more than {spec.instances} instances have; "
            f"write at most {spec.instances - 1}",
            ("synchronous", "number"),
        )


@rule("spec", of=PostgresSpec)
def parameter_fits_postgresql(spec: PostgresSpec) -> Iterator[Fault]:
    """The image's PostgreSQL has each parameter and accepts its value.

    Otherwise it does not start: `configuration file ... contains errors` (run on 15). Units are
    PostgreSQL's, 'MB' and 'min', not Kubernetes' 'Mi'. A name with a dot belongs to an extension
    and is not judged. The rule uses PostgreSQL's own list (components/postgres/settings.py).
    """
    known = settings(spec.major)
    for name, value in spec.parameters.items():
        place = ("parameters", name)
        if "." in name:
            continue
        if name not in known:
            yield Fault(unknown(name, spec.major), place)
        elif known[name].fixed:
            yield Fault("is fixed when PostgreSQL is built or initialized; leave it out", place)
        else:
            try:
                known[name].read(value)
            except UnreadableError as refused:
                yield Fault(f"'{value}' {refused}", place)


@rule("spec", of=PostgresSpec)
def parameter_is_what_it_looks_like(spec: PostgresSpec) -> Iterator[Fault]:
    """PostgreSQL reads no number as another one than a reader does.

    It rounds integers to their unit, and 0 switches most limits off: a `log_min_duration_statement`
    of '400us' logs every statement. A zero in front makes an integer octal. Neither is logged
    (findings/postgres-rounds-limits-to-off.sh). Sizes that CloudNativePG compares are judged by
    `compared-size-is-plain`.
    """
    known = settings(spec.major)
    for name in sorted((spec.parameters.keys() & known.keys()) - set(COMPARED)):
        value = spec.parameters[name]
        with suppress(UnreadableError):  # parameter-fits-postgresql says so
            if misread := known[name].misread(value):
                yield Fault(f"'{value}' {misread}", ("parameters", name))


@rule("spec", was="T220", of=PostgresSpec)
def wal_sizes_fit_volume(spec: PostgresSpec) -> Iterator[Fault]:
    """min_wal_size is below max_wal_size, and that is below the WAL volume.

    Between checkpoints WAL grows to `max_wal_size`, by default 1 GB: a smaller volume fills up by
    itself. CloudNativePG checks only explicit values (cluster_webhook.go,
    validateWalSizeConfiguration).
    """
    usual = least_wal(spec)
    least = parameter_bytes(spec.parameters, "min_wal_size", usual)
    most = parameter_bytes(spec.parameters, "max_wal_size", "1GB")
    if least >= most > 0:
        smallest = spec.parameters.get("min_wal_size", usual)
        largest = spec.parameters.get("max_wal_size", "1GB")
        yield Fault(
            f"min_wal_size '{smallest}' is not below max_wal_size '{largest}'; lower min_wal_size "
            "or raise max_wal_size",
            ("parameters",),
        )
    if spec.wal_storage and size_bytes(spec.wal_storage) <= most:
        given = spec.parameters.get("max_wal_size", "1GB")
        yield Fault(
            f"'{spec.wal_storage}' does not hold max_wal_size '{given}' and the WAL that waits to "
            "be archived; write more",
            ("wal_storage",),
        )


@rule("spec", was="T221", of=PostgresSpec)
def wal_class_has_volume(spec: PostgresSpec) -> Iterator[Fault]:
    """A class of WAL volumes is declared only with WAL volumes.

    A class alone creates no volume, and WAL would not be where the reader expects it.
    """
    if spec.wal_storage:
        return
    fix = "write wal_storage too, or leave it out"
    if spec.wal_storage_class:
        yield Fault(
            f"'{spec.wal_storage_class}' is for WAL volumes, and there are none; {fix}",
            ("wal_storage_class",),
        )
    if spec.snapshots and spec.snapshots.wal_class_name:
        yield Fault(
            f"'{spec.snapshots.wal_class_name}' is for WAL volumes, and there are none; {fix}",
            ("snapshots", "wal_class_name"),
        )


@rule("spec", was="T222", of=PostgresSpec)
def commits_wait_for_replicas(spec: PostgresSpec) -> Iterator[Fault]:
    """If commits wait for replicas, no parameter undoes that.

    With `synchronous_commit` 'off' or 'local' no commit waits, whatever CloudNativePG configures
    (PostgreSQL, "Write Ahead Log").
    """
    given = spec.parameters.get("synchronous_commit", "on")
    read = value_of(spec.parameters, "synchronous_commit", "on")
    if spec.synchronous and read in {"off", "local", "false", "no", "0"}:
        yield Fault(
            f"synchronous_commit '{given}' waits for no replica, although synchronous is "
            "declared; leave one of them out",
            ("parameters",),
        )


@rule("spec", of=PostgresSpec)
def archive_folder_is_of_no_generation(spec: PostgresSpec) -> Iterator[Fault]:
    """The folder of the first archive is none that a later generation has.

    Generation 2 archives to `<cluster>-g2`: one archive would mix two database systems.
    """
    given = spec.backup.server_name
    if given and re.fullmatch(rf"{re.escape(spec.cluster)}-g[0-9]+", given):
        yield Fault(
            f"'{given}' is the folder of a later generation of '{spec.cluster}'; write another "
            "cluster, or move the archive",
            ("backup", "server_name"),
        )


@rule("spec", was="T226", of=PostgresSpec)
def service_name_is_not_generated(spec: PostgresSpec) -> Iterator[Fault]:
    """The stable Service does not have a name that CloudNativePG generates.

    CloudNativePG creates `-rw`, `-r` and `-ro` after the cluster's name, and one for a pooler. It
    stops if one exists that it did not create (cluster_create.go, "refusing to reconcile service").
    """
    taken = {f"{cluster}-{suffix}" for cluster in spec.clusters for suffix in ("rw", "r", "ro")}
    taken |= {pooler_name(spec.cluster, reached) for reached in spec.poolers}
    if spec.service in taken:
        yield Fault(
            f"'{spec.service}' is a Service that CloudNativePG creates; choose another name",
            ("service",),
        )


@rule("spec", was="T228", of=PostgresSpec)
def cold_snapshot_has_replica(spec: PostgresSpec) -> Iterator[Fault]:
    """A snapshot that stops an instance has a replica to stop.

    With a single instance it is a scheduled outage: the primary is fenced for its duration
    (CloudNativePG, backup_volumesnapshot.md, "Hot and cold backups").
    """
    if spec.snapshots and not spec.snapshots.online and spec.instances == 1:
        yield Fault(
            "an offline snapshot stops the only instance each time; write 2 instances, or leave "
            "online out",
            ("snapshots", "online"),
        )

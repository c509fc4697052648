"""Rules about off-site copies."""

from collections.abc import Iterator
from datetime import timedelta

from components.spec import cron
from components.spec.addresses import store_of
from components.spec.rule import Fault, rule
from components.spec.words import retention_days, size_bytes
from stacks.check.rules.hosts import lost_with_cluster, machines
from stacks.environment import EnvironmentSpec

_LARGE = "10Gi"
"""A volume up to this is restored in a few minutes."""


@rule("environment", was="T603", waivable=True)
def offsite_is_outside_cluster(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The off-site store is not lost with this cluster.

    The source document's "off-cluster backup in S3" was a bucket in the same Ceph: what destroys
    its disks destroys archive and copy. A host name like that of a Service is looked for among the
    Services first (Kubernetes, "DNS for Services and Pods"); where it leads from there, no rule can
    know.
    """
    offsite = environment.offsite
    if offsite and (fault := lost_with_cluster(environment, offsite.endpoint)):
        yield Fault(fault, ("offsite", "endpoint"))


@rule("environment", waivable=True)
def followed_archive_is_outside_cluster(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The archive of the other site is not lost with this cluster.

    A site that reads the other's archive out of this cluster is none: both are lost together.
    """
    for name, database in environment.databases.items():
        site = database.site
        if site and (fault := lost_with_cluster(environment, site.archive.endpoint)):
            yield Fault(fault, ("databases", name, "site", "archive", "endpoint"))


@rule("environment")
def offsite_is_not_the_archives_bucket(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Off-site copies are not in a bucket of the archives' own store.

    An archive in an S3 elsewhere is off-site by itself: it outlives the disks and the site of the
    cluster. It does not outlive its bucket, its account or its provider, nor does a copy there:
    who closes or empties the one has both.
    """
    offsite, s3 = environment.offsite, environment.existing_s3
    if offsite is None or s3 is None or store_of(offsite.endpoint) != store_of(s3.address):
        return
    for name, database in environment.databases.items():
        if database.backup.bucket.bucket == offsite.bucket:
            yield Fault(
                f"'{offsite.bucket}' at {offsite.endpoint} is the bucket of databases.{name}'s "
                "archive, and is lost with it; write a bucket elsewhere, or leave offsite out",
                ("offsite", "bucket"),
            )
            return


@rule("environment", was="T604")
def offsite_lock_covers_retention(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Off-site copies are locked for as long as their archives may need them.

    The archive keeps the retention plus one schedule interval: recovery to the start of the window
    needs the base backup before it. (A copy's path contains its archive's, so
    `archive-is-not-shared` covers copies too.)
    """
    offsite = environment.offsite
    if offsite is None:
        return
    for name, database in environment.databases.items():
        backup = database.backup
        gap = -(-cron.longest_gap(backup.schedule) // timedelta(days=1))
        least = retention_days(backup.retention) + gap
        if retention_days(offsite.lock) < least:
            yield Fault(
                f"'{offsite.lock}' is shorter than databases.{name} keeps backups (retention "
                f"'{backup.retention}' plus one interval of '{backup.schedule}'); write at least "
                f"'{least}d'",
                ("offsite", "lock"),
            )


@rule("environment", was="T605")
def offsite_keys_differ_from_archive_keys(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The off-site keys are not the archive's, which may delete.

    An intruder in the cluster would control both copies (docs/offsite.md); other projects' drills
    have copied the writer's keys like that.
    """
    offsite = environment.offsite
    if offsite is None:
        return
    for name, database in environment.databases.items():
        if database.backup.bucket.secret_name == offsite.secret:
            yield Fault(
                f"'{offsite.secret}' holds the keys of databases.{name}'s archive, which may "
                "delete; write another Secret, with keys that may not",
                ("offsite", "secret"),
            )


@rule("environment", was="T606")
def offsite_is_not_on_cluster_node(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The off-site store is not on a node of this cluster.

    A store that listens on a node's own address is lost with that node's disks, whatever its name.
    """
    offsite, machine = environment.offsite, machines(environment)
    if offsite and offsite.host in machine:
        yield Fault(
            f"'{offsite.endpoint}' is {machine[offsite.host]}, a node of this cluster; "
            "write the address of a store elsewhere",
            ("offsite", "endpoint"),
        )


@rule("environment")
def restore_reads_a_store_that_exists(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A generation is restored from the off-site copy only where there is one.

    Barman would read a store that is not declared.
    """
    if environment.offsite:
        return
    for name, database in environment.databases.items():
        for it in database.lineage:
            if it.restored and it.restored.store == "offsite" and it.state != "removed":
                yield Fault(
                    "the environment has no off-site copy; declare offsite, or write store="
                    "'archive'",
                    ("databases", name, "generations", str(it.number - 2), "store"),
                )


@rule("hint")
def offsite_store_waits_for_restore(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment the off-site store of a large database waits for a restore.

    A restore reads each archive of a base backup in one request, and fails if that is cut. Ceph RGW
    cuts it when the new volume takes nothing for 65 s (measured), nginx after 60 s
    (`send_timeout`). S3 cannot be asked for that limit.
    """
    if environment.offsite is None or environment.disposable:
        return
    large = [
        f"databases.{name} with '{database.data_size}'"
        for name, database in environment.databases.items()
        if size_bytes(database.data_size) > size_bytes(_LARGE)
    ]
    if large:
        yield Fault(
            f"a store that cuts a client which stalls for a minute may never give {large[0]} back; "
            "let it, and each proxy before it, wait an hour (docs/offsite.md)",
            ("offsite", "endpoint"),
        )

"""The rules that span components: each finds every place that breaks it.

A rule about one value lives with its type, a rule about one spec in that spec; here are those
that need the whole environment. None needs a network.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from components import cron
from components.disks import NamedNodesSpec
from components.object_store import BucketClaimSpec
from components.operators import ARGO_CD_NAMESPACE, CLOUDNATIVE_PG_NAMESPACE
from components.spec import retention_days
from components.storage import StorageSpec

if TYPE_CHECKING:
    from stacks.environment import EnvironmentSpec


@dataclass(frozen=True)
class Fault:
    """One place that breaks a rule."""

    place: tuple[str, ...]
    """The path of the field, from the environment down."""

    message: str
    """`fault; mend`"""


Check = Callable[["EnvironmentSpec"], Iterator[Fault]]


@dataclass(frozen=True)
class Rule:
    """A rule: its stable id, and what finds the places that break it."""

    id: str
    check: Check

    @property
    def summary(self) -> str:
        """What holds where no fault is found, in one line."""
        return (self.check.__doc__ or "").splitlines()[0]


RULES: list[Rule] = []


def _rule(name: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        RULES.append(Rule(name, check))
        return check

    return register


def _twice(
    environment: "EnvironmentSpec",
    key: Callable[[str], object],
    place: tuple[str, ...],
    message: Callable[[str, str], str],
) -> Iterator[Fault]:
    """Find databases whose *key* another has already."""
    owners: dict[object, str] = {}
    for name in environment.databases:
        found = key(name)
        if found is None:
            continue
        if found in owners:
            yield Fault(("databases", name, *place), message(name, owners[found]))
        owners.setdefault(found, name)


@_rule("T301")
def one_archive_each(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """No two databases archive to one place.

    The second would be refused ("Expected empty archive") or, with the check skipped, destroy the
    first (CloudNativePG #6137, plugin #683).
    """
    databases = environment.databases
    yield from _twice(
        environment,
        lambda name: databases[name].archive,
        ("backup", "bucket"),
        lambda name, other: (
            f"{databases[name].archive} is the archive of databases.{other} too; "
            "write another bucket or another cluster"
        ),
    )


@_rule("T302")
def one_cluster_each(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """No two databases are one Cluster object."""
    databases = environment.databases
    yield from _twice(
        environment,
        lambda name: (databases[name].namespace, databases[name].cluster),
        ("cluster",),
        lambda name, other: (
            f"'{databases[name].cluster}' in namespace '{databases[name].namespace}' is the "
            f"cluster of databases.{other} too; write another name"
        ),
    )


@_rule("T303")
def encryption_needs_a_kms(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """AES256 is asked for only where the object store has a KMS.

    Without one Ceph Reef refuses every upload, and Pacific stores plaintext with a 200 (measured).
    """
    if environment.object_store.kms:
        return
    for name, database in environment.databases.items():
        if database.backup.encryption:
            yield Fault(
                ("databases", name, "backup", "encryption"),
                f"'{database.backup.encryption}' needs a KMS, without which Ceph refuses the "
                "upload or stores plaintext; declare object_store.kms or leave encryption out",
            )


@_rule("T304")
def one_claim_each(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """No two databases claim one bucket, or use one claim.

    Rook answers the second claim of a bucket with 403 (rook #12261).
    """
    databases = environment.databases

    def claimed(name: str) -> str | None:
        bucket = databases[name].backup.bucket
        return bucket.bucket if isinstance(bucket, BucketClaimSpec) else None

    def claim(name: str) -> tuple[str, str] | None:
        bucket = databases[name].backup.bucket
        if not isinstance(bucket, BucketClaimSpec):
            return None
        return databases[name].namespace, bucket.claim

    yield from _twice(
        environment,
        claimed,
        ("backup", "bucket", "bucket"),
        lambda name, other: (
            f"'{claimed(name)}' is claimed by databases.{other} too; write another bucket"
        ),
    )
    yield from _twice(
        environment,
        claim,
        ("backup", "bucket", "claim"),
        lambda name, other: (
            f"'{(claim(name) or '')[1]}' is the claim of databases.{other} too; write another name"
        ),
    )


@_rule("T305")
def survives_one_host(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Outside a disposable environment archives survive the loss of a host."""
    if environment.disposable:
        return
    store = environment.object_store
    if store.copies < 3:  # noqa: PLR2004 - two copies cannot tell which one is right
        yield Fault(
            ("object_store", "copies"),
            f"{store.copies} copies lose data with one or two hosts; write at least 3, "
            "or declare the environment disposable",
        )
    if store.gateways < 2:  # noqa: PLR2004 - one may restart
        yield Fault(
            ("object_store", "gateways"),
            "1 gateway stops archiving whenever it restarts; write at least 2, "
            "or declare the environment disposable",
        )
    storage = environment.storage
    if not isinstance(storage, StorageSpec):
        return
    if storage.copies < 3:  # noqa: PLR2004 - as above
        yield Fault(
            ("storage", "copies"),
            f"{storage.copies} copies lose data with one or two hosts; write at least 3, "
            "or declare the environment disposable",
        )
    if storage.monitors < 3:  # noqa: PLR2004 - a majority of two
        yield Fault(
            ("storage", "monitors"),
            "1 monitor stops the whole cluster with its host; write 3 or 5, "
            "or declare the environment disposable",
        )


@_rule("T306")
def namespaces_of_their_own(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Databases live in namespaces of their own, not in an operator's."""
    taken = {
        environment.object_store.namespace: "object_store.namespace",
        environment.certificates.namespace: "certificates.namespace",
        CLOUDNATIVE_PG_NAMESPACE: "CloudNativePG",
        ARGO_CD_NAMESPACE: "Argo CD",
        **({environment.gitops.namespace: "gitops.namespace"} if environment.gitops else {}),
        "default": "Kubernetes itself",
        "kube-system": "Kubernetes itself",
    }
    for name, database in environment.databases.items():
        if database.namespace in taken:
            yield Fault(
                ("databases", name, "namespace"),
                f"'{database.namespace}' belongs to {taken[database.namespace]}; "
                "write a namespace for databases",
            )


@_rule("T307")
def one_ceph_cluster(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Where a Ceph cluster is declared, the object store is in it and runs its image."""
    storage, store = environment.storage, environment.object_store
    if storage is None:
        return
    if store.namespace != storage.namespace:
        yield Fault(
            ("object_store", "namespace"),
            f"'{store.namespace}' is not where the Ceph cluster is; write '{storage.namespace}', "
            "the namespace of storage",
        )
    if "image" in store.model_fields_set and store.image != storage.image:
        yield Fault(
            ("object_store", "image"),
            f"'{store.image}' is not the image of storage, '{storage.image}'; leave it out",
        )


@_rule("T308")
def storage_classes_exist(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Where the Ceph cluster is made here, databases name its class of block volumes.

    A claim of a class that is not there stays pending for ever. PostgreSQL on CephFS loses the
    single-writer guarantee that a block volume gives.
    """
    storage = environment.storage
    if not isinstance(storage, StorageSpec):
        return
    for name, database in environment.databases.items():
        if database.storage_class not in {None, storage.block_class}:
            yield Fault(
                ("databases", name, "storage_class"),
                f"'{database.storage_class}' is no StorageClass of block volumes that storage "
                f"makes; write '{storage.block_class}', or leave it out for the cluster's default",
            )


@_rule("T309")
def copies_have_hosts(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """No pool asks for more copies than there are hosts with disks.

    Each copy is on another host; a copy without one never comes to be, and Ceph stays degraded.
    """
    storage = environment.storage
    if not (isinstance(storage, StorageSpec) and isinstance(storage.disks, NamedNodesSpec)):
        return
    hosts = len(storage.disks.nodes)
    for place, copies in (
        ("storage", storage.copies),
        ("object_store", environment.object_store.copies),
    ):
        if copies > hosts:
            yield Fault(
                (place, "copies"),
                f"{copies} copies need as many hosts, and storage.disks.nodes has {hosts}; "
                f"name {copies} nodes or write at most {hosts}",
            )


@_rule("T603")
def offsite_is_elsewhere(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Off-site is no store that goes down with this cluster."""
    offsite = environment.offsite
    if offsite is None:
        return
    inside = offsite.host == environment.object_store.host or offsite.host.endswith(
        (".svc", ".svc.cluster.local", "localhost")
    )
    if inside or "." not in offsite.host:
        yield Fault(
            ("offsite", "endpoint"),
            f"'{offsite.endpoint}' is a service of this cluster and is lost with it; "
            "write the address of a store elsewhere",
        )


@_rule("T604")
def offsite_is_locked_as_long_as_needed(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Off-site copies are locked for as long as their archives may need them.

    The archive keeps the retention and one schedule interval more: recovery to its begin starts
    from the base backup before it. (Its path is the archive's own, so that T301 holds for it too.)
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
                ("offsite", "lock"),
                f"'{offsite.lock}' is less than databases.{name} keeps (retention "
                f"'{backup.retention}' and one interval of '{backup.schedule}'); "
                f"write at least '{least}d'",
            )


@_rule("T605")
def offsite_keys_are_others(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Off-site keys are not the archive's, which may delete."""
    offsite = environment.offsite
    if offsite is None:
        return
    for name, database in environment.databases.items():
        if database.backup.bucket.secret_name == offsite.secret:
            yield Fault(
                ("offsite", "secret"),
                f"'{offsite.secret}' has the keys of databases.{name}'s archive, which may delete; "
                "write another Secret, with keys that may not",
            )

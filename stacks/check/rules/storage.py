"""Rules about Ceph: copies, hosts and StorageClasses."""

import re
from collections.abc import Iterator

from components.ceph.disks import NamedNodesSpec
from components.ceph.object_store import ObjectStoreSpec
from components.ceph.spec import StorageSpec
from components.spec.rule import Fault, rule
from components.talos import TalosctlSpec
from stacks.environment import EnvironmentSpec

_PARTITION = re.compile(r"(?:^|/)(?:(?:sd|vd|xvd)[a-z]+|(?:nvme\d+n|mmcblk)\d+p)\d+$|-part\d+$")
"""The end of a partition's name: `sdb1`, `nvme0n1p2`, `/dev/disk/by-id/...-part1`."""

_VOLUME = re.compile(r"/dev/(?!(?:block|cciss|disk|drbd|ida|mapper|md)/)[^/]+/[^/]+|dm-\d+")
"""A logical volume, `/dev/<group>/<volume>`; below `/dev/mapper` it may be another thing."""


@rule("environment", was="T305", waivable=True)
def survives_one_host(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment archives survive the loss of a host.

    Two copies cannot tell which one is right, a single gateway stops archiving when it restarts,
    and a majority of two monitors is both (Ceph, "Monitor Quorum").
    """
    if environment.disposable:
        return
    store = environment.rook_store
    if store and store.copies < 3:  # noqa: PLR2004 - two copies cannot tell which one is right
        yield Fault(
            f"{_copies(store.copies)} data with one or two hosts; write at least 3, "
            "or declare the environment disposable",
            ("object_store", "copies"),
        )
    if store and store.gateways < 2:  # noqa: PLR2004 - one may restart
        yield Fault(
            "1 gateway stops archiving whenever it restarts; write at least 2, "
            "or declare the environment disposable",
            ("object_store", "gateways"),
        )
    storage = environment.storage
    if not isinstance(storage, StorageSpec):
        return
    if storage.copies < 3:  # noqa: PLR2004 - as above
        yield Fault(
            f"{_copies(storage.copies)} data with one or two hosts; write at least 3, "
            "or declare the environment disposable",
            ("storage", "copies"),
        )
    if storage.monitors < 3:  # noqa: PLR2004 - a majority of two
        yield Fault(
            "1 monitor stops the whole cluster with its host; write 3 or 5, "
            "or declare the environment disposable",
            ("storage", "monitors"),
        )


def _copies(count: int) -> str:
    return f"{count} copies lose" if count > 1 else "1 copy loses"


@rule("environment", was="T307")
def object_store_matches_ceph_cluster(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If a Ceph cluster is declared, the object store is in it and uses its image.

    Rook's objects belong to the CephCluster of their namespace (controller/cluster_info.go,
    LoadClusterInfo); a store elsewhere waits for one forever.
    """
    storage, store = environment.storage, environment.rook_store
    if storage is None or store is None:
        return
    if store.namespace != storage.namespace:
        yield Fault(
            f"'{store.namespace}' is not the Ceph cluster's namespace; write "
            f"'{storage.namespace}', the namespace of storage",
            ("object_store", "namespace"),
        )
    if store.image not in {storage.image, ObjectStoreSpec.model_fields["image"].default}:
        yield Fault(
            f"'{store.image}' is not the image of storage, '{storage.image}'; leave it out",
            ("object_store", "image"),
        )


@rule("environment", was="T308")
def storage_class_exists(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If the environment creates the Ceph cluster, databases use its class of block volumes.

    A volume claim with an unknown class stays pending forever. PostgreSQL on CephFS loses the
    single-writer guarantee that a block volume gives.
    """
    storage = environment.storage
    if not isinstance(storage, StorageSpec):
        return
    for name, database in environment.databases.items():
        for field, given in (
            ("storage_class", database.storage_class),
            ("wal_storage_class", database.wal_storage_class),
        ):
            if given not in {None, storage.block_class}:
                yield Fault(
                    f"'{given}' is not the StorageClass of block volumes that storage creates; "
                    f"write '{storage.block_class}', or leave it out for the cluster's default",
                    ("databases", name, field),
                )


@rule("environment", was="T309")
def pool_copies_have_hosts(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No pool has more copies than there are hosts with disks.

    Each copy is on another host; without a host a copy is never made, and Ceph stays degraded.
    """
    storage, talos = environment.storage, environment.bootstrap
    if not isinstance(storage, StorageSpec):
        return
    if isinstance(storage.disks, NamedNodesSpec):
        hosts, where = len(storage.disks.nodes), "storage.disks.nodes"
    elif isinstance(talos, TalosctlSpec):
        hosts, where = len(talos.nodes), "bootstrap.nodes"
    else:
        return
    given = {"storage": storage, "object_store": environment.rook_store}
    for place, copies in ((name, it.copies) for name, it in given.items() if it):
        if copies > hosts:
            yield Fault(
                f"{copies} copies need as many hosts, and {where} has {hosts}; "
                f"name {copies} nodes or write at most {hosts}",
                (place, "copies"),
            )


@rule("environment", waivable=True)
def encrypted_disks_are_whole(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A disk that is encrypted is a whole disk, not a partition or a logical volume.

    Rook skips these then, with only a line in the log of its prepare job ("encrypted OSD on
    partition is not allowed", "on LV"; osd/daemon.go, getAvailableDevices, v1.17.9). Judged by the
    disk's name, as the kernel or udev gives it.
    """
    storage = environment.storage
    if not isinstance(storage, StorageSpec) or not storage.encrypted:
        return
    if not isinstance(storage.disks, NamedNodesSpec):
        given: list[tuple[str, tuple[str, ...]]] = [(storage.disks.filter, ("filter",))]
    else:
        named = storage.disks.nodes.items()
        given = [(disk, ("nodes", node)) for node, disks in named for disk in disks]
    for disk, place in given:
        partition = _PARTITION.search(disk.removeprefix("^").removesuffix("$"))
        what = "a partition" if partition else ""
        what = what or ("a logical volume" if _VOLUME.fullmatch(disk) else "")
        if what:
            yield Fault(
                f"'{disk}' is {what}, which Rook does not encrypt and skips; write the whole disk, "
                "or encrypted=False",
                ("storage", "disks", *place),
            )


@rule("environment", was="T333")
def storage_class_names_are_unique(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No two StorageClasses have the same name.

    They are cluster-scoped, and a class's provisioner cannot be changed: `pulumi up` fails at the
    second with AlreadyExists.
    """
    storage, store = environment.storage, environment.rook_store
    if not isinstance(storage, StorageSpec):
        return
    named = [
        (storage.block_class, ("storage", "block_class")),
        (storage.filesystem_class, ("storage", "filesystem_class")),
        (store.storage_class if store else None, ("object_store", "name")),
    ]
    if rook := environment.existing_rook:
        # Its name is not to choose.
        named.insert(0, (rook.storage_class, ("object_store", "name")))
    taken: dict[str, str] = {}
    for called, place in named:
        if called is None:
            continue
        if called in taken:
            yield Fault(
                f"'{called}' is also the StorageClass of {taken[called]}; choose another name",
                place,
            )
        taken[called] = ".".join(place)

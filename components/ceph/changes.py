"""What a change of a Ceph cluster, a store or a bucket that exists cannot do, or brings with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.ceph.versions import version_prefix
from components.kube.change import Change, Manifest, at, text_at
from components.spec.rule import Fault, rule
from components.spec.words import size_bytes

_MOST_STEPS = 2


@dataclass(frozen=True)
class CephChange(Change):
    """A change of a CephCluster."""

    @property
    def versions(self) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Ceph's version before and after; None if a tag does not name it."""
        before, after = map(version_prefix, self.texts("spec", "cephVersion", "image"))
        return (before, after) if before and after else None


@rule("change", of=CephChange)
def ceph_release_does_not_fall(change: CephChange) -> Iterator[Fault]:
    """Ceph's release rises by at most two, and does not fall.

    Daemons do not read what newer ones wrote, and Rook warns and does it (cluster/version.go,
    v1.17.9, "downgrading is not supported"). Ceph's own orchestrator refuses both (ceph PR#39069).
    """
    if not (versions := change.versions):
        return
    before, after = versions
    place = ("spec", "cephVersion", "image")
    if after[0] < before[0]:
        yield Fault(
            f"Ceph {before[0]} cannot become {after[0]}, which does not read its data; write an "
            f"image of {before[0]} or newer",
            place,
        )
    elif after[0] - before[0] > _MOST_STEPS:
        yield Fault(
            f"Ceph {before[0]} is upgraded over two releases at most, not to {after[0]}; write "
            f"an image of {before[0] + _MOST_STEPS} first",
            place,
        )


@rule("consequence", of=CephChange)
def older_ceph_has_known_faults(change: CephChange) -> Iterator[Fault]:
    """A lower version of the same release is not supported by Rook, which does it all the same.

    "downgrading is not supported" is only a line in its log (cluster/version.go, v1.17.9).
    """
    if not (versions := change.versions):
        return
    before, after = versions
    if after[0] == before[0] and after < before[: len(after)]:
        said = [".".join(map(str, it)) for it in versions]
        yield Fault(
            f"Ceph {said[0]} becomes the older {said[1]}, which Rook does not support; do it only "
            "if the newer one is broken",
            ("spec", "cephVersion", "image"),
        )


@rule("consequence", of=CephChange)
def monitors_keep_their_addresses(change: CephChange) -> Iterator[Fault]:
    """Monitors that run keep the addresses of their family.

    Clients and daemons know them by these (Ceph, "Changing a Monitor's IP address"), and Rook only
    starts them with the other family (mon/spec.go, v1.17.9). On a cluster that never became ready
    it is the way out.
    """
    place = ("spec", "network", "ipFamily")
    before, after = (family or "IPv4" for family in change.texts(*place))
    if before != after:
        yield Fault(
            f"monitors that run have {before} addresses and are not found with {after}; change it "
            "only before the cluster has data",
            place,
        )


@rule("consequence", of=CephChange)
def disks_keep_their_encryption(change: CephChange) -> Iterator[Fault]:
    """Disks that Ceph uses stay as they were prepared, encrypted or not.

    Rook prepares empty disks only (osd/daemon.go, getAvailableDevices, v1.17.9).
    """
    place = ("spec", "storage", "config", "encryptedDevice")
    before, after = (text == "true" for text in change.texts(*place))
    if before != after and all(change.values("spec", "storage")):
        now, then = ("encrypted", "not") if before else ("not encrypted", "encrypted")
        yield Fault(
            f"disks that Ceph uses stay {now}, and only new ones are {then}; replace their OSDs, "
            "one by one, to change that",
            place,
        )


@rule("consequence", of=CephChange)
def disk_stays_in_ceph(change: CephChange) -> Iterator[Fault]:
    """A disk that is not named any more stays in Ceph.

    "Rook will not remove OSDs from nodes that are removed from the storage spec", and does not
    update these any more (osd/update.go, v1.17.9).
    """
    place = ("spec", "storage", "nodes")
    before, after = (_disks(it) for it in (change.old, change.new))
    if before and after:
        for node, disk in sorted(before - after):
            yield Fault(
                f"'{disk}' of {node} stays in Ceph, as Rook removes no disk; remove its OSD by "
                "hand while Ceph is HEALTH_OK, before the disk is taken out",
                (*place, node),
            )


def _disks(cluster: Manifest) -> set[tuple[str, str]]:
    """Return the disks that *cluster* names, each with its node."""
    return {
        (text_at(node, "name"), text_at(disk, "name"))
        for node in at(cluster, "spec", "storage", "nodes") or ()
        for disk in at(node, "devices") or ()
    }


@dataclass(frozen=True)
class StoreChange(Change):
    """A change of a CephObjectStore."""


@rule("consequence", of=StoreChange)
def kms_keeps_the_keys(change: StoreChange) -> Iterator[Fault]:
    """Without the KMS that has their keys, encrypted objects cannot be read.

    SSE-S3 encrypts each bucket's objects with a key of the KMS: the archives stay, and no restore
    reads them ("Failed to retrieve the actual key", measured).
    """
    place = ("spec", "security", "s3", "connectionDetails", "VAULT_ADDR")
    before, after = change.texts(*place)
    if before and before != after:
        yield Fault(
            f"what was encrypted with keys of {before} cannot be read "
            + (f"unless {after} has the same keys; move them first" if after else "without it")
            + ("" if after else "; keep it for as long as an encrypted archive is needed"),
            place,
        )


@dataclass(frozen=True)
class ClaimChange(Change):
    """A change of an ObjectBucketClaim."""


@rule("change", of=ClaimChange)
def claim_keeps_its_bucket(change: ClaimChange) -> Iterator[Fault]:
    """A bucket claim keeps its bucket, and the store that it is in.

    Its provisioner ignores another name or class ("only additionalConfig can be updated";
    lib-bucket-provisioner, updateSupported), and the archive would be looked for in a bucket that
    does not exist.
    """
    for field, stays in (
        ("bucketName", "is bound to one bucket"),
        ("storageClassName", "stays in its store"),
    ):
        place = ("spec", field)
        before, after = change.texts(*place)
        if before and after and before != after:
            yield Fault(
                f"'{before}' cannot become '{after}', as a claim {stays}; write '{before}', or "
                f"another claim for '{after}'",
                place,
            )


@rule("consequence", of=ClaimChange)
def smaller_quota_may_be_full(change: ClaimChange) -> Iterator[Fault]:
    """A smaller quota refuses every upload if the archive is larger already.

    RGW answers 403 QuotaExceeded from then on, and WAL waits on the database's volume.
    """
    place = ("spec", "additionalConfig", "maxSize")
    before, after = change.texts(*place)
    if after and at(change.old, "spec") and (not before or size_bytes(after) < size_bytes(before)):
        yield Fault(
            f"a quota of '{after}' stops archiving if the archive is larger already; compare it "
            "with the bucket's size first",
            place,
        )

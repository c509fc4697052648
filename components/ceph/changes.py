"""What a change of a Ceph cluster that exists cannot do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from components.kube.change import Change, text_at
from components.spec.rule import Fault, rule

_MOST_STEPS = 2


@dataclass(frozen=True)
class CephChange(Change):
    """A change of a CephCluster."""

    @property
    def versions(self) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Ceph's version before and after; None if a tag does not name it."""
        found = [
            re.search(r":v?(\d+(?:\.\d+){0,2})", text_at(it, "spec", "cephVersion", "image"))
            for it in (self.old, self.new)
        ]
        before, after = (tuple(map(int, it[1].split("."))) if it else () for it in found)
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

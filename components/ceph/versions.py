"""Ceph's version, as its image's tag has it, and what changed with which."""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

CephVersion: TypeAlias = tuple[int, int, int]

FIXED: tuple[CephVersion, ...] = ((19, 2, 6), (20, 2, 4), (21, 2, 0))
"""In each major version the first with keys of type AES256K, and without CVE-2025-30156 and
CVE-2026-50152 (Rook, cephx-key-rotation.md, v1.19.10; docs.ceph.com, releases). 18 has none."""


def ceph_version(image: str) -> CephVersion | None:
    """Return the version that *image* names; None if its tag has no whole one, or if it has no tag.

    `v19.2.3`, `v19.2.3-20250717` and a mirror's `19.2.3` name one, also before a digest.
    """
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    found = re.fullmatch(r"v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})([-+._].*)?", tag, re.ASCII)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def has_new_keys(version: CephVersion) -> bool:
    """Return whether Ceph *version* is one of FIXED or newer."""
    first = next((first for first in FIXED if first[0] == version[0]), None)
    return version >= first if first else version > FIXED[-1]


def spoken(version: CephVersion) -> str:
    """Return *version* as Ceph writes it."""
    return ".".join(map(str, version))


def cephx(image: str) -> Mapping[str, Any]:
    """Return `CephCluster.spec.security.cephx` for a Rook that knows keys of type AES256K.

    Volumes are mounted by the kernel, and none before 7.0 knows such a key; without a type it is
    Ceph's default. Keys of daemons are replaced once, the second generation: with those of an older
    Ceph CVE-2025-30156 stays (Rook, cephx-key-rotation.md, v1.19.10). A new cluster's are of this
    generation from the start.
    """
    keys: dict[str, Any] = {"csi": {"keyType": "aes"}}
    version = ceph_version(image)
    if version and has_new_keys(version):
        keys["daemon"] = {"keyRotationPolicy": "KeyGeneration", "keyGeneration": 2}
    return keys


def version_prefix(image: str) -> tuple[int, ...]:
    """Return the numbers that the tag of *image* begins with: `(16,)` for `v16`, empty for none."""
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    found = re.match(r"v?(\d{1,4}(?:\.\d{1,4}){0,2})(?![\d.])", tag, re.ASCII)
    return tuple(map(int, found[1].split("."))) if found else ()

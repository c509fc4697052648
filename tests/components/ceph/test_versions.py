"""Which version of Ceph an image names, and what tier0 tells Rook about its keys."""

from typing import Any

import pytest

from components.ceph.versions import CephVersion, ceph_version, has_new_keys, version_prefix
from tests import valid
from tests.support import declared, faults_of

DIGEST = "@sha256:" + "0f" * 32
NEW = "quay.io/ceph/ceph:v19.2.6"


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("quay.io/ceph/ceph:v18.2.7", (18, 2, 7)),
        ("quay.io/ceph/ceph:v19.2.3-20250717", (19, 2, 3)),
        ("registry.example.org:5000/ceph:20.2.5", (20, 2, 5)),
        (f"quay.io/ceph/ceph:v19.2.5{DIGEST}", (19, 2, 5)),
        ("ceph:v19.2.10", (19, 2, 10)),
        ("quay.io/ceph/ceph:v19.2", None),
        ("quay.io/ceph/ceph:v19", None),
        ("quay.io/ceph/ceph:squid-19.2.3", None),
        ("quay.io/ceph/ceph:v19.2.3.4", (19, 2, 3)),
        ("quay.io/ceph/ceph:v19.2.3rc1", None),
        (f"quay.io/ceph/ceph{DIGEST}", None),
        (f"registry.example.org:5000/ceph{DIGEST}", None),
        (f"quay.io/ceph/ceph:v19.2{DIGEST}", None),
    ],
)
def test_a_version_is_read_from_a_tag_that_has_it_whole(
    image: str, version: CephVersion | None
) -> None:
    assert ceph_version(image) == version


@pytest.mark.parametrize(
    ("image", "prefix"),
    [
        ("quay.io/ceph/ceph:v16.2.15", (16, 2, 15)),
        ("quay.io/ceph/ceph:v17.2.3-20220810", (17, 2, 3)),
        ("registry.local:5000/ceph:16", (16,)),
        ("quay.io/ceph/ceph:v17.2" + DIGEST, (17, 2)),
        ("quay.io/ceph/ceph" + DIGEST, ()),
        ("quay.io/ceph/ceph:reef", ()),
    ],
)
def test_a_version_is_what_the_tag_begins_with(image: str, prefix: tuple[int, ...]) -> None:
    assert version_prefix(image) == prefix


@pytest.mark.parametrize(
    ("version", "new"),
    [
        ((18, 2, 8), False),
        ((19, 2, 5), False),
        ((19, 2, 6), True),
        ((19, 2, 10), True),
        ((20, 2, 3), False),
        ((20, 2, 4), True),
        ((20, 3, 0), True),
        ((21, 1, 0), False),
        ((21, 2, 0), True),
        ((22, 0, 0), True),
    ],
)
def test_new_keys_begin_at_a_patch_of_each_major_version(
    version: CephVersion, *, new: bool
) -> None:
    assert has_new_keys(version) is new


def security(image: str, **operators: Any) -> Any:
    """Return what the CephCluster of *image* says of security, with the chosen operators."""
    environment = valid.homelab(
        {
            "operators": valid.operators(**operators),
            "storage": valid.storage(image=image),
        }
    )
    (cluster,) = [m for m in declared(environment).manifests() if m["kind"] == "CephCluster"]
    return cluster["spec"].get("security")


def test_a_rook_whose_crd_lacks_the_field_is_told_nothing_of_keys() -> None:
    assert security("quay.io/ceph/ceph:v19.2.5") is None
    assert security("quay.io/ceph/ceph:v19.2.5", rook="v1.18.11") is None
    assert security(NEW, install=["cert-manager"]) is None


def test_the_kernel_keeps_keys_that_it_knows() -> None:
    assert security("quay.io/ceph/ceph:v19.2.5", rook="v1.19.10") == {
        "cephx": {"csi": {"keyType": "aes"}}
    }


def test_the_keys_of_daemons_are_replaced_once_ceph_has_better_ones() -> None:
    for image in (NEW, "quay.io/ceph/ceph:v20.2.4-20260818"):
        assert security(image, rook="v1.19.10") == {
            "cephx": {
                "csi": {"keyType": "aes"},
                "daemon": {"keyRotationPolicy": "KeyGeneration", "keyGeneration": 2},
            }
        }


@pytest.mark.parametrize(
    ("rook", "tag"),
    [
        ("v1.17.9", "v18.2.7"),
        ("v1.17.9", "v18.2.8"),
        ("v1.17.9", "v19.2.0"),
        ("v1.17.9", "19.2.5"),
        ("v1.17.9", "v19.2.3-20250717"),
        ("v1.17.9", f"v19.2.5{DIGEST}"),
        ("v1.18.11", "v20.2.3"),
        ("v1.19.10", "v19.2.0"),
        ("v1.19.10", "v19.2.6"),
        ("v1.19.10", "v20.2.1"),
        ("v1.19.10", "v20.2.4-20260818"),
    ],
)
def test_what_rook_supports_is_not_refused(rook: str, tag: str) -> None:
    changes = {
        "operators": valid.operators(rook=rook),
        "storage": valid.storage(image=f"quay.io/ceph/ceph:{tag}"),
    }
    assert faults_of(changes) == []


@pytest.mark.parametrize("image", ["ceph@sha256:" + "0f" * 32, "quay.io/ceph/ceph:main"])
def test_of_a_cluster_that_is_there_any_image_is_taken(image: str) -> None:
    assert faults_of({"storage": valid.existing_ceph(image=image)}) == []


def test_a_digest_that_runs_already_stays_with_a_waiver() -> None:
    waiver = valid.waiver(rule="ceph-image-names-version", place="storage.image")
    storage = valid.storage(image=f"quay.io/ceph/ceph{DIGEST}")
    assert faults_of({"storage": storage, "waivers": [waiver]}) == []

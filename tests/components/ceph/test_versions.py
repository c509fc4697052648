"""Ceph's version, as its image's tag has it."""

import pytest

from components.ceph.versions import version_prefix

DIGEST = "@sha256:" + "0" * 64


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

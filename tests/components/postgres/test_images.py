"""What an image's name says of the Barman inside."""

import pytest

from components.postgres.images import has_barman, knows_lz4

OURS = "ghcr.io/cloudnative-pg/postgresql"
DIGEST = "@sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("image", "has"),
    [
        (f"{OURS}:18.6", True),
        (f"{OURS}:18", True),
        (f"{OURS}:16.4-bookworm", True),
        (f"{OURS}:17.6-system-trixie{DIGEST}", True),
        (f"{OURS}:17.6-202508180808-minimal-trixie", False),
        (f"{OURS}:17-standard-bookworm{DIGEST}", False),
        ("ghcr.io/cloudnative-pg/postgis:17-3.5-system-trixie", True),
        ("ghcr.io/cloudnative-pg/postgis:17-3.5", None),
        ("registry.example.org:5000/postgresql:17.6-minimal-trixie", None),
    ],
)
def test_only_the_flavours_of_cloudnativepg_are_known_to_lack_it(
    image: str, *, has: bool | None
) -> None:
    assert has_barman(image) is has


@pytest.mark.parametrize(
    ("image", "knows"),
    [
        (f"{OURS}:17.6-system-trixie", False),
        (f"{OURS}:17.5", False),
        (f"{OURS}:18.0{DIGEST}", False),
        (f"{OURS}:17.7-system-trixie", None),
        (f"{OURS}:17-system-trixie", None),
        (f"{OURS}:19.0-system-trixie", None),
        ("registry.example.org/postgresql:17.6", None),
    ],
)
def test_images_of_2025_are_known_to_lack_lz4(image: str, *, knows: bool | None) -> None:
    assert knows_lz4(image) is knows

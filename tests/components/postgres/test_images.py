"""What an image's name says of the Barman inside."""

import pytest

from components.postgres.images import has_barman, lacks, lacks_extension

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
    ("image", "ability", "known"),
    [
        (f"{OURS}:17.6-system-trixie", "lz4 for base backups", True),
        (f"{OURS}:17.8", "lz4 for base backups", True),
        (f"{OURS}:18.0{DIGEST}", "lz4 for base backups", True),
        (f"{OURS}:17.9-system-trixie", "lz4 for base backups", None),
        (f"{OURS}:17.10-system-trixie", "lz4 for base backups", False),
        (f"{OURS}:17.10-202606010803-system-trixie", "lz4 for base backups", None),
        (f"{OURS}:17-system-trixie", "lz4 for base backups", None),
        (f"{OURS}:19.1-system-trixie", "lz4 for base backups", False),
        ("registry.example.org/postgresql:17.6", "lz4 for base backups", None),
        (f"{OURS}:16.7-bookworm", "zstd for WAL", True),
        (f"{OURS}:17.3", "lz4 for WAL", True),
        (f"{OURS}:17.6", "zstd for WAL", False),
        (f"{OURS}:16.7", "gzip for WAL", False),
    ],
)
def test_an_old_image_is_known_to_lack_what_barman_learned_late(
    image: str, ability: str, *, known: bool | None
) -> None:
    assert lacks(image, ability) is known


@pytest.mark.parametrize(
    ("image", "extension", "known"),
    [
        (f"{OURS}:18.4-minimal-trixie", "pgaudit", True),
        (f"{OURS}:18.4-minimal-trixie", "pg_stat_statements", False),
        (f"{OURS}:18.4-standard-trixie", "pgaudit", False),
        ("registry.example.org/postgresql:17-minimal-x", "pgaudit", False),
    ],
)
def test_the_minimal_flavour_is_known_to_lack_extensions(
    image: str, extension: str, *, known: bool
) -> None:
    assert lacks_extension(image, extension) is known

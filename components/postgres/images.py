"""PostgreSQL's images: what is known of the Barman inside, which the in-tree method runs."""

import re

_OURS = "ghcr.io/cloudnative-pg/postgresql"
_LAST_BEFORE_LZ4 = {13: 22, 14: 19, 15: 14, 16: 10, 17: 6, 18: 0}
"""The minor versions whose images were last built in November 2025, with Barman 3.16.2 at most."""


def has_barman(image: str) -> bool | None:
    """Return whether *image* contains Barman; None if its name does not say.

    CloudNativePG's images do, but for the flavours `minimal` and `standard`: the tags without a
    flavour are the system image (postgres-containers, README, "Deprecated Rolling Tags").
    """
    repository, tag = _parts(image)
    if re.search(r"-system(-|$)", tag):
        return True
    if repository != _OURS:
        return None
    return not re.search(r"-(minimal|standard)(-|$)", tag)


def knows_lz4(image: str) -> bool | None:
    """Return False if the Barman in *image* has no lz4 for base backups; None if nothing says so.

    Barman has it from 3.18.0 on, and the images have that from 2026-04-30 on. A minor version's
    image is not built any more once the next one is out (postgres-containers, docker-bake.hcl).
    """
    repository, tag = _parts(image)
    version = re.match(r"(\d+)\.(\d+)", tag)
    if repository != _OURS or version is None:
        return None
    major, minor = (int(number) for number in version.groups())
    return False if minor <= _LAST_BEFORE_LZ4.get(major, -1) else None


def _parts(image: str) -> tuple[str, str]:
    """Return the repository and the tag of an image."""
    repository, _, tag = image.partition("@")[0].rpartition(":")
    return repository, tag

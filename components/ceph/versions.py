"""Ceph's version, as its image's tag has it, and what changed with which."""

import re


def version_prefix(image: str) -> tuple[int, ...]:
    """Return the numbers that the tag of *image* begins with: `(16,)` for `v16`, empty for none."""
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    found = re.match(r"v?(\d{1,4}(?:\.\d{1,4}){0,2})(?![\d.])", tag, re.ASCII)
    return tuple(map(int, found[1].split("."))) if found else ()

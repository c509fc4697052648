"""Chromium, in which the report's page is seen, and what reads its PDF: Debian's packages."""

import os
from pathlib import Path

from tools import Fault
from tools.build.debian import alone, found, install

_PACKAGES = {
    "chromium": "chromium",
    "chromedriver": "chromium-driver",
    "pdftotext": "poppler-utils",
}


def chromium() -> list[Path]:
    """Return browser, driver and pdftotext, installed where root may; a fault where it may not."""
    lacking = _lacking()
    if lacking and (os.geteuid() != 0 or found("apt-get") is None):
        fix = f"run `apt-get install --no-install-recommends {' '.join(_PACKAGES.values())}`"
        raise Fault(lacking[0], "it is not installed", fix)
    if lacking:
        with alone():
            if lacking := _lacking():  # unless another worker has installed it meanwhile
                install(lacking)
    return [Path(found(program) or program) for program in _PACKAGES]


def _lacking() -> list[str]:
    return [package for program, package in _PACKAGES.items() if found(program) is None]

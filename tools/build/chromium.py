"""Chromium, in which the report's page is seen, and what reads its PDF: Debian's packages."""

import os
from pathlib import Path

from tools import Fault
from tools.build.debian import found, install

_PACKAGES = {
    "chromium": "chromium",
    "chromedriver": "chromium-driver",
    "pdftotext": "poppler-utils",
}


def chromium() -> list[Path]:
    """Return browser, driver and pdftotext, installed where root may; a fault where it may not."""
    lacking = [package for program, package in _PACKAGES.items() if found(program) is None]
    if lacking and (os.geteuid() != 0 or found("apt-get") is None):
        fix = f"run `apt-get install --no-install-recommends {' '.join(_PACKAGES.values())}`"
        raise Fault(lacking[0], "it is not installed", fix)
    if lacking:
        install(lacking)
    return [Path(found(program) or program) for program in _PACKAGES]

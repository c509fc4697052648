"""Chromium is installed once, also by several workers that lack it at the same time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools.build.chromium import chromium

APT = """#!/bin/sh
cd "$(dirname "$0")"
/bin/mkdir lock || exit 100
/bin/sleep 0.2
case "$*" in *" install "*)
  echo installed >> log
  for it in chromium chromedriver pdftotext; do /bin/ln -s apt-get $it; done
esac
/bin/rmdir lock
"""
"""apt-get as far as it is asked here: it refuses a second one, and what it installs is there."""


def test_workers_that_lack_it_install_it_one_after_the_other_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text(APT)
    apt.chmod(0o755)
    monkeypatch.setattr("tools.build.debian._PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setenv("TIER0_CACHE", str(tmp_path / "cache"))
    with ThreadPoolExecutor(4) as workers:
        found = list(workers.map(lambda _: chromium(), range(4)))
    names = ("chromium", "chromedriver", "pdftotext")
    assert found == [[tmp_path / name for name in names]] * 4
    assert (tmp_path / "log").read_text() == "installed\n"

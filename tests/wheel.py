"""tier0 as another project installs it: a wheel, in an environment that knows no checkout."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.support import ROOT

SOURCES = ("components", "stacks", "setup.py", "pyproject.toml", "README.md", "LICENSE")


def installed(folder: Path) -> Path:
    """Make a virtual environment with tier0's wheel in *folder* and return its Python.

    What tier0 depends on is that of these tests, through a .pth file: pip finds it there, and
    refuses what is outside the ranges that the wheel names. Nothing is fetched.
    """
    source, environment = folder / "source", folder / "venv"
    for name in SOURCES:  # setuptools builds within the folder that it builds
        _copy(ROOT / name, source / name)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    (packages(python) / "dependencies.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    install = ["--quiet", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", *install, source],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"the wheel cannot be built or installed:\n{done.stderr}"
    return python


def packages(python: Path) -> Path:
    """Return the folder that the environment of *python* installs into."""
    root = python.parents[1]
    return Path(sysconfig.get_path("purelib", vars={"base": str(root), "platbase": str(root)}))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)

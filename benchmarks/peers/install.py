"""A peer's program, from its registry, outside of this project's environment."""

import subprocess
import sys
from pathlib import Path


def install(folder: Path, requirement: str, program: str) -> Path:
    """Install *requirement* into a new environment in *folder*; return the path of *program*."""
    place = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    pip = (str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", requirement)
    subprocess.run(pip, check=True)
    return place / "bin" / program

"""boto3 in a folder outside the environment: programs for pods need it, and this project does not.

What decompresses base backups is with it, and moto, a server of S3 in Python.
"""

import os
import sys
from pathlib import Path

from tools.build.cache import digest, lab_cache, made
from tools.build.go import run_logged

# The sidecar of the plugin 0.15.0 pins all but moto; boto3 and moto want another dateutil than
# Kubernetes' client.
_WHEELS = (
    "boto3==1.43.81",
    "lz4==4.4.5",
    "python-snappy==0.7.3",
    "cramjam==2.12.1",
    "moto[s3,server]==5.2.5",
)


def libraries() -> Path:
    """Return the folder for PYTHONPATH; it is fetched once."""

    def fetch(draft: Path, lock: int) -> None:
        draft.mkdir()
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--target", str(draft))
        run_logged(
            [*pip, "--only-binary=:all:", *_WHEELS],
            log=lab_cache() / "logs" / "boto3.log",
            label="boto3 and moto from PyPI",
            usual=20,
            cwd=draft.parent,
            environment=os.environ,
            lock=lock,
        )

    return made(lab_cache() / f"boto3-{digest(_WHEELS, sys.version_info[:2])}", fetch)

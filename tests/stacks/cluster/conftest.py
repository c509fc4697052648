"""A kubeconfig for the client of a cluster."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Callable[..., Path]:
    """Write a kubeconfig whose context `homelab` leads to *server* as *user*."""

    def write(server: str = "http://127.0.0.1:9", **user: Any) -> Path:
        document = {
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "homelab", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "homelab",
        }
        path = tmp_path / "config"
        path.write_text(json.dumps(document))
        return path

    return write

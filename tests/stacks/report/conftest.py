"""A cluster that keeps records, and a folder of evidence."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest

from components.pods.evidence import Evidence
from stacks.cluster import ClusterClient
from tests import drilled

Keeps = Callable[[Mapping[str, Mapping[str, str]]], None]


class Cluster:
    """The ConfigMaps of tier0-drills, as the API server shows them."""

    def __init__(self, kept: Mapping[str, Mapping[str, str]]) -> None:
        self.kept = kept

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def objects(self, version: str, kind: str, namespace: str) -> list[dict[str, Any]]:
        assert (version, kind, namespace) == ("v1", "ConfigMap", "tier0-drills")
        return [{"metadata": {"name": name}, "data": data} for name, data in self.kept.items()]


@pytest.fixture
def keeps(monkeypatch: pytest.MonkeyPatch) -> Keeps:
    """Have the cluster keep ConfigMaps, by name."""

    def keep(kept: Mapping[str, Mapping[str, str]]) -> None:
        monkeypatch.setattr(ClusterClient, "connect", lambda _context: Cluster(kept))

    return keep


def recent(evidence: Evidence) -> Evidence:
    """Return the evidence as of a drill that ended as long ago as the sample before `NOW`."""
    return drilled.of(evidence, evidence.database, ago=drilled.NOW - datetime.now(UTC))


def write(folder: Path, found: Iterable[Evidence], context: str = "homelab") -> Path:
    """Write files of evidence as the off-site copy holds them; return the folder."""
    for it in found:
        path = folder / "_drills" / it.database / f"{it.id}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(replace(it, environment=context).json), encoding="utf-8")
    return folder

"""The lab with everything in it, phase by phase, and how long each phase took."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from tools import say
from tools.lab.cluster import Lab
from tools.lab.images.image import Image
from tools.lab.machine import host
from tools.lab.operators import (
    ceph,
    cert_manager,
    cnpg,
    openbao,
    plugin,
    prometheus,
    sealed_secrets,
    snapshots,
    volumes,
)
from tools.lab.programs import csi
from tools.lab.programs.node import toolchain


class Part(Protocol):
    """What a module of an operator offers."""

    def images(self) -> list[Image]:
        """Return the images that its pods run."""

    def install(self, lab: Lab) -> None:
        """Apply it and return when it serves; a second time it changes nothing."""


PARTS: Sequence[tuple[str, Part]] = (
    ("volumes", volumes),
    ("cert-manager", cert_manager),
    ("CloudNativePG", cnpg),
    ("barman-cloud plugin", plugin),
    ("sealed-secrets", sealed_secrets),
    ("Prometheus", prometheus),
    ("Rook and Ceph", ceph),
    ("OpenBao", openbao),
)
"""In this order: certificates are issued by cert-manager for those that follow, OpenBao's token is
for the object store; what takes longest comes last, so that the others are there meanwhile."""


@dataclass
class Phases:
    """Seconds of each phase, in their order."""

    taken: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time what is done inside; it is said before, so that a long one is known by name."""
        say(f"{name} ...")
        started = time.monotonic()
        yield
        self.taken[name] = time.monotonic() - started

    def table(self) -> str:
        """Return the phases as lines, with their sum."""
        rows = [*self.taken.items(), ("together", sum(self.taken.values()))]
        return "\n".join(f"{name:<24}{seconds:8.1f} s" for name, seconds in rows)


def bring_up(lab: Lab, parts: Sequence[tuple[str, Part]] = PARTS) -> Phases:
    """Build what is missing, bring the node up, install every part; print the phases' times."""
    host.provide()
    lab.check()
    phases = Phases()
    with phases.phase("programs"):
        toolchain().build()
    with phases.phase("node"):
        lab.up()
    with phases.phase("images"):
        lab.load(image for _, part in parts for image in part.images())
    for name, part in parts:
        with phases.phase(name):
            part.install(lab)
    say(phases.table())
    return phases


def add_snapshots(lab: Lab) -> None:
    """Add volume snapshots to a lab that is up; what they need is built the first time (3 min)."""
    csi.toolchain().build()
    bring_up(lab, (("volume snapshots", snapshots),))

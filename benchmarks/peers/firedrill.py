"""firedrill against the faults: its `run` on dumps, its `pitr` on a base backup with its WAL.

It is installed from its registry into a scratch folder and run unchanged with the host's Docker.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.peers.backups import CHECKS, write, write_another
from benchmarks.peers.faults import FAULTS, Found
from benchmarks.peers.install import install

VERSION = "0.6.0"
MAJOR = 17
"""Of the PostgreSQL that is backed up."""

_NAMES = {it.name: it.names for it in FAULTS}
_SEVERITIES = ("critical", "high", "medium", "low", "info")
_WORDS = ("COULD NOT VERIFY", "PASS", "FAIL")
LIMIT_SECONDS = 300
READY = ("--ready-timeout", "30")


Config = Mapping[str, Any]
"""What firedrill.yml holds."""


@dataclass(frozen=True)
class Drill:
    """One run: of a dump, or of a base backup with its WAL."""

    command: tuple[str, ...]
    config: Config
    image: str = ""
    """What it restores into, if not the image of all."""

    env: Mapping[str, str] = field(default_factory=dict)


class Firedrill:
    """The installed program, with what it drills."""

    def __init__(self, folder: Path, image: str) -> None:
        """Install it into *folder*, and write the backups with the server of *image*."""
        self.folder = folder
        self.image = image
        self.program = install(folder, f"firedrill[s3]=={VERSION}", "firedrill")
        self.backups = folder / "backups"
        self.other = folder / "other"
        major = image.format(major=MAJOR)
        self.known = write(major, self.backups)
        self.known["other"] = write_another(major, self.other)
        self._number = 0

    def checks(self, *names: str) -> Config:
        """Return the configuration that makes these checks, and that of the nonce."""
        nonce = self.known["nonce"]
        found = (CHECKS[name] for name in ("nonce", *names))
        return {
            "semantics": [
                {"name": name, "sql": sql.format(nonce=nonce), "expect": f"== {answer}"}
                for name, sql, answer in found
            ]
        }

    def recovery(self, base: Path, wal: Path, target: str) -> tuple[str, ...]:
        """Return the command that recovers a base backup to *target*."""
        return ("pitr", "--base", str(base), "--wal", str(wal), "--target", target, *READY)

    def start(self, drill: Drill) -> tuple[subprocess.Popen[str], Path]:
        """Start a drill; return it with the place of its report."""
        self._number += 1
        place = self.folder / f"run-{self._number}"
        place.mkdir()
        config, report = place / "firedrill.yml", place / "report.json"
        config.write_text(yaml.safe_dump({"version": 1, **drill.config}), encoding="utf-8")
        option = "--image-flavour" if drill.command[0] == "pitr" else "--image"
        command = [
            *(str(self.program), *drill.command, option, drill.image or self.image),
            *("--config", str(config), "--json", str(report)),
        ]
        started = subprocess.Popen(
            command,
            cwd=place,
            env={**os.environ, **drill.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return started, report

    def run(self, fault: str, drill: Drill) -> Found:
        """Run a drill to its end."""
        return end(fault, *self.start(drill))


def end(fault: str, started: subprocess.Popen[str], report: Path) -> Found:
    """Return what a run comes to, from what it prints and its report."""
    said, _ = started.communicate(timeout=LIMIT_SECONDS)
    last = said.strip().splitlines()[-1].strip() if said.strip() else ""
    found = json.loads(report.read_text("utf-8"))["findings"] if report.exists() else []
    found.sort(key=lambda it: _SEVERITIES.index(it["severity"]))
    texts = [f"{it['rule'].replace('_', ' ')}: {it['message']} {it['evidence']}" for it in found]
    first = (found[0]["message"] if found else last).splitlines()[0]
    return Found(
        status=started.returncode,
        word=next((it for it in _WORDS if last.startswith(it)), "none"),
        rule=found[0]["rule"] if found else "",
        said=first.replace(f"{report.parent.parent}/", "")[:300],
        named=bool(_NAMES[fault])
        and any(re.search(_NAMES[fault], it, re.IGNORECASE | re.DOTALL) for it in texts),
    )

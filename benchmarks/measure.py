"""One run of a command, and what many of them come to."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Timer

LIMIT_SECONDS = 900.0


@dataclass(frozen=True)
class Run:
    """What one run of a command, with the processes that it started, took."""

    seconds: float
    cpu_seconds: float
    """Processor time: what of it other work on the machine does not lengthen."""

    megabytes: float
    """Most memory that one of the processes had resident."""


class Failed(Exception):  # noqa: N818 - it is a sentence
    """A command that was to be measured failed; its text is what it said."""


def run(command: Sequence[str | Path], cwd: Path, env: Mapping[str, str] | None = None) -> Run:
    """Run *command* to its end and measure it."""
    parts = [str(part) for part in command]
    started = time.monotonic()
    with subprocess.Popen(
        parts,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        limit = Timer(LIMIT_SECONDS, process.kill)
        limit.start()
        said = process.stdout.read() if process.stdout else ""
        # Popen.wait() would throw away what the process used.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        limit.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{' '.join(parts)}: exit code {process.returncode}; it said\n{said[-2000:]}")
    return Run(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
    )


def middle(runs: Sequence[Run]) -> Run:
    """Return the median times of *runs* and the most memory that one of them took."""
    return Run(
        cpu_seconds=median(run.cpu_seconds for run in runs),
        seconds=median(run.seconds for run in runs),
        megabytes=max(run.megabytes for run in runs),
    )


def verdict(figure: float, target: float) -> str:
    """Return the word for a *figure* that is to be at most the *target*."""
    return "[green]met[/]" if figure <= target else "[red]missed[/]"

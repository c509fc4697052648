"""What a benchmark ran on, and what else the machine was doing."""

import os
import platform
from importlib.metadata import version

from rich.console import Console

console = Console(highlight=False)


def conditions(engine: str | None = None) -> None:
    """Print the versions, the processors and the load, and what *engine* is."""
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in ("pulumi", "pydantic"))
    console.print(
        f"Python {platform.python_version()}, {packages}; {os.cpu_count()} processors, "
        f"load average {load}" + (f"\n{engine}" if engine else "")
    )

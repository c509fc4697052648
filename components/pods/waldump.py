"""pg_waldump in another container of the pod, which has the database's image.

That container runs SERVER, in which only a shell and pg_waldump are needed. A request is a file
`<name>.ask` in the folder that both share, with an argument on each line; the answer is
`<name>.out`, whole once `<name>.status` is there.
"""

import re
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from .s3 import Fault

FOLDER = Path("/scratch")
"""The folder that both containers may write to."""

SERVER = """\
trap 'exit 0' TERM
cd /scratch || exit 1
for it in /usr/lib/postgresql/*/bin; do PATH="$PATH:$it"; done
export TZ=UTC LC_ALL=C
while :; do
  for asked in *.ask; do
    [ -e "$asked" ] || continue
    name="${asked%.ask}"
    set --
    while IFS= read -r one; do set -- "$@" "$one"; done < "$asked"
    rm "$asked"
    pg_waldump "$@" > "$name.out" 2> "$name.err"
    echo $? > "$name.tmp"
    mv "$name.tmp" "$name.status"
  done
  sleep 0.1
done
"""

_POLL_SECONDS = 0.02
_PATIENCE_SECONDS = 300
_NOT_RUN = {"126", "127"}


class Waldump:
    """The other container; asked by one thread at a time."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Nothing is asked yet; no name is one of a program that ran before in this pod."""
        self.folder = folder
        self._asked = time.time_ns()

    @cached_property
    def major(self) -> int:
        """PostgreSQL's major version that it is of; it reads WAL of no other."""
        said = "".join(self.lines(["--version"]))
        found = re.search(r"\(PostgreSQL\) (\d+)", said)
        if found is None:
            raise Fault(f"pg_waldump: its version is '{said.strip()}'; use PostgreSQL's own")
        return int(found[1])

    def lines(self, arguments: Sequence[str]) -> Iterator[str]:
        """Yield the lines that pg_waldump prints; a file is named by its path in both containers.

        At the end of what it is given it reports an error, which is none: the record after the last
        one is in the next segment. Raise Fault if it does not run.
        """
        self._asked += 1
        ask, out, said, status = (
            self.folder / f"{self._asked}.{kind}" for kind in ("ask", "out", "err", "status")
        )
        draft = ask.with_suffix(".draft")
        draft.write_text("".join(f"{one}\n" for one in arguments))
        draft.rename(ask)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not status.exists():
            if time.monotonic() > deadline:
                raise Fault(
                    f"pg_waldump: it gives no answer for {_PATIENCE_SECONDS} s; see the log of "
                    "the pod's container"
                )
            time.sleep(_POLL_SECONDS)
        if status.read_text().strip() in _NOT_RUN:
            words = " ".join(said.read_text().split())
            raise Fault(
                f"pg_waldump: the database's image does not run it ({words}); use one that has it"
            )
        try:
            with out.open(encoding="utf-8", errors="replace") as printed:
                yield from printed
        finally:
            for path in (out, said, status):
                path.unlink()

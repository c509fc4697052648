"""What is kept between runs: files that are made once from the same inputs.

A file's name holds the digest of everything it was made from. It is written under a draft's name
and renamed when it is whole, so that a run that was killed leaves nothing that looks finished.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import Fault
from tools.lock import held

_KEPT_DAYS = 14  # a predecessor is kept that long after its last use: two branches share a cache


def default_cache() -> Path:
    """Return this user's cache: `TIER0_CACHE`, else the XDG place."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("TIER0_CACHE") or Path(base) / "tier0").absolute()


def lab_cache() -> Path:
    """Return the lab's folder in this user's cache, outside of every checkout."""
    return default_cache() / "lab"


def digest(*inputs: object) -> str:
    """Name inputs by their `repr`, which therefore must show everything that matters in them."""
    return hashlib.sha256(repr(inputs).encode()).hexdigest()[:16]


def made(place: Path, make: Callable[[Path, int], None]) -> Path:
    """Return the file or folder `place`; where it is missing, `make(draft, lock)` writes it first.

    The name of `place` is `<name>-<digest>` with or without a suffix. Whoever else wants the same
    name waits for the one that makes it. `lock` is a descriptor for `run_logged`: a child that
    outlives this process keeps the next run waiting.
    """
    folder, name = place.parent, place.name.rpartition("-")[0]
    busy = f"another run makes {name} in {folder}; waiting for it"
    with locked(folder / f".lock-{name}", busy) as lock:
        if place.exists():
            os.utime(place)
            return place
        draft = place.with_name(f".draft-{place.name}")
        discard(draft)
        make(draft, lock)
        draft.rename(place)
        _forget_predecessors(place)
    return place


@contextmanager
def locked(place: Path, busy: str) -> Iterator[int]:
    """Hold the file *place* of the cache alone; a fault of the disk meanwhile is a sentence."""
    try:
        fix = "make it this user's, or set TIER0_CACHE to a directory that is"
        with held(place, busy, called="the cache", fix=fix) as lock:
            yield lock
    except OSError as error:
        raise Fault(
            str(error.filename or place.parent),
            f"the cache cannot be written ({error.strerror})",
            "free some space there or set TIER0_CACHE to a larger disk, then run again",
        ) from None


def discard(place: Path) -> None:
    """Remove a file or a folder, if there; never one that something is mounted in."""
    if place.is_dir() and not place.is_symlink():
        inside = f"{place.resolve()}/"
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for mount in sorted(mounts, reverse=True):
            if f"{mount}/".startswith(inside):  # as of the machine's /dev: removing would empty it
                raise Fault(str(place), f"{mount} is mounted in it", f"run `umount {mount}`")
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _forget_predecessors(place: Path) -> None:
    stem = place.name.rpartition("-")[0]
    for other in place.parent.glob(f"{stem}-*"):
        same = other.name.rpartition("-")[0] == stem and other.suffix == place.suffix
        if same and time.time() - other.stat().st_mtime > _KEPT_DAYS * 86400:
            discard(other)

"""The WAL of an archive: its segments and histories, by name, and read decompressed."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from .s3 import Fault, Gone, Store
from .wal import archived, histories

_CHUNK = 1 << 16  # of which a thousandfold may come


class Damaged(Fault):
    """A segment that is there and cannot be replayed."""


class Archived:
    """The WAL of one server."""

    def __init__(self, store: Store, listed: Collection[str]) -> None:
        """Take what is *listed*: the keys below the server's `wals/`."""
        self._store = store
        self.names = archived(listed)
        self.histories = histories(listed)
        self._listed = listed

    def history(self, timeline: int) -> str:
        """Return the text of a timeline's history file; empty if the archive has none."""
        key = self.histories.get(timeline)
        return b"".join(self._read(key)).decode() if key else ""

    def fetch(self, name: str, size: int, folder: Path) -> Path:
        """Write a segment into *folder*, decompressed, and return its path."""
        path = folder / name
        below = f"/{name[:16]}/{name}"
        key = next(key for key in self._listed if below in key and archived([key]))
        with path.open("wb") as sink:
            for content in self._read(key):
                sink.write(content)
            written = sink.tell()
        if written != size:
            raise Damaged(
                f"{self._store.place}: {key} holds {written} bytes of WAL, not {size}; recovery "
                "stops there, so make a base backup"
            )
        return path

    def _read(self, key: str) -> Iterator[bytes]:
        """Yield an object's content, decompressed."""
        try:
            body = self._store.ask("get_object", key)["Body"]
        except Gone:
            raise Fault(f"{self._store.place}: {key} was removed meanwhile; run it again") from None
        unpack = decompressor(key)
        while content := self._store.read(body, _CHUNK):
            try:
                yield unpack.decompress(content) if unpack else content
            except Exception as error:
                # Each library has its own.
                raise Damaged(
                    f"{self._store.place}: {key} is damaged ({error}); recovery stops there, so "
                    "make a base backup"
                ) from error


def _zstd() -> Any:  # noqa: ANN401 (the library has no types here)
    import zstandard  # noqa: PLC0415 (the image has it, as barman needs it)

    return zstandard.ZstdDecompressor().decompressobj()


def _lz4() -> Any:  # noqa: ANN401 (as above)
    import lz4.frame  # noqa: PLC0415

    return lz4.frame.LZ4FrameDecompressor()


def _snappy() -> Any:  # noqa: ANN401 (as above)
    import snappy  # noqa: PLC0415

    return snappy.StreamDecompressor()


_DECOMPRESSORS: Mapping[str, Callable[[], Any]] = {
    "gz": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16),
    "bz2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
    "zst": _zstd,
    "lz4": _lz4,
    "snappy": _snappy,
}
"""By the suffix that barman gives an object."""


def decompressor(key: str) -> Any:  # noqa: ANN401 (each library's own type)
    """Return what decompresses an object, by its key; None if it is not compressed."""
    made = _DECOMPRESSORS.get(key.rpartition(".")[2])
    try:
        return made() if made else None
    except ImportError as error:
        raise Fault(
            f"{key}: the image with Python lacks {error.name}; use the plugin's sidecar"
        ) from None

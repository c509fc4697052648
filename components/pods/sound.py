"""Whether a base backup can be read to its end, which Barman does not tell.

It says of a request that the store cuts the same as of an object that is damaged.
"""

import bz2
import gzip
import tarfile
from tarfile import EOFHeaderError, HeaderError  # type: ignore[attr-defined]  # typeshed lacks one
from typing import Any, Self

from .backups import ARCHIVE
from .drill_run import Run
from .s3 import Fault, Gone, Store
from .segments import decompressor

_CHUNK = 1 << 16
_TRIES = 5
_SAY_SECONDS = 30.0


class _Object:
    """An object as a file that is read once: where a request is cut, the next one continues."""

    def __init__(self, store: Store, key: str, size: int, run: Run) -> None:
        self._store, self._key, self._size, self._run = store, key, size, run
        self._body: Any = None
        self._said = run.seconds
        self.at = 0

    def read(self, most: int = _CHUNK) -> bytes:
        """Return the next bytes, none at the end; raise Fault if the store does not give them."""
        waits, why = f"it reads {self._key}", ""
        for _ in range(_TRIES):
            self._run.within(waits)
            if self.at == self._size:
                return b""
            content = b""
            try:
                if self._body is None:
                    asked = {"Range": f"bytes={self.at}-"}
                    self._body = self._store.ask("get_object", self._key, **asked)["Body"]
                content = self._store.read(self._body, min(most, _CHUNK))
            except Gone:
                raise Fault(f"{self._key} was removed meanwhile; run it again") from None
            except Exception as error:  # noqa: BLE001 (a connection's, never the object's)
                why = f" ({error})"
            if content:
                self.at += len(content)
                if self._run.seconds - self._said > _SAY_SECONDS:
                    self._said = self._run.seconds
                    self._run.say(f"{self.at} of {self._size} bytes of {self._key} are read")
                return content
            self._body = None
            self._run.pause(waits)
        raise Fault(
            f"{self._store.place}: it gives {self.at} of {self._size} bytes of {self._key}, and "
            f"none after them{why}; see the store's log"
        )


class _Snappy:
    """What snappy has compressed, which is at most 22 times as long."""

    def __init__(self, key: str, source: _Object) -> None:
        self._unpack, self._source = decompressor(key), source

    def read(self, _: int) -> bytes:
        while content := self._source.read():
            if found := bytes(self._unpack.decompress(content)):
                return found
        return b""


class _Member(tarfile.TarInfo):
    """A file of an archive; tarfile takes a damaged header behind the first for the end."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except HeaderError as error:
            if isinstance(error, EOFHeaderError):
                raise
            raise ValueError(f"tar: {error}") from None


def flaw(store: Store, folder: str, run: Run) -> str:
    """Return which object of the base backup in *folder* is damaged, and where; "" if none is.

    Raises Fault where that cannot be told: the store does not give it, or the time is over.
    """
    found = {key: it.size for key, it in store.listed(folder).items()}
    sizes = {key: it for key, it in found.items() if ARCHIVE.fullmatch(key.removeprefix(folder))}
    if not sizes:
        raise Fault(f"{store.place}: {folder} was removed meanwhile; run it again")
    for key, size in sizes.items():
        source = _Object(store, key, size, run)
        content = _unpacked(key, source)
        try:
            _walk(content)
        except (Fault, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 (each library has its own)
            return f"{key} is damaged before byte {source.at} of {size} ({error})"
    return ""


def _unpacked(key: str, source: Any) -> Any:  # noqa: ANN401 (each library's own type)
    """Return what reads an object decompressed, however small it was compressed, in a few MB."""
    match key.rpartition(".")[2]:
        case "tar":
            return source
        case "gz":
            return gzip.GzipFile(fileobj=source)
        case "bz2":
            return bz2.BZ2File(source)
        case "lz4" if decompressor(key):  # a Fault where the image lacks it
            from lz4.frame import LZ4FrameFile  # noqa: PLC0415 (the image has it)

            return LZ4FrameFile(source)
        case "snappy":
            return _Snappy(key, source)
    raise Fault(f"{key}: it is compressed by what no base backup is")


def _walk(content: Any) -> None:  # noqa: ANN401 (as above)
    """Read a tar archive to its end, and behind it to the checksum of its compression."""
    with tarfile.open(fileobj=content, mode="r|", bufsize=_CHUNK, tarinfo=_Member) as archive:
        while archive.next():
            archive.members.clear()  # type: ignore[attr-defined] # typeshed has it not; it grows
        while rest := archive.fileobj.read(_CHUNK):
            if any(rest):
                raise ValueError("tar: more follows its end")

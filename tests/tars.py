"""Objects of a base backup as Barman writes them, by the real tar, and what damages them."""

import bz2
import gzip
import subprocess
from collections.abc import Iterator
from functools import cache
from hashlib import sha512
from pathlib import Path
from tempfile import TemporaryDirectory

_BLOCK = 1 << 16


def tarred(kind: str, files: int = 21) -> bytes:
    """Return an object with so many files, by its suffix: `tar`, `tar.gz` and so on.

    With an odd number its middle is in the noise of a file: elsewhere a bit that is flipped may
    come to the same content, as that of the distance to what is repeated anyway.
    """
    return _compressed(kind, _archive(files))


def flipped(kind: str, content: bytes) -> bytes:
    """Return an object with one bit flipped in its middle, where the restore fails by it.

    Most of the bits of a plain archive, and of lz4 as Barman writes it, are under no checksum.
    """
    at = len(content) // 2
    if kind == "tar":
        at = content.index(b"ustar", at)
    elif kind == "tar.lz4":
        at = next(it for it in _lz4_blocks(content) if it > at) + 3
    return content[:at] + bytes([content[at] ^ 0x40]) + content[at + 1 :]


@cache
def _archive(files: int) -> bytes:
    with TemporaryDirectory() as folder:
        for number in range(files):
            noise = b"".join(sha512(b"%d %d" % (number, it)).digest() for it in range(125))
            page = b"row %d " % number * 1000 + noise + bytes(8000)
            (Path(folder) / f"{number}").write_bytes(page)
        command = ["tar", "--create", "--directory", folder, "."]
        return subprocess.run(command, capture_output=True, check=True).stdout


def _compressed(kind: str, archive: bytes) -> bytes:
    """Compress an archive, in blocks as Barman does."""
    parts = [archive[at : at + _BLOCK] for at in range(0, len(archive), _BLOCK)]
    match kind:
        case "tar":
            return archive
        case "tar.gz":
            return gzip.compress(archive)
        case "tar.bz2":
            return bz2.compress(archive)
        case "tar.lz4":
            import lz4.frame  # noqa: PLC0415 (only what runs with the pods' libraries has it)

            packed = lz4.frame.LZ4FrameCompressor(auto_flush=True)
            return b"".join([packed.begin(), *map(packed.compress, parts), packed.flush()])
        case _:
            import snappy  # noqa: PLC0415 (as above)

            return b"".join(map(snappy.StreamCompressor().add_chunk, parts))


def _lz4_blocks(content: bytes) -> Iterator[int]:
    """Yield where the blocks of a frame begin, each with its length of four bytes."""
    at = 7  # behind the header of a frame without its content's size
    while length := int.from_bytes(content[at : at + 4], "little"):
        yield at
        at += 4 + (length & 0x7FFFFFFF)

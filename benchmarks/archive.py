"""`python -m benchmarks.archive`: a stand-in of an object store, with a large archive.

The stand-in answers listings from prepared pages and objects from memory, so that what is measured
is the program. It knows no keys.
"""

import gzip
import sys
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

SERVER = "db"
SEGMENTS = 50_000
BACKUPS = 400
_SEGMENT_BYTES = 16 << 20
_PAGE = 1000
_ENTRY = (
    "<Contents><Key>{key}</Key><LastModified>2026-11-24T16:00:00.000Z</LastModified>"
    "<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>4096</Size>"
    "<StorageClass>STANDARD</StorageClass></Contents>"
)
_INFO = """\
status=DONE
begin_time=2026-11-24 16:00:00+00:00
begin_wal={begin}
end_time=2026-11-24 16:00:01+00:00
end_wal={begin}
end_xlog={log:X}/{place:08X}
timeline=1
version=170006
xlog_segment_size=16777216
tablespaces=None
"""


def _name(number: int) -> str:
    return f"00000001{number // 256:08X}{number % 256:08X}"


LAST = _name(SEGMENTS)
"""The last WAL segment."""


@cache
def keys() -> list[str]:
    """Return the keys of the archive, sorted."""
    wals = [f"{SERVER}/wals/{_name(it)[:16]}/{_name(it)}.gz" for it in range(1, SEGMENTS + 1)]
    each = (("data.tar.gz", "backup.info"), range(BACKUPS))
    base = [f"{SERVER}/base/b{it:04}/{name}" for it in each[1] for name in each[0]]
    return sorted(wals + base)


@cache
def _below(prefix: str) -> list[str]:
    return [key for key in keys() if key.startswith(prefix)]


@cache
def _page(prefix: str, begin: int) -> bytes:
    found = _below(prefix)
    entries = "".join(_ENTRY.format(key=key) for key in found[begin : begin + _PAGE])
    more = begin + _PAGE < len(found)
    token = f"<NextContinuationToken>{begin + _PAGE}</NextContinuationToken>" if more else ""
    return (
        '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{entries}</ListBucketResult>"
    ).encode()


_WAL = gzip.compress(bytes(_SEGMENT_BYTES), 1)


def _content(key: str) -> bytes:
    if not key.endswith("/backup.info"):
        return _WAL
    number = 1 + int(key.split("/b")[2][:4]) * (SEGMENTS // BACKUPS)
    log, place = divmod(number * _SEGMENT_BYTES + 0x100, 1 << 32)
    return _INFO.format(begin=_name(number), log=log, place=place).encode()


class _Store(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 20  # an answer in one piece: the client would acknowledge the first late

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        asked = parse_qs(where.query)
        key = unquote(where.path).split("/", 2)[2:]
        if key and key[0]:
            body = _content(key[0])
        else:
            body = _page(asked["prefix"][0], int(asked.get("continuation-token", ["0"])[0]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def main() -> None:
    """Prepare the pages, print the port, and serve until the end."""
    for prefix in (f"{SERVER}/", f"{SERVER}/wals/", f"{SERVER}/base/"):
        for begin in range(0, len(_below(prefix)), _PAGE):
            _page(prefix, begin)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Store)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

"""An archive in memory, behind the client of an object store."""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from components.pods import s3, wal, watch_archive, window

START = datetime(2026, 11, 24, 16, tzinfo=UTC)
SETTINGS = {
    "endpoint": "https://s3.example.org",
    "bucket": "archive",
    "prefix": "",
    "region": "us-east-1",
    "keys": "Secret keys",
    "access": "A",
    "secret": "S",
}


def at(seconds: float) -> datetime:
    """Return the moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


class ClientError(Exception):
    """As boto3 raises it."""

    def __init__(self, code: str, message: str = "") -> None:
        self.response = {"Error": {"Code": code, "Message": message}}
        super().__init__(code)


class Archive:
    """What is archived under the server name `db`, and what pg_waldump prints of it."""

    def __init__(self, size: int = 1 << 20) -> None:
        self.size = size
        self.objects: dict[str, bytes] = {}
        self.fails: Exception | None = None
        self.major = 17
        self.dumped: list[Sequence[str]] = []
        self.page = 1000
        self.listed: list[str] = []
        """What each listing began with, and how many keys it gave."""
        self._lines: dict[str, str] = {}

    def name(self, number: int, timeline: int = 1) -> str:
        return wal.segment_name(timeline, number, self.size)

    def wal(self, *numbers: int, timeline: int = 1) -> None:
        """Archive segments."""
        content = gzip.compress(bytes(self.size), 1)
        for name in (self.name(number, timeline) for number in numbers):
            self.objects[f"db/wals/{name[:16]}/{name}.gz"] = content

    def history(self, timeline: int, *ancestors: tuple[int, int]) -> None:
        """Archive a history file; ancestors are (timeline, LSN where the next branches off)."""
        rows = [f"{one}\t{end >> 32:X}/{end & 0xFFFFFFFF:X}\tno target\n" for one, end in ancestors]
        self.objects[f"db/wals/{timeline:08X}.history.gz"] = gzip.compress("".join(rows).encode())

    def back_up(self, name: str, number: int, ends: float, timeline: int = 1) -> None:
        """Make a base backup that lies in one segment, and ends so many seconds after the start."""
        high, low = divmod(number * self.size + 0x100, 1 << 32)
        info = (
            f"status=DONE\nbegin_time={at(ends - 1)}\nend_time={at(ends)}\ntimeline={timeline}\n"
            f"begin_wal={self.name(number, timeline)}\nend_wal={self.name(number, timeline)}\n"
            f"end_xlog={high:X}/{low:X}\nversion=170006\nxlog_segment_size={self.size}\n"
            "systemid=77\n"
        )
        self.objects |= {
            f"db/base/{name}/data.tar.gz": b"data",
            f"db/base/{name}/backup.info": info.encode(),
        }

    def prints(self, number: int, dumped: str, timeline: int = 1) -> None:
        """Have pg_waldump print lines for a segment."""
        self._lines[self.name(number, timeline)] = dumped

    def commits(self, number: int, *seconds: float, timeline: int = 1, lsn: str = "0/28") -> None:
        """Have transactions end in a segment, so many seconds after the start."""
        moments = (at(one).strftime("%Y-%m-%d %H:%M:%S.%f") for one in seconds)
        rows = (f"rmgr: Transaction lsn: {lsn}, prev 0/0, desc: COMMIT {m} UTC\n" for m in moments)
        self.prints(number, "".join(rows), timeline)

    def lines(self, arguments: Sequence[str]) -> Iterator[str]:
        """Answer as pg_waldump."""
        self.dumped.append(arguments)
        folder = Path(arguments[1].removeprefix("--path="))
        for name in arguments[2:]:
            assert (folder / name).stat().st_size == self.size
            yield from self._lines.get(name, "").splitlines(keepends=True)

    def list_objects_v2(
        self,
        *,
        Prefix: str,  # noqa: N803
        StartAfter: str = "",  # noqa: N803
        ContinuationToken: str = "",  # noqa: N803
        **_: object,
    ) -> dict[str, Any]:
        if self.fails:
            raise self.fails
        entry = {"ETag": '"e"', "LastModified": START}
        below = [
            {"Key": key, "Size": len(content), **entry}
            for key, content in sorted(self.objects.items())
            if key.startswith(Prefix) and key > max(StartAfter, ContinuationToken)
        ]
        found = below[: self.page]
        self.listed.append(f"{Prefix} {len(found)}")
        if len(found) == len(below):
            return {"Contents": found, "IsTruncated": False}
        return {
            "Contents": found,
            "IsTruncated": True,
            "NextContinuationToken": found[-1]["Key"],
        }

    def get_object(self, *, Key: str, **_: object) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise ClientError("NoSuchKey")
        return {"Body": BytesIO(self.objects[Key])}

    def look(self, *starts: str) -> Mapping[str, Any]:
        """Look into it as the program does, and for the segments that snapshots begin with."""
        return window.look({"server": "db", "source": SETTINGS, "starts": starts})

    def windows(self) -> list[tuple[float, Any]]:
        """Return its windows in seconds after the start, with the microsecond at their end."""

        def since(said: str) -> float:
            return (datetime.fromisoformat(said) - START).total_seconds()

        return [
            (since(one["earliest"]), one["latest"] and since(one["latest"]) + 1e-6)
            for one in self.look()["windows"]
        ]


@pytest.fixture
def wal_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Archive]:
    """Make an archive with segments of a size, which the program sees then."""
    keys = tmp_path / "source"
    keys.mkdir()
    for name in ("access", "secret"):
        (keys / name).write_text(name)
    monkeypatch.setattr(s3, "KEYS", tmp_path)
    monkeypatch.setattr(window, "FOLDER", tmp_path)

    def make(size: int = 1 << 20) -> Archive:
        made = Archive(size)
        monkeypatch.setattr(s3, "connect", lambda *_: made)
        for module in (window, watch_archive):
            monkeypatch.setattr(module, "Waldump", lambda: made)
        return made

    return make

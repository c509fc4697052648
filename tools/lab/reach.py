"""How far recovery reaches in an archive; a pod with barman, boto3 and PostgreSQL runs this file.

Arguments: endpoint, bucket, the folder of the archives in it ('' for none), server name. Printed is
JSON: `earliest` and `latest` restorable time, or what `lacks` for there to be any.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SEGMENT = re.compile(r"([0-9A-F]{24})(\.(bz2|gz|lz4|snappy|xz|zst))?")
_HISTORY = re.compile(r"([0-9A-F]{8})\.history(\.\w+)?")
_ENDED = re.compile(
    r"lsn: (?P<high>[0-9A-F]+)/(?P<low>[0-9A-F]+), .*"
    r"desc: (?:COMMIT|ABORT)(?:_PREPARED \d+:)? (?P<time>[-0-9]+ [:0-9]+\.\d+) UTC"
)


@dataclass(frozen=True)
class Backup:
    """A base backup that is complete."""

    began: str
    """The WAL segment it begins with."""

    ended: datetime
    segment: int
    """Size of a WAL segment in bytes."""


@dataclass(frozen=True)
class Segment:
    """An archived WAL segment, as far as recovery replays it."""

    name: str
    until: int | None
    """The LSN where the next timeline branches off."""


def backups(listed: str) -> list[Backup]:
    """Read barman-cloud-backup-list's JSON; oldest end first."""
    found = [one for one in json.loads(listed)["backups_list"] if one["status"] == "DONE"]
    made = [
        Backup(
            one["begin_wal"],
            datetime.fromisoformat(one["end_time_iso"]),
            int(one["xlog_segment_size"]),
        )
        for one in found
    ]
    return sorted(made, key=lambda one: one.ended)


def archived(keys: Iterable[str]) -> tuple[set[str], str | None]:
    """Return the names of all whole segments, and of the newest timeline's history if any.

    A `.partial` segment and a backup's label are neither.
    """
    names = [key.rsplit("/", 1)[-1] for key in keys]
    segments = {match[1] for name in names if (match := _SEGMENT.fullmatch(name))}
    histories = {match[1] for name in names if (match := _HISTORY.fullmatch(name))}
    return segments, f"{max(histories)}.history" if histories else None


def lineage(history: str) -> list[tuple[int, int]]:
    """Return (timeline, LSN where its successor branches off) of a history file, oldest first."""
    rows = [line.split() for line in history.splitlines() if line.strip() and line[0] != "#"]
    return [(int(row[0]), _lsn(*row[1].split("/"))) for row in rows]


def replayed(
    began: str, size: int, names: set[str], newest: int, ancestors: Sequence[tuple[int, int]]
) -> list[Segment]:
    """Return the segments that recovery replays from segment `began` on, without a gap between.

    It follows the timeline `newest`, reading a segment from the youngest timeline that has it, and
    comes nowhere from a backup of a timeline that `newest` does not descend from.
    """
    per_file = 0x1_0000_0000 // size
    starts = [0, *(lsn for _, lsn in ancestors)]
    ends: list[int | None] = [*(lsn for _, lsn in ancestors), None]
    timelines = [*(timeline for timeline, _ in ancestors), newest]
    branches = list(zip(timelines, starts, ends, strict=True))

    def segment(number: int) -> Segment | None:
        for timeline, start, end in reversed(branches):
            name = f"{timeline:08X}{number // per_file:08X}{number % per_file:08X}"
            within = start // size <= number and (end is None or number * size < end)
            if within and name in names:
                return Segment(name, end)
        return None

    found: list[Segment] = []
    if int(began[:8], 16) in timelines:
        first = int(began[8:16], 16) * per_file + int(began[16:24], 16)
        while (one := segment(first + len(found))) is not None:
            found.append(one)
    return found


def endings(dumped: str, until: int | None = None) -> list[datetime]:
    """Return when the transactions ended that pg_waldump printed, before an LSN.

    Recovery stops at commits and aborts alike.
    """
    return [
        datetime.fromisoformat(match["time"]).replace(tzinfo=UTC)
        for match in map(_ENDED.search, dumped.splitlines())
        if match and (until is None or _lsn(match["high"], match["low"]) < until)
    ]


def window(
    taken: Sequence[Backup],
    replay: Callable[[Backup], list[Segment]],
    dump: Callable[[str], str],
) -> Mapping[str, str]:
    """Find the window: backups oldest first, what each replays, and a segment as pg_waldump has it.

    PostgreSQL stops *before* the first transaction that ended after the target. The latest target
    is therefore the last microsecond before the last one's end; with that end itself as the target
    nothing stops it, and it fails at the end of the archive.
    """
    if not taken:
        return {"lacks": "no base backup is in it"}
    for backup in reversed(taken):
        for one in reversed(replay(backup)):
            times = [at for at in endings(dump(one.name), one.until) if at > backup.ended]
            if times:
                earliest = next(b.ended for b in taken if one in replay(b))
                latest = max(times) - timedelta(microseconds=1)
                return {"earliest": earliest.isoformat(), "latest": latest.isoformat()}
    return {"lacks": "no transaction that ended after its base backup is in it"}


def _lsn(high: str, low: str) -> int:
    return (int(high, 16) << 32) + int(low, 16)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(endpoint: str, bucket: str, folder: str, server: str) -> None:
    """Print the window of an archive."""
    import boto3  # noqa: PLC0415 (only the pod has it)

    where = ("--endpoint-url", endpoint)
    archive = (f"s3://{bucket}/{folder}", server)
    listed = _run("barman-cloud-backup-list", *where, "--format", "json", *archive)
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket,
        Prefix="/".join(part for part in (folder.strip("/"), server, "wals/") if part),
    )
    names, history = archived(entry["Key"] for page in pages for entry in page.get("Contents", []))
    with tempfile.TemporaryDirectory() as directory:

        def fetched(name: str) -> Path:
            path = Path(directory, name)
            _run("barman-cloud-wal-restore", *where, *archive, name, str(path))
            return path

        def dump(name: str) -> str:
            path = fetched(name)
            # It ends with a complaint that the record after the last one is in the next segment.
            command = ["pg_waldump", "--rmgr=Transaction", str(path)]
            environment = {**os.environ, "TZ": "UTC"}
            done = subprocess.run(
                command, check=False, capture_output=True, text=True, env=environment
            )
            path.unlink()
            return done.stdout

        def replay(backup: Backup) -> list[Segment]:
            return replayed(backup.began, backup.segment, names, newest, ancestors)

        ancestors = lineage(fetched(history).read_text()) if history else []
        newest = int(history[:8], 16) if history else 1
        print(json.dumps(window(backups(listed), replay, dump)))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The restorable window of an archive; runs in a pod with barman, boto3 and PostgreSQL.

Arguments: endpoint, bucket, the folder of the archives in it ('' for none), server name. Printed is
JSON: `earliest` and `latest` restorable time, or what `lacks` for there to be any.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .wal import Backup, Segment, archived, backups, lineage, lsn, replayed

_ENDED = re.compile(
    r"lsn: (?P<high>[0-9A-F]+)/(?P<low>[0-9A-F]+), .*"
    r"desc: (?:COMMIT|ABORT)(?:_PREPARED \d+:)? (?P<time>[-0-9]+ [:0-9]+\.\d+) UTC"
)


def endings(dumped: str, until: int | None = None) -> list[datetime]:
    """Return the end times of the transactions that pg_waldump printed, up to an LSN.

    Recovery stops at commits and aborts alike.
    """
    return [
        datetime.fromisoformat(match["time"]).replace(tzinfo=UTC)
        for match in map(_ENDED.search, dumped.splitlines())
        if match and (until is None or lsn(match["high"], match["low"]) < until)
    ]


def window(
    taken: Sequence[Backup],
    replay: Callable[[Backup], list[Segment]],
    dump: Callable[[str], str],
) -> Mapping[str, str]:
    """Return the window, from backups (oldest first), what each replays, and pg_waldump's output.

    PostgreSQL stops *before* the first transaction that ended after the target. The latest target
    is therefore the last microsecond before the last one's end; with that end itself as the target
    nothing stops recovery, and it fails at the end of the archive.
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
            _run("barman-cloud-wal-restore", "--no-partial", *where, *archive, name, str(path))
            return path

        def dump(name: str) -> str:
            path = fetched(name)
            # It ends with an error: the record after the last one is in the next segment.
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

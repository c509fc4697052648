"""The copy of one archive: WAL in order, then the base backups that it makes consistent.

A base backup's `backup.info` comes last, once its data and all WAL from its start to its end are
copied: everything that barman lists in the copy can be restored from it. Nothing is deleted and
nothing is overwritten. An archive's objects never change; one that does is counted, and the copy
keeps the first version. (A segment that PostgreSQL archives again after a crash does, if gzip wrote
its time.)

What is read is compared with the source's ETag if that is an MD5. The ETag of a multipart object is
not, and then only TLS and the length are checked. What is written is always compared: the store
gets the MD5 of each part, and the expected ETag is computed here. Each copy is then checked for
encryption and lock.
"""

import hashlib
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from .s3 import Entry, Fault, Gone, Locked, Refused, Store
from .wal import archived, fields, missing_history, needed

PART = 16 << 20
MOST_PARTS = 10_000
REFRESH_SECONDS = 3600
TEST_SECONDS, TEST_AGAIN_SECONDS = 86400, 600
SKEW = timedelta(hours=1)


class Plaintext(Fault):
    """The target stores what is sent without encryption."""


class Copy:
    """The copy of one server's archive."""

    def __init__(self, settings: Mapping[str, Any], source: Store, target: Store) -> None:
        """Start without knowledge of either store."""
        self.server = str(settings["server"])
        self._source, self._target = source, target
        self._lock = timedelta(days=settings["lock_days"])
        self._encryption = {"ServerSideEncryption": "AES256"} if settings["encrypted"] else {}
        self._there: dict[str, dict[str, Entry]] = {}
        self._listed_at: dict[str, float] = {}
        self._testing, self._next_test = threading.Lock(), 0.0
        self._lock_is_silent = False
        self.values: dict[tuple[str, str], float] = {}
        """Metrics by name and part."""
        self.unlocked = ""
        """What is wrong with the lock; copying continues."""

    def wal(self) -> int:
        """Copy the missing WAL, oldest name first; return the number of objects.

        A missing history file counts as missing, and is a fault once the rest is copied.
        """
        began, copied = time.time(), 0
        untested = self._tested()
        there = self._known("wals")
        found = self._source.listed(f"{self.server}/wals/")
        self._count("differing_objects", "wal", sum(differs(found, there)))
        missing = sorted(found.keys() - there.keys())
        times = (found[key].modified.timestamp() for key in reversed(missing))
        oldest = [*accumulate(times, min, initial=began)]  # of as many as are left
        for number, key in enumerate(missing):
            left = len(missing) - number
            self._measure("wal", oldest[left], left)
            copied += self._bring(key, found[key], there)
        gap = missing_history(there)
        self._measure("wal", began, int(gap is not None))
        if gap:
            raise Fault(
                f"{self._source.place}: {self.server}/wals has no {gap}, so a restore ends before "
                "that timeline; archive it again from pg_wal of an instance"
            )
        if untested:
            raise untested
        return copied

    def base(self) -> int:
        """Copy the missing complete base backups; return the number of objects."""
        began, copied = time.time(), 0
        untested = self._tested()
        there = self._known("base")
        found = self._source.listed(f"{self.server}/base/")
        self._count("differing_objects", "base", sum(differs(found, there)))
        waiting: list[float] = []
        for key, entry in sorted(found.items()):
            if not key.endswith("/backup.info") or key in there:
                continue
            try:
                got = self._source.ask("get_object", key)
                info = fields(self._source.read(got["Body"]).decode())
            except Gone:
                continue
            if info.get("status") != "DONE":
                continue
            done = entry.modified.timestamp()
            self._measure("base", min(began, done, *waiting), len(waiting) + 1)
            # Listed after DONE was read: before, its data may not have been whole.
            folder = key.removesuffix("backup.info")
            data = self._source.listed(folder)
            for one in sorted(data.keys() - there.keys() - {key}):
                copied += self._bring(one, data[one], there)
            if self._source.listed(folder).keys() != data.keys():
                continue  # retention is deleting it, its backup.info last
            if self._lacks(info):
                waiting.append(done)
            else:
                copied += self._bring(key, entry, there)
        self._measure("base", min(waiting, default=began), len(waiting))
        self._count("base_backups", "base", sum(key.endswith("/backup.info") for key in there))
        if untested:
            raise untested
        return copied

    def _measure(self, part: str, until: float, missing: int) -> None:
        """Set the metrics: until when the copy has everything, and how much is missing."""
        self._count("copied_until_timestamp_seconds", part, until)
        self._count("missing_objects", part, missing)

    def _count(self, name: str, part: str, value: float) -> None:
        self.values[name, part] = value

    def _known(self, folder: str) -> dict[str, Entry]:
        """Return the objects of the copy, listed once an hour: stores bill for each listing."""
        if time.monotonic() - self._listed_at.get(folder, -REFRESH_SECONDS) >= REFRESH_SECONDS:
            self._there[folder] = self._target.listed(f"{self.server}/{folder}/")
            self._listed_at[folder] = time.monotonic()
        else:
            self._target.ask("list_objects_v2", MaxKeys=1)  # whether it still answers these keys
        return self._there[folder]

    def _lacks(self, info: Mapping[str, str]) -> bool:
        """Return whether the copy lacks WAL without which a base backup is not consistent."""
        segments = archived(self._there.get("wals", {}))
        return not segments.issuperset(needed(info))

    def _bring(self, key: str, entry: Entry, there: dict[str, Entry]) -> int:
        """Copy one object, verify the copy, and return 1; return 0 if the object is gone."""
        try:
            got = self._source.ask("get_object", key)
        except Gone:
            return 0
        size = int(got["ContentLength"])
        etag = self._parts(key, got["Body"], size) if size > PART else self._whole(key, got, entry)
        head = self._target.ask("head_object", key)
        written = str(head["ETag"]).strip('"')
        if (head["ContentLength"], written) != (size, etag):
            raise Fault(f"{key}: the copy is {written}, not {etag}; see {self._target.place}")
        self._encrypted(head)
        if unlocked := self._lock_fault(key, head):
            self.unlocked, self._next_test = unlocked, time.monotonic() + TEST_AGAIN_SECONDS
        there[key] = Entry(size, etag, entry.modified)
        part = "wal" if f"{self.server}/wals/" in key else "base"
        for name, more in (("copied_objects_total", 1), ("copied_bytes_total", size)):
            self._count(name, part, self.values.get((name, part), 0) + more)
        return 1

    def _whole(self, key: str, got: Mapping[str, Any], entry: Entry) -> str:
        """Copy an object in one request; return the ETag that it must have."""
        content = self._source.read(got["Body"])
        etag = md5(content).hex()
        if "-" not in entry.etag and etag != entry.etag:
            raise Fault(
                f"{key}: it was read as {etag}, but its ETag is {entry.etag}; see its store"
            )
        self._target.ask(
            "put_object", key, Body=content, ContentMD5=encoded(content), **self._encryption
        )
        return etag

    def _parts(self, key: str, body: object, size: int) -> str:
        """Copy an object in parts; return the ETag that it must have.

        These keys may not remove an unfinished upload after a fault: a lifecycle rule does.
        """
        begun = self._target.ask("create_multipart_upload", key, **self._encryption)
        upload, length = begun["UploadId"], max(PART, -(-size // MOST_PARTS))
        parts: list[dict[str, Any]] = []
        sums = b""
        while content := self._source.read(body, length):
            number = len(parts) + 1
            sums += md5(content)
            done = self._target.ask(
                "upload_part",
                key,
                UploadId=upload,
                PartNumber=number,
                Body=content,
                ContentMD5=encoded(content),
            )
            parts.append({"PartNumber": number, "ETag": done["ETag"]})
        uploaded = {"UploadId": upload, "MultipartUpload": {"Parts": parts}}
        self._target.ask("complete_multipart_upload", key, **uploaded)
        return f"{md5(sums).hex()}-{len(parts)}"

    def _encrypted(self, head: Mapping[str, Any]) -> None:
        """Raise a fault if requested encryption is missing: some stores ignore the request."""
        found = head.get("ServerSideEncryption")
        if self._encryption and found != "AES256":
            raise Plaintext(
                f"{self._target.place}: it stores what is sent as AES256 with {found}; give it a "
                "KMS, or say in offsite.unencrypted_because why it need not"
            )

    def _lock_fault(self, key: str, head: Mapping[str, Any]) -> str:
        """Return what is wrong with an object's lock; "" if it is locked long enough."""
        mode, until = head.get("ObjectLockMode"), head.get("ObjectLockRetainUntilDate")
        if mode is None and self._lock_is_silent:
            return ""
        if mode == "COMPLIANCE" and until and until >= datetime.now(UTC) + self._lock - SKEW:
            return ""
        found = f"{mode} until {until}" if mode else "not locked"
        return (
            f"{self._target.place}: {key} is {found}; give the bucket a default retention of "
            f"COMPLIANCE, {self._lock.days} days"
        )

    def _tested(self) -> Fault | None:
        """Return the fault that kept the lock from being tested, for the end of the pass.

        Raise Plaintext: nothing is copied unencrypted. An unlocked copy is better than none.
        """
        try:
            self._test()
        except Plaintext:
            raise
        except Fault as fault:
            return fault
        return None

    def _test(self) -> None:
        """Once a day try what must be refused; raise a fault if nothing is encrypted.

        Keys that may delete would succeed: a lock refuses only the deletion of a version.
        """
        with self._testing:
            if time.monotonic() < self._next_test:
                return
            now = datetime.now(UTC)
            # Some stores refuse to overwrite a locked key: each test has its own.
            key = f"{self.server}/offsite/self-test/{now:%Y%m%dT%H%M%SZ}"
            content = str(now).encode()
            put = {"Body": content, "ContentMD5": encoded(content)} | self._encryption
            version = self._target.ask("put_object", key, **put).get("VersionId")
            head = self._target.ask("head_object", key)
            self._encrypted(head)
            deleted = self._delete_fault(key, version)
            self.unlocked = self._lock_fault(key, head) or deleted
            self._count("lock_tested_timestamp_seconds", "lock", time.time())
            again = TEST_AGAIN_SECONDS if self.unlocked else TEST_SECONDS
            self._next_test = time.monotonic() + again

    def _delete_fault(self, key: str, version: str | None) -> str:
        """Return which deletion of the test object was not refused; "" if each was.

        Some stores do not show the lock that a bucket's default gives (versitygw 1.0.14): there it
        is proven by a deletion of the version that is refused because of it.
        """
        ways: dict[str, dict[str, Any]] = {"hide": {}, "delete": {"VersionId": version}}
        self._lock_is_silent = False
        for what, more in ways.items():
            try:
                self._target.ask("delete_object", key, **more)
            except Refused as refused:
                self._lock_is_silent = isinstance(refused, Locked)
                continue
            return f"{self._target.place}: its keys may {what} copies; take that right from them"
        return ""


def md5(content: bytes) -> bytes:
    """Return the checksum that S3 verifies uploads with."""
    return hashlib.md5(content, usedforsecurity=False).digest()


def encoded(content: bytes) -> str:
    """Return the header Content-MD5, by which the store refuses damaged uploads."""
    return b64encode(md5(content)).decode()


def differs(found: Mapping[str, Entry], there: Mapping[str, Entry]) -> list[bool]:
    """Return, for each copied object, whether the archive's object has changed."""
    pairs = [(found[key], there[key]) for key in found.keys() & there.keys()]
    return [
        one.size != other.size or (one.etag != other.etag and "-" not in one.etag + other.etag)
        for one, other in pairs
    ]

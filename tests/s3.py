"""A bucket of S3 in memory, for the tests of what runs in pods."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""When an object was written, unless a test says otherwise."""


class ClientError(Exception):
    def __init__(self, code: str, message: str = "") -> None:
        self.response = {"Error": {"Code": code, "Message": message}}
        super().__init__(code)


class Body:
    def __init__(self, content: bytes) -> None:
        self._left = content

    def read(self, size: int | None = None) -> bytes:
        size = len(self._left) if size is None else size
        read, self._left = self._left[:size], self._left[size:]
        return read


class Bucket:
    """S3 as far as it is used, by boto3's names: with versions, a KMS and a lock."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.log: list[str] = []
        self.lock: timedelta | None = timedelta(days=31)
        self.overwrites = True
        self.refuses = ""
        self.mode = "COMPLIANCE"
        self.kms = True
        self.shows_lock = True
        self.may_delete = False
        self.deletion = ClientError("AccessDenied")
        """How the deletion of a version is refused."""
        self.corrupts = False
        self.fails: dict[str, Exception] = {}
        self.on_get: Callable[[str], None] = lambda _: None
        self.cuts: int | None = None
        """How many bytes of an object it gives before it ends the answer, as one that cuts."""
        self.ranges: list[str] = []
        self._parts: dict[str, list[bytes]] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Log each method that is called, and fail as the test wants it."""
        method = object.__getattribute__(self, f"do_{name}")

        def call(**asked: Any) -> Any:
            asked.pop("Bucket")
            if name in self.fails:
                raise self.fails[name]
            self.log.append(f"{name} {asked.get('Key', '')}".strip())
            return method(**asked)

        return call

    def put(self, key: str, content: bytes | str, at: datetime = NOW) -> None:
        data = content.encode() if isinstance(content, str) else content
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        self.objects[key] = {"data": data, "etag": etag, "at": at}

    def do_list_objects_v2(
        self,
        Prefix: str = "",  # noqa: N803
        MaxKeys: int | None = None,  # noqa: N803
        StartAfter: str = "",  # noqa: N803
    ) -> dict[str, Any]:
        found = [
            {"Key": k, "Size": len(o["data"]), "ETag": f'"{o["etag"]}"', "LastModified": o["at"]}
            for k, o in sorted(self.objects.items())
            if k.startswith(Prefix) and k > StartAfter
        ][:MaxKeys]
        return {"Contents": found, "IsTruncated": False}

    def do_get_object(self, Key: str, Range: str = "bytes=0-") -> dict[str, Any]:  # noqa: N803
        self.on_get(Key)
        if Key not in self.objects:
            raise ClientError("NoSuchKey")
        self.ranges.append(Range)
        data = self.objects[Key]["data"][int(Range[len("bytes=") : -1]) :]
        return {"Body": Body(data[: self.cuts]), "ContentLength": len(data)}

    def do_head_object(self, Key: str) -> dict[str, Any]:  # noqa: N803
        found = self.objects[Key]
        head = {"ContentLength": len(found["data"]), "ETag": f'"{found["etag"]}"'}
        if found.get("encrypted"):
            head["ServerSideEncryption"] = "AES256"
        if self.lock and self.shows_lock:
            head["ObjectLockMode"] = self.mode
            head["ObjectLockRetainUntilDate"] = datetime.now(UTC) + self.lock
        return head

    def do_put_object(self, **asked: Any) -> dict[str, Any]:
        data, key = asked["Body"], asked["Key"]
        if not self.overwrites and key in self.objects:
            raise ClientError("InvalidRequest")
        if self.refuses and self.refuses in key:
            raise ClientError("AccessDenied")
        sent = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        assert asked["ContentMD5"] == sent
        self.put(key, data + b"!" if self.corrupts else data, datetime.now(UTC))
        self.objects[key]["encrypted"] = self.kms and "ServerSideEncryption" in asked
        return {"VersionId": "v1"}

    def do_create_multipart_upload(self, **asked: Any) -> dict[str, Any]:
        self._parts[asked["Key"]] = []
        return {"UploadId": asked.get("ServerSideEncryption", "")}

    def do_upload_part(self, **asked: Any) -> dict[str, Any]:
        self._parts[asked["Key"]].append(asked["Body"])
        return {"ETag": "x"}

    def do_complete_multipart_upload(self, **asked: Any) -> dict[str, Any]:
        key, parts = asked["Key"], self._parts.pop(asked["Key"])
        sums = b"".join(hashlib.md5(one, usedforsecurity=False).digest() for one in parts)
        self.put(key, b"".join(parts))
        etag = f"{hashlib.md5(sums, usedforsecurity=False).hexdigest()}-{len(parts)}"
        self.objects[key] |= {"etag": etag, "encrypted": bool(asked["UploadId"])}
        return {}

    def do_delete_object(self, **asked: Any) -> dict[str, Any]:
        if not self.may_delete:
            raise self.deletion if "VersionId" in asked else ClientError("AccessDenied")
        self.objects.pop(asked["Key"], None)
        return {}

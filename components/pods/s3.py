"""An S3 bucket through boto3, with its keys and CA in files, and its errors as sentences."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

KEYS = Path("/keys")
"""A folder for each store: `access`, `secret`, and `ca.crt` if its CA is not public."""

_REFUSED = {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
_FULL = {"QuotaExceeded", "InsufficientCapacity", "InsufficientStorage", "507"}
_GONE = {"404", "NoSuchKey"}
_UNDECRYPTED = "Failed to retrieve the actual key"
"""How Ceph's gateway says that its KMS gives no key for an object (Reef, rgw_crypt.cc); the code is
UnknownError while none answers, and AccessDenied if it has lost the key."""

_LOCKED = re.compile(r"WORM protected|(protected|forbidden) by object lock", re.IGNORECASE)
"""How stores say it: versitygw and MinIO, S3 and Ceph."""


class Fault(Exception):  # noqa: N818 (a sentence, not a kind of error)
    """`place: fault; fix`."""


class Refused(Fault):
    """The keys lack the permission."""


class Locked(Refused):
    """The object is locked, whatever the keys may."""


class Gone(Exception):  # noqa: N818 (retention deleted it; not an error)
    """A listed object no longer exists."""


class Client(Protocol):
    """The part of boto3's S3 client that is used: methods by name."""

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        """Return the method of this name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An object in a listing."""

    size: int
    etag: str
    modified: datetime


class Store:
    """One bucket, below a prefix that is stripped from keys."""

    def __init__(self, name: str, settings: Mapping[str, str]) -> None:
        """*name* is that of its folder of keys; the connection is made by the first request."""
        self.place = f"{settings['endpoint']}/{settings['bucket']}"
        self._name, self._settings = name, settings
        self._connected: tuple[tuple[str, str, str], Client] | None = None

    def ask(self, method: str, key: str | None = None, **more: object) -> dict[str, Any]:
        """Call a method of boto3's client for this bucket; raise Fault or Gone if it fails."""
        if key is not None:
            more["Key"] = self._settings["prefix"] + key
        client = self._client()
        try:
            answer: dict[str, Any] = getattr(client, method)(
                Bucket=self._settings["bucket"], **more
            )
        except Exception as error:
            raise self._fault(error) from error
        return answer

    def listed(self, prefix: str, *, after: str = "") -> dict[str, Entry]:
        """Return the objects below a prefix; those whose keys sort *after* one, if it is given."""
        return {
            key: Entry(one["Size"], one["ETag"].strip('"'), one["LastModified"])
            for key, one in self._objects(prefix, after)
        }

    def keys(self, prefix: str) -> list[str]:
        """Return the keys below a prefix: of a large archive these alone fit into a small pod."""
        return [key for key, _ in self._objects(prefix)]

    def _objects(self, prefix: str, after: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
        hidden = self._settings["prefix"]
        more = {"StartAfter": hidden + after} if after else {}
        while True:
            page = self.ask("list_objects_v2", Prefix=hidden + prefix, **more)
            for one in page.get("Contents", []):
                yield one["Key"].removeprefix(hidden), one
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def read(self, body: Any, size: int | None = None) -> bytes:  # noqa: ANN401 (boto3's)
        """Return the rest of a response body, or its next *size* bytes."""
        try:
            return bytes(body.read(size))
        except Exception as error:
            raise self._fault(error) from error

    def _client(self) -> Client:
        """Return a client with the keys and the CA that the Secrets hold now."""
        ca = KEYS / self._name / "ca.crt"
        trusted = ca.read_text() if ca.exists() else ""
        known = self._key("access"), self._key("secret"), trusted
        if self._connected is None or self._connected[0] != known:
            self._connected = known, connect(self._settings, known[:2], ca if trusted else None)
        return self._connected[1]

    def _key(self, name: str) -> str:
        try:
            return (KEYS / self._name / name).read_text().strip()
        except FileNotFoundError:
            place, key = self._settings["keys"], self._settings[name]
            raise Fault(f"{place}: it has no key '{key}'; write the Secret") from None

    def _fault(self, error: Exception) -> Exception:
        """Return the meaning of a boto3 error; return any other error unchanged."""
        if type(error).__name__ == "SSLError":
            return Fault(f"{self.place}: its certificate is not trusted ({error}); fix its CA")
        # boto3's errors of a connection have a response too, which is None.
        said: dict[str, Any] | None = (getattr(error, "response", None) or {}).get("Error")
        if said is not None:
            return self._answered(str(said.get("Code")), str(said.get("Message") or ""))
        if type(error).__module__.startswith(("botocore", "urllib3")):
            return Fault(f"{self.place}: it does not answer ({error}); see that it runs")
        return error

    def _answered(self, code: str, message: str) -> Exception:
        """Return the meaning of an error response, by its code."""
        if code in _GONE and self._name == "source":
            return Gone(self.place)
        if _LOCKED.search(message):
            return Locked(f"{self.place}: the object is locked ({code})")
        if code in _REFUSED and _UNDECRYPTED not in message:
            keys = self._settings["keys"]
            return Refused(f"{self.place}: it refuses the keys ({code}); fix {keys}")
        words = f"{code} {message}".strip()
        said = f"it answers {words}; see the store's log"
        if _UNDECRYPTED in message:
            said = (
                f"its KMS gives no key ({code}); unseal it, and see that the store's token is valid"
            )
        elif code == "RequestTimeTooSkewed":
            said = f"its clock is far from this node's ({code}); set both by NTP"
        elif code == "NoSuchBucket":
            fix = "create it with object lock" if self._name == "target" else "correct its name"
            said = f"the bucket does not exist; {fix}"
        elif code in _FULL:
            said = f"it is full ({code}); give it more space"
        return Fault(f"{self.place}: {said}")


def connect(settings: Mapping[str, str], keys: tuple[str, str], ca: Path | None) -> Client:
    """Return boto3's client; without its own CA a store is verified by the public ones."""
    import boto3  # noqa: PLC0415 (the image has it, the machine that checks the program has not)
    from botocore.config import Config  # noqa: PLC0415

    return boto3.session.Session().client(  # type: ignore[no-any-return]
        "s3",
        endpoint_url=settings["endpoint"],
        region_name=settings["region"],
        aws_access_key_id=keys[0],
        aws_secret_access_key=keys[1],
        verify=str(ca) if ca else True,
        config=Config(
            connect_timeout=10,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 3},
            s3={"addressing_style": "path"},
            # Other stores than AWS refuse boto3's default checksums; MD5 is sent instead.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )

"""An S3 bucket by boto3, its keys and its CA in files, and what its errors mean as sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

KEYS = Path("/keys")
"""A folder for each store: `access`, `secret`, and `ca.crt` where its CA is not a public one."""

_REFUSED = {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
_FULL = {"QuotaExceeded", "InsufficientCapacity", "InsufficientStorage", "507"}
_GONE = {"404", "NoSuchKey"}


class Fault(Exception):  # noqa: N818 (a sentence, not a kind of error)
    """`place: fault; mend`."""


class Refused(Fault):
    """The keys may not do that."""


class Gone(Exception):  # noqa: N818 (the archive's retention took it; no error)
    """An object that was listed is there no more."""


class Client(Protocol):
    """What is used of boto3's S3 client: methods by their names."""

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        """Return the method of this name."""


@dataclass(frozen=True)
class Entry:
    """An object as a listing has it."""

    size: int
    etag: str
    modified: datetime


class Store:
    """One bucket, below a prefix that is not part of its keys here."""

    def __init__(self, name: str, settings: Mapping[str, str]) -> None:
        """Name it as its folder of keys; it is connected to when first asked."""
        self.place = f"{settings['endpoint']}/{settings['bucket']}"
        self._name, self._settings = name, settings
        self._connected: tuple[tuple[str, str, str], Client] | None = None

    def ask(self, method: str, key: str | None = None, **more: object) -> dict[str, Any]:
        """Call a method of boto3's client for this bucket; what fails is a fault or Gone."""
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

    def listed(self, prefix: str) -> dict[str, Entry]:
        """Return the objects below a prefix."""
        hidden, found = self._settings["prefix"], {}
        more: dict[str, str] = {}
        while True:
            page = self.ask("list_objects_v2", Prefix=hidden + prefix, **more)
            for one in page.get("Contents", []):
                entry = Entry(one["Size"], one["ETag"].strip('"'), one["LastModified"])
                found[one["Key"].removeprefix(hidden)] = entry
            if not page.get("IsTruncated"):
                return found
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def read(self, body: Any, size: int | None = None) -> bytes:  # noqa: ANN401 (boto3's)
        """Return what is left of an answer, or the next bytes of it."""
        try:
            return bytes(body.read(size))
        except Exception as error:
            raise self._fault(error) from error

    def _client(self) -> Client:
        """Return a client with the keys and the CA that the Secrets have now."""
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
        """Return what an error of boto3 means; any other error stays what it is."""
        if type(error).__name__ == "SSLError":
            return Fault(f"{self.place}: its certificate is not trusted ({error}); mend its CA")
        said: dict[str, Any] | None = getattr(error, "response", {}).get("Error")
        if said is not None:
            return self._answered(str(said.get("Code")), str(said.get("Message") or ""))
        if type(error).__module__.startswith(("botocore", "urllib3")):
            return Fault(f"{self.place}: it does not answer ({error}); it is asked again")
        return error

    def _answered(self, code: str, message: str) -> Exception:
        """Return what an answer of the store means, by its code."""
        if code in _GONE and self._name == "source":
            return Gone(self.place)
        if code == "NoSuchBucket":
            return Fault(f"{self.place}: there is no such bucket; make it, with object lock")
        if code in _REFUSED:
            keys = self._settings["keys"]
            return Refused(f"{self.place}: it refuses the keys ({code}); mend {keys}")
        if code in _FULL:
            return Fault(f"{self.place}: it is full ({code}); give it room")
        words = f"{code} {message}".strip()
        return Fault(f"{self.place}: it answers {words}; see the store's log")


def connect(settings: Mapping[str, str], keys: tuple[str, str], ca: Path | None) -> Client:
    """Return boto3's client; each store has its own CA, without one the public ones."""
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
            # Others than AWS refuse what boto3 sends by itself; MD5 is sent instead.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )

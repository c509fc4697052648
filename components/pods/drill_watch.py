"""The watch of a database, asked by a drill: it writes nonces into the source."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from .job import Refusal
from .s3 import Fault, Store
from .wal import archived

SLACK_SECONDS = 60
"""How much longer than the objective a nonce is waited for."""

_PATIENCE_SECONDS = 120
_TRIES = 5


@dataclass(frozen=True)
class Nonce:
    """A row in the source's heartbeat database."""

    nonce: str
    written: datetime
    """When it was committed."""

    segment: str
    """The WAL segment that holds the commit."""

    system: str
    """The system identifier of the database."""

    since: float
    """When it was asked for, by this pod's clock that does not jump: the clocks of two nodes may
    differ by more than an objective."""


class Watch:
    """The watch at an address."""

    def __init__(self, url: str, server: str) -> None:
        """*server* is the archive that it must watch; nothing is asked yet."""
        self._url, self._server = url, server

    def write(self) -> Nonce:
        """Write a nonce into the source; raise Fault if the watch does not."""
        found = self._of_server("POST", "/nonce")
        try:
            written = datetime.fromisoformat(found["written"]).astimezone(UTC)
            nonce, segment, system = (str(found[it]) for it in ("nonce", "segment", "system"))
        except (KeyError, TypeError, ValueError) as error:
            raise self._strange("/nonce", error) from None
        return Nonce(nonce, written, segment, system, self._since)

    def nonces(self) -> Mapping[str, datetime]:
        """Return the newest nonces of the source, with the time of each one's commit."""
        found = self._asked("GET", "/nonces")
        try:
            return {
                it["nonce"]: datetime.fromisoformat(it["written"]).astimezone(UTC) for it in found
            }
        except (KeyError, TypeError, ValueError) as error:
            raise self._strange("/nonces", error) from None

    def system(self) -> str:
        """Return the system identifier of the source; nothing is written."""
        try:
            return str(self._of_server("GET", "/system")["system"])
        except KeyError as error:
            raise self._strange("/system", error) from None

    def _of_server(self, method: str, path: str) -> Mapping[str, Any]:
        """Return what it answers; raise Fault if it watches another archive than is drilled."""
        found = self._asked(method, path)
        try:
            server = found["server"]
        except (KeyError, TypeError) as error:
            raise self._strange(path, error) from None
        if server != self._server:
            raise Fault(
                f"{self._url}: it watches the archive {server}, and this drill is of "
                f"{self._server}: the active generation is being switched; run the drill again"
            )
        return dict(found)

    def _asked(self, method: str, path: str) -> Any:  # noqa: ANN401 (JSON)
        for _ in range(_TRIES):
            self._since = time.monotonic()
            status, said = self._answer(method, path)
            if status != HTTPStatus.TOO_MANY_REQUESTS:  # one nonce a second
                break
            time.sleep(1)
        if status != HTTPStatus.OK:
            words = " ".join(said.split())[:200]
            raise Fault(
                f"{self._url}{path}: it answers {status} ({words}); see the log of that Deployment"
            )
        try:
            return json.loads(said)
        except ValueError as error:
            raise self._strange(path, error) from None

    def _answer(self, method: str, path: str) -> tuple[int, str]:
        place = urlsplit(self._url)
        server = HTTPConnection(place.hostname or "", place.port, timeout=_PATIENCE_SECONDS)
        try:
            server.request(method, path)
            answer = server.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, HTTPException) as error:
            raise Fault(
                f"{self._url}: it does not answer ({error}); see the log of that Deployment"
            ) from error
        finally:
            server.close()

    def _strange(self, path: str, error: Exception) -> Fault:
        return Fault(
            f"{self._url}{path}: its answer is of another program "
            f"({type(error).__name__}); deploy the environment"
        )


def arrival(
    nonce: Nonce, store: Store, server: str, most: int, pause: Callable[[str], None]
) -> float:
    """Wait until a store has a nonce; return the seconds from before its commit until then.

    *most* is the objective. Raise Refusal if the segment is not there in time, and Fault if the
    store does not answer.
    """
    key = f"{server}/wals/{nonce.segment[:16]}/{nonce.segment}"
    while True:
        there = archived(store.listed(key))
        waited = time.monotonic() - nonce.since
        if nonce.segment in there:
            return round(waited, 1)
        if waited > most + SLACK_SECONDS:
            raise Refusal(
                f"WAL {nonce.segment} with the newest nonce is not in {store.place} after "
                f"{waited:.0f} s; see why the instance or the copier does not archive"
            )
        pause(f"WAL {nonce.segment} is not in {store.place}")

"""The record of a database's drills: their metrics, and a copy of each evidence off site."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from .api import ask
from .copying import encoded
from .evidence import Depth, Evidence, read
from .junit import junit
from .page import page
from .s3 import Fault, Store

Labels = tuple[tuple[str, str], ...]


class Record:
    """The ConfigMap in which a drill writes what it found."""

    def __init__(self, namespace: str, name: str) -> None:
        """*namespace* is that of the drills."""
        self._path = f"/api/v1/namespaces/{namespace}/configmaps/{name}"
        self._place = f"ConfigMap {namespace}/{name}"

    def read(self) -> Mapping[str, Evidence]:
        """Return the evidence in it, by its key; raise Fault if it cannot be read."""
        found = ask("GET", self._path)
        if found is None:
            raise Fault(f"{self._place}: it does not exist yet; it is tried again")
        data = found.get("data") or {}
        keys = [key for depth in get_args(Depth) for key in (depth, f"good-{depth}")]
        return {key: self._evidence(key, data[key]) for key in keys if data.get(key)}

    def _evidence(self, key: str, text: str) -> Evidence:
        try:
            return read(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise Fault(f"{self._place}: {key}: {error}; run that drill again") from None


def drill_metrics(record: Mapping[str, Evidence]) -> dict[tuple[str, Labels], float]:
    """Return the metrics of drills; 0 is never."""
    found: dict[tuple[str, Labels], float] = {}
    depths: tuple[Depth, ...] = get_args(Depth)
    for depth in depths:
        label = ("depth", depth)
        good = record.get(f"good-{depth}")
        found["drill_good_timestamp_seconds", (label,)] = _ended(good) if good else 0.0
        if (last := record.get(depth)) is None:
            continue
        verdict = ("verdict", last.verdict)
        found["drill_timestamp_seconds", (label, verdict)] = _ended(last)
        if last.restore_seconds is not None:
            found["drill_restore_seconds", (label,)] = last.restore_seconds
    left = any(record[depth].left_behind for depth in depths if depth in record)
    found["drill_left_behind", ()] = float(left)
    return found


def _ended(one: Evidence) -> float:
    return datetime.fromisoformat(one.ended).timestamp()


class Copies:
    """Each evidence in the off-site copy, written once.

    The bucket's default retention locks it, which the pod that copies the archive tests every day.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Write below `_drills/<database>/` of the store `target`."""
        self._store = Store("target", settings["target"])
        self._below = f"_drills/{settings['database']}/"
        self._encryption = {"ServerSideEncryption": "AES256"} if settings["encrypted"] else {}
        self._there: set[str] = set()

    def keep(self, record: Mapping[str, Evidence]) -> list[str]:
        """Copy what is not there yet, and return its keys."""
        written: list[str] = []
        for one in {it.id: it for it in record.values()}.values():
            if one.id in self._there:
                continue
            below = f"{self._below}{one.id}."
            # What the program of this pod wrote before it was restarted.
            known = self._store.listed(below)
            for kind, content in texts(one).items():
                if below + kind in known:
                    continue
                data = content.encode()
                put = {"Body": data, "ContentMD5": encoded(data)} | self._encryption
                self._store.ask("put_object", below + kind, **put)
                written.append(below + kind)
            self._there.add(one.id)
        return written


def texts(one: Evidence) -> dict[str, str]:
    """Return an evidence in each of its forms, by the ending of the object's name."""
    return {
        "json": json.dumps(one.json, indent=1, sort_keys=True),
        "xml": junit(one),
        "html": page(one),
    }

"""`python3 -m pods.prepare <settings as JSON>`: what a restored generation finds when it starts.

It refuses a generation whose name was used before, whose snapshot lacks a volume that it has, or
that would begin with a base backup which failed.
Then the application's Secret and the CA that clients trust are made independent of the Cluster that
created them, which Kubernetes would delete them with, and the generation's CA becomes a copy of
that CA. CloudNativePG takes a Secret that exists as its own and renews it (cluster_pki.go,
ensureCASecret; cluster_create.go, createOrPatchClusterCredentialSecret, v1.30.0). All of it can be
repeated at any time.
"""

import json
import secrets
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from .api import WATCHED, Namespace
from .backups import base_backups, first
from .job import Refusal, finish, persist
from .lineage import conflict, read
from .s3 import Fault, Store

PORT = 5432


def unused(settings: Mapping[str, Any], stores: Mapping[str, Store]) -> None:
    """Raise Refusal if the generation has a past: objects under its server name, another origin.

    The off-site copy may be away while a generation is restored from the archive.
    """
    for name, store in stores.items():
        try:
            _unused(settings, name, store)
        except Fault as fault:
            if name == "source" or settings["origin"].get("store") == "offsite":
                raise
            print(f"not compared with the off-site copy: {fault}", file=sys.stderr, flush=True)


def _unused(settings: Mapping[str, Any], name: str, store: Store) -> None:
    server, number = settings["server"], settings["number"]
    fix = f"write in `generations` what generation {number} was, and this restore after it"
    folder = f"{settings[name]['prefix']}{server}/"
    # The copy's own test of its lock is in the folder, too.
    for part in ("base", "wals"):
        if store.ask("list_objects_v2", Prefix=f"{folder}{part}/", MaxKeys=1).get("Contents"):
            raise Refusal(f"{store.place}/{folder}: it has objects, so it was used before; {fix}")
    if name == "target":
        key = settings["lineage"]
        if fault := conflict(read(store, key)[0], [settings]):
            raise Refusal(f"{store.place}, {key}: {fault}; {fix}")


def begins(settings: Mapping[str, Any], stores: Mapping[str, Store]) -> None:
    """Raise Refusal if CloudNativePG would begin with a base backup that failed, and another fits.

    The restore would fail at each of its tries.
    """
    asked = settings["begins"]
    store, prefix = stores[asked["store"]], settings[asked["store"]]["prefix"]
    until = datetime.fromisoformat(asked["until"]) if asked["until"] else None
    taken = base_backups(store, asked["server"])
    newest = first(taken, until)
    if newest is None or newest.whole:
        return
    why = f"lacks {newest.lacks}" if newest.lacks else f"is {newest.status}"
    place = f"generation {settings['number']}: CloudNativePG begins with base backup {newest.name} "
    place += f"of {store.place}/{prefix}{asked['server']}, which {why}"
    fit = first([it for it in taken if it.whole], until)
    if fit is None:
        raise Refusal(f"{place}, and none before it is whole; restore from another store or time")
    more = "" if until else ", latest=True"
    fix = f'write backup="{fit.name}"{more} in its entry, or another that `window` can restore'
    raise Refusal(f"{place}; {fix}")


def application(
    namespace: Namespace, name: str, given: Mapping[str, str], clusters: Sequence[str]
) -> None:
    """Make the Secret of the application independent, and create it if there is none.

    It names the stable Service from now on: the one of a Cluster that it may name has no pods any
    more once another Cluster is active.
    """
    found = namespace.secret(name)
    if found is None:
        made = credentials(given, secrets.token_urlsafe(48))
        labels = WATCHED | {"cnpg.io/userType": "app"}
        namespace.create_secret(name, made, labels=labels, kind="kubernetes.io/basic-auth")
        print(f"Secret {name}: created with a new password", flush=True)
        return
    named = _plain(found, "host")
    change: dict[str, Any] = {}
    if named in [f"{cluster}-rw" for cluster in clusters]:
        owner = {"owner": _plain(found, "username"), "database": _plain(found, "dbname")}
        change = {"data": credentials({**given, **owner}, _plain(found, "password"))}
    _freed(namespace, found, change)


def authority(namespace: Namespace, trusted: str, older: Sequence[str], own: str | None) -> None:
    """Make the CA that clients trust independent, and *own* a copy of the newest *older* one.

    The CAs of all generations have one key, until the Secrets are lost with the namespace. *own* is
    None if the Cluster exists: it has its CA, or CloudNativePG is making it.
    """
    if found := namespace.secret(trusted):
        _freed(namespace, found, {})
    if own is None or namespace.secret(own):
        return
    for name in older:
        data = (namespace.secret(name) or {}).get("data") or {}
        if {"ca.crt", "ca.key"} <= data.keys():
            copied = {key: data[key] for key in ("ca.crt", "ca.key")}
            namespace.create_secret(own, copied, labels=WATCHED)
            print(f"Secret {own}: copied from {name}", flush=True)
            return


def credentials(given: Mapping[str, str], password: str) -> dict[str, str]:
    """Return the data of the application's Secret, as CloudNativePG makes it, in base64.

    pkg/specs/secrets.go, CreateSecret, v1.30.0.
    """
    owner, database, host = given["owner"], given["database"], given["host"]
    account = f"{quote(owner, safe='')}:{quote(password, safe='')}"
    query = urlencode({"password": password, "user": owner})

    def uris(prefix: str, server: str) -> dict[str, str]:
        path = f"{server}:{PORT}/{quote(database)}"
        return {
            f"{prefix}uri": f"postgresql://{account}@{path}",
            f"{prefix}jdbc-uri": f"jdbc:postgresql://{path}?{query}",
        }

    plain = {
        "username": owner,
        "user": owner,
        "password": password,
        "dbname": database,
        "host": host,
        "port": str(PORT),
        "pgpass": f"{host}:{PORT}:{database}:{owner}:{password}\n",
        **uris("", host),
        **uris("fqdn-", f"{host}.cluster.local"),
    }
    return {key: b64encode(value.encode()).decode() for key, value in plain.items()}


def _plain(secret: Mapping[str, Any], key: str) -> str:
    return b64decode((secret.get("data") or {}).get(key, "")).decode()


def _freed(namespace: Namespace, found: Mapping[str, Any], change: dict[str, Any]) -> None:
    """Take the Clusters from the owners of a Secret, and have CloudNativePG watch it."""
    metadata = found["metadata"]
    owners = metadata.get("ownerReferences") or []
    kept = [owner for owner in owners if owner["kind"] != "Cluster"]
    if kept != owners:
        change = {**change, "metadata": {"ownerReferences": kept}}
    if not WATCHED.items() <= (metadata.get("labels") or {}).items():
        change = {**change, "metadata": {**change.get("metadata", {}), "labels": WATCHED}}
    if change:
        namespace.change_secret(found, change)
        print(f"Secret {metadata['name']}: stays without the Cluster that made it", flush=True)


def main(settings: Mapping[str, Any]) -> None:
    """Prepare one generation; change nothing if it is refused."""
    namespace = Namespace(settings["namespace"])
    stores = {
        name: Store(name, settings[name]) for name in ("source", "target") if name in settings
    }
    own = settings["cluster"]

    def work() -> None:
        runs = namespace.cluster(own) is not None
        if not runs:
            for fault in settings["lacking"]:
                raise Refusal(f"generation {settings['number']}, snapshot: {fault}")
            unused(settings, stores)
            if settings["begins"]:
                begins(settings, stores)
        name = settings["application"]
        if not settings["made_elsewhere"]:
            application(namespace, name, settings["credentials"], settings["clusters"])
        elif namespace.secret(name) is None:
            raise Refusal(f"Secret {name}: it is not there; make it with username and password")
        if trusted := settings["trusted"]:
            authority(namespace, trusted, settings["authorities"], None if runs else f"{own}-ca")

    finish(work)


if __name__ == "__main__":
    persist(partial(main, json.loads(sys.argv[1])))

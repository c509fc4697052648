"""Rules about what is kept outside of the cluster."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from components.spec.addresses import ip_address
from components.spec.rule import Fault, rule
from stacks.check.rules.hosts import in_cluster, is_short, like_a_service, machines, namespaces
from stacks.check.rules.required import required
from stacks.environment import EnvironmentSpec
from stacks.kept import KeptAtSpec, KeptSpec

YEAR = timedelta(days=365)
"""After so long a medium may no longer be readable, or where it was."""

_HOST = re.compile(r"(?<![-.\w])[A-Za-z0-9][-A-Za-z0-9]*(?:\.[A-Za-z0-9][-A-Za-z0-9]*)+")
_IPV6 = re.compile(r"\[([0-9A-Fa-f:.]+)\]")
_BUCKET = re.compile(r"(?:s3://|\bbucket '?)([a-z0-9][-a-z0-9]+)(?!\S*endpoint=)", re.IGNORECASE)

_MAKES = {
    "root_ca": "an object store that tier0 makes",
    "sealing_keys": "gitops.sealing_certificate",
    "talos_secrets": "bootstrap",
    "offsite_keys": "offsite",
    "kms_snapshot": "object_store.kms",
    "kms_unseal_keys": "object_store.kms",
}
"""The field without which there is no such thing."""


def needed(environment: EnvironmentSpec) -> list[str]:
    """Return the fields of `kept` that *environment* needs, in their order."""
    kms, gitops = environment.kms, environment.gitops
    secrets = [it for it in required(environment) if it.recovers]
    values = [it for it in secrets if not it.purpose.startswith("offsite.")]
    lacks = {
        "root_ca": environment.rook_store is None,
        "sealing_keys": not (gitops and gitops.sealing_certificate),
        "talos_secrets": environment.bootstrap is None,
        "offsite_keys": environment.offsite is None,
        "kms_snapshot": kms is None,
        "kms_unseal_keys": kms is None,
        "secret_values": not values,
    }
    return [name for name in KeptSpec.model_fields if not lacks.get(name)]


def declared(environment: EnvironmentSpec) -> dict[str, KeptAtSpec]:
    """Return what the environment says of each thing, by its field."""
    kept = environment.kept
    given = {name: getattr(kept, name) for name in KeptSpec.model_fields} if kept else {}
    return {name: at for name, at in given.items() if at}


@rule("environment")
def kept_thing_exists(environment: EnvironmentSpec) -> Iterator[Fault]:
    """What is kept is something that the environment has.

    A leftover line sends the reader of the runbook to look for what nothing needs.
    """
    for name in declared(environment).keys() - set(needed(environment)):
        why = f"{_MAKES[name]} is not declared" if name in _MAKES else "no Secret must exist"
        yield Fault(f"the environment has none, as {why}; leave it out", ("kept", name))


@rule("environment")
def kept_thing_was_seen(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The day on which a thing was last seen is not in the future.

    A mistyped year would hide for long that it is not looked after. Where the day is already
    tomorrow's, it is accepted.
    """
    today = datetime.now(UTC).date()
    for name, at in declared(environment).items():
        if date.fromisoformat(at.seen) > today + timedelta(days=1):
            yield Fault(
                f"'{at.seen}' is in the future; write the day on which it was last seen",
                ("kept", name, "seen"),
            )


@rule("environment", waivable=True)
def kept_outlives_cluster(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment nothing is kept inside what it is kept for.

    What is in the cluster's own store, in a database or on a node is lost with the cluster; keys
    that are in what they open cannot be read (docs/README.md). A place in words says no more than
    its words.
    """
    if environment.disposable:
        return
    for name, at in declared(environment).items():
        if inside := _inside(environment, name, at.place):
            yield Fault(f"'{at.place}' {inside}; keep it elsewhere", ("kept", name, "place"))


def _inside(environment: EnvironmentSpec, name: str, place: str) -> str:
    """Return how *place* is inside the failure domain of what is kept there; empty if it is not."""
    store, offsite = environment.rook_store, environment.offsite
    known, nodes = namespaces(environment), machines(environment)
    own = {database.backup.bucket.bucket for database in environment.databases.values()}
    locked = {}
    if (kms := environment.kms) and name.startswith("kms_"):
        locked[urlsplit(kms.address).hostname] = "the KMS itself"
    if offsite and name == "offsite_keys":
        locked[offsite.host] = "the store that these keys open"
    for host in [found[0].lower() for found in _HOST.finditer(place)] + _IPV6.findall(place):
        if store and (host in store.certificate.hosts or host in store.internal_hosts):
            return "is this cluster's own object store and is lost with it"
        if in_cluster(host) or (not is_short(host) and like_a_service(host, known)):
            return "is a service of this cluster and is lost with it"
        if found := ip_address(host):
            host = str(found)  # noqa: PLW2901 - in the form that nodes have
        if host in nodes:
            return f"is {nodes[host]}, a node of this cluster, and is lost with it"
        if host in locked:
            return f"is {locked[host]}"
    if store and any(bucket.lower() in own for bucket in _BUCKET.findall(place)):
        return "is a bucket of this cluster's own object store and is lost with it"
    return ""


@rule("hint")
def kept_place_is_known(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment each thing that a recovery needs has a known place.

    The cluster cannot give it back, and the night on which it is lost is no time to search.
    """
    if environment.disposable:
        return
    said, things = declared(environment), needed(environment)
    if not said:
        yield Fault(
            f"nothing says where {', '.join(things)} are kept, which a lost cluster takes with it; "
            "KeptSpec names the places, and `python -m stacks runbook` prints them",
            ("kept",),
        )
        return
    for name in things:
        if name not in said:
            yield Fault(
                "nothing says where it is kept, and a lost cluster takes it with it; "
                "KeptAtSpec names the place",
                ("kept", name),
            )


@rule("hint")
def kept_thing_was_seen_within_a_year(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Each thing was seen within the last year where it is kept.

    A safe is moved, a disk fails, an account is closed, and none of it is noticed.
    """
    today = datetime.now(UTC).date()
    for name, at in declared(environment).items():
        if today - date.fromisoformat(at.seen) > YEAR:
            yield Fault(
                f"it was last seen on '{at.seen}', more than a year ago; look whether it is still "
                "there and can be read, and write that day",
                ("kept", name, "seen"),
            )

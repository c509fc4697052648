"""The object store that archives are in; an environment has one."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from components.ceph import ObjectStoreSpec
from components.certificates import CertificateSpec
from components.spec import drafting
from stacks.adopt.archive import Archive

_ROOKS = re.compile(
    r"rook-ceph-rgw-(?P<name>[^.]+)\.(?P<namespace>[^.]+)(\.svc(\.cluster\.local)?)?"
)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The store of an environment."""

    spec: Any
    """Its `object_store`."""
    endpoint: str | None
    """The address that archives in it have; None: nothing is archived yet."""
    claims: bool
    """Whether a bucket of it is made by a claim."""
    said: Sequence[str] = ()
    """What is to be said of it, each with its field first."""


def chosen(archives: Sequence[Archive]) -> Chosen:
    """Return the store that most of the *archives* are in."""
    counted = Counter(it.endpoint for it in archives)
    endpoint = counted.most_common(1)[0][0] if counted else None
    found = _ROOKS.fullmatch(urlsplit(endpoint).hostname or "") if endpoint else None
    if endpoint is not None and found is None:
        return Chosen(spec=None, endpoint=endpoint, claims=False)
    name, namespace = (found["name"], found["namespace"]) if found else ("tier0", "rook-ceph")
    said = []
    if found is None:
        said.append(
            "object_store: nothing is archived yet; a store in the cluster's own Rook is written, "
            "choose yours"
        )
    elif not (endpoint or "").startswith("https://"):
        said.append(f"object_store: {endpoint} becomes HTTPS, with a certificate of tier0's CA")
    with drafting():
        spec = ObjectStoreSpec(
            name=name,
            namespace=namespace,
            certificate=CertificateSpec(name=f"{name}-tls", secret=f"{name}-tls"),
        )
    return Chosen(spec=spec, endpoint=endpoint, claims=True, said=said)

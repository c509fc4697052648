"""What a recovery needs that the cluster cannot give: where each of it is kept, and who saw it."""

import re
from collections.abc import Iterator
from typing import Annotated

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Date

_LINE = 200
"""Characters that a line of a table holds."""


@rule("value")
def place_is_named(place: str) -> Iterator[Fault]:
    """A place is one line that says where to look, and holds no password.

    It is printed on the runbook's page, and the environment is in Git.
    """
    if len(place) > _LINE:
        yield Fault(f"it has {len(place)} characters; write at most {_LINE}")
    elif re.search(r"://[^/\s]*:[^/\s]*@|PRIVATE KEY", place):
        # The value is not repeated: it may hold a password.
        yield Fault("it holds a password or a key; write only where that is kept")
    elif not any(map(str.isalnum, place)) or not place.isprintable():
        yield Fault(f"'{place}' names no place; write one line, like 'safe, house B'")


class KeptAtSpec(Spec):
    """Where one thing is kept, and when it was last seen there."""

    place: Annotated[str, obeys(place_is_named)]
    """The place, in words or as an address: 'safe, house B'. Never the thing itself."""

    seen: Date
    """The last day on which it was there, whole, and could be read."""


class KeptSpec(Spec):
    """What is kept outside of the cluster, as a cluster that is lost does not come back without.

    Only what the environment has can be declared (docs/specs.md says when).
    """

    pulumi_state: KeptAtSpec | None = None
    """The state of the Pulumi stack, with its settings, `Pulumi.<stack>.yaml`. Always needed."""

    pulumi_passphrase: KeptAtSpec | None = None
    """The passphrase or key that opens the secrets in that state. Always needed."""

    root_ca: KeptAtSpec | None = None
    """The Secret of the private root CA with its key. Needed with an object store in Ceph."""

    sealing_keys: KeptAtSpec | None = None
    """The private keys of the sealed-secrets controller. Needed with
    `gitops.sealing_certificate`."""

    talos_secrets: KeptAtSpec | None = None
    """Talos's `secrets.yaml`, the talosconfig and the machine configurations, or OpenTofu's state
    and its key. Needed with `bootstrap`."""

    offsite_keys: KeptAtSpec | None = None
    """Keys that may read the off-site copy, and the CA of its store. Needed with `offsite`."""

    kms_snapshot: KeptAtSpec | None = None
    """A snapshot of the KMS. Needed with `object_store.kms`."""

    kms_unseal_keys: KeptAtSpec | None = None
    """The KMS's unseal keys and an admin token. Needed with `object_store.kms`."""

    secret_values: KeptAtSpec | None = None
    """The values of the Secrets that `python -m stacks secrets` lists, besides those of the
    off-site copy. Needed if there are any."""

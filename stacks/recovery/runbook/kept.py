"""What must be kept outside of the cluster, and what the environment says of it."""

from collections.abc import Mapping
from datetime import date

from stacks.check.rules.kept import YEAR, declared, needed
from stacks.environment import EnvironmentSpec
from stacks.recovery.runbook.page import Kept
from stacks.recovery.runbook.shell import Shell

_THINGS: Mapping[str, tuple[str, str, str]] = {
    "pulumi_state": (
        "Pulumi's state, and Pulumi.{stack}.yaml",
        "the stack's settings and secrets are written again by hand",
        "docs/runbooks/interrupted-up.md",
    ),
    "pulumi_passphrase": (
        "the passphrase or key of Pulumi's secrets",
        "the state and the stack's secrets stay closed",
        "docs/talos.md",
    ),
    "root_ca": (
        "Secret tier0-root-ca in namespace {certificates}",
        "a new root; clients outside of the cluster must trust it",
        "docs/runbooks/root-ca.md",
    ),
    "sealing_keys": (
        "the sealing keys, and the key that opens their file",
        "no Secret in Git opens",
        "docs/runbooks/sealing-keys.md",
    ),
    "talos_secrets": (
        "Talos's secrets.yaml, talosconfig, machine configurations; or OpenTofu's state and key",
        "the machines are configured from nothing, as another cluster",
        "docs/talos.md",
    ),
    "offsite_keys": (
        "keys that may read {bucket} at {endpoint}, and its CA",
        "**nothing can be restored from the off-site copy**",
        "docs/offsite.md",
    ),
    "kms_snapshot": (
        "a snapshot of the KMS {kms}",
        "what is left of the archive in Ceph is unreadable",
        "docs/runbooks/kms-token.md",
    ),
    "kms_unseal_keys": (
        "the unseal keys and an admin token of the KMS",
        "its snapshot stays closed",
        "docs/runbooks/kms-token.md",
    ),
    "secret_values": (
        "the values that `python -m stacks secrets` lists",
        "new ones are made, each where it is valid",
        "docs/runbooks/rotate-keys.md",
    ),
}
"""What each is, what is not possible without it, and the page that says how it is kept."""


def kept(shell: Shell, today: date) -> tuple[Kept, ...]:
    """Return each thing that a recovery needs, as of *today*."""
    environment = shell.environment
    kms, offsite = environment.kms, environment.offsite
    names = {
        "stack": shell.stack,
        "certificates": environment.certificates.namespace,
        "bucket": offsite.bucket if offsite else "",
        "endpoint": offsite.endpoint if offsite else "",
        "kms": kms.address if kms else "",
    }
    return tuple(_kept(environment, name, names, today) for name in needed(environment))


def _kept(environment: EnvironmentSpec, name: str, names: Mapping[str, str], today: date) -> Kept:
    what, without, page = _THINGS[name]
    at = declared(environment).get(name)
    return Kept(
        name=name,
        what=what.format(**names),
        place=at.place if at else None,
        seen=at.seen if at else None,
        old=at is not None and today - date.fromisoformat(at.seen) > YEAR,
        without=without,
        page=page,
    )

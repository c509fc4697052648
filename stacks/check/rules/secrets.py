"""Rules about Secrets: who writes each, and what is in it."""

from collections.abc import Iterable, Iterator

from components.certificates import ISSUER, ROOT
from components.spec.rule import Fault, rule
from stacks.check.rules.secret_uses import MADE_ENDS, ROOK_USER, Holds, Use, uses
from stacks.environment import EnvironmentSpec

_ROOKS = frozenset(
    (
        "rook-ceph-config",
        "rook-ceph-mon",
        "rook-ceph-operator-creds",
        "rook-csi-cephfs-node",
        "rook-csi-cephfs-provisioner",
        "rook-csi-rbd-node",
        "rook-csi-rbd-provisioner",
    )
)
"""Secrets of the Ceph cluster in its namespace, besides its keyrings (mon.go, secrets.go, 1.17)."""


@rule("environment", was="T315")
def secret_has_one_writer(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No Secret has two writers, or is read as another one.

    Rook merges a claim's keys into an existing Secret (rook #16602). CloudNativePG does not change
    a foreign `<cluster>-app`, and uses whatever `<cluster>-ca` holds (cluster_create.go,
    cluster_pki.go, v1.30.0): the application then has no password, or no instance has a
    certificate. The user name in a role's Secret must be the role's (roles/runnable.go,
    getPassword), so each role of each cluster has its own; a superuser's may hold the keys of an
    archive too, and be that of several clusters. The login that CloudNativePG makes for another
    database may be that of an import's source.
    """
    for name, database in environment.databases.items():
        if f"{database.cluster}-ca" == ISSUER:
            yield Fault(
                f"'{database.cluster}' names CloudNativePG's Secret '{ISSUER}', which belongs to "
                "the private CA; choose another name",
                ("databases", name, "cluster"),
            )
    yield from _meeting(uses(environment))
    yield from _of_the_store(environment)


@rule("environment", waivable=True)
def certificate_has_who_renews_it(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No field names a Secret that CloudNativePG writes for the same database otherwise.

    It writes and renews `<cluster>-ca` and `<cluster>-server` only while no field names them
    (cluster_pki.go, v1.30.0): what it made expires within 90 days.
    """
    for name, database in environment.databases.items():
        own = {f"{it}-{end}" for it in database.clusters for end in MADE_ENDS}
        for field, secret, _ in database.certificates.secrets:
            if secret in own:
                yield Fault(
                    f"CloudNativePG makes '{secret}' itself, and once a field names it renews it "
                    "no more; choose another name, or leave it out",
                    ("databases", name, "certificates", field),
                )


def _meeting(found: Iterable[Use]) -> Iterator[Fault]:
    """Find each use of a Secret that a use before makes impossible."""
    known: dict[tuple[str, str], dict[Holds, Use]] = {}
    for use in found:
        before = known.setdefault((use.namespace, use.secret), {})
        if use.secret.startswith(ROOK_USER):
            before.setdefault(Holds.USER, _users(use))
        other = next((it for it in before.values() if not use.goes_with(it)), None)
        if other and use.place:
            yield Fault(
                f"the Secret '{use.secret}' in namespace '{use.namespace}' is {other.whose}; "
                "choose another name",
                use.place,
            )
        before.setdefault(use.holds, use)


def _users(use: Use) -> Use:
    """Return what Rook writes into the Secret of a user."""
    return Use(use.namespace, use.secret, Holds.USER, owner="Rook's own, for a user of a store")


def _of_the_store(environment: EnvironmentSpec) -> Iterator[Fault]:
    store = environment.rook_store
    if store is None:
        return
    secret = store.certificate.secret
    read = {}
    if store.kms:
        read[store.kms.token_secret] = ("object_store", "kms", "token_secret")
        if store.kms.ca_secret:
            read[store.kms.ca_secret] = ("object_store", "kms", "ca_secret")
    shared = environment.certificates.namespace == store.namespace
    if secret in read or (shared and secret == ROOT):
        whose = ".".join(read[secret]) if secret in read else "the private CA's key"
        yield Fault(
            f"'{secret}' is also {whose}, and cert-manager would overwrite it with the "
            "gateways' certificate; choose another name",
            ("object_store", "certificate", "secret"),
        )
    for given, place in {**read, secret: ("object_store", "certificate", "secret")}.items():
        whose = ""
        if (
            given in _ROOKS
            or given.startswith(ROOK_USER)
            or (given.startswith("rook-ceph-") and given.endswith("-keyring"))
        ):
            whose = "Rook's own"
        elif shared and given == ROOT and given != secret:
            whose = "the private CA's key"
        if whose:
            yield Fault(
                f"the Secret '{given}' in namespace '{store.namespace}' is {whose}; choose another "
                "name",
                place,
            )

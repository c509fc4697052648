"""Rules and hints about operators: what they need, and which Ceph a Rook runs."""

from collections.abc import Iterator

from components.ceph.spec import ExistingCephSpec, StorageSpec
from components.ceph.versions import FIXED, ceph_version, has_new_keys, spoken
from components.charts import ROOK, Rook
from components.operators import ARGO_CD_NAMESPACE, CLOUDNATIVE_PG_NAMESPACE
from components.spec.rule import Fault, rule
from stacks.environment import EnvironmentSpec


def _installed(environment: EnvironmentSpec) -> frozenset[str]:
    return frozenset(environment.operators.install if environment.operators else ())


@rule("environment", was="T327")
def network_policy_admits_operator(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If the environment installs CloudNativePG, databases admit its namespace.

    The NetworkPolicy of each namespace names the operator's namespace. From another one it reaches
    no instance, and no Cluster becomes ready (networking.md, v1.30.0).
    """
    if "cloudnative-pg" not in _installed(environment):
        return
    given = environment.network.operator_namespace
    if given != CLOUDNATIVE_PG_NAMESPACE:
        yield Fault(
            f"'{given}' is not where operators installs CloudNativePG; "
            f"write '{CLOUDNATIVE_PG_NAMESPACE}' or leave it out",
            ("network", "operator_namespace"),
        )


@rule("environment", was="T328")
def application_is_in_argo_cd_namespace(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If the environment installs Argo CD, the Application is in its namespace.

    By default Argo CD reads no other (Argo CD, "Applications in any namespace"): nothing is ever
    applied, and `pulumi up` waits for an Application that is never read.
    """
    gitops = environment.gitops
    if gitops and "argo-cd" in _installed(environment) and gitops.namespace != ARGO_CD_NAMESPACE:
        yield Fault(
            f"'{gitops.namespace}' is not where operators installs Argo CD; "
            f"write '{ARGO_CD_NAMESPACE}' or leave it out",
            ("gitops", "namespace"),
        )


@rule("environment", was="T329")
def operators_do_not_share_namespaces(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No two operators that the environment installs share a namespace.

    Each namespace has the Pod Security level that its operator needs: Rook's is privileged, and
    would admit privileged pods next to the root CA's key.
    """
    homes = [
        ("cloudnative-pg", CLOUDNATIVE_PG_NAMESPACE, ("network", "operator_namespace")),
        ("argo-cd", ARGO_CD_NAMESPACE, ("gitops", "namespace")),
        ("cert-manager", environment.certificates.namespace, ("certificates", "namespace")),
    ]
    if environment.ceph_namespace:
        owner = "object_store" if environment.rook_store or not environment.storage else "storage"
        homes.append(("rook", environment.ceph_namespace, (owner, "namespace")))
    owners: dict[str, str] = {}
    for operator, namespace, place in homes:
        if operator not in _installed(environment):
            continue
        if other := owners.get(namespace):
            yield Fault(
                f"'{namespace}' is also the namespace of {other}, which operators installs; write "
                "another one",
                place,
            )
        owners[namespace] = operator


@rule("environment", was="T330")
def rook_is_installed_once(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Rook is not installed for an existing Ceph cluster.

    Its operator already runs in its namespace, and Helm refuses objects that another release owns
    ("invalid ownership metadata").
    """
    if isinstance(environment.storage, ExistingCephSpec) and "rook" in _installed(environment):
        yield Fault(
            "'rook' is already installed with the existing Ceph cluster of storage; leave it out, "
            "or declare a StorageSpec",
            ("operators", "install"),
        )


@rule("environment")
def rook_is_installed_for_ceph(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Rook is installed only if the environment has something in Ceph.

    With archives in an S3 elsewhere and no `storage` it would reconcile nothing, in a privileged
    namespace.
    """
    if environment.ceph_namespace is None and "rook" in _installed(environment):
        yield Fault(
            "'rook' has nothing to do, as archives are in an S3 elsewhere and no storage is "
            "declared; leave it out, or declare a StorageSpec",
            ("operators", "install"),
        )


@rule("environment", was="T331", waivable=True)
def barman_plugin_is_installed(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If the environment installs CloudNativePG, it also installs the plugin that databases use.

    The operator finds the plugin only in its own namespace (plugin_controller.go, v1.30.0), which
    is new and has none yet: "requested plugin is not available" (plugin #660).
    """
    installed = _installed(environment)
    if "cloudnative-pg" not in installed or "barman-cloud" in installed:
        return
    using = [name for name, db in environment.databases.items() if db.backup.method == "plugin"]
    if using:
        yield Fault(
            f"'barman-cloud' is not installed with CloudNativePG, and databases.{using[0]} "
            "archives through it; add it",
            ("operators", "install"),
        )


@rule("environment", was="T332")
def rook_supports_ceph_version(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If the environment installs Rook, it supports the version of Ceph.

    Another major version is refused ("allowUnsupported must be set to true"; cluster/version.go,
    v1.17.9), after namespace, operator and CephCluster are created. From 19.2.6 and 20.2.4 on Ceph
    makes keys of type AES256K, which Rook knows from 1.19.9 and 1.20.5 on; with an older one new
    volumes are not mounted (rook #18203, and #18271 for 1.17).
    """
    storage, operators = environment.storage, environment.operators
    if not isinstance(storage, StorageSpec) or not operators or "rook" not in operators.install:
        return
    version = ceph_version(storage.image)
    if version is None:
        return  # ceph-image-names-version
    row = ROOK[operators.rook]
    oldest = next((oldest for oldest in row.ceph if oldest[0] == version[0]), None)
    if oldest is None or version < oldest:
        yield Fault(
            f"'{storage.image}' is not a version of Ceph that Rook {operators.rook} supports; "
            f"write {', or '.join(_supported(row))}",
            ("storage", "image"),
        )
    elif has_new_keys(version) and not row.new_keys:
        order = "upgrade Rook to 1.19.9 or newer first (docs/upgrade.md)"
        if operators.rook == next(iter(ROOK)):
            order = (
                "upgrade in this order: Rook 1.18.11, Ceph 19.2.5, Rook 1.19.9 or newer, Ceph "
                "19.2.6"
            )
        yield Fault(
            f"'{storage.image}' makes keys that Rook {operators.rook} does not know (AES256K), and "
            f"volumes are not mounted; write {', or '.join(_supported(row))}, or {order}",
            ("storage", "image"),
        )


def _supported(row: Rook) -> Iterator[str]:
    """Yield the versions of Ceph that a version of Rook supports, in words."""
    for oldest in row.ceph:
        end = next((first for first in FIXED if first[0] == oldest[0]), None)
        if end is None or row.new_keys:
            yield f"{oldest[0]} from {spoken(oldest)} on"
        else:
            yield f"{spoken(oldest)} to {spoken((end[0], end[1], end[2] - 1))}"


@rule("environment", waivable=True)
def ceph_image_names_version(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The image of a new Ceph cluster has a tag with Ceph's whole version.

    A tag like `v19` moves: the next node that pulls it upgrades a part of Ceph by itself (Rook,
    ceph-upgrade.md, "useful for development and test clusters"). A digest alone does not say
    whether Rook supports it. Putting the tag before a digest that already runs restarts each daemon
    once; a waiver leaves it as it is.
    """
    storage = environment.storage
    if not isinstance(storage, StorageSpec) or ceph_version(storage.image):
        return
    what = "does not name Ceph's whole version, so Rook cannot be compared with it"
    if "@" not in storage.image:
        what = "is a tag that moves, and the next node that pulls it upgrades a part of Ceph"
    yield Fault(
        f"'{storage.image}' {what}; write the whole version in the tag, like 'v19.2.5', also "
        "before a digest",
        ("storage", "image"),
    )


@rule("hint")
def ceph_has_no_known_hole(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The Ceph cluster runs a version without a known hole.

    CVE-2025-30156 (8.9): who holds any key of Ceph becomes its administrator. CVE-2026-50152 (9.1):
    who may only read sees the store with the keys of encrypted disks. 19.2.6 and 20.2.4 fix both;
    18.2.8 was the last of 18 (docs.ceph.com, releases).
    """
    storage = environment.storage
    if storage is None:
        return
    version = ceph_version(storage.image)
    if version is None:
        yield Fault(
            f"'{storage.image}' does not name Ceph's whole version, so which holes it has "
            "cannot be said; a tag like 'v19.2.5', also before a digest, names it",
            ("storage", "image"),
        )
    elif not has_new_keys(version):
        yield Fault(
            f"'{storage.image}' has the holes CVE-2025-30156, by which any key of Ceph becomes an "
            "administrator's, and CVE-2026-50152, by which a key that may only read shows those of "
            "encrypted disks; Ceph 19.2.6 and 20.2.4 fix them, with Rook 1.19.9 or newer "
            "(docs/upgrade.md)",
            ("storage", "image"),
        )


@rule("hint")
def rook_that_is_there_knows_new_keys(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If Ceph makes keys of type AES256K, the Rook that is already there knows them.

    `rook-supports-ceph-version` judges a Rook that the environment installs; of another it knows no
    version (rook #18203).
    """
    storage = environment.storage
    installed = environment.operators.install if environment.operators else ()
    if not isinstance(storage, StorageSpec) or "rook" in installed:
        return
    version = ceph_version(storage.image)
    if version and has_new_keys(version):
        yield Fault(
            f"'{storage.image}' makes keys that no Rook before 1.19.9 knows, nor 1.20 before "
            "1.20.5, and operators does not install Rook; an older one must be upgraded first",
            ("storage", "image"),
        )

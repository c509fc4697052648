"""Hints about the platform under the databases."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from components.ceph.buckets import ExistingBucketSpec
from components.ceph.disks import EveryNodeSpec
from components.ceph.spec import StorageSpec
from components.spec.rule import Fault, rule
from components.spec.words import seconds, size_bytes
from components.talos import TalosctlSpec
from stacks.check.rules.hosts import in_cluster, like_a_service, namespaces, outlives_cluster
from stacks.check.rules.measured import spoken
from stacks.environment import EnvironmentSpec

_CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
"""The taint of control-plane nodes."""


@rule("hint", was="H105")
def archives_are_copied_offsite(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment archives are copied off-site, or are there.

    Archives are in the cluster's own Ceph: what destroys its disks destroys database and archive.
    Those in an S3 elsewhere outlive the cluster, but not their bucket, account or provider
    (docs/object-stores.md).
    """
    if environment.offsite or environment.disposable or outlives_cluster(environment):
        return
    if s3 := environment.existing_s3:
        yield Fault(
            f"no archive is copied off-site, and '{s3.address}' is in this cluster, so its loss is "
            "the loss of everything; declare a store elsewhere (docs/offsite.md)",
            ("offsite",),
        )
    else:
        yield Fault(
            "no archive is copied off-site, so the loss of the Ceph cluster is the loss of "
            "everything; declare a store elsewhere (docs/offsite.md)",
            ("offsite",),
        )


@rule("hint", was="H107")
def secrets_are_sealed_in_git(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If Argo CD applies the environment, the Secrets that must exist are sealed in Git.

    Without a sealing certificate they are created by hand, and again after each loss of the
    cluster; `python -m stacks secrets` lists them.
    """
    gitops = environment.gitops
    if gitops is None or gitops.sealing_certificate:
        return
    existing = any(
        isinstance(database.backup.bucket, ExistingBucketSpec)
        for database in environment.databases.values()
    )
    if existing or environment.kms or environment.offsite:
        yield Fault(
            "Secrets must exist that are not in Git; with the controller's certificate "
            "`python -m stacks seal` puts them there",
            ("gitops", "sealing_certificate"),
        )


@rule("hint", was="H110")
def kms_outlives_cluster(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment the KMS is not in the cluster.

    If it is lost, every archive that it encrypted is lost too, even if Ceph's disks are not. From a
    snapshot and the unseal keys it is back in 1.8 s (measured, docs/claims.md). From 2.5.3 on
    OpenBao makes no root token from unseal keys alone (openbao.org, "Unauthenticated Generate Root
    Endpoints").
    """
    kms = environment.kms
    if kms is None or environment.disposable:
        return
    host = urlsplit(kms.address).hostname or ""
    if in_cluster(host) or like_a_service(host, namespaces(environment)):
        yield Fault(
            f"'{kms.address}' is lost with this cluster, and with it what it encrypted; "
            "keep its snapshots, its unseal keys and an admin token elsewhere",
            ("object_store", "kms", "address"),
        )


@rule("hint")
def kms_token_is_renewed(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment the token of the KMS is periodic, and something renews it.

    Gateways use the token as it is and renew nothing (Ceph, "HashiCorp Vault Integration", token
    authentication). When it ends, each upload with AES256 fails.
    """
    kms = environment.kms
    if kms and not environment.disposable:
        yield Fault(
            f"nothing that tier0 declares renews the token in '{kms.token_secret}', and when it "
            "ends nothing is archived; make it periodic, and have it renewed "
            "(docs/runbooks/kms-token.md)",
            ("object_store", "kms", "token_secret"),
        )


@rule("hint", was="H111")
def offsite_rpo_within_database_rpo(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The copies' RPO is no longer than the RPO of their databases.

    If the cluster and its store are lost, the two add up (docs/offsite.md).
    """
    if environment.offsite is None:
        return
    copies = environment.offsite.rpo
    for name, database in environment.databases.items():
        own = database.objectives.rpo
        if seconds(copies) > seconds(own):
            together = spoken(seconds(copies) + seconds(own))
            yield Fault(
                f"if the cluster and its store are lost, up to {together} of data is lost, "
                f"'{copies}' of it by the copy, although databases.{name} declares '{own}'; a "
                "shorter one costs only requests",
                ("offsite", "rpo"),
            )


@rule("hint", was="H114")
def control_plane_survives_node_loss(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment there are three control-plane nodes.

    With one, its loss is a recovery of etcd from a snapshot (docs/runbooks/talos.md).
    """
    talos = environment.bootstrap
    if environment.disposable or not isinstance(talos, TalosctlSpec):
        return
    if sum(node.role == "control-plane" for node in talos.nodes.values()) == 1:
        yield Fault(
            "1 control-plane node takes the cluster with it; three survive the loss of one",
            ("bootstrap", "nodes"),
        )


@rule("hint")
def ceph_lives_apart_from_etcd(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment no monitor and no disk of Ceph is on a control-plane node.

    A recovery of etcd wipes /var of those nodes (Talos, "Disaster Recovery"), and /var/lib/rook in
    it is the monitors' store (Rook, `dataDirHostPath`). Without a majority of them Ceph is lost,
    and with it the keys of its encrypted disks. Nodes that `placement` selects by label are not
    judged.
    """
    talos, storage = environment.bootstrap, environment.storage
    if environment.disposable or not isinstance(talos, TalosctlSpec):
        return
    if not isinstance(storage, StorageSpec) or storage.placement.labels:
        return
    controls = [name for name, node in talos.nodes.items() if node.role == "control-plane"]
    if not isinstance(storage.disks, EveryNodeSpec):
        # One with a disk admits Ceph's pods. Any takes a monitor that tolerates its taint, or for
        # which no worker is left.
        full = storage.monitors > len(talos.nodes) - len(controls)
        full = full or _CONTROL_PLANE in storage.placement.tolerations
        controls = [name for name in controls if full or name in storage.disks.nodes]
    if controls:
        yield Fault(
            f"monitors may be on {', '.join(controls)} next to etcd, whose recovery wipes /var "
            "there, so their store with the keys of encrypted disks; keep Ceph on workers, "
            "or copy /var/lib/rook off first (docs/runbooks/talos.md)",
            ("storage",),
        )


@rule("hint", was="H115")
def new_cluster_installs_operators(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A new cluster gets its operators from the environment.

    It contains nothing but what its machine configurations install: `pulumi up` then bootstraps it,
    and ends with "no matches for kind".
    """
    if environment.bootstrap is None:
        return
    installed = environment.operators.install if environment.operators else ()
    methods = {database.backup.method for database in environment.databases.values()}
    needed = ["cert-manager"] if environment.rook_store or "plugin" in methods else []
    needed += ["rook"] if environment.ceph_namespace else []
    needed += ["cloudnative-pg", *(["barman-cloud"] if "plugin" in methods else [])]
    needed += ["argo-cd"] if environment.gitops else []
    missing = [operator for operator in needed if operator not in installed]
    if missing:
        yield Fault(
            f"a new cluster has no {', '.join(missing)} unless its machine configurations install "
            "them; operators installs them",
            ("operators",),
        )


@rule("hint", was="H116")
def rook_has_ceph_cluster(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If the environment installs Rook, it declares a Ceph cluster.

    Without a CephCluster in its namespace the object store waits for one, until `pulumi up` gives
    up.
    """
    installed = environment.operators.install if environment.operators else ()
    if "rook" in installed and not isinstance(environment.storage, StorageSpec):
        yield Fault(
            "Rook is installed and no Ceph cluster is declared, so one must be created by hand; a "
            "StorageSpec creates one",
            ("storage",),
        )


@rule("hint", was="H117")
def offsite_alerts_have_prometheus(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A new cluster that is monitored, or has off-site copies, has the Prometheus operator.

    Both create PodMonitors and PrometheusRules, and the Prometheus operator brings their CRDs
    (docs/offsite.md); no operator that tier0 installs does. `pulumi up` ends with "no matches for
    kind".
    """
    if not environment.bootstrap:
        return
    if environment.offsite:
        yield Fault(
            "a copy creates a PodMonitor and a PrometheusRule, which a new cluster does not know; "
            "install the Prometheus operator first",
            ("offsite",),
        )
    elif environment.monitored:
        yield Fault(
            "True creates PodMonitors, which a new cluster does not know; install the Prometheus "
            "operator first",
            ("monitored",),
        )


@rule("hint")
def prometheus_selects_monitors(environment: EnvironmentSpec) -> Iterator[Fault]:
    """PodMonitors and PrometheusRules have the labels that a Prometheus selects by.

    kube-prometheus-stack loads only those with `release: <its release>` by default (values.yaml,
    `podMonitorSelectorNilUsesHelmValues`, `ruleSelectorNilUsesHelmValues`); all others are
    accepted by the API server and never loaded, and no alert says so.
    """
    if environment.prometheus is None and (environment.monitored or environment.offsite):
        alerts = "the alerts of the copies are" if environment.offsite else "metrics and alerts are"
        yield Fault(
            f"without labels {alerts} never loaded by kube-prometheus-stack as it comes; write "
            "PrometheusSpec(labels={'release': '<its release>'}), or PrometheusSpec() where "
            "Prometheus selects every object",
            ("prometheus",),
        )


@rule("hint")
def ceph_cluster_is_monitored(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment alerts watch the Ceph cluster that it creates.

    A disk that is down shows nowhere else, and a full one stops every write, archives first: they
    only grow (Ceph, "Health checks", OSD_FULL).
    """
    if environment.monitored or environment.disposable:
        return
    if isinstance(environment.storage, StorageSpec):
        yield Fault(
            "no alert says that a disk is down or nearly full, and a full one stops every archive; "
            "with the Prometheus operator in the cluster True declares alerts",
            ("monitored",),
        )


@rule("hint", was="H118")
def gateway_certificate_lasts_a_month(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The gateways' certificate lasts at least a month.

    Each renewal restarts every gateway, one at a time; each was down for 32.3 s (measured,
    docs/claims.md).
    """
    store = environment.rook_store
    if store is None:
        return
    certificate = store.certificate
    if seconds(certificate.duration) < seconds("30d"):
        often = spoken(seconds(certificate.duration) * 2 / 3)
        yield Fault(
            f"'{certificate.duration}' restarts every gateway each {often}; a longer one is "
            "renewed automatically too",
            ("object_store", "certificate", "duration"),
        )


@rule("hint")
def daemons_have_recommended_memory(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Each of Ceph's daemons may use the memory that Rook recommends.

    Rook only logs a warning (controller/spec.go, CheckPodMemory, v1.17.9), and the kernel kills the
    daemon under load. For gateways it is what its chart reserves for one.
    """
    storage, store = environment.storage, environment.rook_store
    given = [("object_store.resources", store.resources, "1Gi")] if store else []
    if isinstance(storage, StorageSpec):
        daemons = storage.resources
        given += [
            ("storage.resources.mon", daemons.mon, "1Gi"),
            ("storage.resources.mgr", daemons.mgr, "512Mi"),
            ("storage.resources.osd", daemons.osd, "2Gi"),
            ("storage.resources.mds", daemons.mds, "4Gi"),
        ]
    for place, daemon, least in given:
        if size_bytes(daemon.memory) < size_bytes(least):
            yield Fault(
                f"'{daemon.memory}' is less than Rook recommends, and a daemon that needs more is "
                f"killed; '{least}' is enough",
                (*place.split("."), "memory"),
            )

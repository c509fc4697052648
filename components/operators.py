"""The operators, as pinned Helm releases, each in a namespace with a Pod Security level.

A release, not a chart rendered by Pulumi: two of the charts do work in hooks, which only Helm runs
(docs/decisions/0013). Everything else in an environment depends on this component, so an operator
is removed only after everything it reconciles.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import pulumi

from components import kube
from components.charts import CHARTS, ROOK, Chart, Operator, RookVersion, rook
from components.gitops.health import HEALTH
from components.kube import Component
from components.kube.change import Change
from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Quantity

CLOUDNATIVE_PG_NAMESPACE = "cnpg-system"
ARGO_CD_NAMESPACE = "argocd"
INSTALL_SECONDS = 900
"""Seconds for a release to become ready; images are pulled the first time."""

AFTER: Mapping[Operator, Sequence[Operator]] = {
    # Its chart creates certificates of cert-manager, and CloudNativePG puts a finalizer on its
    # Service: without the operator that Service is never deleted.
    "barman-cloud": ("cert-manager", "cloudnative-pg"),
}


@rule("value", was="T314")
def operators_are_listed_once(install: Sequence[Operator]) -> Iterator[Fault]:
    """No operator is listed twice.

    Two Helm releases of one name are one release, upgraded forever.
    """
    twice = sorted({name for name in install if install.count(name) > 1})
    if twice:
        yield Fault(f"'{twice[0]}' is listed twice; write it once")


class OperatorsSpec(Spec):
    """The operators that tier0 installs, in the versions that it is tested with."""

    install: Annotated[Sequence[Operator], obeys(operators_are_listed_once)] = tuple(CHARTS)
    """The operators to install. One that is left out is already installed, in the same
    namespace."""

    rook: RookVersion = "v1.17.9"
    """Rook's version. The default ran in the lab with Ceph 18.2.7; of the others only documents and
    source were read (docs/upgrade.md). An upgrade skips no minor version."""

    rook_memory: Quantity | None = None
    """Memory limit of Rook's operator, which needs more with more disks and stores. None: that of
    its chart, 512Mi. A change restarts the operator only."""

    @rule("spec")
    def memory_is_of_installed_rook(self) -> Iterator[Fault]:
        """The memory of Rook's operator is given only if Rook is installed.

        That of an existing release is its installation's.
        """
        if self.rook_memory and "rook" not in self.install:
            yield Fault(
                "it is the memory of an operator that install leaves out; leave it out too, or add "
                "'rook' to install",
                ("rook_memory",),
            )

    @rule("spec")
    def version_is_of_installed_rook(self) -> Iterator[Fault]:
        """A version of Rook is chosen only if Rook is installed.

        The version of an operator that is already there is not this environment's to choose.
        """
        default = type(self).model_fields["rook"].default
        if self.rook != default and "rook" not in self.install:
            yield Fault(
                f"'{self.rook}' is the version of an operator that install leaves out; leave it "
                "out too, or add 'rook' to install",
                ("rook",),
            )

    @property
    def new_keys(self) -> bool:
        """Whether it installs a Rook that knows Ceph's keys of type AES256K."""
        return "rook" in self.install and ROOK[self.rook].new_keys

    def charts(self) -> Mapping[Operator, Chart]:
        """Return the pins of the operators to install, in their order."""
        pins = {**CHARTS, "rook": rook(self.rook)}
        return {operator: pin for operator, pin in pins.items() if operator in self.install}


class Home(NamedTuple):
    """A namespace of an operator."""

    name: str
    level: kube.PodSecurity = "restricted"
    holds_keys: bool = False
    """Whether data is unreadable without the keys in it."""


class Operators(Component):
    """A Helm release for each operator, and their namespaces."""

    def __init__(
        self,
        name: str,
        spec: OperatorsSpec,
        *,
        certificates_namespace: str,
        ceph_namespace: str,
        encrypted_ceph: bool,
        keep: bool,
        bucket_policies: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare them; *bucket_policies*: whether claims may say who else uses their bucket."""
        super().__init__("tier0:operators:Operators", name, opts=opts)
        cloudnative_pg = Home(CLOUDNATIVE_PG_NAMESPACE)
        homes: dict[Operator, Home] = {
            # The root CA's key, and the keys of the Ceph cluster.
            "cert-manager": Home(certificates_namespace, holds_keys=True),
            # It uses disks and mounts of the host; no other level admits its pods.
            "rook": Home(ceph_namespace, "privileged", holds_keys=True),
            "cloudnative-pg": cloudnative_pg,
            # CloudNativePG does not find it in another namespace.
            "barman-cloud": cloudnative_pg,
            "argo-cd": Home(ARGO_CD_NAMESPACE),
        }
        values = chart_values(
            certificates_namespace=certificates_namespace,
            encrypted_ceph=encrypted_ceph,
            rook_memory=spec.rook_memory,
            bucket_policies=bucket_policies,
        )
        namespaces: dict[Home, pulumi.Output[str]] = {}
        releases: dict[Operator, pulumi.Resource] = {}
        for operator, chart in spec.charts().items():
            home = homes.get(operator)
            if home and home not in namespaces:
                namespaces[home] = _namespace(f"{name}-{home.name}", home, parent=self, keep=keep)
            releases[operator] = kube.Release(
                f"{name}-{operator}-release",
                parent=self,
                name=chart.chart,
                # kubeseal looks for its controller in kube-system.
                namespace=namespaces[home] if home else "kube-system",
                chart=chart.chart,
                version=chart.chart_version,
                repository=chart.repository,
                values=values[operator],
                within=INSTALL_SECONDS,
                after=[releases[it] for it in AFTER.get(operator, ()) if it in releases],
            )


def _namespace(
    resource_name: str, home: Home, *, parent: pulumi.Resource, keep: bool
) -> pulumi.Output[str]:
    """Declare a namespace; return its name."""
    return kube.Object(
        resource_name,
        parent=parent,
        api_version="v1",
        kind="Namespace",
        name=home.name,
        pods=home.level,
        keep=keep and home.holds_keys,
    ).name


def chart_values(
    *,
    certificates_namespace: str,
    encrypted_ceph: bool,
    rook_memory: str | None,
    bucket_policies: bool,
) -> Mapping[Operator, Mapping[str, Any]]:
    """Return the values of each chart, without its defaults.

    CRDs from a chart's templates stay when the release is removed (`keep`, or the annotation
    `helm.sh/resource-policy`): with a CRD Kubernetes deletes every object of its kind.
    """
    # The kernel mounts CephFS, and Rook does not tell it by itself that the cluster requires
    # encrypted connections (ceph-cluster-crd.md).
    csi = {"csi": {"cephFSKernelMountOptions": "ms_mode=secure"}} if encrypted_ceph else {}
    memory = {"resources": {"limits": {"memory": rook_memory}}} if rook_memory else {}
    # The quota of a bucket, and who reads it besides its owner (components/ceph/buckets.py).
    allowed = ["maxObjects", "maxSize"] + ["bucketPolicy"] * bucket_policies
    plugin = CHARTS["barman-cloud"].version
    return {
        "cert-manager": {
            "crds": {"enabled": True, "keep": True},
            # Where the CA of a ClusterIssuer is read from.
            "clusterResourceNamespace": certificates_namespace,
        },
        # bucketOwner and the others let the author of a claim into other buckets.
        "rook": {"obcAllowAdditionalConfigFields": ",".join(allowed)} | csi | memory,
        "cloudnative-pg": {"crds": {"create": True}},
        # The newest chart that could be read, 0.7.0, installs 0.13.0. The CRD is the same.
        "barman-cloud": {
            "crds": {"create": True},
            "image": {"tag": plugin},
            "sidecarImage": {"tag": plugin},
        },
        "sealed-secrets": {
            # The name that kubeseal looks for.
            "fullnameOverride": "sealed-secrets-controller",
            "image": {"tag": CHARTS["sealed-secrets"].version},
        },
        # Not used: single sign-on and notifications.
        "argo-cd": {
            "crds": {"install": True, "keep": True},
            "configs": {"cm": HEALTH},
            "dex": {"enabled": False},
            "notifications": {"enabled": False},
        },
    }


_CRDS_FALL = {CHARTS[it].chart for it in ("cert-manager", "rook", "cloudnative-pg", "barman-cloud")}
"""Charts that install CRDs as templates: an older chart puts older ones in their place."""

_VERSION = ("version",)
_TAG = ("values", "image", "tag")


@dataclass(frozen=True)
class ReleaseChange(Change):
    """A change of a Helm release, whose manifest is its inputs."""

    @property
    def chart(self) -> str:
        """The name of its chart; empty if it becomes another one."""
        before, after = self.texts("chart")
        return before if before == after else ""

    def versions(self, *place: str) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Return the versions at *place*, before and after; None if one does not begin as x.y.z."""
        found = [re.match(r"v?(\d+)\.(\d+)\.(\d+)", text) for text in self.texts(*place)]
        before, after = (tuple(map(int, it.groups())) if it else () for it in found)
        return (before, after) if before and after else None

    @property
    def falls_below_crds(self) -> bool:
        """Whether its chart puts the CRDs of an older minor version in place of the newer ones."""
        versions = self.versions(*_VERSION)
        return bool(versions and self.chart in _CRDS_FALL and versions[1][:2] < versions[0][:2])


@rule("change", of=ReleaseChange)
def operator_keeps_its_crds(change: ReleaseChange) -> Iterator[Fault]:
    """An operator's chart does not fall below the minor version of its CRDs.

    Its CRDs are templates: an older chart puts older ones in their place, and what objects have
    that these do not know is dropped (Kubernetes, "Field pruning"). Rook has no rollback guide
    (rook #13284).
    """
    if change.falls_below_crds:
        before, after = change.texts(*_VERSION)
        yield Fault(
            f"'{before}' cannot become '{after}', whose older CRDs drop what only newer ones know; "
            f"keep '{before}' or a newer version",
            _VERSION,
        )


@rule("change", of=ReleaseChange)
def rook_skips_no_minor_version(change: ReleaseChange) -> Iterator[Fault]:
    """An upgrade of Rook skips no minor version.

    Each release migrates what the one before it left, and no other ("This guide is for upgrading
    from Rook v1.16.x to Rook v1.17.x"; rook-upgrade.md, v1.17.9).
    """
    versions = change.versions(*_VERSION)
    if change.chart != CHARTS["rook"].chart or not versions:
        return
    (major, minor, _), after = versions
    if after[0] == major and after[1] > minor + 1:
        first = f"v{major}.{minor + 1}."
        known = [version for version in ROOK if version.startswith(first)]
        said = change.texts(*_VERSION)
        yield Fault(
            f"'{said[0]}' is upgraded by one minor version at a time, not to '{said[1]}'; write "
            f"'{known[-1] if known else f'{first}x'}' first",
            _VERSION,
        )


@rule("consequence", of=ReleaseChange)
def older_operator_is_untested(change: ReleaseChange) -> Iterator[Fault]:
    """An older version of an operator is not tested after a newer one.

    Its developers test upgrades; the way back "is not tested" (rook #13284). The image's tag is
    judged too, where it is not the chart's own.
    """
    places = (_TAG,) if change.falls_below_crds else (_VERSION, _TAG)
    for place in places:
        versions = change.versions(*place)
        if versions and change.chart and versions[1] < versions[0]:
            before, after = change.texts(*place)
            yield Fault(
                f"'{before}' becomes the older '{after}', which its developers do not test after "
                "the newer one; do it only if that one is broken",
                place,
            )

"""The pins: which chart installs which version of each operator, and until when it is supported.

Data only. `python -m tools charts` asks the repositories whether each chart is still there, and
docs/upgrade.md shows the table; a test holds the two equal.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

Operator: TypeAlias = Literal[
    "cert-manager", "rook", "cloudnative-pg", "barman-cloud", "sealed-secrets", "argo-cd"
]

Proof: TypeAlias = Literal["run in the lab", "read, not run in the lab"]
"""What is known of a version: what its documents and source say, or what it did."""


class Chart(NamedTuple):
    """An operator's release, and the chart that installs it."""

    version: str
    """The operator's version."""

    chart: str
    chart_version: str
    repository: str
    """Address of the chart repository, which has an `index.yaml`."""

    supported: str
    """Until when the operator's developers fix this version."""

    page: str
    """Where they say so."""

    looked_at: str
    """The day on which page, repository and version were last looked at, as YYYY-MM-DD."""

    proof: Proof = "run in the lab"


CHARTS: Mapping[Operator, Chart] = {
    "cert-manager": Chart(
        "v1.21.2",
        "cert-manager",
        "v1.21.2",
        "https://charts.jetstack.io",
        # "Release of 1.22" is what the page says of 1.20: each is supported for two releases.
        "until 1.23 is released",
        "https://cert-manager.io/docs/releases/",
        "2026-11-29",
    ),
    "rook": Chart(
        "v1.17.9",
        "rook-ceph",
        "v1.17.9",
        "https://charts.rook.io/release",
        # The newest two minor versions are.
        "until 1.19 was released, 2026-01",
        "https://rook.io/docs/rook/latest/Getting-Started/maintenance-and-support/",
        "2026-11-29",
    ),
    "cloudnative-pg": Chart(
        "1.30.0",
        "cloudnative-pg",
        "0.29.0",
        "https://cloudnative-pg.github.io/charts",
        "until three months after 1.31.0",
        "https://cloudnative-pg.io/documentation/current/supported_releases/",
        "2026-11-29",
    ),
    "barman-cloud": Chart(
        "v0.15.0",
        "plugin-barman-cloud",
        "0.7.0",
        "https://cloudnative-pg.github.io/charts",
        "no window found",
        "https://github.com/cloudnative-pg/plugin-barman-cloud/releases",
        "2026-11-29",
    ),
    "sealed-secrets": Chart(
        "0.33.0",
        "sealed-secrets",
        "2.17.7",
        # Not bitnami-labs: GitHub's pages do not redirect (bitnami/sealed-secrets #1982).
        "https://bitnami.github.io/sealed-secrets",
        "no window found",
        "https://github.com/bitnami/sealed-secrets/releases",
        "2026-11-29",
    ),
    "argo-cd": Chart(
        "v3.2.6",
        "argo-cd",
        "9.3.5",
        "https://argoproj.github.io/argo-helm",
        # The newest three minor versions are.
        "until 3.5.0 was released, 2026-08",
        "https://argo-cd.readthedocs.io/en/stable/developer-guide/release-process-and-cadence/",
        "2026-11-29",
        "read, not run in the lab",
    ),
}
"""In an order in which they can be installed. Versions are changed only here."""

RookVersion: TypeAlias = Literal["v1.17.9", "v1.18.11", "v1.19.10"]


class Rook(NamedTuple):
    """What is known of a version of Rook."""

    proof: Proof
    supported: str
    """Until when its developers fix it; as in `Chart`."""

    kubernetes: str
    """The versions of Kubernetes that it was released for."""

    ceph: tuple[tuple[int, int, int], ...]
    """The oldest version of Ceph that it runs, in each major version that it runs."""

    new_keys: bool
    """Whether it knows Ceph's keys of type AES256K. If not, Ceph that has them is not for it: new
    clusters get keys with which no kernel before 7.0 mounts a volume (rook #18203)."""


ROOK: Mapping[RookVersion, Rook] = {
    "v1.17.9": Rook(
        "run in the lab",
        CHARTS["rook"].supported,
        "1.28 to 1.33",
        ((18, 2, 0), (19, 2, 0)),
        new_keys=False,
    ),
    # Its CSI operator is new, and comes with its chart.
    "v1.18.11": Rook(
        "read, not run in the lab",
        "until 1.20 was released, 2026-06",
        "1.29 to 1.34",
        ((18, 2, 0), (19, 2, 0), (20, 2, 0)),
        new_keys=False,
    ),
    "v1.19.10": Rook(
        "read, not run in the lab",
        "until 1.21 is released",
        "1.30 to 1.35",
        ((19, 2, 0), (20, 2, 1)),
        new_keys=True,
    ),
}
"""The versions of Rook to choose from, the oldest first: an upgrade skips none. From each one's own
ceph-upgrade.md, prerequisites.md and rook-upgrade.md, read at its tag.

1.20 is not among them: Rook no longer deploys the drivers of volumes then, which need a second
release (ceph-csi-drivers)."""


def rook(version: RookVersion) -> Chart:
    """Return the pin of a version of Rook: all are in one repository."""
    return CHARTS["rook"]._replace(
        version=version,
        chart_version=version,
        supported=ROOK[version].supported,
        proof=ROOK[version].proof,
    )

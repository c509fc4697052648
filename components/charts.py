"""The pins: which chart installs which version of each operator, and until when it is supported.

Data only. `python -m tools charts` asks the repositories whether each chart is still there, and
docs/upgrade.md shows the table; a test holds the two equal.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

Operator: TypeAlias = Literal[
    "cert-manager", "rook", "cloudnative-pg", "barman-cloud", "sealed-secrets", "argo-cd"
]


class Chart(NamedTuple):
    """An operator's release, and the chart that installs it."""

    version: str
    """The operator's version, which is the one that tier0 is tested with."""

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
    ),
}
"""In an order in which they can be installed. Versions are changed only here."""

"""The text of `docs/alerts.md`: every alert, as the environment `production` would have it."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from components.ceph.alerts import alerts as of_ceph
from components.ceph.buckets import existing_bucket
from components.certificates import Ca
from components.drills.alerts import alerts as of_drills
from components.drills.promises import promises
from components.monitoring.alert import Alert
from components.monitoring.certificates import alerts as of_certificates
from components.offsite import Source
from components.offsite.alerts import alerts as of_copy
from components.postgres.alerts import alerts as of_database
from components.postgres.drills import DrillsSpec
from components.postgres.site import SiteArchiveSpec, SiteSpec
from components.postgres.site_watch import alerts as of_site
from components.s3 import Store
from stacks.production import ENVIRONMENT

_HEAD = """# Alerts

What tier0 tells a Prometheus, and the page that says what to do. Generated from the code by
`make docs`. Each rule has a summary, the impact, and the path of its page; `severity` is `critical`
where data, or the proof that they can be restored, may be lost, and always `warning` in a
disposable environment.

None fires on an idle database: an age of WAL says nothing there, as PostgreSQL closes no segment
without changes. Every alert fires on its fault in a test of `tests/engine`, in Prometheus's own
promtool, and resolves. `make lab-test` loads what was applied into a Prometheus that reads the real
metrics, and provokes those whose fault takes minutes ([claims.md](claims.md), monitoring).

| alerts on | PrometheusRule | declared with |
|---|---|---|
| a database | `<cluster>` in its namespace | `monitored` |
| certificates | `tier0-certificates` in cert-manager's namespace | `monitored` |
| a Ceph cluster that `storage` creates | `<name>-alerts` in its namespace | `monitored` |
| the watch and the drills of a database | `<cluster>-drills` in its namespace | `drills`, and \
`monitored` or `offsite` |
| the off-site copy of a database | `<cluster>-offsite` in its namespace | `offsite` |
| a replica at a second site | `<cluster>-site` in its namespace | `site`, and `monitored` |

A Prometheus loads only what its selectors match: see
[offsite.md](offsite.md#that-the-alerts-are-loaded). If it selects by `namespace_labels`, the
namespaces of cert-manager and Ceph need those labels too; tier0 labels only those of databases.

Where metrics are missing, alerts on them are blind, so each source has one that says so:
`Tier0DatabaseUnknown`, `Tier0WatchUnknown`, `Tier0OffsiteUnknown`, `Tier0SiteUnknown`,
`Tier0CephUnknown`, `Tier0VolumeUnknown` and `Tier0CertificatesUnknown`. Those on volumes need the
kubelet's metrics, `kubelet_volume_stats_*`, which kube-prometheus-stack reads, and a kind of volume
that has them: `hostPath` has none. Those on certificates need nothing else: tier0 declares the
PodMonitor.

**No alert says that the sealing keys were not exported.** The controller makes a new pair every 30
days and does not know what left the cluster, so no metric does. `kept.sealing_keys` of the
environment holds the day on which they were last seen outside, and the runbook prints it; export
them on a schedule of yours ([sealing-keys.md](runbooks/sealing-keys.md)).
"""

_SITE = SiteSpec(
    role="replica",
    server_name="orders",
    archive=SiteArchiveSpec(endpoint="https://s3.example.org", bucket="copies", secret="reader"),
    rpo="10m",
)

_SOURCES = {
    "CloudNativePG": "The database",
    "kubelet": "Its volumes",
    "watch": "Its archive, as the watch sees it",
    "drill": "Its drills",
    "copy": "Its off-site copy",
    "replica": "Its replica at a second site",
    "cert-manager": "Certificates",
    "Ceph": "The Ceph cluster",
}


def document() -> str:
    """Return the document."""
    found = {it.name: it for it in every_alert()}.values()
    parts = [_HEAD]
    for source, title in _SOURCES.items():
        rows = [_row(it) for it in found if it.source == source]
        parts += [
            f"## {title}",
            "",
            f"Measured by: {source}.",
            "",
            "| alert | fires when | severity | page |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    return "\n".join(parts)


def every_alert() -> Sequence[Alert]:
    """Return the alerts of an environment that has everything; those of each depth of a drill."""
    (name, spec), offsite = next(iter(ENVIRONMENT.databases.items())), ENVIRONMENT.offsite
    assert offsite  # noqa: S101 - production has a copy
    bucket = existing_bucket(spec.backup.bucket, Store(endpoint="https://s3"), Ca(secret="ca"))
    source = Source(
        cluster=spec.cluster,
        namespace=spec.namespace,
        server=spec.server_name,
        bucket=bucket,
        place=spec.backup.place,
        schedule=spec.backup.schedule,
        plugin=True,
        wal={},
    )
    return [
        *of_database(spec),
        *of_drills(name, promises(spec, DrillsSpec())),
        *of_copy(name, offsite, source),
        *of_site(name, spec, _SITE),
        *of_certificates(namespace="cert-manager", watched={"cert-manager"}),
        *of_ceph("rook-ceph"),
    ]


def _row(alert: Alert) -> str:
    severity = "critical" if alert.critical else "warning"
    page = PurePosixPath(alert.runbook)
    link = f"[{page.stem}]({page.relative_to('docs')})"
    return f"| `Tier0{alert.name}` | {alert.when} | {severity} | {link} |"

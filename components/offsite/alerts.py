"""Alerts on the off-site copy; the alert on its age also covers missing metrics."""

from components.monitoring.alert import Alert
from components.offsite.source import Source
from components.offsite.spec import OffsiteSpec
from components.spec import cron
from components.spec.words import seconds

_PAGE = "docs/offsite.md"


def alerts(name: str, spec: OffsiteSpec, source: Source) -> list[Alert]:
    """Return the alerts on the copy of the database *name*.

    A base backup may take hours to copy: it is late when the next one is due.
    """

    def metric(metric_name: str, part: str, function: str = "") -> str:
        series = f'tier0_offsite_{metric_name}{{database="{name}",part=~"{part}"}}'
        # An alert stays the same when another pod takes over.
        return f"max by (namespace, database) ({function}({series}))"

    until = "copied_until_timestamp_seconds"
    gap = int(cron.longest_gap(source.schedule).total_seconds())
    pause = seconds(spec.rpo)
    log = f"kubectl -n {source.namespace} logs deployment/{source.cluster}-offsite"
    return [
        Alert(
            name="OffsiteWalLate",
            source="copy",
            page=_PAGE,
            when="WAL older than the copy's RPO exists only in the cluster",
            expression=f"time() - {metric(until, 'wal')} > {pause}",
            critical=True,
            summary=f"WAL older than {spec.rpo} exists only in the cluster; see {log}",
            impact="If the cluster and its store are lost now, more is lost than is declared.",
        ),
        Alert(
            name="OffsiteBaseLate",
            source="copy",
            page=_PAGE,
            when="a base backup is missing from the copy although the next one is due",
            expression=f"time() - {metric(until, 'base')} > {gap}",
            critical=True,
            summary="a base backup is missing from the copy although the next one is due; see "
            f"{log}",
            impact="A restore from the copy begins at an older base backup, and takes longer.",
        ),
        Alert(
            name="OffsiteUnknown",
            source="copy",
            page=_PAGE,
            when="the age of the copy is unknown, for the copy's RPO",
            expression=metric(until, "wal", "absent"),
            lasting=pause,
            critical=True,
            summary=f"the age of the copy is unknown; see {log}",
            impact="How much is lost with the cluster is unknown.",
        ),
        Alert(
            name="OffsiteFailing",
            source="copy",
            page=_PAGE,
            when="copying fails, for the copy's RPO",
            expression=f"{metric('failed', 'wal|base')} > 0",
            lasting=pause,
            critical=True,
            summary=f"copying fails for {spec.rpo}; see {log}",
            impact="What is archived now exists only in the cluster.",
        ),
        Alert(
            name="OffsiteUnlocked",
            source="copy",
            page=_PAGE,
            when="a copy is not locked as declared, or its keys may delete",
            expression=f"{metric('failed', 'lock')} > 0",
            critical=True,
            summary=f"copies can be deleted; see {log}",
            impact="Who takes over the cluster can delete the copy too.",
        ),
        Alert(
            name="OffsiteDiffers",
            source="copy",
            page=_PAGE,
            when="an object of the archive changed after it was copied",
            expression=f"{metric('differing_objects', 'wal|base')} > 0",
            critical=True,
            summary="an object of the archive changed after it was copied; the copy keeps the "
            "first version",
            impact="The archive and the copy restore different data, or one of them none.",
        ),
    ]

"""The dashboard of drills, which Grafana's sidecar loads out of a ConfigMap.

It is built here and committed, so that a deployment needs no SDK of Grafana.
"""

import json

from grafana_foundation_sdk.builders import dashboard, prometheus, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardLinkType,
    DataSourceRef,
    DataTransformerConfig,
    DynamicConfigValue,
    VariableRefresh,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

_OFFICIAL = "https://grafana.com/grafana/dashboards/20417-cloudnativepg/"
_SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
_WIDTH, _HEIGHT = 12, 8
_CHOSEN = '{database=~"$database"}'
_DASHED = [
    DynamicConfigValue(id_val="custom.lineStyle", value={"fill": "dash", "dash": [10, 10]}),
    DynamicConfigValue(id_val="custom.fillOpacity", value=0),
]


def document() -> str:
    """Return the dashboard as JSON."""
    made = (
        dashboard.Dashboard("tier0: is it restorable?")
        .uid("tier0")
        .tags(["tier0", "postgresql", "backup"])
        .time("now-7d", "now")
        .refresh("1m")
        .readonly()
        .with_variable(
            dashboard.DatasourceVariable("source").label("Prometheus").type("prometheus")
        )
        .with_variable(
            dashboard.QueryVariable("database")
            .label("Database")
            .datasource(_SOURCE)
            .query("label_values(tier0_rpo_seconds, database)")
            .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
            .include_all(include_all=True)
            .multi(multi=True)
        )
        .link(
            dashboard.DashboardLink("CloudNativePG: instances, WAL, volumes")
            .type(DashboardLinkType.LINK)
            .url(_OFFICIAL)
            .target_blank(target_blank=True)
        )
        .with_panel(_firing())
        .with_panel(_verdicts())
        .with_panel(_restores())
        .with_panel(_behind())
        .with_panel(_restorable())
        .with_panel(_copies())
    )
    return json.dumps(made.build(), cls=JSONEncoder, sort_keys=True, indent=1) + "\n"


def _firing() -> table.Panel:
    return _table(
        "Alerts that fire",
        "Its page is the annotation `runbook` (docs/alerts.md).",
        'min by (alertname, severity, database) (ALERTS{alertname=~"Tier0.*",alertstate="firing"})',
        hidden=("Time", "Value"),
    ).no_value("none")


def _verdicts() -> table.Panel:
    return _table(
        "Drills: the last verdict of each depth, and its age",
        "missed: restored, but not within an objective; unverified: nothing is known.",
        f"time() - max by (database, depth, verdict) (tier0_drill_timestamp_seconds{_CHOSEN})",
    ).unit("s")


def _restores() -> timeseries.Panel:
    return _graph(
        "Restore time of the drills, against the RTO",
        "Of one scratch instance, from its Cluster's creation to its first query.",
        (
            f"max by (database, depth) (tier0_drill_restore_seconds{_CHOSEN})",
            "{{database}} {{depth}}",
        ),
        (f"max by (database) (tier0_rto_seconds{_CHOSEN})", "{{database}} RTO"),
    )


def _behind() -> timeseries.Panel:
    return _graph(
        "Data at risk, against the RPO",
        "For how long closed WAL has not been in that store. 0 on an idle database.",
        (f"max by (database, store) (tier0_behind_seconds{_CHOSEN})", "{{database}} {{store}}"),
        (f"max by (database) (tier0_rpo_seconds{_CHOSEN})", "{{database}} RPO"),
    )


def _restorable() -> table.Panel:
    return _table(
        "Age of the latest restorable moment",
        "It grows while nothing is committed, and nothing is lost by that.",
        f"time() - max by (database, store) (tier0_latest_restorable_timestamp_seconds{_CHOSEN})",
    ).unit("s")


def _copies() -> timeseries.Panel:
    until = "tier0_offsite_copied_until_timestamp_seconds"
    return _graph(
        "Lag of the off-site copies",
        "The age of the oldest object that a copy lacks, and of the moment that it reaches.",
        (
            f"time() - max by (database, part) ({until}{_CHOSEN})",
            "{{database}} {{part}}",
        ),
    )


def _graph(title: str, says: str, *series: tuple[str, str]) -> timeseries.Panel:
    """Return a panel with *series*, each with its legend; an objective is dashed."""
    made = (
        timeseries.Panel()
        .title(title)
        .description(says)
        .datasource(_SOURCE)
        .span(_WIDTH)
        .height(_HEIGHT)
        .unit("s")
        .min(0)
        .override_by_regexp("/R[PT]O$/", _DASHED)
    )
    for name, (expression, legend) in zip("AB", series, strict=False):
        made = made.with_target(
            prometheus.Dataquery().ref_id(name).expr(expression).range().legend_format(legend)
        )
    return made


def _table(
    title: str, says: str, expression: str, *, hidden: tuple[str, ...] = ("Time",)
) -> table.Panel:
    """Return a panel with a row for each series, of its labels and its value as `age`."""
    shown = {"excludeByName": dict.fromkeys(hidden, True), "renameByName": {"Value": "age"}}
    return (
        table.Panel()
        .title(title)
        .description(says)
        .datasource(_SOURCE)
        .span(_WIDTH)
        .height(_HEIGHT)
        .with_target(
            prometheus.Dataquery()
            .ref_id("A")
            .expr(expression)
            .instant()
            .format(PromQueryFormat.TABLE)
        )
        .with_transformation(DataTransformerConfig(id_val="organize", options=shown))
    )

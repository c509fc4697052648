"""An alert as a rule of Prometheus."""

import pytest

from components.monitoring.alert import Alert


def _alert(*, critical: bool) -> Alert:
    return Alert(
        name="WalPilesUp",
        source="CloudNativePG",
        when="WAL waits",
        expression="waiting > 5",
        lasting=900,
        critical=critical,
        summary="WAL waits",
        impact="It fills the volume.",
        labels={"depth": "look"},
    )


@pytest.mark.parametrize(
    ("critical", "disposable", "severity"),
    [
        (True, False, "critical"),
        (False, False, "warning"),
        (True, True, "warning"),
        (False, True, "warning"),
    ],
)
def test_an_alert_is_critical_where_data_that_somebody_keeps_are_at_risk(
    *, critical: bool, disposable: bool, severity: str
) -> None:
    rule = _alert(critical=critical).rule("n8n", disposable=disposable)
    assert rule["labels"] == {"severity": severity, "database": "n8n", "depth": "look"}


def test_an_alert_says_what_is_wrong_what_it_costs_and_what_to_do() -> None:
    rule = _alert(critical=True).rule("n8n", disposable=False)
    assert rule["annotations"] == {
        "summary": "n8n: WAL waits",
        "impact": "It fills the volume.",
        "runbook": "docs/runbooks/alerts/wal-piles-up.md",
    }
    assert (rule["alert"], rule["for"]) == ("Tier0WalPilesUp", "900s")


def test_an_alert_on_the_environment_has_no_database() -> None:
    rule = _alert(critical=True).rule(None, disposable=False)
    assert "database" not in rule["labels"]
    assert rule["annotations"]["summary"] == "WAL waits"

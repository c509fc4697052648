"""Alerts on databases, drills and certificates, as Prometheus itself evaluates them.

Each fires for its fault alone, not before its time, and resolves; none fires on a healthy database
that nothing is written to.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from components.drills import Promises
from components.drills.alerts import alerts as of_drills
from components.drills.alerts import objectives
from components.drills.dashboard import DOCUMENT
from components.monitoring.alert import Alert
from components.monitoring.certificates import alerts as of_certificates
from components.postgres import PostgresSpec
from components.postgres.alerts import alerts as of_database
from tests import valid
from tests.engine.rules import tells

Value = float | None
Values = Callable[[int], Value]
"""The value of a series at a minute; None: the series is not there."""

Method = Literal["plugin", "in-tree"]
METHODS: Sequence[Method] = ("plugin", "in-tree")

HERE = {"namespace": "n8n-prod"}

HOUR, DAY = 60, 1440
"""In minutes."""

FIRST = 10
"""The minute in which a fault begins."""

PROMISED = Promises(
    cluster="n8n-postgres",
    namespace="n8n-prod",
    rpo=300,
    rto=900,
    schedules={"look": "41 * * * *", "restore": "23 3 * * *", "deep": "23 5 * * 0"},
    deadline=7200,
    suspended=False,
)


def _spec(method: Method) -> PostgresSpec:
    return valid.database(
        instances=3, wal_storage="5Gi", backup=valid.backup(bucket=valid.claim(), method=method)
    )


def _alerts(method: Method) -> list[Alert]:
    return [
        *of_database(_spec(method)),
        *of_drills("n8n", PROMISED),
        *of_certificates(namespace="cert-manager", watched={"cert-manager", "cnpg-system"}),
    ]


def _rules(method: Method) -> list[Mapping[str, Any]]:
    made = [it.rule(_database(it), disposable=False) for it in _alerts(method)]
    return [*objectives("n8n", PROMISED), *made]


def _database(alert: Alert) -> str | None:
    return None if alert.source == "cert-manager" else "n8n"


def _instance(metric: str, pod: int, *labels: str) -> str:
    of = (
        f'pod="n8n-postgres-{pod}"',
        'namespace="n8n-prod"',
        'cnpg_io_cluster="n8n-postgres"',
        *labels,
    )
    return f"{metric}{{{','.join(of)}}}"


def _watch(metric: str, *labels: str) -> str:
    of = ('namespace="n8n-prod"', 'database="n8n"', *labels)
    return f"tier0_{metric}{{{','.join(of)}}}"


def _volume(what: str, claim: str) -> str:
    return (
        f'kubelet_volume_stats_{what}_bytes{{namespace="n8n-prod",persistentvolumeclaim="{claim}"}}'
    )


def _certificate(namespace: str, name: str) -> str:
    return (
        "certmanager_certificate_renewal_timestamp_seconds"
        f'{{namespace="{namespace}",name="{name}",pod="cert-manager-1"}}'
    )


def _backup(method: Method, what: str, pod: int = 1) -> str:
    prefix = "barman_cloud_cloudnative_pg_io" if method == "plugin" else "cnpg_collector"
    return _instance(f"{prefix}_{what}", pod)


def _ended(depth: str, verdict: str = "passed") -> str:
    return _watch("drill_timestamp_seconds", f'depth="{depth}"', f'verdict="{verdict}"')


def _good(depth: str) -> str:
    return _watch("drill_good_timestamp_seconds", f'depth="{depth}"')


def _always(value: float) -> Values:
    return lambda _: value


def _each(gap: int) -> Values:
    """Return the time of the last of what happens every *gap* minutes."""
    return lambda minute: minute // gap * gap * 60 + 1


def _healthy(method: Method) -> dict[str, Values]:
    """Return what is measured of an idle database after a failover.

    Its new primary has not archived anything. The old one became a replica, where WAL that waited
    for the archiver waits forever. A volume with much room fills and empties quickly. The clock of
    a node jumps now and then, as where a virtual machine is moved. The copy keeps for its lock what
    a failed base backup has kept in the archive.
    """
    ready, waiting = "cnpg_collector_pg_wal_archive_status", 'value="ready"'
    wal = "cnpg_collector_pg_wal"
    found = {
        _instance("cnpg_pg_stat_archiver_last_archived_time", 1): _always(-1),
        _instance("cnpg_pg_stat_archiver_last_failed_time", 1): _always(-1),
        _instance(ready, 3, waiting): _always(40),
        _watch("behind_seconds", 'store="archive"'): _always(0),
        _watch("behind_seconds", 'store="offsite"'): _always(0),
        _watch("archive_gaps", 'store="archive"'): _always(0),
        _watch("archive_gaps", 'store="offsite"'): _always(0),
        _watch("archive_held_segments", 'store="archive"'): _always(0),
        _watch("archive_held_segments", 'store="offsite"'): _always(300),
        _watch("archive_broken", 'store="archive"'): _always(0),
        _watch("archive_broken", 'store="offsite"'): _always(0),
        _watch("store_certificate_expiry_timestamp_seconds", 'store="archive"'): _always(1e9),
        _watch("clock_ahead_seconds", 'clock="10.0.0.1"'): _always(0),
        _watch("clock_ahead_seconds", 'clock="10.0.0.2"'): lambda it: 60.0 if it % 9 == 0 else -1.0,
        _watch("clock_ahead_seconds", 'clock="archive"'): _always(0.9),
        _watch("drill_left_behind"): _always(0),
        _certificate("cert-manager", "tier0-root"): _always(1e9),
        _certificate("cnpg-system", "barman-cloud-server"): _always(1e9),
        _certificate("elsewhere", "not-ours"): _always(0),
        'certmanager_certificate_renewal_timestamp_seconds{namespace="cert-manager",'
        'exported_namespace="elsewhere",name="not-ours"}': _always(0),
    }
    for part in ("primary", "clocks", "archive", "offsite", "record", "evidence"):
        found[_watch("watch_failed", f'part="{part}"')] = _always(0)
    for depth, gap in (("look", HOUR), ("restore", DAY), ("deep", 7 * DAY)):
        found[_ended(depth)] = found[_good(depth)] = _each(gap)
    for pod in (1, 2, 3):
        found |= {
            _instance("cnpg_pg_replication_in_recovery", pod): _always(int(pod > 1)),
            _instance("cnpg_pg_replication_is_wal_receiver_up", pod): _always(int(pod > 1)),
            _instance("cnpg_pg_replication_lag", pod): _always(0),
            _instance(wal, pod, 'value="count"'): _always(40),
            _instance(wal, pod, 'value="volume_max"'): _always(320),
        }
        for claim in (f"n8n-postgres-{pod}", f"n8n-postgres-{pod}-wal"):
            found |= {
                _volume("available", claim): _always(5e9),
                _volume("capacity", claim): _always(10e9),
            }
    found[_volume("available", "n8n-postgres-1")] = lambda minute: 9e9 - minute % (6 * HOUR) * 8e6
    found[_instance(ready, 1, waiting)] = _always(0)
    for pod in (1, 2, 3) if method == "plugin" else (1,):
        found |= {
            _backup(method, "last_available_backup_timestamp", pod): _each(DAY),
            _backup(method, "last_failed_backup_timestamp", pod): _always(0),
            _backup(method, "first_recoverability_point", pod): _always(1),
        }
    return found


@dataclass(frozen=True, kw_only=True)
class Case:
    """A fault: the series that differ while it lasts, and from when on its alert fires."""

    series: Mapping[str, Values]
    fires: int
    """Minutes after the fault began."""

    labels: Mapping[str, str] = field(default_factory=lambda: HERE)
    """Labels of the alert besides its own."""

    stays: int = 2
    """Minutes for which the fault lasts then, with no other alert."""


def _gone(*series: str) -> dict[str, Values]:
    return dict.fromkeys(series, lambda _: None)


def _all(method: Method, metric: str, value: Values) -> dict[str, Values]:
    return {
        _backup(method, metric, pod): value for pod in ((1, 2, 3) if method == "plugin" else (1,))
    }


def _cases(method: Method) -> dict[str, Case]:
    claim = "n8n-postgres-2-wal"
    found = {
        "ArchiveFailing": Case(
            series={_instance("cnpg_pg_stat_archiver_last_failed_time", 1): lambda it: it * 60},
            fires=10,
        ),
        "WalPilesUp": Case(
            series={
                _instance("cnpg_collector_pg_wal_archive_status", 1, 'value="ready"'): _always(6)
            },
            fires=15,
        ),
        "BackupNever": Case(
            series=_all(method, "last_available_backup_timestamp", _always(0)),
            fires=120,
            stays=25 * HOUR,
        ),
        "BackupOld": Case(
            series=_all(method, "last_available_backup_timestamp", _always(1)),
            fires=26 * HOUR - FIRST + 1,
        ),
        "BackupFailed": Case(
            series=_all(method, "last_failed_backup_timestamp", _always(300)), fires=5
        ),
        "WindowShrinks": Case(
            series=_all(method, "first_recoverability_point", _always(200)), fires=10
        ),
        "VolumeFills": Case(
            series={
                _volume("available", claim): lambda it: 3.5e9 - (it - FIRST) * 3e6,
            },
            fires=30,
            labels=HERE | {"persistentvolumeclaim": claim},
        ),
        "VolumeFull": Case(
            series={_volume("available", claim): _always(0.9e9)},
            fires=5,
            labels=HERE | {"persistentvolumeclaim": claim},
        ),
        "VolumeUnknown": Case(
            series=_gone(
                *(
                    _volume("available", f"n8n-postgres-{pod}{of}")
                    for pod in (1, 2, 3)
                    for of in ("", "-wal")
                )
            ),
            fires=60,
        ),
        "WalVolumeFull": Case(
            series={_instance("cnpg_collector_pg_wal", 2, 'value="count"'): _always(257)},
            fires=5,
            labels=HERE | {"pod": "n8n-postgres-2"},
        ),
        "ReplicasMissing": Case(
            series=_gone(_instance("cnpg_pg_replication_is_wal_receiver_up", 3)), fires=15
        ),
        "ReplicationLags": Case(
            series={_instance("cnpg_pg_replication_lag", 3): _always(301)},
            fires=10,
            labels=HERE | {"pod": "n8n-postgres-3"},
        ),
        "DatabaseUnknown": Case(
            series=_gone(_instance("cnpg_pg_stat_archiver_last_archived_time", 1)), fires=10
        ),
        "RestorableLate": Case(
            series={_watch("behind_seconds", 'store="archive"'): _always(301)}, fires=0
        ),
        "ArchiveGap": Case(
            series={_watch("archive_gaps", 'store="offsite"'): _always(1)},
            fires=10,
            labels=HERE | {"store": "offsite"},
        ),
        "FailedBackupKeepsWal": Case(
            series={_watch("archive_held_segments", 'store="archive"'): _always(1)}, fires=60
        ),
        "StoreCertificateExpires": Case(
            series={
                _watch("store_certificate_expiry_timestamp_seconds", 'store="archive"'): _always(
                    7 * DAY * 60
                )
            },
            fires=60,
            labels=HERE | {"store": "archive"},
        ),
        "WatchFailing": Case(
            series={_watch("watch_failed", 'part="archive"'): _always(1)},
            fires=30,
            labels=HERE | {"part": "archive"},
        ),
        "WatchUnknown": Case(
            series=_gone(_watch("behind_seconds", 'store="archive"')), fires=15, labels={}
        ),
        "ClocksDiffer": Case(
            series={_watch("clock_ahead_seconds", 'clock="10.0.0.1"'): _always(-1.1)},
            fires=10,
            labels=HERE | {"clock": "10.0.0.1"},
        ),
        "DrillLeftBehind": Case(series={_watch("drill_left_behind"): _always(1)}, fires=15),
        "DrillOld": Case(
            series={_good("look"): _always(1)},
            fires=4 * HOUR + 10 - FIRST + 1,
            labels=HERE | {"depth": "look"},
        ),
        "DrillSlotMissed": Case(
            series={_ended("look"): _always(1)},
            fires=3 * HOUR + 10 - FIRST + 1,
            labels=HERE | {"depth": "look"},
        ),
        "DrillNever": Case(
            series={_good("look"): _always(0)},
            fires=3 * HOUR + 10,
            stays=2 * HOUR,
            labels=HERE | {"depth": "look"},
        ),
        "CertificateNotRenewed": Case(
            series={_certificate("cnpg-system", "barman-cloud-server"): _always(1)},
            fires=61 - FIRST + 15,
            labels={"namespace": "cnpg-system", "name": "barman-cloud-server"},
        ),
        "CertificatesUnknown": Case(
            series=_gone(_certificate("cert-manager", "tier0-root")),
            fires=60,
            labels={"namespace": "cert-manager"},
        ),
    }
    for verdict in ("failed", "missed", "unverified"):
        found[f"Drill{verdict.title()}"] = Case(
            series=_gone(_ended("restore")) | {_ended("restore", verdict): lambda it: it * 60},
            fires=0,
            labels=HERE | {"depth": "restore"},
        )
    return found


def _differ() -> set[str]:
    """Return the alerts whose expressions are others in-tree."""
    plugin, in_tree = ({it.name: it.expression for it in _alerts(method)} for method in METHODS)
    return {name for name, expression in in_tree.items() if expression != plugin[name]}


CASES = {("plugin", name): case for name, case in _cases("plugin").items()} | {
    ("in-tree", name): case for name, case in _cases("in-tree").items() if name in _differ()
}


def _fired(method: Method, name: str) -> dict[str, str]:
    """Return the labels that the alert itself gives."""
    alert = next(it for it in _alerts(method) if it.name == name)
    rule = alert.rule(_database(alert), disposable=False)
    return {"alertname": rule["alert"], **rule["labels"]}


@pytest.mark.parametrize("method", METHODS)
def test_every_alert_has_a_case(method: Method) -> None:
    assert {it.name for it in _alerts(method)} == {*_cases(method)}


@pytest.mark.parametrize(("method", "name"), CASES, ids=lambda it: it)
def test_an_alert_fires_for_its_fault_alone_not_before_and_resolves(
    method: Method, name: str, tmp_path: Path
) -> None:
    case = CASES[method, name]
    fires = FIRST + case.fires
    last = fires + case.stays
    end = last + 20
    healthy = _healthy(method)
    series: dict[str, list[Value]] = {}
    for key in {**healthy, **case.series}:
        sound = healthy.get(key, lambda _: None)
        ill = case.series.get(key, sound)
        series[key] = [(ill if FIRST <= it <= last else sound)(it) for it in range(end + 1)]
    expected: list[Mapping[str, str]] = [{**_fired(method, name), **case.labels}]
    firing: dict[int, list[Mapping[str, str]]] = {
        FIRST - 1: [],
        fires: expected,
        last: expected,
        end: [],
    }
    if case.fires:
        firing[fires - 1] = []
    said = tells(_rules(method), series, firing, folder=tmp_path)
    assert not said, said


@pytest.mark.parametrize("method", METHODS)
def test_no_alert_fires_on_an_idle_database(method: Method, tmp_path: Path) -> None:
    """For eight days, in which a base backup is made each day and each drill runs on its slot."""
    every = 5
    series = {
        key: [values(it) for it in range(0, 8 * DAY, every)]
        for key, values in _healthy(method).items()
    }
    firing: dict[int, list[Mapping[str, str]]] = {it: [] for it in range(0, 8 * DAY, HOUR)}
    said = tells(_rules(method), series, firing, minutes=every, folder=tmp_path)
    assert not said, said


@pytest.mark.parametrize("bridged", [True, False])
def test_a_gap_alerts_until_a_base_backup_is_made_and_for_a_day(
    bridged: bool,  # noqa: FBT001 (a case)
    tmp_path: Path,
) -> None:
    """Between older base backups it stays until retention removes these, which takes weeks."""
    every, backed_up = 5, FIRST + HOUR
    broken = _watch("archive_broken", 'store="archive"')
    gaps = _watch("archive_gaps", 'store="archive"')
    faulty: dict[str, Values] = {
        gaps: lambda it: float(it >= FIRST),
        broken: lambda it: float(it >= FIRST and not (bridged and it >= backed_up)),
    }
    series = {
        key: [values(it) for it in range(0, 2 * DAY, every)]
        for key, values in (_healthy("plugin") | faulty).items()
    }
    expected: list[Mapping[str, str]] = [
        {**_fired("plugin", "ArchiveGap"), **HERE, "store": "archive"}
    ]
    firing: dict[int, list[Mapping[str, str]]] = {
        FIRST + 10: expected,
        backed_up + 20: expected,
        DAY: expected,
        DAY + HOUR: [] if bridged else expected,
    }
    said = tells(_rules("plugin"), series, firing, minutes=every, folder=tmp_path)
    assert not said, said


def test_prometheus_reads_what_the_dashboard_asks(tmp_path: Path) -> None:
    panels = json.loads(DOCUMENT.read_text("utf-8"))["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    rules = [{"record": f"asked_{number}", "expr": it} for number, it in enumerate(asked)]
    assert len(rules) > 5
    said = tells(rules, {}, {}, folder=tmp_path)
    assert not said, said

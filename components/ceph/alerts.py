"""Alerts on a Ceph cluster: what stops archives, or will.

The expressions use metrics of the manager's module `prometheus`, as the rules of Rook's chart do
(rook-ceph-cluster 1.17.9, prometheus/localrules.yaml), which has sixty more.
"""

from components.monitoring.alert import Alert

_QUORUM = "ceph_mon_quorum_status"


def alerts(namespace: str) -> list[Alert]:
    """Return the alerts on the Ceph cluster in *namespace*.

    Where monitors lose their quorum all at once, metrics may stay as they were.
    """
    here = f'namespace="{namespace}"'

    def metric(name: str, *selectors: str) -> str:
        return f"{name}{{{','.join((here, *selectors))}}}"

    def health(checks: str) -> str:
        found = metric("ceph_health_detail", f'name=~"{checks}"')
        return f"max by (namespace) ({found}) > 0"

    def alert(
        name: str, expression: str, says: str, minutes: int, impact: str, *, critical: bool = True
    ) -> Alert:
        lasting = f", for {minutes} minutes" if minutes > 1 else ""
        return Alert(
            name=f"Ceph{name}",
            source="Ceph",
            page="docs/ceph.md",
            when=says.replace("{{ $labels.ceph_daemon }}", "the daemon of a disk") + lasting,
            expression=expression,
            lasting=minutes * 60,
            critical=critical,
            summary=f"Ceph in {namespace}: {says}",
            impact=impact,
        )

    up = f"sum by (namespace) ({metric(_QUORUM)})"
    all_ = f"count by (namespace) ({metric(_QUORUM)})"
    return [
        alert(
            "NearlyFull",
            health("OSD_NEARFULL|OSD_BACKFILLFULL"),
            "a disk is nearly full; when one is full, nothing is archived",
            5,
            "Archives only grow: they stop when it is full.",
            critical=False,
        ),
        alert(
            "Full",
            health("OSD_FULL|POOL_FULL"),
            "a disk is full, so nothing is written or archived",
            1,
            "What is committed now is lost with the database's volumes.",
        ),
        alert(
            "DiskDown",
            f"min by (namespace, ceph_daemon) ({metric('ceph_osd_up')}) == 0",
            "{{ $labels.ceph_daemon }} is down",
            10,
            "Some data have a copy less.",
            critical=False,
        ),
        alert(
            "Degraded",
            health("PG_DEGRADED"),
            "copies of some data are missing",
            60,
            "The loss of another disk may make archives unavailable, or lose them.",
            critical=False,
        ),
        alert(
            "Unavailable",
            health("PG_AVAILABILITY"),
            "some data is not available",
            5,
            "Nothing is archived where it would be written there, and nothing restored.",
        ),
        alert(
            "Quorum",
            f"{up} < {all_} and {up} <= floor({all_} / 2) + 1",
            "too few monitors are up; the next loss stops every read and write",
            5,
            "With one monitor less nothing is archived or restored.",
        ),
        alert(
            "Error",
            f"max by (namespace) ({metric('ceph_health_status')}) == 2",
            "it reports HEALTH_ERR",
            5,
            "Data may be unavailable or damaged.",
        ),
        alert(
            "Unknown",
            f"absent({metric('ceph_health_status')})",
            "its health is unknown",
            15,
            "No other alert on Ceph can fire.",
        ),
    ]

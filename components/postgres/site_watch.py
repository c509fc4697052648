"""The pod that tells how far a replica follows the other site, with its alerts.

A replica's own metrics do not: of an idle primary, and of an archive that stands still, the age of
the last commit grows alike.
"""

import json
from collections.abc import Mapping

import pulumi

from components.kube import Object
from components.kube.program import Program, restricted_pod
from components.kube.store import PodStore
from components.monitoring.alert import Alert
from components.monitoring.pod_monitor import pod_monitor
from components.monitoring.prometheus_rule import prometheus_rule
from components.postgres.images import POSTGRES_USER
from components.postgres.sidecar import SIDECAR_IMAGE
from components.postgres.site import SiteSpec
from components.postgres.spec import PostgresSpec
from components.spec.words import seconds

_PROGRAM = Program("following")
_PORT = "metrics"
_PAGE = "docs/second-site.md"

_LATE = 600
"""Seconds after which a segment that is archived at the other site is late: the replica asks for
the next one every few seconds."""


def watch_site(
    name: str,
    spec: PostgresSpec,
    site: SiteSpec,
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
    own: PodStore,
    labels: Mapping[str, str],
    disposable: bool,
) -> None:
    """Declare them for the replica *name*; *own* is its archive's bucket."""
    object_name = f"{spec.cluster}-site"
    stores = {"source": own, "other": site.archive.in_pod}
    program = Object(
        f"{name}-site-program",
        parent=parent,
        api_version="v1",
        kind="ConfigMap",
        name=object_name,
        namespace=namespace,
        fields={"data": _PROGRAM.files},
    )
    told = {"database": name, "server": spec.server_name, "followed": site.server_name}
    settings = pulumi.Output.from_input(
        told | {store: it.settings for store, it in stores.items()}
    ).apply(lambda known: json.dumps(known, sort_keys=True))
    pods = {"app.kubernetes.io/name": object_name}
    Object(
        f"{name}-site",
        parent=parent,
        api_version="apps/v1",
        kind="Deployment",
        name=object_name,
        namespace=namespace,
        spec={
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": pods},
            "template": {
                "metadata": {
                    "labels": pods,
                    "annotations": {"tier0/program": _PROGRAM.digest},
                },
                "spec": restricted_pod(
                    "follow",
                    image=SIDECAR_IMAGE,
                    command=["python3", "-m", "pods.following", settings],
                    env={"PYTHONPATH": "/program", "PYTHONDONTWRITEBYTECODE": "1"},
                    port=(_PORT, 8080),
                    user=POSTGRES_USER,
                    group=POSTGRES_USER,
                    requests={"cpu": "10m", "memory": "96Mi"},
                    memory="256Mi",
                    mounts={"program": "/program/pods"}
                    | {store: f"/keys/{store}" for store in stores},
                    volumes=[
                        {"name": "program", "configMap": {"name": program.name}},
                        *(it.volume(store) for store, it in stores.items()),
                    ],
                ),
            },
        },
    )
    pod_monitor(
        f"{name}-site", object_name, parent=parent, namespace=namespace, pods=pods, labels=labels
    )
    prometheus_rule(
        f"{name}-site",
        object_name,
        parent=parent,
        namespace=namespace,
        labels=labels,
        rules=[it.rule(name, disposable=disposable) for it in alerts(name, spec, site)],
    )


def alerts(name: str, spec: PostgresSpec, site: SiteSpec) -> list[Alert]:
    """Return the alerts on the replica *name*."""
    until = f'tier0_site_replayed_until_timestamp_seconds{{database="{name}"}}'
    late = _LATE + (seconds(site.min_apply_delay) if site.min_apply_delay else 0)
    log = f"kubectl -n {spec.namespace} logs deployment/{spec.cluster}-site"
    return [
        Alert(
            name="SiteLate",
            source="replica",
            page=_PAGE,
            when="a replica lacks WAL for 10 minutes more than its delay that the other site has "
            "archived",
            expression=f"time() - max by (namespace, database) ({until}) > {late}",
            critical=True,
            summary="it does not replay what the other site archives",
            impact="If the other site is lost now, more is lost than is declared.",
        ),
        Alert(
            name="SiteUnknown",
            source="replica",
            page=_PAGE,
            when="how far a replica follows is unknown, for 10 minutes",
            expression=f"max by (namespace, database) (absent({until}) or "
            f'tier0_site_failed{{database="{name}"}} > 0)',
            lasting=_LATE,
            critical=True,
            summary=f"how far it follows the other site is unknown; see {log}",
            impact="If the other site is lost now, it is unknown how much is lost.",
        ),
    ]

"""Prometheus of Debian in the lab: it scrapes what PodMonitors select, without their operator.

A PodMonitor is read by the Prometheus operator, which turns it into scrape jobs. Here that is done
for the part of one that tier0 and CloudNativePG use: namespaces, label selector, labels of the pod
that its metrics get, port and path.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import yaml

from tools import Fault
from tools.build.cache import digest
from tools.build.toolchain import Toolchain
from tools.lab.images.image import Image
from tools.lab.images.rootfs import Rootfs
from tools.lab.operators.manifests import Manifest, account

if TYPE_CHECKING:
    from tools.lab.access import Cluster
    from tools.lab.cluster import Lab

NAMESPACE = "monitoring"
NAME = "prometheus"
PORT = 9090
_IMAGE = "registry.local/prometheus:debian"
_LABELS = {"app": NAME}
_NOBODY = 65534
_SECONDS = 5  # between two scrapes: a test waits for the next one
_KNOWN = {"selector", "namespaceSelector", "podMetricsEndpoints", "podTargetLabels"}


INSTANCES: Manifest = {
    "apiVersion": "monitoring.coreos.com/v1",
    "kind": "PodMonitor",
    "metadata": {"name": "postgresql", "namespace": NAMESPACE},
    "spec": {
        "namespaceSelector": {"any": True},
        "selector": {"matchLabels": {"cnpg.io/podRole": "instance"}},
        "podMetricsEndpoints": [{"port": "metrics"}],
    },
}
"""Every instance of every database, as CloudNativePG's own PodMonitors select them."""


def images() -> list[Image]:
    """Return Prometheus and promtool as Debian has them."""
    return [
        Image(
            name=_IMAGE,
            root=Rootfs(name=NAME, suite="trixie", packages=("prometheus",), seconds=60),
            folders={"/data": 0o1777},
            entrypoint=("/usr/bin/prometheus",),
            user=str(_NOBODY),
        )
    ]


def install(
    lab: "Lab", monitors: Sequence[Manifest] = (INSTANCES,), rules: Sequence[Manifest] = ()
) -> None:
    """Run it with the scrape jobs of PodMonitors and the groups of PrometheusRules.

    Its operator's kinds are made known too, for environments that declare such objects.
    """
    folder = Toolchain().crds() / "prometheus-operator"
    lab.apply(json.loads(path.read_text()) for path in sorted(folder.glob("*.json")))
    lab.apply(manifests(monitors, rules))
    lab.wait_for_deployment(NAMESPACE, NAME)


def watch(lab: "Lab") -> None:
    """Run it with what is declared in the cluster now, as its operator would."""
    install(lab, [INSTANCES, *declared(lab, "PodMonitor")], declared(lab, "PrometheusRule"))


def declared(lab: "Cluster", kind: Literal["PodMonitor", "PrometheusRule"]) -> list[Manifest]:
    """Return the objects of a kind of the operator that are in the cluster now."""
    path = f"/apis/monitoring.coreos.com/v1/{kind.lower()}s"
    return [{"kind": kind, **one} for one in lab.kube.items(path)]


def query(lab: "Cluster", expression: str) -> list[dict[str, Any]]:
    """Return the series that a PromQL expression has now: each a `metric` and a `value`."""
    return list(_asked(lab, f"query?query={quote(expression, safe='')}").get("result", []))


def rules(lab: "Cluster") -> list[dict[str, Any]]:
    """Return its rules as it evaluates them: each a `name`, a `query`, a `health`, its alerts."""
    groups = _asked(lab, "rules").get("groups", [])
    return [rule for group in groups for rule in group["rules"]]


def _asked(lab: "Cluster", what: str) -> dict[str, Any]:
    service = f"/api/v1/namespaces/{NAMESPACE}/services/{NAME}:http/proxy"
    return dict((lab.get(f"{service}/api/v1/{what}") or {}).get("data", {}))


def jobs(monitor: Manifest) -> list[dict[str, Any]]:
    """Return the scrape jobs of a PodMonitor, one for each of its endpoints.

    A fault where it asks for something that would be left out silently.
    """
    metadata, spec = monitor["metadata"], monitor["spec"]
    place = f"PodMonitor {metadata['namespace']}/{metadata['name']}"
    selector = spec["selector"]
    if unknown := (spec.keys() - _KNOWN) | (selector.keys() - {"matchLabels"}):
        raise Fault(
            place,
            f"the lab does not read {sorted(unknown)}",
            "extend tools/lab/operators",
        )
    namespaces = spec.get("namespaceSelector", {})
    discovery: dict[str, Any] = {"role": "pod"}
    if not namespaces.get("any"):
        names = namespaces.get("matchNames", [metadata["namespace"]])
        discovery["namespaces"] = {"names": names}
    return [
        {
            "job_name": f"{metadata['namespace']}/{metadata['name']}/{number}",
            "metrics_path": endpoint.get("path", "/metrics"),
            "scheme": endpoint.get("scheme", "http"),
            "honor_labels": endpoint.get("honorLabels", False),
            "kubernetes_sd_configs": [discovery],
            "relabel_configs": [
                *_relabelled(selector.get("matchLabels", {}), endpoint["port"]),
                *map(_transferred, spec.get("podTargetLabels", [])),
            ],
        }
        for number, endpoint in enumerate(spec["podMetricsEndpoints"])
    ]


def _relabelled(labels: dict[str, str], port: str) -> list[dict[str, Any]]:
    """Keep the pods with these labels and their port of that name; say which pod each was."""
    kept = [(f"__meta_kubernetes_pod_label_{_label(name)}", v) for name, v in labels.items()]
    return [
        *(
            {"action": "keep", "source_labels": [source], "regex": value}
            for source, value in [*kept, ("__meta_kubernetes_pod_container_port_name", port)]
        ),
        *(
            {"source_labels": [f"__meta_kubernetes_{source}"], "target_label": target}
            for source, target in (("namespace", "namespace"), ("pod_name", "pod"))
        ),
    ]


def _transferred(label: str) -> dict[str, Any]:
    """Give the metrics a pod's label, with the name that Prometheus's operator gives it."""
    source = f"__meta_kubernetes_pod_label_{_label(label)}"
    return {"source_labels": [source], "target_label": _label(label), "regex": "(.+)"}


def _label(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def configuration(monitors: Sequence[Manifest], rules: Sequence[Manifest]) -> dict[str, str]:
    """Return Prometheus's files by name."""
    main = {
        "global": {"scrape_interval": f"{_SECONDS}s", "evaluation_interval": f"{_SECONDS}s"},
        "rule_files": ["/etc/tier0/rules.yaml"],
        "scrape_configs": [job for monitor in monitors for job in jobs(monitor)],
    }
    groups = [group for rule in rules for group in rule["spec"]["groups"]]
    return {
        "prometheus.yaml": yaml.safe_dump(main, sort_keys=False),
        "rules.yaml": yaml.safe_dump({"groups": groups}, sort_keys=False),
    }


def manifests(monitors: Sequence[Manifest], rules: Sequence[Manifest]) -> list[Manifest]:
    """Return everything it needs in the cluster, in the order to apply it."""
    place = {"name": NAME, "namespace": NAMESPACE}
    reads = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        *account(NAME, NAMESPACE, reads),
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": place,
            "data": configuration(monitors, rules),
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": place,
            "spec": {"selector": _LABELS, "ports": [{"name": "http", "port": PORT}]},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {**place, "labels": _LABELS},
            "spec": {
                "selector": {"matchLabels": _LABELS},
                "template": {
                    "metadata": {
                        "labels": _LABELS,
                        # It does not look at its files again.
                        "annotations": {"tier0/configuration": digest(monitors, rules)},
                    },
                    "spec": _pod(),
                },
            },
        },
    ]


def _pod() -> dict[str, Any]:
    return {
        "serviceAccountName": NAME,
        "containers": [
            {
                "name": NAME,
                "image": _IMAGE,
                "imagePullPolicy": "IfNotPresent",
                "args": [
                    "--config.file=/etc/tier0/prometheus.yaml",
                    "--storage.tsdb.path=/data",
                    "--web.enable-lifecycle",
                ],
                "ports": [{"name": "http", "containerPort": PORT}],
                "readinessProbe": {
                    "httpGet": {"path": "/-/ready", "port": "http"},
                    "periodSeconds": 1,
                    "timeoutSeconds": 30,  # who waits for a processor still has what is asked for
                },
                "resources": {"requests": {"cpu": "50m"}},
                "volumeMounts": [
                    {"name": "configuration", "mountPath": "/etc/tier0"},
                    {"name": "data", "mountPath": "/data"},
                ],
            }
        ],
        "volumes": [
            {"name": "configuration", "configMap": {"name": NAME}},
            {"name": "data", "emptyDir": {}},
        ],
    }

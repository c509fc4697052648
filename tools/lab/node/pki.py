"""Throw-away certificates of the node's control plane, by openssl; each lab has its own.

What the workloads use (the object store's HTTPS) is none of this: cert-manager issues it.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools import Fault, write_atomically
from tools.lab.machine.host import program
from tools.lab.machine.paths import API_SERVICE, NODE, NODE_ADDRESS

_DAYS = 30
_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
SERVER = f"https://{NODE_ADDRESS}:6443"


@dataclass(frozen=True)
class Authority:
    """A certificate authority whose key and certificate lie in a folder."""

    folder: Path
    name: str

    @property
    def certificate(self) -> Path:
        """What its clients trust."""
        return self.folder / f"{self.name}.crt"

    def create(self) -> None:
        """Make the key and the self-signed certificate."""
        _openssl(
            *("req", "-x509", *_CURVE, "-days", str(_DAYS), "-subj", f"/CN={self.name}"),
            *("-keyout", f"{self.folder / self.name}.key", "-out", str(self.certificate)),
            *("-addext", "basicConstraints=critical,CA:TRUE"),
            *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        )

    def issue(self, name: str, subject: str, purpose: str, names: Sequence[str] = ()) -> None:
        """Make `<name>.key` and `<name>.crt`; purpose is serverAuth or clientAuth.

        Names are written as openssl wants them: `DNS:localhost`, `IP:127.0.0.1`.
        """
        extensions = [
            "basicConstraints=critical,CA:FALSE",
            "keyUsage=critical,digitalSignature",
            f"extendedKeyUsage={purpose}",
        ]
        if names:
            extensions.append(f"subjectAltName={','.join(names)}")
        _openssl(
            *("req", "-x509", *_CURVE, "-days", str(_DAYS), "-subj", subject),
            *("-CA", str(self.certificate), "-CAkey", f"{self.folder / self.name}.key"),
            *("-keyout", f"{self.folder / name}.key", "-out", f"{self.folder / name}.crt"),
            *(part for extension in extensions for part in ("-addext", extension)),
        )


def create(folder: Path) -> None:
    """Make every certificate, the service accounts' key and the components' kubeconfigs."""
    folder.mkdir(mode=0o700)
    cluster, front = Authority(folder, "ca"), Authority(folder, "front-proxy-ca")
    cluster.create()
    front.create()
    front.issue("front-proxy", "/CN=front-proxy-client", "clientAuth")
    service = "DNS:kubernetes.default.svc"
    cluster.issue(
        "apiserver",
        "/CN=kube-apiserver",
        "serverAuth",
        [
            *("DNS:kubernetes", "DNS:kubernetes.default", service, f"{service}.cluster.local"),
            *("DNS:localhost", "IP:127.0.0.1", f"IP:{API_SERVICE}", f"IP:{NODE_ADDRESS}"),
        ],
    )
    cluster.issue(
        "kubelet-serving",
        f"/O=system:nodes/CN=system:node:{NODE}",
        "serverAuth",
        [f"DNS:{NODE}", f"IP:{NODE_ADDRESS}"],
    )
    for name, subject in (
        ("admin", "/O=system:masters/CN=admin"),
        ("apiserver-kubelet", "/O=system:masters/CN=apiserver-kubelet-client"),
        ("kube-controller-manager", "/CN=system:kube-controller-manager"),
        ("kube-scheduler", "/CN=system:kube-scheduler"),
        ("kube-proxy", "/CN=system:kube-proxy"),
        ("kubelet", f"/O=system:nodes/CN=system:node:{NODE}"),
    ):
        cluster.issue(name, subject, "clientAuth")
        kubeconfig(folder, name, SERVER, folder / f"{name}.kubeconfig")
    accounts = str(folder / "accounts.key")
    _openssl("genrsa", "-out", accounts, "2048")
    _openssl("rsa", "-in", accounts, "-pubout", "-out", str(folder / "accounts.pub"))


def kubeconfig(
    folder: Path, name: str, server: str, target: Path, contexts: Sequence[str] = ("lab",)
) -> None:
    """Write a kubeconfig for the client certificate `name`; every context leads to the one node."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": "lab",
                "cluster": {"server": server, "certificate-authority": str(folder / "ca.crt")},
            }
        ],
        "users": [
            {
                "name": name,
                "user": {
                    "client-certificate": str(folder / f"{name}.crt"),
                    "client-key": str(folder / f"{name}.key"),
                },
            }
        ],
        "contexts": [
            {"name": context, "context": {"cluster": "lab", "user": name}} for context in contexts
        ],
        "current-context": contexts[0],
    }
    write_atomically(target, json.dumps(document, indent=1))


def _openssl(*arguments: str) -> None:
    answer = subprocess.run(
        [program("openssl"), *arguments], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise Fault(
            "openssl",
            f"`openssl {arguments[0]}` failed ({answer.stderr.strip()[-200:]})",
            "fix that; version 3 or newer is needed",
        )

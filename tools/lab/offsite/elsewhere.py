"""S3 servers that are not Ceph, outside of the node: a small one, and one with a KMS and locks.

Each is one process in the neighbour's network, over HTTPS with its own authority. VersityGW keeps
objects as files; MinIO encrypts what asks for it, by a key that it is given at its start.
"""

import base64
import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tools import kube, write_atomically
from tools.daemon import Daemon
from tools.lab.machine.network import inside
from tools.lab.machine.paths import OFFSITE_ADDRESS, OFFSITE_HOST, OFFSITE_NETWORK
from tools.lab.node.pki import Authority
from tools.lab.operators.manifests import Manifest
from tools.lab.programs import stores

if TYPE_CHECKING:
    from tools.lab.cluster import Lab

Kind = Literal["versitygw", "minio"]
PORTS: dict[Kind, int] = {"versitygw": 8443, "minio": 9443}
_SECONDS = 60.0
_LISTENS = "0A"  # of proc(5)


class Elsewhere:
    """One of the two; its data are in the lab's folder for what survives the node."""

    def __init__(self, lab: "Lab", kind: Kind) -> None:
        """Name it; nothing is started."""
        self.kind = kind
        self.endpoint = f"https://{OFFSITE_HOST}:{PORTS[kind]}"
        self._folder = lab.offsite / kind
        self._daemon = Daemon(kind, self._folder)
        self._authority = Authority(self._folder, "ca")

    def start(self) -> None:
        """Start it where it does not run; return when it takes connections."""
        stores.toolchain().build()
        if not self._authority.certificate.exists():
            (self._folder / "data").mkdir(parents=True, exist_ok=True)
            (self._folder / "versions").mkdir(exist_ok=True)
            self._authority.create()
            names = [f"DNS:{OFFSITE_HOST}"]
            self._authority.issue("server", f"/CN={OFFSITE_HOST}", "serverAuth", names)
            self._keep("kms", base64.b64encode(secrets.token_bytes(32)).decode())
            self._new_keys()
        if self._daemon.pid is None:
            self._daemon.start([*inside(OFFSITE_NETWORK), *self._command()])
        kube.wait(self.kind, self._answers, lambda: str(self._daemon.fault("says")), _SECONDS)

    def stop(self) -> None:
        """Stop it; its data stay."""
        self._daemon.stop()

    def rotate(self) -> None:
        """Give it other keys; the old ones are refused from then on."""
        self.stop()
        self._new_keys()
        self.start()

    def secret(self, namespace: str, name: str) -> Manifest:
        """Return its keys and its authority as a Secret, as `Archive` asks for both."""
        access, key = self._keys()
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": namespace},
            "stringData": {
                "AWS_ACCESS_KEY_ID": access,
                "AWS_SECRET_ACCESS_KEY": key,
                "ca.crt": self._authority.certificate.read_text(),
            },
        }

    def _command(self) -> list[str | Path]:
        """Return its command; what is secret comes by a file that only its owner reads."""
        program, folder = stores.toolchain().binary(self.kind), self._folder
        access, key = self._keys()
        address = f"{OFFSITE_ADDRESS}:{PORTS[self.kind]}"
        settings = folder / "settings"
        if self.kind == "versitygw":
            self._keep("settings", f"ROOT_ACCESS_KEY={access}\nROOT_SECRET_KEY={key}\n")
            served: list[str | Path] = [program, "--port", address, "--quiet"]
            served += ["--cert", folder / "server.crt", "--key", folder / "server.key"]
            served += ["posix", "--versioning-dir", folder / "versions", folder / "data"]
        else:
            kms = (folder / "kms").read_text()
            self._keep(
                "settings",
                f"MINIO_ROOT_USER={access}\nMINIO_ROOT_PASSWORD={key}\n"
                f"MINIO_KMS_SECRET_KEY=lab:{kms}\n",
            )
            certificates = folder / "certificates"
            certificates.mkdir(exist_ok=True)
            for ours, its in (("server.crt", "public.crt"), ("server.key", "private.key")):
                (certificates / its).write_bytes((folder / ours).read_bytes())
            served = [program, "server", "--address", address, "--certs-dir", certificates]
            served += ["--quiet", folder / "data"]
        return ["/bin/sh", "-c", 'set -a; . "$0"; exec "$@"', settings, *served]

    def _answers(self) -> bool:
        pid, port = self._daemon.pid, f":{PORTS[self.kind]:04X}"
        if pid is None:
            raise self._daemon.fault("it ended")
        sockets = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()]
        return any(it[1].endswith(port) and it[3] == _LISTENS for it in sockets)

    def _keys(self) -> tuple[str, str]:
        access, key = json.loads((self._folder / "keys").read_text())
        return access, key

    def _new_keys(self) -> None:
        self._keep("keys", json.dumps([secrets.token_hex(10).upper(), secrets.token_urlsafe(30)]))

    def _keep(self, name: str, content: str) -> None:
        write_atomically(self._folder / name, content)

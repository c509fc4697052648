"""Certificates for stand-ins of Talos nodes, by the `openssl` of the machine."""

import base64
import secrets
import subprocess
from pathlib import Path

import yaml

_DAYS = 30


class Pki:
    """The CA of one Talos cluster."""

    def __init__(self, folder: Path) -> None:
        """Make the CA in *folder*, which holds everything that it signs too."""
        self._folder = folder
        folder.mkdir(parents=True)
        self._openssl("req", "-x509", *_key("ca"), "-subj", "/O=talos", "-days", str(_DAYS))
        self.ca = folder / "ca.crt"

    def server(self, address: str) -> Path:
        """Return the certificate of the node at *address*; its key is next to it."""
        return self._signed(f"server-{address}", "/CN=node", f"subjectAltName=IP:{address}")

    def client(self, *, days: int = _DAYS, role: str = "os:admin") -> Path:
        """Return a client's certificate, which has expired where *days* is negative."""
        usage = "extendedKeyUsage=clientAuth"
        return self._signed(f"client-{role}-{days}", f"/O={role}", usage, days)

    def talosconfig(self, client: Path) -> str:
        """Return a talosconfig for *client*."""
        context = {
            "endpoints": [],
            "ca": _encoded(self.ca),
            "crt": _encoded(client),
            "key": _encoded(client.with_suffix(".key")),
        }
        return yaml.safe_dump({"context": "trial", "contexts": {"trial": context}})

    def _signed(self, name: str, subject: str, extension: str, days: int = _DAYS) -> Path:
        request = self._folder / f"{name}.csr"
        (self._folder / f"{name}.ext").write_text(extension)
        self._openssl("req", *_key(name, request.name), "-subj", subject)
        self._openssl(
            *("x509", "-req", "-in", request.name, "-CA", "ca.crt", "-CAkey", "ca.key"),
            # A number for each, not the next one from a file: nodes restart at the same moment.
            *("-set_serial", str(secrets.randbits(63)), "-extfile", f"{name}.ext"),
            *("-days", str(days)),
            *("-out", f"{name}.crt"),
        )
        return self._folder / f"{name}.crt"

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(
            ["openssl", *arguments],  # noqa: S607 - whichever the machine has
            cwd=self._folder,
            check=True,
            capture_output=True,
        )


def _encoded(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


def _key(name: str, out: str = "") -> list[str]:
    """Return the arguments for a new key."""
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    return [*curve, "-keyout", f"{name}.key", "-out", out or f"{name}.crt"]

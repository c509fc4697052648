"""Restarts the gateways when their certificate is renewed.

`python3 -c <this text> <host of their Service> <path of their Deployment in the API>`. While a
gateway serves another certificate than the Secret's, the digest of the Secret's is set as an
annotation of the Deployment's pods, so Kubernetes replaces them one by one; setting the same digest
again changes nothing. If no gateway answers, nothing is done. A refusal ends the program, and
Kubernetes restarts it.
"""

import hashlib
import json
import socket
import ssl
import sys
import time
from http import HTTPStatus
from http.client import HTTPSConnection
from pathlib import Path

CERTIFICATE = Path("/certificate/tls.crt")
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
ANNOTATION = "tier0/certificate"
PORT = 443
PAUSE_SECONDS = 10
PATIENCE_SECONDS = 30


def main(host: str, deployment: str) -> None:
    """Check the served certificate repeatedly: each check may reach another gateway."""
    socket.setdefaulttimeout(PATIENCE_SECONDS)
    while True:
        certificate = CERTIFICATE.read_text()
        if another_is_served(host, certificate):
            annotate(deployment, hashlib.sha256(certificate.encode()).hexdigest())
        time.sleep(PAUSE_SECONDS)


def another_is_served(host: str, certificate: str) -> bool:
    """Return whether a gateway answers with another certificate than this one."""
    try:
        served = ssl.get_server_certificate((host, PORT))
    except OSError as error:
        print(f"{host}: no gateway answers ({error}); it is tried again", flush=True)
        return False
    return served.strip() not in certificate


def annotate(deployment: str, digest: str) -> None:
    """Annotate the Deployment's pods with the digest; exit with the reason if that is refused."""
    trusted = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    server = HTTPSConnection("kubernetes.default.svc", context=trusted)
    pods = {"metadata": {"annotations": {ANNOTATION: digest}}}
    server.request(
        "PATCH",
        deployment,
        json.dumps({"spec": {"template": pods}}),
        {
            "Authorization": "Bearer " + (ACCOUNT / "token").read_text(),
            "Content-Type": "application/merge-patch+json",
        },
    )
    answer = server.getresponse()
    said = answer.read().decode()
    server.close()
    if answer.status != HTTPStatus.OK:
        sys.exit(f"{deployment}: the API server answers {answer.status} ({said}); see its Role")
    print(f"{deployment}: its gateways get certificate {digest}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

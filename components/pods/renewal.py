"""What runs beside the gateways: it makes them start anew when their certificate is renewed.

`python3 -c <this text> <host of their Service> <path of their Deployment in the API>`. While one
of them answers with another certificate than the Secret's, the digest of that is an annotation
of the Deployment's pods, and so Kubernetes replaces them one after another; the same digest again
changes nothing. Where none answers, nothing is done. A refusal ends it, and it is started anew.
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
    """Look at what is served, again and again: each look may meet another gateway."""
    socket.setdefaulttimeout(PATIENCE_SECONDS)
    while True:
        certificate = CERTIFICATE.read_text()
        if another_is_served(host, certificate):
            annotate(deployment, hashlib.sha256(certificate.encode()).hexdigest())
        time.sleep(PAUSE_SECONDS)


def another_is_served(host: str, certificate: str) -> bool:
    """Tell whether a gateway answers, and not with this certificate."""
    try:
        served = ssl.get_server_certificate((host, PORT))
    except OSError as error:
        print(f"{host}: no gateway answers ({error}); it is asked again", flush=True)
        return False
    return served.strip() not in certificate


def annotate(deployment: str, digest: str) -> None:
    """Put the digest into the Deployment's pods; end with what the API server says against it."""
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

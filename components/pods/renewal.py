"""Restarts the gateways when what they read at their start is renewed.

`python3 -c <this text> <host of their Service> <path of their Deployment in the API> [<path of a
Secret>...]`. While a gateway serves another certificate than the Secret's, the digest of the
Secret's is set as an annotation of the Deployment's pods, so Kubernetes replaces them one by one;
setting the same digest again changes nothing. If no gateway answers, nothing is done. The digest of
the other Secrets is kept as an annotation of the Deployment itself, and set for its pods when it
changes. A refusal ends the program, and Kubernetes restarts it.
"""

import hashlib
import json
import socket
import ssl
import sys
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

CERTIFICATE = Path("/certificate/tls.crt")
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
ANNOTATION = "tier0/certificate"
KMS_ANNOTATION = "tier0/kms"
PORT = 443
PAUSE_SECONDS = 10
PATIENCE_SECONDS = 30


def main(host: str, deployment: str, *secrets: str) -> None:
    """Check the served certificate repeatedly: each check may reach another gateway."""
    socket.setdefaulttimeout(PATIENCE_SECONDS)
    while True:
        certificate = CERTIFICATE.read_text()
        another = another_is_served(host, certificate)
        try:
            if another:
                digest = hashlib.sha256(certificate.encode()).hexdigest()
                ask("PATCH", deployment, restarted({ANNOTATION: digest}))
                print(f"{deployment}: its gateways get certificate {digest}", flush=True)
            if secrets:
                follow(deployment, secrets)
        except (OSError, HTTPException) as error:
            print(f"the API server does not answer ({error}); it is tried again", flush=True)
        time.sleep(PAUSE_SECONDS)


def another_is_served(host: str, certificate: str) -> bool:
    """Return whether a gateway answers with another certificate than this one."""
    try:
        served = ssl.get_server_certificate((host, PORT))
    except OSError as error:
        print(f"{host}: no gateway answers ({error}); it is tried again", flush=True)
        return False
    return served.strip() not in certificate


def follow(deployment: str, secrets: Sequence[str]) -> None:
    """Restart the gateways if a Secret has another content than the one that is noted.

    Without a note they have just been created or changed by Rook, which removes it: they have read
    the Secrets as these are, and only the note is set.
    """
    found = [ask("GET", secret) for secret in secrets]
    gateways = ask("GET", deployment)
    if gateways is None or None in found:
        return  # not created yet, or a Secret that is being replaced
    digest = digest_of([secret for secret in found if secret])
    noted = (gateways["metadata"].get("annotations") or {}).get(KMS_ANNOTATION)
    if noted == digest:
        return
    note = {"metadata": {"annotations": {KMS_ANNOTATION: digest}}}
    if noted is None:
        ask("PATCH", deployment, note)
        return
    ask("PATCH", deployment, note | restarted({KMS_ANNOTATION: digest}))
    print(f"{deployment}: its gateways get the new Secrets of the KMS", flush=True)


def digest_of(secrets: Sequence[Mapping[str, Any]]) -> str:
    """Return a digest of what Secrets hold.

    Only who may read them knows their uid, so a token cannot be guessed from the digest.
    """
    content = [(secret["metadata"]["uid"], secret.get("data")) for secret in secrets]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def restarted(annotations: Mapping[str, str]) -> dict[str, Any]:
    """Return the change of a Deployment that gives its pods these annotations."""
    return {"spec": {"template": {"metadata": {"annotations": annotations}}}}


def ask(method: str, path: str, change: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """Return what the API server answers, None to a GET of what does not exist.

    Exit with the reason if it refuses.
    """
    trusted = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    server = HTTPSConnection("kubernetes.default.svc", context=trusted)
    server.request(
        method,
        path,
        None if change is None else json.dumps(change),
        {
            "Authorization": "Bearer " + (ACCOUNT / "token").read_text(),
            "Content-Type": "application/merge-patch+json",
        },
    )
    answer = server.getresponse()
    said = answer.read().decode()
    server.close()
    if method == "GET" and answer.status == HTTPStatus.NOT_FOUND:
        return None
    if answer.status != HTTPStatus.OK:
        sys.exit(f"{path}: the API server answers {answer.status} ({said}); see its Role")
    found: dict[str, Any] = json.loads(said)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])

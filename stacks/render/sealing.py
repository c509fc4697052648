"""Secrets that must exist: which they are, and how one is sealed into the tree.

A Secret is sealed by `kubeseal` with the controller's certificate, which only the controller's key
opens. Its values come from standard input and go to kubeseal's standard input; they are never in an
argument, an environment variable or a file.
"""

import hashlib
import hmac
import json
import secrets
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import yaml

from components.postgres.instances import PULL_KEY, PULL_TYPE
from stacks.check.rules.required import RequiredSecret, required
from stacks.environment import EnvironmentSpec
from stacks.render.files import SEALED, document, file_name
from stacks.render.owners import KEPT, SYNC_OPTIONS, SYNC_WAVE

MANAGED = "sealedsecrets.bitnami.com/managed=true"
"""Annotation on a Secret that the controller may write over. Without it the controller refuses one
that it has not made (sealed-secrets README, "Managing existing secrets")."""

_CERTIFICATE = "# certificate sha256:"
_CONTENT = "# content scrypt:"
_SCRYPT = {"n": 1 << 16, "r": 8, "p": 1, "maxmem": 1 << 27}  # 64 MiB and 0.2 s for each guess
_LONG = 22
"""Characters of base64 that hold 128 bits."""


class CannotSeal(pulumi.RunError):
    """Why a Secret was not sealed; its text is a line for each fault, `place: fault; fix`."""


def wanted(environment: EnvironmentSpec, place: str) -> RequiredSecret:
    """Return the Secret at *place*, `namespace/name`; raise CannotSeal if none is required."""
    known = {secret.place: secret for secret in required(environment)}
    if place not in known:
        fix = f"write one of {', '.join(known)}" if known else "it needs no Secret"
        raise CannotSeal(f"{place}: the environment refers to no such Secret; {fix}")
    return known[place]


def values(text: str, secret: RequiredSecret) -> dict[str, str]:
    """Return the values in *text*, a YAML or JSON mapping; raise CannotSeal with every fault.

    Messages never repeat any part of *text*.
    """
    keys = ", ".join(sorted(secret.keys))
    try:
        given = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CannotSeal(
            f"standard input, line {line}: is neither YAML nor JSON; write a mapping of {keys}"
        ) from None
    except yaml.YAMLError:
        raise CannotSeal(
            f"standard input: is neither YAML nor JSON; write a mapping of {keys}"
        ) from None
    if not isinstance(given, dict):
        raise CannotSeal(f"standard input: is not a mapping; write a mapping of {keys}")
    faults = [f"{secret.place}: key {key} is missing; write it" for key in secret.keys - set(given)]
    if set(given) - secret.keys:
        faults.append(f"{secret.place}: there are keys that nothing reads; write only {keys}")
    faults += [
        f"{secret.place}: key {key} is not text; write it in quotes"
        for key in secret.keys & set(given)
        if not (isinstance(given[key], str) and given[key])
    ]
    if faults:
        raise CannotSeal("\n".join(sorted(faults)))
    return {str(key): given[key] for key in sorted(given)}


def seal(
    environment: EnvironmentSpec,
    secret: RequiredSecret,
    plain: Mapping[str, str],
    folder: Path,
    kubeseal: str,
) -> Path | None:
    """Write *secret* with the values *plain* into *folder*, sealed; return its file.

    Return None if it is already sealed with the same values and certificate: kubeseal's output
    differs every time. Raise CannotSeal if kubeseal refuses.
    """
    certificate = environment.gitops.sealing_certificate if environment.gitops else None
    if certificate is None:
        raise CannotSeal(
            "gitops.sealing_certificate: is missing, so nothing can be sealed; "
            "write what `kubeseal --fetch-cert` prints"
        )
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.strip())).hexdigest()
    path = folder / file_name(_manifest("SealedSecret", secret))
    if path.exists():
        head = path.read_text(encoding="utf-8").splitlines()[:3]
        if head[:1] != [SEALED.strip()]:
            raise CannotSeal(f"{path}: was not sealed by tier0; choose another folder")
        if _CERTIFICATE + fingerprint in head and _holds(head, secret, plain):
            return None
    # A kubelet takes no other type.
    kind = {"type": PULL_TYPE} if PULL_KEY in secret.keys else {}
    manifest = _manifest("Secret", secret) | kind | {"stringData": plain}
    sealed = _sealed(manifest, certificate, kubeseal)
    notes = {SYNC_WAVE: "0"} | ({} if environment.disposable else {SYNC_OPTIONS: KEPT})
    sealed["metadata"] = {"name": secret.name, "namespace": secret.namespace, "annotations": notes}
    head = [SEALED, f"{_CERTIFICATE}{fingerprint}\n"]
    if _guarded(plain):
        salt = secrets.token_bytes(16)
        head.append(f"{_CONTENT}{salt.hex()}:{_digest(secret, plain, salt)}\n")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(head) + document(sealed), encoding="utf-8")
    return path


def _manifest(kind: str, secret: RequiredSecret) -> dict[str, Any]:
    return {
        "apiVersion": "v1" if kind == "Secret" else "bitnami.com/v1alpha1",
        "kind": kind,
        "metadata": {"name": secret.name, "namespace": secret.namespace},
    }


def _sealed(manifest: Mapping[str, Any], certificate: str, kubeseal: str) -> dict[str, Any]:
    program = shutil.which(kubeseal)
    if program is None:
        raise CannotSeal(
            f"{kubeseal}: is not installed; install kubeseal, or give its path with --kubeseal"
        )
    with tempfile.NamedTemporaryFile("w", suffix=".pem", encoding="utf-8") as public:
        public.write(certificate)
        public.flush()
        done = subprocess.run(
            [program, "--cert", public.name, "--format", "json", "--scope", "strict"],
            input=json.dumps(manifest),
            env={},  # it reads neither a kubeconfig nor a setting
            capture_output=True,
            check=False,
            text=True,
        )
    if done.returncode:
        said = " ".join(done.stderr.split())
        shown = "" if any(value in said for value in manifest["stringData"].values()) else said
        raise CannotSeal(f"{kubeseal}: refused ({shown}); fix that")
    sealed: dict[str, Any] = json.loads(done.stdout)
    return {key: sealed[key] for key in ("apiVersion", "kind", "metadata", "spec")}


def _guarded(plain: Mapping[str, str]) -> bool:
    """Return whether at least one of the values, and so their combination, cannot be guessed.

    Of guessable values not even a digest is left in Git; they are sealed again each time.
    """
    return any(
        len(value) >= _LONG
        and "BEGIN CERTIFICATE" not in value
        and not any(map(str.isspace, value))
        for value in plain.values()
    )


def _digest(secret: RequiredSecret, plain: Mapping[str, str], salt: bytes) -> str:
    content = json.dumps([secret.place, sorted(plain.items())]).encode()
    return hashlib.scrypt(content, salt=salt, dklen=32, **_SCRYPT).hex()


def _holds(head: list[str], secret: RequiredSecret, plain: Mapping[str, str]) -> bool:
    """Return whether the file that begins with *head* was sealed from exactly these values."""
    for line in head:
        if line.startswith(_CONTENT):
            salt, _, digest = line.removeprefix(_CONTENT).partition(":")
            return hmac.compare_digest(_digest(secret, plain, bytes.fromhex(salt)), digest)
    return False

"""Secrets in the tree: sealed by the real kubeseal, opened with the controller's key only."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.check import load
from stacks.check.rules.required import required
from stacks.environment import EnvironmentSpec
from stacks.render.sealing import CannotSeal, seal, values, wanted
from tests import valid
from tests.support import ROOT, declared, to_module
from tools.build.toolchain import Toolchain

pytestmark = [
    pytest.mark.usefixtures("toolchain"),
    pytest.mark.skipif(
        shutil.which("openssl") is None, reason="it makes the controller's key with openssl"
    ),
]

TOKEN = "hvs.CAESIJ3kq0Yw8f2Z1xQmVt5uWb7"
BUCKET = {"ACCESS_KEY_ID": "AKIDEXAMPLE0000", "ACCESS_SECRET_KEY": "wJalrXUtnFEMI7K7MDENG0bPxRfi"}


def _kubeseal() -> str:
    return str(Toolchain().binary("kubeseal"))


def _keypair(folder: Path, name: str) -> tuple[Path, str]:
    """Make a key and a certificate as the sealed-secrets controller makes them."""
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=sealed-secret"
    subprocess.run(
        [*command.split(), "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    return key, certificate.read_text()


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The controller's private key and its certificate."""
    return _keypair(tmp_path_factory.mktemp("controller"), "first")


SECRETS = {
    "object_store.kms": valid.kms(
        address="https://bao.kms.svc:8200", token_secret="kms-token", ca_secret="kms-ca"
    ),
    "databases.n8n.backup.bucket": valid.existing_bucket(
        bucket="n8n-postgres-backups", secret="n8n-s3"
    ),
    "databases.n8n.backup.encryption": "AES256",
}
"""A KMS and a bucket that exists."""


def _environment(path: Path, certificate: str) -> EnvironmentSpec:
    """Homelab with SECRETS, applied by Argo CD; it is written to *path* too."""
    gitops = valid.gitops(sealing_certificate=certificate)
    environment = valid.homelab(SECRETS | {"gitops": gitops})
    to_module(environment, path)
    return environment


@pytest.fixture
def environment(tmp_path: Path, controller: tuple[Path, str]) -> EnvironmentSpec:
    return _environment(tmp_path / "shared.py", controller[1])


def _opened(sealed: Path, *keys: Path) -> dict[str, str]:
    """What is in a sealed file, by the controller's own way back."""
    done = subprocess.run(
        [_kubeseal(), "--recovery-unseal", "--recovery-private-key", ",".join(map(str, keys))],
        input=sealed.read_text(),
        env={},
        capture_output=True,
        check=True,
        text=True,
    )
    data: Mapping[str, str] = json.loads(done.stdout)["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def _seal(python: Path, tmp_path: Path, place: str, text: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, without cluster and settings."""
    return subprocess.run(
        [
            *(python, "-m", "stacks", "seal", str(tmp_path / "shared.py"), place),
            *("--out", str(tmp_path / "tree"), "--kubeseal", _kubeseal()),
        ],
        cwd=ROOT,
        env={"PATH": os.defpath, "HOME": "/nonexistent", "KUBECONFIG": "/nonexistent"},
        input=text,
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.mark.usefixtures("environment")
def test_a_sealed_secret_opens_with_the_controllers_key_and_shows_nothing_without(
    python: Path, tmp_path: Path, controller: tuple[Path, str]
) -> None:
    done = _seal(python, tmp_path, "n8n-prod/n8n-s3", json.dumps(BUCKET))
    path = tmp_path / "tree" / "n8n-prod.sealedsecret.n8n-s3.yaml"
    assert (done.returncode, done.stdout) == (0, f"{path}\n"), done.stderr
    assert _opened(path, controller[0]) == BUCKET
    for value in BUCKET.values():
        for shown in (value, base64.b64encode(value.encode()).decode()):
            assert shown not in path.read_text()
    manifest = yaml.safe_load(path.read_text())
    assert (manifest["kind"], manifest["metadata"]["namespace"]) == ("SealedSecret", "n8n-prod")
    assert manifest["metadata"]["annotations"] == {
        "argocd.argoproj.io/sync-wave": "0",
        "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
    }


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("place", "given"),
    [
        ("n8n-prod/n8n-s3", BUCKET),
        ("rook-ceph/kms-token", {"token": TOKEN}),
        ("rook-ceph/kms-ca", {"cert": "-----BEGIN CERTIFICATE-----"}),
    ],
)
def test_sealing_says_how_the_controller_takes_over_a_secret_that_was_made_by_hand(
    python: Path, tmp_path: Path, place: str, given: dict[str, str]
) -> None:
    done = _seal(python, tmp_path, place, json.dumps(given))
    namespace, name = place.split("/")
    assert done.stderr == (
        f"{place}: if the cluster has this Secret, made by hand, let the controller write it "
        f"first: kubectl -n {namespace} annotate secret {name} "
        "sealedsecrets.bitnami.com/managed=true\n"
    )
    again = _seal(python, tmp_path, place, json.dumps(given))
    assert (again.stderr != "") == ("sealed already" not in again.stdout)


def test_what_was_sealed_for_another_name_opens_nowhere_else(
    tmp_path: Path, environment: EnvironmentSpec, controller: tuple[Path, str]
) -> None:
    path = _sealed(environment, tmp_path, "rook-ceph/kms-token", {"token": TOKEN})
    path.write_text(path.read_text().replace("name: kms-token", "name: stolen"))
    with pytest.raises(subprocess.CalledProcessError):
        _opened(path, controller[0])


def _sealed(
    environment: EnvironmentSpec, tmp_path: Path, place: str, plain: Mapping[str, str]
) -> Path:
    path = seal(environment, wanted(environment, place), plain, tmp_path / "tree", _kubeseal())
    assert path, f"{place} was left as it is"
    return path


def test_a_secret_of_a_registry_has_the_type_that_a_kubelet_takes(
    tmp_path: Path, controller: tuple[Path, str]
) -> None:
    gitops = valid.gitops(sealing_certificate=controller[1])
    environment = valid.homelab(
        {"gitops": gitops, "databases.n8n.image_pull_secrets": ["registry"]}
    )
    plain = {".dockerconfigjson": '{"auths": {}}'}
    path = _sealed(environment, tmp_path, "n8n-prod/registry", plain)
    template = yaml.safe_load(path.read_text())["spec"]["template"]
    assert template["type"] == "kubernetes.io/dockerconfigjson"
    assert _opened(path, controller[0]) == plain


def test_the_same_values_are_not_sealed_again_and_others_are(
    python: Path, tmp_path: Path, environment: EnvironmentSpec
) -> None:
    place = "rook-ceph/kms-token"
    path = _sealed(environment, tmp_path, place, {"token": TOKEN})
    first = path.read_bytes()
    again = _seal(python, tmp_path, place, f"token: {TOKEN}")
    assert again.stdout == f"{place}: sealed already, with these values and this certificate\n"
    assert path.read_bytes() == first
    _sealed(environment, tmp_path, place, {"token": TOKEN + "x"})
    assert path.read_bytes() != first


def test_another_certificate_seals_anew_and_the_old_key_still_opens_the_old_file(
    tmp_path: Path, environment: EnvironmentSpec, controller: tuple[Path, str]
) -> None:
    place, plain = "rook-ceph/kms-token", {"token": TOKEN}
    path = _sealed(environment, tmp_path, place, plain)
    old = tmp_path / "old.yaml"
    old.write_text(path.read_text())
    key, certificate = _keypair(tmp_path, "second")
    _sealed(_environment(tmp_path / "shared.py", certificate), tmp_path, place, plain)
    assert _opened(old, controller[0], key) == _opened(path, controller[0], key) == plain
    with pytest.raises(subprocess.CalledProcessError):
        _opened(old, key)


def test_of_values_that_can_be_guessed_no_digest_is_left(
    tmp_path: Path, environment: EnvironmentSpec
) -> None:
    place = "rook-ceph/kms-ca"
    certificate = environment.gitops and environment.gitops.sealing_certificate
    assert certificate
    for plain in ("hunter2", certificate):
        path = _sealed(environment, tmp_path, place, {"cert": plain})
        assert "scrypt" not in path.read_text()
    assert (
        "scrypt"
        in _sealed(environment, tmp_path, "rook-ceph/kms-token", {"token": TOKEN}).read_text()
    )


def test_no_process_shows_the_value_in_its_arguments_or_environment(
    tmp_path: Path, environment: EnvironmentSpec
) -> None:
    """A kubeseal that notes how it was started stands before the real one."""
    noted, spy = tmp_path / "noted", tmp_path / "kubeseal"
    spy.write_text(
        f"#!/bin/sh\ntr '\\0' '\\n' < /proc/$$/cmdline > {noted}\n"
        f"tr '\\0' '\\n' < /proc/$$/environ >> {noted}\n"
        f"tr '\\0' '\\n' < /proc/$PPID/cmdline >> {noted}\n"
        f"tr '\\0' '\\n' < /proc/$PPID/environ >> {noted}\n"
        f'exec {_kubeseal()} "$@"\n'
    )
    spy.chmod(0o755)
    secret = wanted(environment, "rook-ceph/kms-token")
    assert seal(environment, secret, {"token": TOKEN}, tmp_path / "tree", str(spy))
    assert "--cert" in noted.read_text()
    assert TOKEN not in noted.read_text()
    left = [path for path in tmp_path.rglob("*") if path.is_file() and TOKEN in path.read_text()]
    assert left == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "standard input: is not a mapping; write a mapping of token"),
        ("hvs.secret", "standard input: is not a mapping; write a mapping of token"),
        ("a: b\ntoken: {hvs.secret", "standard input, line 2: is neither YAML nor JSON; "),
        ("token: 'hvs.secret\x00'", "standard input: is neither YAML nor JSON; "),
        ("tokn: hvs.secret", "rook-ceph/kms-token: key token is missing; write it"),
        ("token: x\nhvs.secret: y", "there are keys that nothing reads; write only token"),
        ("token: 12", "rook-ceph/kms-token: key token is not text; write it in quotes"),
        ("token: ''", "rook-ceph/kms-token: key token is not text; write it in quotes"),
    ],
)
def test_what_is_no_value_is_refused_without_a_word_of_it(
    text: str, said: str, environment: EnvironmentSpec
) -> None:
    with pytest.raises(CannotSeal) as refused:
        values(text, wanted(environment, "rook-ceph/kms-token"))
    assert said in str(refused.value)
    assert "hvs.secret" not in str(refused.value)


def test_the_command_says_what_is_wrong_in_a_sentence(
    python: Path, tmp_path: Path, environment: EnvironmentSpec
) -> None:
    def said(place: str, text: str) -> str:
        done = _seal(python, tmp_path, place, text)
        assert (done.returncode, done.stdout) == (1, "")
        return done.stderr

    assert said("n8n-prod/nope", "a: b") == (
        "n8n-prod/nope: the environment refers to no such Secret; write one of "
        "n8n-prod/n8n-s3, rook-ceph/kms-ca, rook-ceph/kms-token, tier0-drills/n8n-archive-reader\n"
    )
    assert "key ACCESS_KEY_ID is missing" in said("n8n-prod/n8n-s3", "ACCESS_SECRET_KEY: x")
    (tmp_path / "tree").mkdir()
    mine = tmp_path / "tree" / "rook-ceph.sealedsecret.kms-token.yaml"
    mine.write_text("kind: Mine\n")
    assert said("rook-ceph/kms-token", "token: x") == (
        f"{mine}: was not sealed by tier0; choose another folder\n"
    )
    secret = wanted(environment, "rook-ceph/kms-ca")
    with pytest.raises(
        CannotSeal, match="/nowhere: is not installed; install kubeseal, or give its path"
    ):
        seal(environment, secret, {"cert": "x"}, tmp_path / "tree", "/nowhere")
    with pytest.raises(CannotSeal, match="sealing_certificate: is missing, so nothing can be"):
        seal(load("homelab"), secret, {"cert": "x"}, tmp_path / "tree", _kubeseal())


def _strings(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, Mapping):
        if key in value:
            yield value[key]
        for item in value.values():
            yield from _strings(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, key)


def test_every_secret_that_is_referred_to_is_made_here_or_required() -> None:
    environment = valid.homelab(SECRETS)
    manifests = list(declared(environment).manifests())
    made = {
        (m["metadata"]["namespace"], name)
        for m in manifests
        if m["kind"] in {"Certificate", "ObjectBucketClaim"}
        for name in (m["spec"].get("secretName"), m["metadata"]["name"])
    }
    referred: set[tuple[str, str, str]] = set()
    for manifest in manifests:
        namespace = manifest["metadata"].get("namespace", "")
        for key in ("accessKeyId", "secretAccessKey", "endpointCA"):
            referred |= {(namespace, r["name"], r["key"]) for r in _strings(manifest, key)}
        referred |= {(namespace, n, "token") for n in _strings(manifest, "tokenSecretName")}
        referred |= {(namespace, n, "cert") for n in _strings(manifest, "VAULT_CACERT")}
    needed = {r for r in referred if r[:2] not in made}
    assert len(needed) == 6
    assert {(s.namespace, s.name, k) for s in required(environment) for k in s.keys} == needed


def test_what_is_made_here_is_not_required() -> None:
    allowed = valid.homelab({"object_store.bucket_policies": True})
    assert required(allowed) == []


@pytest.mark.usefixtures("environment")
def test_the_list_says_where_which_keys_and_what_for(python: Path, tmp_path: Path) -> None:
    listed = subprocess.run(
        [python, "-m", "stacks", "secrets", str(tmp_path / "shared.py")],
        cwd=ROOT,
        env={"PATH": ""},
        capture_output=True,
        check=True,
        text=True,
    )
    assert listed.stdout == (
        "n8n-prod/n8n-s3: ACCESS_KEY_ID, ACCESS_SECRET_KEY (databases.n8n.backup.bucket)\n"
        "rook-ceph/kms-ca: cert (object_store.kms.ca_secret)\n"
        "rook-ceph/kms-token: token (object_store.kms.token_secret)\n"
        "tier0-drills/n8n-archive-reader: ACCESS_KEY_ID, ACCESS_SECRET_KEY (databases.n8n.drills,"
        " which only read with it)\n"
    )

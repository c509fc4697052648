"""The runbooks of the sealing keys and of the root CA: kept, lost with them, brought back."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT
from tools.build.toolchain import Toolchain
from tools.sandbox.api_server import Sandbox

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the runbook needs openssl, which this machine lacks"
)

RUNBOOK = ROOT / "docs" / "runbooks" / "sealing-keys.md"
ROOT_CA = ROOT / "docs" / "runbooks" / "root-ca.md"
LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key"
CONTROLLER = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "sealed-secrets-controller", "namespace": "kube-system"},
    "spec": {
        "selector": {"matchLabels": {"name": "x"}},
        "template": {
            "metadata": {"labels": {"name": "x"}},
            "spec": {"containers": [{"name": "x", "image": "x:1"}]},
        },
    },
}


@pytest.fixture
def shell(sandbox: Sandbox, toolchain: Toolchain, tmp_path: Path) -> "Shell":
    return Shell(sandbox, toolchain, tmp_path)


class Shell:
    """A person's shell in a folder of theirs, with kubectl, kubeseal and the sandbox."""

    def __init__(self, sandbox: Sandbox, toolchain: Toolchain, folder: Path) -> None:
        self.folder = folder
        programs = [Path(sys.executable).parent, toolchain.binary("kubeseal").parent]
        self._environment = {
            "PATH": os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
            "KUBECONFIG": str(sandbox.kubeconfig),
            "HOME": str(folder),
        }

    def run(self, commands: str, *, given: str = "") -> str:
        """Return what *commands* print."""
        done = self.try_(commands, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def try_(self, commands: str, *, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run *commands*, which may fail."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.folder,
            env=self._environment,
            input=given,
            capture_output=True,
            check=False,
            text=True,
        )

    def new_key(self, name: str) -> None:
        """Have a key pair as the controller makes one."""
        self.run(
            f"openssl req -x509 -newkey rsa:2048 -noenc -days 9 -subj /CN=sealed-secret"
            f" -keyout {name}.key -out {name}.crt"
        )
        key, certificate = (
            base64.b64encode((self.folder / f"{name}.{end}").read_bytes()).decode()
            for end in ("key", "crt")
        )
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "kubernetes.io/tls",
            "metadata": {"name": name, "namespace": "kube-system", "labels": {LABEL: "active"}},
            "data": {"tls.key": key, "tls.crt": certificate},
        }
        self.run("kubectl create -f -", given=json.dumps(secret))
        (self.folder / f"{name}.key").unlink()

    def seal(self, name: str, certificate: str) -> None:
        """Have a SealedSecret in the tree."""
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": "n8n-prod"},
            "stringData": {"token": "hvs.plain"},
        }
        (self.folder / "rendered").mkdir(exist_ok=True)
        target = f"rendered/n8n-prod.sealedsecret.{name}.yaml"
        self.run(f"kubeseal --cert {certificate}.crt > {target}", given=json.dumps(secret))

    def keys(self) -> dict[str, str]:
        """Return the private keys that the cluster has."""
        text = self.run(f"kubectl -n kube-system get secret -l {LABEL} -o json")
        return {s["metadata"]["name"]: s["data"]["tls.key"] for s in json.loads(text)["items"]}


def _commands(runbook: Path = RUNBOOK) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", runbook.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_runbook_keeps_the_sealing_keys_and_brings_them_back(shell: Shell) -> None:
    once, export, look, back = _commands()
    shell.run("kubectl create -f -", given=json.dumps(CONTROLLER))
    for name in ("first", "second"):
        shell.new_key(name)
        shell.seal(f"by-{name}", name)
    keys = shell.keys()
    assert len(keys) == 2

    shell.run(once)
    shell.run(export)
    assert shell.run(look).splitlines() == [
        f"rendered/n8n-prod.sealedsecret.by-{name}.yaml opens" for name in ("first", "second")
    ]
    shell.run(f"kubectl -n kube-system delete secret -l {LABEL}")
    assert shell.keys() == {}
    shell.run(back)
    assert shell.keys() == keys
    restarted = shell.run("kubectl -n kube-system get deployment sealed-secrets-controller -o json")
    assert "restartedAt" in restarted

    in_files = b"".join(p.read_bytes() for p in shell.folder.rglob("*") if p.is_file())
    for key in keys.values():
        assert key.encode() not in in_files
        assert base64.b64decode(key) not in in_files


def test_what_was_sealed_after_the_export_is_found_by_looking(shell: Shell) -> None:
    once, export, look, _ = _commands()
    shell.new_key("first")
    shell.run(once)
    shell.run(export)
    shell.new_key("second")
    shell.seal("later", "second")
    looked = shell.try_(look)
    assert looked.returncode != 0
    assert "opens" not in looked.stdout


def test_an_export_without_a_key_is_no_export(shell: Shell) -> None:
    once, export, *_ = _commands()
    shell.run(once)
    exported = shell.try_(export)
    assert exported.returncode != 0
    assert "no sealing key found" in exported.stderr


def test_the_runbook_keeps_the_root_ca_and_brings_it_back(shell: Shell) -> None:
    once, *_ = _commands()
    keep, back, look = _commands(ROOT_CA)

    def secret(namespace: str, name: str, data: dict[str, str]) -> None:
        metadata = {"name": name, "namespace": namespace, "annotations": {"of": "cert-manager"}}
        manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}
        shell.run("kubectl apply -f -", given=json.dumps(manifest))

    def root() -> tuple[dict[str, str], dict[str, str]]:
        text = shell.run("kubectl -n cert-manager get secret tier0-root-ca -o json")
        found = json.loads(text)
        return found["data"], found["metadata"]["annotations"]

    for namespace in ("cert-manager", "n8n-prod", "orders"):
        shell.run(f"kubectl get namespace {namespace} || kubectl create namespace {namespace}")
    secret("cert-manager", "tier0-root-ca", {"tls.crt": "first", "tls.key": "key of the root"})
    for namespace in ("n8n-prod", "orders"):
        secret(namespace, "tier0-ca", {"ca.crt": "first"})
    before = root()
    shell.run(once)
    shell.run(keep)
    assert shell.run(look) == ""
    assert "key of the root" not in (shell.folder / "root-ca.cms").read_text()

    shell.run("kubectl -n cert-manager delete secret tier0-root-ca")
    secret("cert-manager", "tier0-root-ca", {"tls.crt": "second", "tls.key": "another"})
    secret("orders", "tier0-ca", {"ca.crt": "second"})
    assert shell.run(look).splitlines() == ["n8n-prod"]

    shell.run("kubectl -n cert-manager delete secret tier0-root-ca")
    shell.run(back)
    assert root()[0] == before[0]
    assert shell.run(look).splitlines() == ["orders"]

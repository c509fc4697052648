"""The off-site store's own key management: OpenBao as a process next to it, on loopback only.

Its keys are on that side alone: who has the node's KMS reads nothing of the copy, and a lost one
loses no copy.
"""

import json
import os
import secrets
import subprocess
from pathlib import Path

from tools import Fault, kube
from tools.daemon import Daemon
from tools.lab.machine.network import inside
from tools.lab.machine.paths import OFFSITE_NETWORK
from tools.lab.operators import openbao

ADDRESS = "http://127.0.0.1:8200"
_SECONDS = 60.0


class Kms:
    """The service, its keys sealed by its own key in a folder."""

    def __init__(self, folder: Path) -> None:
        """Name its folder; nothing is started."""
        self._folder = folder
        self._daemon = Daemon("kms", folder)
        self.token = folder / "token"
        """The gateway's token as a file that only its owner reads, as RGW wants it."""

    def start(self) -> None:
        """Start it where it does not run; return when its transit engine serves."""
        self._folder.mkdir(exist_ok=True)
        (self._folder / "data").mkdir(exist_ok=True)
        seal, settings = self._folder / "seal", self._folder / "openbao.json"
        if not seal.exists():
            seal.write_bytes(secrets.token_bytes(32))
        settings.write_text(json.dumps(self._settings(seal), indent=1))
        if self._daemon.pid is None:
            command = [*inside(OFFSITE_NETWORK), str(openbao.program()), "server"]
            self._daemon.start([*command, f"-config={settings}"])
        root = self._folder / "root"
        if not root.exists():
            self._wait({0, 1, 2})
            shares = ("-recovery-shares=1", "-recovery-threshold=1")
            given = self._bao("operator", "init", "-format=json", *shares)
            root.write_text(json.loads(given)["root_token"])
            root.chmod(0o600)
        self._wait({0})
        if not self.token.exists():
            self._open(root.read_text())

    def stop(self) -> None:
        """Stop it; its keys stay."""
        self._daemon.stop()

    def _open(self, root: str) -> None:
        """Make the transit engine, and a token that may do what Ceph does with one."""
        policy = self._folder / "policy.hcl"
        policy.write_text(openbao.POLICY)
        if "transit/" not in self._bao("secrets", "list", token=root):
            self._bao("secrets", "enable", "transit", token=root)
        self._bao("policy", "write", "gateway", str(policy), token=root)
        wanted = ("-policy=gateway", "-no-default-policy", "-orphan", "-period=768h")
        token = self._bao("token", "create", *wanted, "-field=token", token=root).strip()
        self.token.touch(mode=0o600)
        self.token.write_text(token)

    def _wait(self, codes: set[int]) -> None:
        """Wait until its status is one of: 0 unsealed, 2 sealed or not initialised, 1 an error."""

        def answers() -> bool:
            if self._daemon.pid is None:
                raise self._daemon.fault("it ended")
            done = self._run("status", "-format=json")
            return done.returncode in codes and done.stdout.startswith("{")

        kube.wait("off-site KMS", answers, lambda: str(self._daemon.fault("says")), _SECONDS)

    def _bao(self, *arguments: str, token: str = "") -> str:
        done = self._run(*arguments, token=token)
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-300:]
            raise Fault("off-site KMS", f"`bao {arguments[0]}` failed ({said})", "read its log")
        return done.stdout

    def _run(self, *arguments: str, token: str = "") -> "subprocess.CompletedProcess[str]":
        known = {"BAO_ADDR": ADDRESS, "BAO_TOKEN": token, "HOME": str(self._folder)}
        return subprocess.run(
            [*inside(OFFSITE_NETWORK), str(openbao.program()), *arguments],
            env=os.environ | known,
            capture_output=True,
            text=True,
            check=False,
        )

    def _settings(self, seal: Path) -> dict[str, object]:
        return {
            "listener": [{"tcp": {"address": ADDRESS.partition("//")[2], "tls_disable": True}}],
            "storage": {"raft": {"path": str(self._folder / "data"), "node_id": "offsite"}},
            "seal": [{"static": {"current_key_id": "offsite", "current_key": f"file://{seal}"}}],
            "api_addr": ADDRESS,
            "cluster_addr": "http://127.0.0.1:8201",
            "disable_mlock": True,
            "ui": False,
        }

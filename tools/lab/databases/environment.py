"""An environment of tier0 on the lab, deployed by the real Pulumi engine as a person would do it.

The stack's state lives in the cluster's directory and goes with it. What is deployed is found again
by the environment's own specs, so that a test asks for a database by the name of its role.
"""

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from components import certificates
from components.ceph.buckets import BucketClaimSpec
from components.ceph.object_store import ObjectStoreSpec
from stacks.check import load
from tools import ROOT, Fault, say, write_atomically
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine
from tools.engine.interrupted import settle
from tools.lab.databases.archives import Archive
from tools.lab.databases.deployed import Deployed

if TYPE_CHECKING:
    from tools.lab.access import Cluster

_UP = ("--yes", "--suppress-progress")


@dataclass(frozen=True)
class Change:
    """What a `pulumi up` did."""

    seconds: float
    said: str

    @property
    def nothing(self) -> bool:
        """Tell whether it found everything as it was."""
        return re.search(r"Resources:\n    \d+ unchanged\n", self.said) is not None


class Environment:
    """An environment module outside of the checkout's `stacks/`, as a stack with its own name."""

    def __init__(self, lab: "Cluster", module: Path, folder: str = "environment") -> None:
        """Deploy `module` to `lab`; its name without the suffix is the stack's.

        Two environments that are deployed at the same time have different folders.
        """
        self.lab = lab
        self.name = module.stem
        self.spec = load(str(module))
        self._module = module
        self._directory = lab.directory / folder
        self._note = self._directory / "deployed"

    def up(self, **env: str) -> Change:
        """Run `pulumi up` and wait until everything is ready (170 s when nothing is there yet)."""
        engine = self._prepared()
        began = time.monotonic()
        done = engine.run("up", *_UP, "--stack", self.name, env=env)
        seconds = time.monotonic() - began
        if not self._note.exists():
            write_atomically(self._note, str(seconds))
        return Change(seconds, done.stdout)

    @contextmanager
    def rising(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Start `pulumi up`, in a group of processes that can be killed; ^C ends it at last."""
        engine = self._prepared()
        with (
            (self._directory / "rising.log").open("wb") as log,
            subprocess.Popen(
                engine.command("up", *_UP, "--stack", self.name),
                cwd=engine.project,
                env=engine.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            ) as started,
        ):
            try:
                yield started
            finally:
                if started.poll() is None:
                    started.send_signal(signal.SIGINT)

    def up_after_a_kill(self) -> Change:
        """Continue one that was killed, by the lines of docs/runbooks/interrupted-up.md."""
        engine = self._engine(self._directory / "program")
        engine.run("cancel", "--yes", "--stack", self.name)
        self.refresh("--clear-pending-creates")
        return self.up(PULUMI_K8S_UPSERT_EXISTING_OBJECTS="true")

    def refresh(self, *options: str) -> None:
        """Run `pulumi refresh`."""
        engine = self._engine(self._directory / "program")
        engine.run("refresh", "--yes", "--skip-preview", *options, "--stack", self.name)

    def _prepared(self) -> Engine:
        """Return the engine with a copy of the program, and what was killed settled."""
        program = self._directory / "program"
        shutil.rmtree(program, ignore_errors=True)
        program.mkdir(parents=True)
        for name in ("__main__.py", "Pulumi.yaml"):
            shutil.copy(ROOT / name, program)
        for name in ("components", "stacks"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, program / name, ignore=ignored)
        shutil.copy(self._module, program / "stacks")
        engine = self._engine(program)
        if self.spec.rook_store and self.lab.ours and not self._note.exists():
            self._make_room()
        settle(engine, self.lab.kube, self.name, say)
        return engine

    def down(self) -> None:
        """Run `pulumi destroy` if it was deployed, even by a run that was killed.

        Its certificates' Secrets go too, which cert-manager leaves behind; in the databases'
        namespaces they go with these.
        """
        if not self._directory.exists():
            return
        engine = self._engine(ROOT)
        settle(engine, self.lab.kube, self.name, say)
        engine.run("destroy", "--yes", "--suppress-progress", "--stack", self.name)
        if store := self.spec.rook_store:
            self.lab.kube.delete("v1", "Secret", store.certificate.secret, store.namespace)
            home = self.spec.certificates.namespace
            self.lab.kube.delete("v1", "Secret", certificates.ROOT, home)
        shutil.rmtree(self._directory)

    @property
    def store(self) -> ObjectStoreSpec:
        """The object store that it makes in the lab's Ceph."""
        if self.spec.rook_store is None:
            raise Fault(self.name, "its archives are not in Ceph", "give it an ObjectStoreSpec")
        return self.spec.rook_store

    def _engine(self, program: Path) -> Engine:
        """Return the engine with the stack selected."""
        engine = Engine(self._directory, program, self.lab.kubeconfig, Toolchain())
        engine.prepare()
        engine.run("stack", "select", "--create", self.name)
        return engine

    @property
    def took(self) -> float:
        """Seconds that the first deployment to this lab took, with its preview."""
        return float(self._note.read_text())

    def _make_room(self) -> None:
        """Remove the authority of other tests: its name is fixed, and Pulumi refuses what it finds.

        The root's Secret stays, so that what it has signed stays trusted.
        """
        for name in (certificates.SELF_SIGNED, certificates.ISSUER):
            self.lab.kube.delete("cert-manager.io/v1", "ClusterIssuer", name)
        home = self.spec.certificates.namespace
        self.lab.kube.delete("cert-manager.io/v1", "Certificate", certificates.ROOT, home)

    def database(self, role: str) -> Deployed:
        """Return a database of the environment by the name that its role has in it."""
        spec = self.spec.databases[role]
        if not isinstance(spec.backup.bucket, BucketClaimSpec):
            raise Fault(role, "its bucket is not made by a claim", "give it a BucketClaimSpec")
        return Deployed(
            self.lab,
            spec.namespace,
            spec.current.cluster,
            Archive(
                bucket=spec.backup.bucket.bucket,
                endpoint=self.spec.object_store.address,
                credentials=spec.backup.bucket.claim,
                ca=self.spec.store_ca or certificates.ISSUER,
                encryption=spec.backup.encryption,
                method=spec.backup.method,
            ),
            spec.image,
            holds=spec.database,
            host=spec.host,
            first=spec.cluster,
        )

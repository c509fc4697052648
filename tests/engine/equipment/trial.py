"""A program of one file on the plugins of our own making, which are what is tested here."""

import json
import subprocess
from pathlib import Path

from tests.support import ROOT
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine
from tools.engine.kubernetes import built


class Stack:
    """The stack of a program that a test writes after a prelude of imports."""

    def __init__(
        self, within: Path, toolchain: Toolchain, prelude: str, kubeconfig: Path | None = None
    ) -> None:
        """Make it, empty, in the folder `trial` within another; without a cluster, if need be."""
        self._engine = Engine(
            within / "engine", ROOT, kubeconfig or within / "no-kubeconfig", toolchain
        )
        # Ours are tested, also on a machine that has the released plugins.
        self._engine.real = {"kubernetes": built(toolchain.cache)}
        self._engine.offline = ["command"]
        self._engine.prepare()
        self.directory = within / "trial"
        self.directory.mkdir()
        self._prelude = prelude
        (self.directory / "Pulumi.yaml").write_text("name: trial\nruntime: python\n")
        self.run("stack", "init", "trial")

    def run(
        self, *args: str, check: bool = True, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi`."""
        return self._engine.run(*args, cwd=self.directory, check=check, env=env)

    def program(self, text: str) -> None:
        """Make the program this text."""
        (self.directory / "__main__.py").write_text(self._prelude + text)

    def up(self, text: str | None = None, *args: str) -> str:
        """Deploy, a program if one is given, and return what was printed."""
        if text is not None:
            self.program(text)
        return self.run("up", "--yes", "--skip-preview", *args).stdout

    def refused(self, text: str | None = None, command: str = "up") -> str:
        """Return what a run that fails says."""
        if text is not None:
            self.program(text)
        flags = [] if command == "preview" else ["--yes", "--skip-preview"]
        done = self.run(command, *flags, check=False)
        assert done.returncode, f"{command} was meant to fail:\n{done.stdout}"
        return done.stdout

    def start_up(self) -> subprocess.Popen[str]:
        """Start to deploy, and leave the waiting to the caller."""
        return subprocess.Popen(
            self._engine.command("up", "--yes", "--skip-preview"),
            cwd=self.directory,
            env=self._engine.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def settles(self) -> None:
        """Another run changes nothing, neither before nor after a refresh."""
        self.run("preview", "--expect-no-changes")
        self.run("preview", "--refresh", "--expect-no-changes")

    def output(self, name: str) -> str:
        """Return an output."""
        told: str = json.loads(self.run("stack", "output", "--json").stdout)[name]
        return told

    def state(self) -> str:
        """Return the state, as the backend holds it."""
        return self.run("stack", "export").stdout

    def urns(self) -> list[str]:
        """Return the names of the state's resources."""
        resources = json.loads(self.state())["deployment"].get("resources", [])
        return [resource["urn"].rpartition("::")[2] for resource in resources]

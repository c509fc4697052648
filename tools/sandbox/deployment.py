"""One environment on its own sandbox: deploy it, preview it, stop it."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from stacks.compose import compose
from stacks.environment import EnvironmentSpec
from stacks.render.recorder import record
from tools import Fault, say
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine
from tools.engine.interrupted import settle
from tools.lock import held
from tools.sandbox.api_server import Sandbox

_STOP_SECONDS = 60.0  # an interrupted pulumi ends what it began before it goes


class Deployment:
    """A directory for each environment: its sandbox's data and its stack's state.

    Two environments share no API server, as on real clusters: both may use the same names.
    """

    def __init__(
        self,
        directory: Path,
        program: Path,
        environment: EnvironmentSpec,
        toolchain: Toolchain,
    ) -> None:
        """Deploy the environment that `directory` is called after, under its kube context."""
        self.directory = directory
        self.stack = directory.name
        made = record(lambda: compose(environment)).manifests()
        self.sandbox = Sandbox(
            directory / "sandbox",
            [environment.context],
            toolchain,
            without=[m["metadata"]["name"] for m in made if m["kind"] == "Namespace"],
        )
        self.engine = Engine(directory, program, self.sandbox.kubeconfig, toolchain)

    def up(self) -> int:
        """Start the sandbox and deploy to it; return the exit code of `pulumi up`."""
        with self._alone():
            self._start()
            # The preview comes first: what is refused there, is refused before anything is touched.
            code, said = self._pulumi("up", "--yes", "--suppress-outputs")
            if code:
                raise self._failure("up", code, said)
            if re.search(r"Resources:\n    \d+ unchanged\n", said):
                say("no changes: everything is as it was")
            self._print_outputs()
            say(f"kubeconfig: {self.sandbox.kubeconfig}")
        return code

    def preview(self) -> int:
        """Start the sandbox and show what `up` would change in it."""
        with self._alone():
            self._start()
            code, said = self._pulumi("preview", "--diff")
            if code:
                raise self._failure("preview", code, said)
        return code

    def _alone(self) -> AbstractContextManager[int]:
        """Hold the directory alone."""
        busy = f"another run works on {self.directory}; waiting for it"
        return held(self.directory / "lock", busy, mode=0o700)

    def _start(self) -> None:
        """Bring up the sandbox and a stack to work on, whatever the last run left behind."""
        if None in self.sandbox.status().values():
            say("sandbox: starting etcd, kube-apiserver and kube-controller-manager (about 8 s)")
        self.sandbox.start()
        say(
            "sandbox: a real API server with the operators' CRDs; nothing reconciles, no PostgreSQL"
            " runs here"
        )
        say(self.engine.describe())
        self.engine.prepare()
        try:
            self.engine.run("stack", "select", "--create", self.stack)
            with self.sandbox.cluster() as cluster:
                settle(self.engine, cluster, self.stack, say)
            # Nothing reconciles here, so nothing ever becomes ready.
            self.engine.run("config", "set", "tier0:wait", "false", "--stack", self.stack)
        except Fault as fault:
            raise self._passphrase_fault(str(fault)) or fault from None

    def _pulumi(self, *args: str) -> tuple[int, str]:
        """Run pulumi before the user's eyes; return its exit code and what it printed."""
        process = subprocess.Popen(
            [*self.engine.command(*args), "--stack", self.stack, "--suppress-progress"],
            cwd=self.engine.project,
            env=self.engine.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = []
        with process:
            try:
                for line in process.stdout or ():
                    said.append(line)
                    say(line.rstrip("\n"))
            except KeyboardInterrupt:
                _end(process)
                raise
        return process.returncode, "".join(said)

    def _failure(self, command: str, code: int, said: str) -> Fault:
        return self._passphrase_fault(said) or Failed(
            f"pulumi {command}",
            f"it ended with exit code {code}, for the reasons above",
            f"fix them and run `make {command} STACK={self.stack}` again",
            code,
        )

    def _passphrase_fault(self, said: str) -> Fault | None:
        if "incorrect passphrase" not in said:
            return None
        return Fault(
            str(self.directory / "passphrase"),
            f"it is not the passphrase that the stack {self.stack} was made with",
            "put that one back, or start again with `make clean`",
        )

    def _print_outputs(self) -> None:
        answer = self.engine.run("stack", "output", "--json", "--stack", self.stack)
        table = Table(title=f"outputs of {self.stack}", title_justify="left")
        table.add_column("output", no_wrap=True)
        table.add_column("value", overflow="fold")
        for name, value in _flat("", json.loads(answer.stdout)):
            table.add_row(name, value)
        Console().print(table)


class Failed(Fault):
    """A command of Pulumi's failed; its exit code becomes ours."""

    def __init__(self, place: str, fault: str, fix: str, code: int) -> None:
        """Keep `code` next to the sentence."""
        super().__init__(place, fault, fix)
        self.status = code


def _end(process: "subprocess.Popen[str]") -> None:
    """Interrupt pulumi and wait: it notes down what it has begun, then goes."""
    for number, bound in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGKILL, None)):
        process.send_signal(number)
        try:
            process.communicate(timeout=bound)
        except subprocess.TimeoutExpired:
            continue
        return


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 (it is JSON)
    """Yield each leaf of nested outputs under its dotted name."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{prefix}.{name}" if prefix else name, inner)
    else:
        yield prefix, value if isinstance(value, str) else json.dumps(value)

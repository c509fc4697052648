"""`pulumi-resource-command`, offline: `command:local:Command`, run as the real plugin runs it.

Facts are from pulumi-command provider/pkg/provider/local: a change of `triggers` replaces, any
other change runs `update`, or `create` where there is none; the output of the step before is in
the environment of update and delete; a secret or unknown input makes the outputs so.
"""

# ruff: noqa: N802 - the names of the gRPC methods are the engine's.

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, ClassVar

from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from tools import Fault
from tools.engine.plugins.properties import (
    UNKNOWN,
    Obj,
    Secret,
    Tree,
    changes,
    decode_struct,
    diff_response,
    encode,
    has_secret,
    leaves,
    plain,
)
from tools.engine.plugins.provider import Context, Provider, serve, token

TOKEN = "command:local:Command"
TEXTS = ("create", "update", "delete", "stdin", "dir", "logging")
KNOWN = {*TEXTS, "triggers", "interpreter", "environment", "addPreviousOutputInEnv"}
LOGGED = {
    "": ("stdout", "stderr"),
    "stdoutAndStderr": ("stdout", "stderr"),
    "stdout": ("stdout",),
    "stderr": ("stderr",),
    "none": (),
}
TAIL_LINES = 20
POLL_SECONDS = 0.1
KILL_SECONDS = 2.0
# A shorter secret would blacken every line that is shown.
REDACTED_LENGTH = 3


class Command(Provider):
    """The plugin."""

    package: ClassVar[str] = "command"
    version: ClassVar[str] = "1.2.1"

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, _context: Context
    ) -> provider_pb2.CheckResponse:
        """Accept the configuration, which has no options."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(
        self, _request: provider_pb2.DiffRequest, _context: Context
    ) -> provider_pb2.DiffResponse:
        """Find no difference that could matter to a command."""
        return diff_response([], lambda _: False)

    def Check(
        self, request: provider_pb2.CheckRequest, _context: Context
    ) -> provider_pb2.CheckResponse:
        """Refuse what this plugin cannot run."""
        if token(request) != TOKEN:
            self.refuse(token(request))
        inputs = plain(decode_struct(request.news))
        failures = [
            provider_pb2.CheckFailure(property=key, reason=str(self.beyond(f"the property {key}")))
            for key, value in inputs.items()
            if key not in KNOWN and value is not None
        ]
        logging = inputs.get("logging") or ""
        if logging is not UNKNOWN and logging not in LOGGED:
            reason = f"logging is {logging!r}, and can be {', '.join(filter(None, LOGGED))}"
            failures.append(provider_pb2.CheckFailure(property="logging", reason=reason))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(
        self, request: provider_pb2.DiffRequest, _context: Context
    ) -> provider_pb2.DiffResponse:
        """Replace for a change of the triggers, update for any other."""
        old, new = plain(decode_struct(request.old_inputs)), plain(decode_struct(request.news))
        found = list(changes(old, new))
        return diff_response(found, lambda change: change.path[0] == "triggers")

    def Create(
        self, request: provider_pb2.CreateRequest, _context: Context
    ) -> provider_pb2.CreateResponse:
        """Run `create`, if there is one."""
        inputs = decode_struct(request.properties)
        script = plain(inputs.get("create"))
        if request.preview:
            return provider_pb2.CreateResponse(properties=encode(_outputs(inputs, {})))
        results = {"stdout": "", "stderr": ""}
        if script is not None:
            results = self._run("create", script, inputs, {}, request)
        name = request.name or request.urn.rpartition("::")[2]
        return provider_pb2.CreateResponse(
            id=name + secrets.token_hex(4), properties=encode(_outputs(inputs, results))
        )

    def Update(
        self, request: provider_pb2.UpdateRequest, _context: Context
    ) -> provider_pb2.UpdateResponse:
        """Run `update`, or `create` where there is none."""
        inputs, olds = decode_struct(request.news), plain(decode_struct(request.olds))
        step = "create" if inputs.get("update") is None else "update"
        script = plain(inputs.get(step))
        if request.preview:
            return provider_pb2.UpdateResponse(properties=encode(_outputs(inputs, {})))
        results = {key: olds.get(key) or "" for key in ("stdout", "stderr")}
        if script is not None:
            results = self._run(step, script, inputs, results, request)
        return provider_pb2.UpdateResponse(properties=encode(_outputs(inputs, results)))

    def Read(
        self, request: provider_pb2.ReadRequest, _context: Context
    ) -> provider_pb2.ReadResponse:
        """Give back the state: nothing outside it tells whether a command has run."""
        return provider_pb2.ReadResponse(
            id=request.id, properties=request.properties, inputs=request.inputs
        )

    def Delete(self, request: provider_pb2.DeleteRequest, _context: Context) -> empty_pb2.Empty:
        """Run `delete`, if there is one."""
        olds = decode_struct(request.properties)
        script = plain(olds.get("delete"))
        if script is not None:
            results = {key: plain(olds.get(key)) or "" for key in ("stdout", "stderr")}
            self._run("delete", script, olds, results, request)
        return empty_pb2.Empty()

    def _run(
        self,
        step: str,
        script: str,
        inputs: Obj,
        previous: dict[str, str],
        request: provider_pb2.CreateRequest
        | provider_pb2.UpdateRequest
        | provider_pb2.DeleteRequest,
    ) -> dict[str, str]:
        """Run *script*; what it printed, or a `Fault` with the last lines of its stderr.

        No text of the fault or of the log holds a secret input: those are blackened.
        """
        opened = plain(inputs)
        where = f"{step} of {request.urn.rpartition('::')[2]}"
        environment = os.environ | (opened.get("environment") or {})
        if opened.get("addPreviousOutputInEnv") is not False:
            environment |= {
                f"PULUMI_COMMAND_{key.upper()}": text for key, text in previous.items() if text
            }
        arguments = [*(opened.get("interpreter") or ["/bin/sh", "-c"]), script]
        try:
            process = subprocess.Popen(
                arguments,
                cwd=opened.get("dir"),
                env=environment,
                stdin=subprocess.PIPE if opened.get("stdin") else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                # What the script starts is ended with it.
                start_new_session=True,
            )
        except OSError as error:
            raise Fault(
                where,
                f"cannot start {arguments[0]} in {opened.get('dir') or Path.cwd()} "
                f"({error.strerror})",
                "correct interpreter or dir",
            ) from error
        hidden = _secret_lines(inputs)
        shown = LOGGED[opened.get("logging") or ""]

        def show(key: str, line: str) -> None:
            if key in shown:
                self.log(_blackened(line.rstrip("\n"), hidden), request.urn, passing=True)

        printed = _collected(process, opened.get("stdin") or "", show)
        ended = self._wait(process, request.timeout)
        stdout, stderr = (collect() for collect in printed)
        if ended or process.returncode:
            tail = _blackened("\n".join(stderr.splitlines()[-TAIL_LINES:]), hidden)
            how = ended or f"it ended with exit code {process.returncode}"
            raise Fault(where, how, f"its stderr ends:\n{tail}" if tail else "it says nothing")
        return {"stdout": stdout.removesuffix("\n"), "stderr": stderr.removesuffix("\n")}

    def _wait(self, process: subprocess.Popen[str], seconds: float) -> str:
        """Wait for *process*; why it was killed, where it was."""
        deadline = time.monotonic() + seconds if seconds else float("inf")
        while True:
            try:
                process.wait(POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if not self.cancelled.is_set() and time.monotonic() < deadline:
                    continue
            else:
                return ""
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(KILL_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            return (
                "it was cancelled"
                if self.cancelled.is_set()
                else f"it took longer than {seconds:g} s"
            )


def _collected(
    process: subprocess.Popen[str], stdin: str, show: Callable[[str, str], None]
) -> list[Callable[[], str]]:
    """Feed *process* and read what it prints; each function returned gives one whole stream."""

    def feed(pipe: IO[str]) -> None:
        # A script need not read its input.
        with contextlib.suppress(BrokenPipeError), pipe:
            pipe.write(stdin)

    def read(pipe: IO[str], key: str, lines: list[str]) -> None:
        with pipe:
            for line in pipe:
                lines.append(line)
                show(key, line)

    def collector(pipe: IO[str], key: str) -> Callable[[], str]:
        lines: list[str] = []
        thread = threading.Thread(target=read, args=(pipe, key, lines), daemon=True)
        thread.start()

        def collect() -> str:
            # A process that the script left behind may hold the pipe forever.
            seen = -1
            while thread.is_alive() and len(lines) > seen:
                seen = len(lines)
                thread.join(KILL_SECONDS)
            return "".join(lines)

        return collect

    if process.stdin:
        threading.Thread(target=feed, args=(process.stdin,), daemon=True).start()
    pipes = (("stdout", process.stdout), ("stderr", process.stderr))
    return [collector(pipe, key) for key, pipe in pipes if pipe]


def _outputs(inputs: Obj, results: dict[str, str]) -> Obj:
    """Return the state: the inputs, and what was printed, which a preview does not know."""
    printed: Obj = {key: results.get(key, UNKNOWN) for key in ("stdout", "stderr")}
    if has_secret(inputs):
        printed = {key: Secret(value) for key, value in printed.items()}
    return inputs | printed


def _secret_lines(inputs: Tree) -> list[str]:
    """Every line of a secret input, the longest first."""
    texts = [
        leaf
        for node in leaves(inputs)
        if isinstance(node, Secret)
        for leaf in leaves(node.value)
        if isinstance(leaf, str)
    ]
    found = {line.strip() for text in texts for line in text.splitlines()}
    return sorted((line for line in found if len(line) >= REDACTED_LENGTH), key=len, reverse=True)


def _blackened(text: str, hidden: list[str]) -> str:
    for secret in hidden:
        text = text.replace(secret, "[secret]")
    return text


if __name__ == "__main__":
    serve(Command(), sys.argv[1:])

"""A Python that has its libraries imported: it forks instead of starting.

Most of a `pulumi up` in a test is Python that imports: the SDK for the program, gRPC for a stand-in
plugin, pip for the language host's list of packages. `warm_python` takes the same arguments and
runs them in a child of a process that has imported all that. That process holds no module of this
project, because a test may run a changed copy; so this module imports none either.
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

_ROOT = Path(__file__).resolve().parents[2]
_PROJECT = {"components", "stacks", "tools"}
_DOOR = "door"
"""The socket's name; it is reached through its folder, as a path has at most 107 characters."""

_LENGTH = 4
"""Bytes that hold the length of a request."""

_CLIENT = """#!{python} -IS
import json, os, select, signal, socket, sys
parent = os.getppid()
flags = [it for it in sys.argv[1:3] if it in ("-u", "-P")]
given = sys.argv[1 + len(flags):]
if not given or given[0].startswith("-") and given[0] != "-m":
    os.execv("{python}", ["{python}", *sys.argv[1:]])
folder = os.open("{folder}", os.O_PATH)
door = socket.socket(socket.AF_UNIX)
door.connect(f"/proc/self/fd/{{folder}}/{door}")
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, _: door.send(bytes([number])))
first = os.getcwd() if given[0] == "-m" else os.path.dirname(os.path.abspath(given[0]))
request = {{
    "arguments": given, "path": [] if "-P" in flags else [first],
    "folder": os.getcwd(), "environment": dict(os.environ),
}}
text = json.dumps(request).encode()
socket.send_fds(door, [len(text).to_bytes({length}, "big")], [0, 1, 2])
door.sendall(text)
while not select.select([door], [], [], 0.5)[0]:
    if os.getppid() != parent:
        sys.exit(1)
sys.exit(int(door.recv(8) or 1))
"""
"""Hands its arguments, environment, streams and signals over, and ends with the child's exit code.

It also ends when its parent does. A command line without a module or a file goes to Python itself.
"""


@contextmanager
def warm_python(folder: Path, modules: Sequence[str]) -> Iterator[Path]:
    """Yield a Python that has imported the libraries of *modules*, which are of this project.

    *folder* becomes a virtual environment to those that look for `bin/python` or `bin/python3`.
    """
    client = folder / "bin" / "python"
    client.parent.mkdir(parents=True)
    client.write_text(
        _CLIENT.format(python=sys.executable, folder=folder, door=_DOOR, length=_LENGTH)
    )
    client.chmod(0o755)
    client.with_name("python3").symlink_to(client)
    with socket.socket(socket.AF_UNIX) as door:
        place = os.open(folder, os.O_PATH)
        door.bind(f"/proc/self/fd/{place}/{_DOOR}")
        os.close(place)
        door.listen(64)
        process = subprocess.Popen(
            [sys.executable, "-P", __file__, str(door.fileno()), *modules],
            cwd=folder,
            stdin=subprocess.PIPE,  # it ends with us
            pass_fds=[door.fileno()],
            start_new_session=True,  # ^C is not for it
        )
    with process:
        yield client


def _import(modules: Sequence[str]) -> None:
    """Import *modules*, then forget the modules of this project."""
    sys.path.insert(0, str(_ROOT))
    for name in modules:
        importlib.import_module(name)
    sys.path.remove(str(_ROOT))
    for name in [it for it in sys.modules if it.partition(".")[0] in _PROJECT]:
        del sys.modules[name]
    gc.freeze()  # what no collection looks at, no child copies


def _main(door: socket.socket, modules: Sequence[str]) -> None:
    _import(modules)
    client = _accept(door)
    if client is None:
        return
    head, streams, _, _ = socket.recv_fds(client, _LENGTH, 3)
    with client.makefile("rb") as rest:
        request = json.loads(rest.read(int.from_bytes(head, "big")))
    child = os.fork()
    if child:
        _keep(child, client)
    client.close()
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    _run(**request)


def _accept(door: socket.socket) -> socket.socket | None:
    """Fork for each client; return its connection in the child, None when standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    stdin = sys.stdin.fileno()
    with door:
        while True:
            ready, _, _ = select.select([door.fileno(), stdin], [], [])
            if stdin in ready:
                return None
            client, _ = door.accept()
            if not os.fork():
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                return client
            client.close()


def _keep(child: int, client: socket.socket) -> NoReturn:
    """Pass signals to *child* and its exit code to the client; kill it if the client is gone."""
    ended = os.pidfd_open(child)
    while True:
        ready, _, _ = select.select([ended, client.fileno()], [], [])
        if ended in ready:
            break
        for number in client.recv(1) or bytes([signal.SIGKILL]):
            os.kill(child, number)
    _, status = os.waitpid(child, 0)
    with suppress(OSError):
        client.send(str(os.waitstatus_to_exitcode(status) & 255).encode())
    os._exit(0)


def _run(arguments: list[str], path: list[str], folder: str, environment: dict[str, str]) -> None:
    """Run a module or a file as Python does."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    further = environment.get("PYTHONPATH", "")
    sys.path[:0] = [*path, *filter(None, further.split(os.pathsep))]
    sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # it is a file
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    _main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])

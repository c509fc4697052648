"""The client of a cluster, where none is needed: nobody there, and commands in a pod's stead."""

import base64
import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from stacks.cluster import ClusterClient, Unreachable
from stacks.command import Fault
from tests.support import ROOT

STDOUT, STDERR, STATUS = 1, 2, 3


def test_nobody_there_is_a_sentence_and_nothing_else_is_printed(
    kubeconfig: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    with ClusterClient.connect("homelab", kubeconfig()) as cluster:
        with pytest.raises(Unreachable) as caught:
            cluster.get("v1", "Pod", "x")
        with pytest.raises(Unreachable, match=r"^http://127.0.0.1:9: the API server does not ans"):
            list(cluster.execute("default", "x", "y", ["true"], seconds=1))
    assert str(caught.value) == (
        "http://127.0.0.1:9: the API server does not answer ([Errno 111] Connection refused); "
        "see that it runs and that the context means this cluster"
    )
    assert capfd.readouterr() == ("", "")


Send = Callable[[int, bytes], None]
Script = Callable[[Send], object]


@pytest.fixture
def pod(kubeconfig: Callable[..., Path]) -> Iterator[Callable[[Script], ClusterClient]]:
    """Start an API server that answers a command by what a script sends on which channel.

    It then closes the connection in due form, unless the script returns something.
    """
    servers: list[ThreadingHTTPServer] = []
    clients: list[ClusterClient] = []

    def start(script: Script) -> ClusterClient:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                given = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                digest = hashlib.sha1(given.encode(), usedforsecurity=False).digest()
                self.send_response(101)
                self.send_header("Upgrade", "websocket")
                self.send_header("Connection", "Upgrade")
                self.send_header("Sec-WebSocket-Accept", base64.b64encode(digest).decode())
                self.send_header("Sec-WebSocket-Protocol", "v4.channel.k8s.io")
                self.end_headers()
                if not script(self._send):
                    self.wfile.write(b"\x88\x00")
                self.close_connection = True

            def _send(self, channel: int, content: bytes) -> None:
                frame = bytes([channel]) + content
                size = bytes([len(frame)]) if len(frame) < 126 else b"\x7e" + len(frame).to_bytes(2)
                self.wfile.write(b"\x82" + size + frame)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        address = f"http://127.0.0.1:{server.server_port}"
        clients.append(ClusterClient.connect("homelab", kubeconfig(address)))
        return clients[-1]

    yield start
    for opened in clients:
        opened.close()
    for server in servers:
        server.shutdown()
        server.server_close()


def _run(cluster: ClusterClient, seconds: float = 20) -> list[bytes]:
    return list(cluster.execute("a", "b", "c", ["du", "-s"], seconds=seconds))


def _ended(status: str, **more: Any) -> bytes:
    return json.dumps({"status": status, **more}).encode()


def test_a_commands_output_comes_as_it_is_printed(
    pod: Callable[[Script], ClusterClient],
) -> None:
    taken = threading.Event()

    def script(send: Send) -> None:
        send(STDOUT, b"first \xc3")
        assert taken.wait(20)
        send(STDOUT, b"\xa4" * 500)
        send(STDERR, b"a warning")
        send(STATUS, _ended("Success"))

    printed = pod(script).execute("a", "b", "c", ["du"], seconds=20)
    assert next(printed) == b"first \xc3"
    taken.set()
    assert b"".join(printed) == b"\xa4" * 500


def test_a_command_that_fails_says_its_status_and_its_last_words(
    pod: Callable[[Script], ClusterClient],
) -> None:
    def script(send: Send) -> None:
        send(STDERR, b"no such file")
        send(
            STATUS, _ended("Failure", details={"causes": [{"reason": "ExitCode", "message": "2"}]})
        )

    with pytest.raises(Fault) as caught:
        _run(pod(script))
    assert str(caught.value) == "Pod a/b: du ended with 2 (no such file); see its log"


def test_a_command_whose_container_ends_meanwhile_is_a_sentence(
    pod: Callable[[Script], ClusterClient],
) -> None:
    """The kubelet names a cause without a reason then."""
    said = {"message": "container not found", "details": {"causes": [{"message": "not found"}]}}
    with pytest.raises(Fault, match=r"^Pod a/b: du ended with no status \(container not found\)"):
        _run(pod(lambda send: send(STATUS, _ended("Failure", **said))))


def test_a_connection_that_is_lost_is_no_success(pod: Callable[[Script], ClusterClient]) -> None:
    def script(send: Send) -> str:
        send(STDOUT, b"half")
        return "no farewell"

    with pytest.raises(Unreachable, match=r"^Pod a/b: the connection is lost \(.*; run it again$"):
        _run(pod(script))


def test_an_end_without_a_status_is_no_success(pod: Callable[[Script], ClusterClient]) -> None:
    with pytest.raises(Fault, match=r"^Pod a/b: du ended with no status \(it says nothing\); see"):
        _run(pod(lambda send: send(STDOUT, b"half")))


def test_a_command_that_runs_too_long_is_left(pod: Callable[[Script], ClusterClient]) -> None:
    over = threading.Event()
    cluster = pod(lambda _: over.wait(20))
    with pytest.raises(Fault, match=r"^Pod a/b: du runs longer than 0 s; see its log$"):
        _run(cluster, seconds=0.2)
    over.set()


@pytest.mark.parametrize("command", [["check", "homelab"], ["render", "homelab"]])
def test_a_command_that_needs_no_cluster_does_not_load_the_client(command: list[str]) -> None:
    program = (
        "import sys; from stacks.__main__ import main\n"
        f"assert main({command!r}) == 0\n"
        "assert 'kubernetes' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

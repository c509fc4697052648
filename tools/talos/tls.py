"""TLS in front of a stand-in node: as Talos does, it tells a client why it is turned away.

Python's gRPC closes the connection without a word where it refuses a certificate; `talosctl` would
have nothing to say. OpenSSL sends the same alerts as the Go server that Talos has.
"""

import contextlib
import socket
import ssl
import threading
from pathlib import Path

_BYTES = 65536
_SECONDS = 5.0


class Door:
    """Accepts TLS on an address and passes what is inside on to a local port."""

    def __init__(
        self, address: tuple[str, int], inside: int, certificate: Path, ca: Path | None
    ) -> None:
        """Serve *certificate*, its key next to it; with *ca*, only clients that it has signed."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        self._context.set_alpn_protocols(["h2"])
        if ca:
            self._context.verify_mode = ssl.CERT_REQUIRED
            self._context.load_verify_locations(ca)
        self._inside = inside
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(address, reuse_port=False)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Be gone, with every connection."""
        for each in (self._listener, *self._open):
            # A thread that waits in it would keep the address, or a client waiting for its answer.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                each.close()

    def _accept(self) -> None:
        while True:
            try:
                outside, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(outside,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        raw.settimeout(_SECONDS)
        outside = self._context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        self._open.add(outside)
        try:
            outside.do_handshake()
        except OSError:
            # The alert is on its way; a close with data unread would overtake it.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(outside, socket.SHUT_WR)
                while socket.socket.recv(outside, _BYTES):
                    pass
            outside.close()
            return
        outside.settimeout(None)
        try:
            inside = socket.create_connection(("127.0.0.1", self._inside))
        except OSError:  # it was closed meanwhile
            outside.close()
            return
        self._open.add(inside)
        threading.Thread(target=_pump, args=(inside, outside), daemon=True).start()
        _pump(outside, inside)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass on what comes until either end is closed, then close both."""
    with contextlib.suppress(OSError):
        while data := source.recv(_BYTES):
            sink.sendall(data)
    for each in (source, sink):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(each, socket.SHUT_RDWR)
        each.close()

"""A port that is kept for a server."""

import socket

import pytest

from tools.ports import kept, number


def test_a_port_is_kept_for_the_server_that_is_told_it() -> None:
    with kept() as door:
        port = number(door)
        with pytest.raises(OSError, match="in use"), socket.socket() as other:
            other.bind(("127.0.0.1", port))
        for _ in range(2):
            with (
                socket.create_server(("127.0.0.1", port)) as server,
                socket.create_connection(("127.0.0.1", port)) as client,
                server.accept()[0] as reached,
            ):
                assert reached.getpeername() == client.getsockname()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_a_port_that_a_server_has_is_not_kept() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(OSError, match="in use"):
        kept(number(server))

"""A port of 127.0.0.1 for a server that must be told one: nothing else gets it meanwhile."""

import socket


def kept(port: int = 0) -> socket.socket:
    """Return an open socket that keeps *port*, or a free one; OSError where a server has it.

    It does not listen. Linux gives its port to no one who asks for any, and to a server that asks
    for this one with SO_REUSEADDR, as PostgreSQL, Go and asyncio do (inet_csk_bind_conflict).
    """
    door = socket.socket()
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
    except OSError:
        door.close()
        raise
    return door


def number(door: socket.socket) -> int:
    """Return the port that *door* keeps."""
    port: int = door.getsockname()[1]
    return port

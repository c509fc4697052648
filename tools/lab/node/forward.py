"""The one way into the lab: a port of this machine's loopback that leads to its API server.

Runs as a process: `python door.py NAMESPACE ADDRESS PORT NOTE`. A socket belongs to the network in
which it was made: the listening one is made here, those to the API server after the process has
moved into the lab's namespace.
"""

import asyncio
import ctypes
import os
import socket
import sys
from pathlib import Path

_NETWORK = 0x40000000  # CLONE_NEWNET in sched.h
_BLOCK = 1 << 16


def main(namespace: str, address: str, port: str, note: str) -> None:
    """Listen on a free port of 127.0.0.1, write it into the note, and pass on what comes."""
    door = socket.create_server(("127.0.0.1", 0))
    descriptor = os.open(namespace, os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, _NETWORK):
        raise OSError(ctypes.get_errno(), "this process may not enter the lab's network", namespace)
    draft = Path(f"{note}.draft")
    draft.write_text(str(door.getsockname()[1]))
    draft.replace(note)
    asyncio.run(_serve(door, address, int(port)))


async def _serve(door: socket.socket, address: str, port: int) -> None:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(address, port)
        except OSError:  # the API server does not listen yet: the caller sees the same
            writer.close()
            return
        await asyncio.gather(_pass(reader, back), _pass(there, writer))

    async with await asyncio.start_server(visit, sock=door) as server:
        await server.serve_forever()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on until one side ends, then end the other."""
    try:
        while block := await reader.read(_BLOCK):
            writer.write(block)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

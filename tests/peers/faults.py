"""A TCP link that misbehaves on command, between a client under test and a server on this machine."""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from tests.servers.process import HOST, free_ports

PIECE = 65_536
RESET = struct.pack("ii", 1, 0)
"""Linger for no time at all: closing sends a reset."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a link; nothing, unless said."""

    refuse: bool = False
    """Nobody listens any more."""
    reset: float = 0
    """The share of new connections that are accepted and reset at once."""
    delay: float = 0
    """Seconds before each piece is passed on, each way."""
    hold: Literal["", "up", "down", "both"] = ""
    """Bytes of that direction wait, and flow when this is lifted; up is towards the server."""
    lose_answers: int = 0
    """How many answers are lost: the server does what it was asked, then the connection is reset."""
    to: bytes = b""
    """Only answers to requests that contain this are lost."""


@dataclass(eq=False, slots=True)
class Connection:
    """One client's connection, with the one made for it, and what it has asked since the last answer."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    asked: bytearray = field(default_factory=bytearray)

    def cut(self) -> None:
        """End both sides with a reset."""
        for writer in (self.client, self.server):
            reset(writer)


class Link:
    """Passes connections at `port` on to a server, with the faults that are set; runs in a thread of its own."""

    def __init__(self, target: int, *, seed: int = 1, watch: Callable[[bytes], None] | None = None) -> None:
        """`watch` is handed each request that is answered, as it was sent."""
        (self.port,) = free_ports(1)
        self.faults = Faults()
        self.connections = 0
        """How many there have been."""
        self.lost = 0
        """How many answers were lost since the last `set`."""
        self._target = target
        self._watch = watch
        self._random = random.Random(seed)
        self._open: set[Connection] = set()
        self._listener: asyncio.Server | None = None
        self._changed = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="faulty link", daemon=True)
        self._thread.start()
        self._wait_for(self._listen())

    def through(self, url: str) -> str:
        """Return the address with this link in the way."""
        return urlsplit(url)._replace(netloc=f"{HOST}:{self.port}").geturl()

    def set(self, faults: Faults) -> None:
        """Let these faults, and no others, be from now on, for open connections, too."""
        self._wait_for(self._set(faults))

    def clear(self) -> None:
        """Let everything be well; what was held flows."""
        self.set(Faults())

    def cut(self) -> None:
        """Reset all open connections."""
        self._wait_for(self._cut())

    def close(self) -> None:
        """End it with all its connections."""
        self._wait_for(self._set(Faults(refuse=True)))
        self._wait_for(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _wait_for(self, step: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(step, self._loop).result(timeout=20)

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._accept, HOST, self.port)

    async def _set(self, faults: Faults) -> None:
        self.faults, self.lost = faults, 0
        self._changed.set()
        self._changed = asyncio.Event()
        if faults.refuse and self._listener:
            self._listener.close()
            self._listener = None
            await self._cut()
        elif not faults.refuse and not self._listener:
            await self._listen()

    async def _cut(self) -> None:
        for connection in list(self._open):
            connection.cut()

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self._random.random() < self.faults.reset:
            reset(writer)
            return
        try:
            answers, server = await asyncio.open_connection(HOST, self._target)
        except OSError:
            reset(writer)
            return
        connection = Connection(writer, server)
        self._open.add(connection)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pass_up(reader, connection))
                ways.create_task(self._pass_down(answers, connection))
        except* OSError:
            connection.cut()
        finally:
            self._open.discard(connection)
            writer.close()
            server.close()

    async def _pass_up(self, reader: asyncio.StreamReader, connection: Connection) -> None:
        while piece := await reader.read(PIECE):
            connection.asked += piece
            await self._let_through("up")
            await send(connection.server, piece)
        await self._let_through("up")
        finish(connection.server)

    async def _pass_down(self, reader: asyncio.StreamReader, connection: Connection) -> None:
        while piece := await reader.read(PIECE):
            if connection.asked and self._watch:
                self._watch(bytes(connection.asked))
            if self._loses(connection):
                self.lost += 1
                raise ConnectionResetError
            connection.asked.clear()
            await self._let_through("down")
            await send(connection.client, piece)
        await self._let_through("down")
        finish(connection.client)

    def _loses(self, connection: Connection) -> bool:
        return bool(connection.asked) and self.lost < self.faults.lose_answers and self.faults.to in connection.asked

    async def _let_through(self, way: str) -> None:
        if self.faults.delay:
            await asyncio.sleep(self.faults.delay)
        while self.faults.hold in (way, "both"):
            await self._changed.wait()


async def send(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Write a piece and wait until there is room for more."""
    writer.write(piece)
    await writer.drain()


def finish(writer: asyncio.StreamWriter) -> None:
    """Pass on that nothing more will come."""
    with suppress(OSError):
        writer.write_eof()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection so that the other side sees it broken."""
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()

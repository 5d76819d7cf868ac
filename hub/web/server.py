"""The thread that listens."""

import asyncio
import socket
import threading
from contextlib import closing

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from hub.errors import Misconfigured

WAITING = 128
"""Connections that may wait to be answered."""
DRAIN = 5
"""Seconds that calls under way may take to end."""
PATIENCE = 30.0
"""Seconds in which a connection has to come to its next call; for the body of one, see `application`."""
MOST = 200
"""Connections at a time: each may hold a body, and a file that the rest of the process could need."""


class _Impatient(H11Protocol):
    """Ends connections that do not ask anything; uvicorn waits for ever for a call that has begun to come."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # as there
        super().connection_made(transport)
        if len(self.connections) > MOST:
            transport.abort()
        self._await_call()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._timer:
            self._timer.cancel()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_call()

    def _await_call(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self.loop.call_later(PATIENCE, self._end_if_idle, self.cycle)

    def _end_if_idle(self, last: RequestResponseCycle | None) -> None:
        if self.cycle is last:
            self.transport.abort()


def listen(address: str) -> socket.socket:
    """Listen at `host:port`; raises Misconfigured if that cannot be."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, int(port)), family=family, backlog=WAITING)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Misconfigured(f"hub.web: nothing can listen at {address}: {reason}; name another address") from None


class Server:
    """Answers HTTP on a thread of its own."""

    def __init__(self, address: str, application: Starlette) -> None:
        """Listen at `host:port`; raises Misconfigured if that cannot be."""
        self._socket = listen(address)
        config = uvicorn.Config(
            application,
            http=_Impatient,
            ws="none",
            log_config=None,
            log_level="error",  # each call that is no HTTP is a warning: whoever makes them must not fill the disk
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=DRAIN,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    @property
    def port(self) -> int:
        """The port that is listened at."""
        return self._socket.getsockname()[1]

    @property
    def alive(self) -> bool:
        """Whether it answers."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; calls under way may end."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(2 * DRAIN)
        self._socket.close()

    def _serve(self) -> None:
        with closing(self._socket):
            self._server.run(sockets=[self._socket])

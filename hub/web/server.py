"""The thread that listens."""

import socket
import threading
from contextlib import closing

import uvicorn
from starlette.applications import Starlette

from hub.errors import Misconfigured

WAITING = 128
"""Connections that may wait to be answered."""
DRAIN = 5
"""Seconds that calls under way may take to end."""


class Server:
    """Answers HTTP on a thread of its own."""

    def __init__(self, address: str, application: Starlette) -> None:
        """Listen at `host:port`; raises Misconfigured if that cannot be."""
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._socket = socket.create_server((host, int(port)), family=family, backlog=WAITING)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Misconfigured(f"hub.web: nothing can listen at {address}: {reason}") from None
        config = uvicorn.Config(
            application,
            log_config=None,
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

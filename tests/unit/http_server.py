"""A real HTTP server on this machine that answers by a script, and notes what it was asked."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = 0.0


@dataclass
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    hang_up: bool = False
    """Close the connection without an answer, after the request was read."""
    late: threading.Event | None = None
    """Answer only when this is set."""


class Server:
    """`script`: (number of the request, from 0, the request) -> the reply."""

    def __init__(self, script: Callable[[int, Asked], Reply], now: Callable[[], float] = lambda: 0.0) -> None:
        self.asked: list[Asked] = []
        lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, body, now())
                with lock:
                    number = len(server.asked)
                    server.asked.append(asked)
                reply = script(number, asked)
                if reply.late is not None:
                    reply.late.wait(60)
                if reply.hang_up:
                    self.close_connection = True
                    return
                with suppress(ConnectionError):  # the client may have given up
                    self.send_response(reply.status)
                    for name, value in {**reply.headers, "content-length": str(len(reply.body))}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(reply.body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815  # the library's names

            def log_message(self, *_args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

"""The page on this machine that a login comes back to (RFC 8252, 7.3), there for as long as one is awaited."""

import queue
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from hub.errors import Misconfigured

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Hubwerk</title>
<body style="font-family: sans-serif; margin: 4em"><p>{}</p></body></html>
"""
HEARD = "The hub has heard from the login. You may close this window; the terminal says how it went on."
STRANGE = "This does not belong to the login that the hub waits for. Open the address that the terminal shows."
_PATIENCE = 10.0
"""Seconds: browsers open connections that they may need, and say nothing on them."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # On Windows another process could listen at the same port then.
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), handler)


class Landing:
    """Waits for the call that answers a login."""

    def __init__(self, redirect_url: str, port: int | None) -> None:
        """`port`: another than the address says, 0 for any that is free. Raises Misconfigured if it is taken."""
        parts = urlsplit(redirect_url)
        host, wanted = parts.hostname or "", (parts.port or 80) if port is None else port
        self._path, self._answers = parts.path or "/", queue.Queue[str]()
        try:
            self._http = _Server("127.0.0.1" if host == "localhost" else host, wanted, self._handler())
        except OSError as fault:
            raise Misconfigured(
                f"nothing can listen at {host}:{wanted}: {(fault.strerror or str(fault)).lower()}; "
                "--port takes another, --paste none"
            ) from None
        self.redirect_url = at_port(redirect_url, None if port is None else self._http.server_port)
        """With the port that is listened at."""
        self._fits: Callable[[str], bool] = lambda _: False

    def start(self, fits: Callable[[str], bool]) -> None:
        """Listen for an answer that fits."""
        self._fits = fits
        threading.Thread(target=self._http.serve_forever, args=(0.1,), name="landing", daemon=True).start()

    def wait(self, seconds: float) -> str | None:
        """Return the address that was called; none, if nobody did in time."""
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            return None
        finally:
            self._http.shutdown()

    def close(self) -> None:
        """Give the port back."""
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        landing = self

        class Handler(BaseHTTPRequestHandler):
            timeout = _PATIENCE

            def do_GET(self) -> None:
                """Answer a call, and pass on the one that is awaited."""
                if self.path.partition("?")[0] != landing._path:
                    self.send_error(HTTPStatus.NOT_FOUND)
                    return
                fits = landing._fits(self.path)
                self._show(HEARD if fits else STRANGE, HTTPStatus.OK if fits else HTTPStatus.BAD_REQUEST)
                if fits:
                    landing._answers.put(self.path)

            def _show(self, text: str, status: HTTPStatus) -> None:
                page = PAGE.format(text).encode()
                self.send_response(status)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(page)))
                self.send_header("cache-control", "no-store")
                self.send_header("referrer-policy", "no-referrer")
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's name
                """Write nothing: the address holds the code."""

        return Handler


@contextmanager
def landing(redirect_url: str, port: int | None) -> Generator[Landing]:
    """Listen where a login comes back to, if another port is wanted at that."""
    opened = Landing(redirect_url, port)
    try:
        yield opened
    finally:
        opened.close()


def at_port(redirect_url: str, port: int | None) -> str:
    """Return an address with another port; none: as it is."""
    parts = urlsplit(redirect_url)
    if port is None or port == parts.port:
        return redirect_url
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return parts._replace(netloc=f"{host}:{port}").geturl()

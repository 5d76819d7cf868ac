"""The HTTP side of a fake system: answers as the system does, and misbehaves on order."""

import json
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

RESET = struct.pack("ii", 1, 0)
"""Linger for no time at all: closing sends a reset."""
LONGEST_SILENCE = 15.0
"""Seconds; by then every client under test has given up."""


@dataclass(frozen=True)
class Asked:
    """One request, and when it came (seconds of a monotonic clock)."""

    method: str
    target: str
    """Path and query as they were sent."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""
    at: float = 0.0

    @cached_property
    def path(self) -> str:
        """The path alone, decoded."""
        return unquote(urlsplit(self.target).path)

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """The query's names and values, decoded, each as often as it came."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @cached_property
    def query(self) -> dict[str, str]:
        """The query; of several values of one name the last."""
        return dict(self.pairs)

    @cached_property
    def text(self) -> str:
        """`METHOD path?query`, and on further lines the body: what patterns are searched in."""
        return f"{self.method} {self.target}\n{self.body.decode('utf-8', 'replace')}"

    @cached_property
    def json(self) -> Any:
        """The body, parsed; None, if there is none."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; a body that is not bytes is sent as JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    missing: int = 0
    """So many bytes of what the header promises are not sent, and the connection ends."""

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class NoAnswer(Exception):
    """Raised instead of an answer: `reset`, or silent until the client gives up."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__("reset" if reset else "silent")
        self.reset = reset


Answer = Callable[[Asked], Reply]
Fault = Callable[[Asked, Answer], Reply]
"""What happens instead of the answer; it may call that first: then the request was carried out."""


@dataclass
class _Ordered:
    fault: Fault
    to: re.Pattern[str]
    left: int


class Server:
    """Serves `answer` on a port of its own, in threads; notes every request with its time."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[Asked] = []
        self.broken: list[Exception] = []
        """Errors in the fake itself: raised when the server is closed."""
        self._answer = answer
        self._ordered: list[_Ordered] = []
        self._noting = threading.Lock()
        self._answering = threading.RLock()
        """A fake's records are changed by one request at a time, as if in transactions."""
        self.ending = threading.Event()
        self._http = _Http(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def misbehave(self, fault: Fault, *, to: str = "", times: int = 1) -> None:
        """Let a fault befall the next requests; `to`: a pattern found in their `text`; `times`: -1 is always.

        Of several that fit, the one that was ordered first.
        """
        with self._noting:
            self._ordered.append(_Ordered(fault, re.compile(to), times))

    def behave(self) -> None:
        """Take back all faults that have not befallen anybody yet."""
        with self._noting:
            self._ordered.clear()

    def times(self, to: str = "") -> list[float]:
        """Return when requests came, in seconds, in their order."""
        return [each.at for each in self.seen(to)]

    def seen(self, to: str = "") -> list[Asked]:
        """Return the requests that fit a pattern, in their order."""
        with self._noting:
            return [each for each in self.asked if re.search(to, each.text)]

    def close(self) -> None:
        """End it; raises what went wrong in the fake itself."""
        self.ending.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)
        if self.broken:
            raise self.broken[0]

    def reply(self, asked: Asked) -> Reply:
        """Answer a request, or let the fault befall it whose turn it is. Raises NoAnswer."""
        fault = self._note(asked)
        try:
            return fault(asked, self._carried_out) if fault else self._carried_out(asked)
        except NoAnswer:
            raise
        except Exception as error:  # noqa: BLE001  # a fake's own mistake: shown by `close`
            self.broken.append(error)
            return Reply(500, {"message": "the fake is broken"})

    def _carried_out(self, asked: Asked) -> Reply:
        with self._answering:
            return self._answer(asked)

    def _note(self, asked: Asked) -> Fault | None:
        with self._noting:
            self.asked.append(asked)
            for each in self._ordered:
                if each.left and each.to.search(asked.text):
                    each.left -= 1
                    return each.fault
        return None


class _Http(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up while they are answered: many do, on purpose."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _carry_out(self) -> None:
            at = time.monotonic()
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                reply = server.reply(Asked(self.command, self.path, headers, body, at))
            except NoAnswer as none:
                if not none.reset:
                    server.ending.wait(LONGEST_SILENCE)
                self._reset()
            else:
                with suppress(ConnectionError):  # the client may have given up
                    self._send(reply)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _carry_out  # noqa: N815  # the library's names

        def _send(self, reply: Reply) -> None:
            content = b"" if reply.status in (204, 304) else reply.content
            kind = {} if isinstance(reply.body, bytes) else {"content-type": "application/json; charset=UTF-8"}
            self.send_response(reply.status)
            for name, value in {**kind, **reply.headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content[: len(content) - reply.missing])
            self.close_connection = self.close_connection or reply.missing > 0

        def _reset(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                socket.close(self.connection.detach())

        def log_message(self, *_args: Any) -> None:
            pass

    return Handler


@contextmanager
def serving(answer: Answer) -> Iterator[Server]:
    """Serve for as long as the block lasts."""
    server = Server(answer)
    try:
        yield server
    finally:
        server.close()

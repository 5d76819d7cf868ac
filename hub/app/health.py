"""Health over HTTP, for whoever restarts processes: good only while every part shows that it is at work (J20)."""

import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from hub import log
from hub.app.process import Process
from hub.broker import Consumer, PublisherState
from hub.errors import Misconfigured

logger = log.get("health")

PATIENCE = 15.0
"""Seconds after which a loop that has not come round counts as standing still."""
SLOW = 30.0
"""The same for loops that may wait for the database, which speaks for itself."""
ANSWER_WITHIN = 5.0
"""Seconds that a client may take to ask."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a process, and whether it is at work."""

    name: str
    good: bool
    message: str


Look = Callable[[], Sequence[Part]]


def beat(name: str, last: float, now: float, limit: float = PATIENCE) -> Part:
    """Judge a loop by when it last came round; both in monotonic seconds."""
    age = max(now - last, 0.0)
    return Part(name, age <= limit, f"came round {age:.1f} s ago")


def parts_of(process: Process) -> list[Part]:
    """Look at every part of a process; asks nobody, so that it answers at once."""
    now = process.hub.clock.monotonic()
    if not process.started.is_set():
        return [Part("process", good=False, message="has not started: it waits for the broker")]
    parts = [Part("threads", not process.broken(), "a thread has ended by a fault" if process.broken() else "all run")]
    parts.append(beat("database", process.database_seen, now, SLOW))
    if process.roles.need_broker:
        parts.append(publishing(process.publisher.state()))
    if process.web is not None:
        parts.append(Part("web", process.web.alive, "answers" if process.web.alive else "has ended"))
    if process.scheduler is not None:
        parts.append(beat("scheduler", process.scheduler.beat, now))
    if process.worker is not None:
        beats = process.worker.beat()
        kept_every = process.configuration.settings.hub.lease.total_seconds()
        parts += [beat("intake", beats.intake, now), beat("leases", beats.keeper, now, PATIENCE + kept_every)]
    if process.runlog is not None:
        parts.append(beat("runlog", process.runlog.beat, now))
    for name, consumer in (("worker", process.worker_consumer), ("runlog", process.runlog_consumer)):
        if consumer is not None:
            parts.append(consuming(f"{name} consumer", consumer, now))
    return parts


def consuming(name: str, consumer: Consumer, now: float) -> Part:
    """Judge a consumer: connected, its loop alive, and listed by the broker for every queue that it wants."""
    state = consumer.state()
    if not state.connected:
        return Part(name, good=False, message=f"not connected: {state.problem or 'it is being tried'}")
    if not state.listed:
        return Part(name, good=False, message="the broker does not list it for every queue")
    return beat(name, state.last_loop, now)


class Health:
    """Answers GET /health with 200 or 503, and JSON that says which part is at fault."""

    def __init__(self, address: str, look: Look) -> None:
        """Listen at `host:port`; raises Misconfigured if that cannot be."""
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        try:
            self._server = _server(host, int(port), look)
        except (ValueError, OverflowError):
            raise Misconfigured(f'"{address}" is not a host and port; write it like 127.0.0.1:8090') from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Misconfigured(
                f"hub.health: nothing can listen at {address}: {reason}; name another address"
            ) from None
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)

    @property
    def port(self) -> int:
        """The port that is listened at."""
        return self._server.server_address[1]

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


def answer(look: Look) -> tuple[int, bytes]:
    """Return the status and the JSON."""
    parts = look()
    good = bool(parts) and all(part.good for part in parts)
    body = {"good": good, "parts": {part.name: {"good": part.good, "message": part.message} for part in parts}}
    return (200 if good else 503), orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)


def _server(host: str, port: int, look: Look) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        timeout = ANSWER_WITHIN
        server_version = "hub"
        sys_version = ""

        def do_GET(self) -> None:
            self._answer(send_body=True)

        def do_HEAD(self) -> None:
            self._answer(send_body=False)

        def _answer(self, *, send_body: bool) -> None:
            known = self.path.partition("?")[0] == "/health"
            status, body = answer(look) if known else (404, b'{"error":"there is only /health"}\n')
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if send_body:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
            logger.debug("asked", request=format % args)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        # On Windows another process could listen at the same port then.
        allow_reuse_address = sys.platform != "win32"
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    return Server((host, port), Handler)


def publishing(state: PublisherState) -> Part:
    """Tell whether messages can go out."""
    if state.blocked is not None:
        return Part("publisher", good=False, message=f"blocked by the broker: {state.blocked}")
    if not state.connected:
        return Part("publisher", good=False, message=f"not connected: {state.problem or 'connecting'}")
    return Part("publisher", good=True, message="connected")

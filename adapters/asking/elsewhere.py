"""Asking other hosts than a system's own, such as where it lays files out: they never get its key."""

import socket
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import httpx2
import orjson

from adapters.asking import budgets
from adapters.asking.places import forbidden
from adapters.asking.reaching import open_client
from hub.clock import Clock
from hub.errors import TryLater

PATIENCE = 30.0
"""Seconds of silence."""
REDIRECTS = 5


@contextmanager
def client(
    address: str | httpx2.URL, clock: Clock, *, follow_redirects: bool, within: float | None = None
) -> Generator[httpx2.Client]:
    """Open a client for an address.

    Each request waits for its turn: the host may be one that a system of ours has a budget for. `within`: seconds after
    which it is hung up on whoever is asked, even one who is never silent; ReadTimeout then. ConnectError for what the
    address must not lead to (`adapters.asking.places`).
    """
    line, url = _Line(), httpx2.URL(address)

    def prepare(request: httpx2.Request) -> None:
        if why := forbidden(request.url.host, url.host):
            raise httpx2.ConnectError(why, request=request)
        budgets.sleep(budgets.budget_of(request.url.netloc.decode("ascii")).turn(clock.monotonic()))
        request.extensions["trace"] = line.noted

    with (
        open_client(
            url,
            follow_redirects=follow_redirects,
            max_redirects=REDIRECTS,
            timeout=PATIENCE,
            event_hooks={"request": [prepare]},
        ) as asking,
        line.cut_after(within),
    ):
        yield asking


class _Line:
    """The connections of a client, to be cut from another thread: closed by it, their numbers could be another's."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._over = threading.Event()

    def noted(self, event: str, info: Mapping[str, Any]) -> None:
        """Note what is connected (httpx, "Extensions", `trace`)."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self._over.is_set():
                self._cut()

    @contextmanager
    def cut_after(self, seconds: float | None) -> Generator[None]:
        """Cut them so many seconds from now; httpx2's errors become ReadTimeout then."""
        timer = threading.Timer(seconds or 0.0, self._cut)
        timer.daemon = True
        if seconds is not None:
            timer.start()
        try:
            yield
        except httpx2.HTTPError:
            self._check(seconds)
            raise
        else:
            self._check(seconds)  # a body that was cut can look like one that has ended
        finally:
            timer.cancel()

    def _check(self, seconds: float | None) -> None:
        if self._over.is_set():
            raise httpx2.ReadTimeout(f"it did not come to an end within {seconds:g} s") from None

    def _cut(self) -> None:
        self._over.set()
        for each in self._sockets:
            with suppress(OSError):  # ended by itself
                each.shutdown(socket.SHUT_RDWR)


def json_lines(address: str, clock: Clock) -> Iterator[Any]:
    """Yield what stands in the lines of a file, which is not kept in memory as a whole; raises TryLater."""
    host = httpx2.URL(address).host
    try:
        with client(address, clock, follow_redirects=True) as asking, asking.stream("GET", address) as answer:
            if not answer.is_success:
                raise TryLater(f"{host} answered {answer.status_code} to the request for a file")
            yield from (orjson.loads(line) for line in answer.iter_lines() if line)
    except (httpx2.HTTPError, orjson.JSONDecodeError) as fault:
        raise TryLater(f"the file at {host} did not come as a whole: {str(fault) or type(fault).__name__}") from fault

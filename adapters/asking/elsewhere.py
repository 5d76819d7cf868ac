"""Asking other hosts than a system's own, such as where it lays files out: they never get its key."""

from collections.abc import Iterator
from typing import Any

import httpx2
import orjson

from adapters.asking import budgets
from adapters.asking.http import is_loopback
from hub.clock import Clock
from hub.errors import TryLater

PATIENCE = 30.0
"""Seconds of silence."""
REDIRECTS = 5


def client(address: str | httpx2.URL, clock: Clock, *, follow_redirects: bool) -> httpx2.Client:
    """Return a client for an address; proxies of the environment are used, except for this machine itself.

    Each request waits for its turn: the host may be one that a system of ours has a budget for.
    """

    def wait_for_turn(request: httpx2.Request) -> None:
        budgets.sleep(budgets.budget_of(request.url.netloc.decode("ascii")).turn(clock.monotonic()))

    url = httpx2.URL(address)
    direct = {f"all://{url.host}": None} if is_loopback(url.host) else None
    return httpx2.Client(
        follow_redirects=follow_redirects,
        max_redirects=REDIRECTS,
        timeout=PATIENCE,
        mounts=direct,
        event_hooks={"request": [wait_for_turn]},
    )


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

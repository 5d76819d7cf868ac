"""Connecting to the system that a table of hub.toml names."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx2

from adapters.asking.http import Api
from hub.clock import Clock
from hub.config import resolve
from hub.config.exchange import ExchangeOptions


def connected(
    name: str,
    options: ExchangeOptions,
    clock: Clock,
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | httpx2.Auth | None = None,
    below: str = "",
    refuses: Callable[[int, Any], bool] = lambda _status, _body: False,
    secrets: Iterable[str] = (),
) -> Api:
    """Return a system's HTTP interface, with its address, pace and time-out; nothing is sent yet.

    `auth`: user and password of HTTP Basic, in plain, or another way to be known; `below`: the path of the interface
    within the address; `refuses`, `secrets`: see `Api`.
    """
    pace, timeout, url = options.requests_per_second, options.timeout, resolve(options.url)
    where = f"{url.rstrip('/')}{below}" if below else url
    return Api(
        name,
        where,
        headers=headers,
        auth=auth,
        requests_per_second=pace,
        timeout=timeout,
        refuses=refuses,
        secrets=secrets,
        clock=clock,
    )

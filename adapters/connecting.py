"""Connecting to the system that a table of hub.toml names."""

from collections.abc import Mapping

from adapters.http import Api
from hub.clock import Clock
from hub.config import resolve
from hub.config.exchange import ExchangeOptions


def connected(
    name: str,
    options: ExchangeOptions,
    clock: Clock,
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> Api:
    """Return a system's HTTP interface, with its address, pace and time-out; `auth`: user and password, in plain."""
    pace, timeout, url = options.requests_per_second, options.timeout, resolve(options.url)
    return Api(name, url, headers=headers, auth=auth, requests_per_second=pace, timeout=timeout, clock=clock)

"""HTTP to a system as its options say."""

from collections.abc import Mapping

from adapters.http import Api
from hub.clock import Clock
from hub.config import resolve
from hub.config.exchange import ExchangeOptions


def open_api(
    name: str,
    options: ExchangeOptions,
    clock: Clock,
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> Api:
    """Return a system's interface at its address, with its pace and time-out; nothing is sent yet. `auth`: HTTP Basic."""
    pace, timeout = options.requests_per_second, options.timeout
    return Api(
        name,
        resolve(options.url),
        headers=headers,
        auth=auth,
        requests_per_second=pace,
        timeout=timeout,
        clock=clock,
    )

"""Keys that go along with each request as they are: in a header, as a bearer token is, or in the address."""

from collections.abc import Generator

import httpx2

from hub.errors import Misconfigured


class HeaderKey(httpx2.Auth):
    """Sends a key in a header; of a bearer token (RFC 6750, 2.1) in `Authorization`, behind `Bearer `."""

    def __init__(self, name: str, key: str, prefix: str = "") -> None:
        """Raises Misconfigured, without showing it, for a key that cannot stand in a header."""
        if not (key.isascii() and key.isprintable()):
            raise Misconfigured(f"the value for the header {name} holds characters that cannot be sent")
        self.key, self._name, self._value = key, name, prefix + key

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add the header."""
        request.headers[self._name] = self._value
        yield request


class QueryKey(httpx2.Auth):
    """Sends a key as a parameter of the address."""

    def __init__(self, name: str, key: str) -> None:
        self.key, self._name = key, name

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add the parameter."""
        request.url = request.url.copy_set_param(self._name, self.key)
        yield request

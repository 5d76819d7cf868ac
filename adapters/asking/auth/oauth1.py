"""OAuth 1.0a (RFC 5849) with HMAC: a request is signed, so that the secret itself never travels.

`signed` is pure; `OAuth1` signs each request when it is sent, with a nonce of its own: a nonce that comes twice is refused.
"""

import base64
import hmac
import secrets
from collections.abc import Generator, Iterable, Mapping
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit

import httpx2

from hub.clock import Clock

Method = Literal["HMAC-SHA1", "HMAC-SHA256"]
"""HMAC-SHA256 is no part of the RFC, but of the same form; WooCommerce and Magento take it."""
Pairs = Iterable[tuple[str, str]]
PORTS = {"http": 80, "https": 443}


def signed(
    method: str,
    url: str,
    params: Pairs,
    key: str,
    secret: str,
    nonce: str,
    timestamp: int,
    *,
    token: str = "",
    token_secret: str = "",
    algorithm: Method = "HMAC-SHA256",
) -> dict[str, str]:
    """Return the `oauth_*` parameters of a request, its signature last: for the query, or for `header`.

    `params`: those of the query and of a form in the body, decoded, each as often as it comes; `url`: its query counts
    too; `timestamp`: seconds since 1970; `token`: none in the one-legged form (RFC 5849, 3.1 to 3.4).
    """
    oauth = {
        "oauth_consumer_key": key,
        "oauth_nonce": nonce,
        "oauth_signature_method": algorithm,
        "oauth_timestamp": str(timestamp),
    }
    if token:
        oauth["oauth_token"] = token
    text = base_string(method, url, [*params, *oauth.items()])
    shared = f"{_encoded(secret)}&{_encoded(token_secret)}".encode()
    digest = hmac.digest(shared, text.encode(), algorithm.removeprefix("HMAC-").lower())
    return oauth | {"oauth_signature": base64.b64encode(digest).decode()}


def base_string(method: str, url: str, params: Pairs) -> str:
    """Return the text that is signed (RFC 5849, 3.4.1): method, address without its query, sorted parameters."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *params]
    ordered = sorted((_encoded(name), _encoded(value)) for name, value in pairs)
    port = f":{parts.port}" if parts.port and parts.port != PORTS.get(parts.scheme) else ""
    address = f"{parts.scheme}://{(parts.hostname or '').lower()}{port}{parts.path or '/'}"
    query = "&".join(f"{name}={value}" for name, value in ordered)
    return "&".join(_encoded(part) for part in (method.upper(), address, query))


def header(oauth: Mapping[str, str]) -> str:
    """Return the value of an `Authorization` header (RFC 5849, 3.5.1)."""
    return "OAuth " + ", ".join(f'{_encoded(name)}="{_encoded(value)}"' for name, value in oauth.items())


def _encoded(text: str) -> str:
    """Percent-encode all but letters, digits, `-._~` (RFC 5849, 3.6)."""
    return quote(text, safe="-._~")


class OAuth1(httpx2.Auth):
    """Signs each request that is sent: into its query, or with `in_header` into its `Authorization` header."""

    def __init__(
        self,
        key: str,
        secret: str,
        clock: Clock,
        *,
        token: tuple[str, str] = ("", ""),
        algorithm: Method = "HMAC-SHA256",
        in_header: bool = False,
    ) -> None:
        """`token`: an access token and its secret; none in the one-legged form."""
        self._key, self._secret, self._clock, self._token = key, secret, clock, token
        self._algorithm: Method = algorithm
        self._in_header = in_header

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Sign a request; its body is JSON, which is no part of what is signed."""
        when, nonce = int(self._clock.now().timestamp()), secrets.token_hex(16)
        token, token_secret = self._token
        oauth = signed(
            request.method,
            str(request.url),
            (),
            self._key,
            self._secret,
            nonce,
            when,
            token=token,
            token_secret=token_secret,
            algorithm=self._algorithm,
        )
        if self._in_header:
            request.headers["authorization"] = header(oauth)
        else:
            request.url = request.url.copy_merge_params(oauth)
        yield request

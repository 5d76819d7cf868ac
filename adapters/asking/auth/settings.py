"""The table [systems.NAME.auth], and what it opens: how a system knows us."""

from typing import Annotated, Literal

import httpx2
from pydantic import Field

from adapters.asking.auth.keys import HeaderKey, QueryKey
from adapters.asking.auth.oauth1 import Method, OAuth1
from adapters.asking.auth.oauth2 import OAuth2
from adapters.asking.auth.oauth2_settings import OAuth2Settings
from hub.clock import Clock
from hub.config import Secret, resolve
from hub.config.settings import Frozen
from hub.tokens import Vault


class NoAuth(Frozen):
    """Nothing has to be shown."""

    type: Literal["none"] = "none"


class Basic(Frozen):
    """User and password (RFC 7617)."""

    type: Literal["basic"]
    user: str
    """Or a reference to it."""
    password: Secret | None = None
    """None: empty."""


class Bearer(Frozen):
    """A token that does not end (RFC 6750)."""

    type: Literal["bearer"]
    token: Secret
    prefix: str = "Bearer "
    """What stands in front of it; some say `token ` or nothing."""


class ApiKey(Frozen):
    """A key in a header or parameter of the system's own."""

    type: Literal["api-key"]
    key: Secret
    name: str = "X-API-Key"
    """Of the header or parameter."""
    where: Literal["header", "query"] = "header"


class OAuth1Settings(Frozen):
    """Requests signed by a shared secret (RFC 5849)."""

    type: Literal["oauth1"]
    key: Secret
    secret: Secret
    method: Method = "HMAC-SHA256"
    where: Literal["header", "query"] = "header"


AuthSettings = Annotated[
    NoAuth | Basic | Bearer | ApiKey | OAuth1Settings | OAuth2Settings, Field(discriminator="type")
]


def open_auth(name: str, told: AuthSettings, vault: Vault, clock: Clock) -> httpx2.Auth | tuple[str, str] | None:
    """Return how requests to a system are marked as ours. Raises Misconfigured."""
    match told:
        case NoAuth():
            return None
        case Basic():
            return resolve(told.user), resolve(told.password) if told.password else ""
        case Bearer():
            return HeaderKey("Authorization", resolve(told.token), told.prefix)
        case ApiKey():
            key = resolve(told.key)
            return HeaderKey(told.name, key) if told.where == "header" else QueryKey(told.name, key)
        case OAuth1Settings():
            in_header = told.where == "header"
            key, secret = resolve(told.key), resolve(told.secret)
            return OAuth1(key, secret, clock, algorithm=told.method, in_header=in_header)
        case OAuth2Settings():
            return OAuth2(name, told, vault, clock)

"""Who may ask: an integration, by its token as bearer, or by OAuth 1.0a (page "OAuth-based authentication")."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from tests.fakes.server import Asked, Reply

CONSUMER, CONSUMER_SECRET = "x1k8p0r7consumer5q2", "b7t3v9consumersecret1"
TOKEN, TOKEN_SECRET = "n4w6token8z0d3access", "j5h2tokensecret9c7m"


def error(status: int, message: str, *parameters: object, **named: object) -> Reply:
    """Return an error with what its message stands for beside it (page "HTTP status codes", error format)."""
    told = list(parameters) or named
    return Reply(status, {"message": message} | ({"parameters": told} if told else {}))


def refusal(asked: Asked, home: str, token: str) -> Reply | None:
    """Return why a request is turned away: for a wrong key and for too few rights alike, it is a 401."""
    how, _, rest = asked.headers.get("authorization", "").partition(" ")
    if how == "Bearer" and rest == token:
        return None
    if how == "OAuth":
        told = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', rest)}
        good = told.get("oauth_token") == token and told.pop("oauth_signature") == signature(asked, home, told)
        return None if good else error(401, "The signature is invalid. Verify and try again.")
    return error(401, "The consumer isn't authorized to access %resources.", resources="Magento_Catalog::products")


def signature(asked: Asked, home: str, told: Mapping[str, str]) -> str:
    """RFC 5849, with SHA-256; the query is signed with the rest."""
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in [*told.items(), *asked.pairs])
    address = home + asked.target.partition("?")[0]
    text = "&".join(quote(each, safe="~") for each in (asked.method, address, "&".join(f"{n}={v}" for n, v in pairs)))
    key = f"{CONSUMER_SECRET}&{TOKEN_SECRET}"
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()

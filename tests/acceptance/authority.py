"""An authorisation server (RFC 6749, RFC 7636) with a shop behind it: codes and refresh tokens are taken once."""

import json
import secrets
import threading
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.unit.http_server import Asked, Reply, Server

CLIENT, SECRET = "hub", "s3cret-client"
CONFIGURATION = """
[systems.shop]
kind = "eshop"
connector = "rest"
url = "{url}/v1"

[systems.shop.auth]
type = "oauth2"
grant = "authorization-code"
authorize_url = "{url}/authorize?tenant=kowalski"
token_url = "{url}/token"
client_id = "hub"
client_secret = "env:CLIENT_SECRET"
scope = "products orders"
{auth}

[systems.shop.streams.products]
path = "products"
[systems.shop.streams.products.fields]
sku = "code"
name = "title"
"""


class Authority:
    """`deny`: the person says no; `registered`: the redirect address, of which any port is taken if it is loopback."""

    def __init__(self, registered: str = "http://127.0.0.1:8092/callback") -> None:
        self.registered, self.deny = registered, ""
        self.hang_up_on_codes = self.without_refresh = False
        self.refresh_lasts = 0
        self.number, self.reused, self.ended = 0, 0, False
        self.forms: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._refresh = ""
        self._lock = threading.Lock()
        self._server = Server(lambda _, asked: self._reply(asked))
        self.url = self._server.url

    def close(self) -> None:
        self._server.close()

    def _reply(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        with self._lock:
            match parts.path:
                case "/authorize":
                    return self._login(_flat(parts.query))
                case "/token":
                    self.forms.append(_flat(asked.body.decode()))
                    return self._token(self.forms[-1], asked.headers.get("authorization", ""))
            if self.ended or asked.headers.get("authorization") != f"Bearer access-{self.number}":
                return Reply(401, b'{"message": "token has ended"}')
            return Reply(body=b'[{"id": 1, "code": "LAMP-1", "title": "Lamp"}]')

    def _login(self, told: dict[str, str]) -> Reply:
        """Let the person in who is logged in already, or show what is wrong (RFC 6749, 4.1.2.1: no redirect then)."""
        ours = {"client_id": CLIENT, "response_type": "code", "code_challenge_method": "S256", "tenant": "kowalski"}
        if not _is_registered(told.get("redirect_uri", ""), self.registered):
            return Reply(400, b"redirect_uri is not registered", {"content-type": "text/html"})
        if any(told.get(name) != value for name, value in ours.items()) or told["scope"] != "products orders":
            return _back(told, error="invalid_request")
        if self.deny:
            return _back(told, error=self.deny, error_description="The owner <b>said</b> no")
        code = secrets.token_urlsafe(8)
        self._codes[code] = told
        return _back(told, code=code)

    def _token(self, form: dict[str, str], client: str) -> Reply:
        if client != f"Basic {b64encode(f'{CLIENT}:{SECRET}'.encode()).decode()}":
            return Reply(401, b'{"error": "invalid_client"}')
        if form["grant_type"] == "refresh_token":
            good = form["refresh_token"] == self._refresh and "scope" not in form
            self.reused += not good
        else:
            asked = self._codes.pop(form["code"], None)
            good = asked is not None and _proves(form, asked)
            if self.hang_up_on_codes:
                return Reply(hang_up=True)
        return self._give() if good else Reply(400, b'{"error": "invalid_grant"}')

    def _give(self) -> Reply:
        self.number, self.ended = self.number + 1, False
        self._refresh = "" if self.without_refresh else f"refresh-{self.number}"
        told: dict[str, Any] = {"access_token": f"access-{self.number}", "token_type": "Bearer", "expires_in": 3600}
        told |= {"refresh_token": self._refresh} if self._refresh else {}
        told |= {"refresh_token_expires_in": self.refresh_lasts} if self.refresh_lasts else {}
        return Reply(body=json.dumps(told).encode())


def _proves(form: dict[str, str], asked: dict[str, str]) -> bool:
    """Tell whether who brings a code is who asked for it (RFC 7636, 4.6)."""
    shown = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
    return shown == asked["code_challenge"] and form["redirect_uri"] == asked["redirect_uri"]


def _is_registered(address: str, registered: str) -> bool:
    one, other = urlsplit(address), urlsplit(registered)
    if other.hostname == "127.0.0.1":  # RFC 8252, 7.3: any port
        return (one.scheme, one.hostname, one.path) == (other.scheme, other.hostname, other.path)
    return address == registered


def _back(told: dict[str, str], **answer: str) -> Reply:
    query = urlencode({**answer, "state": told["state"]})
    return Reply(302, b"", {"location": f"{told['redirect_uri']}?{query}"})


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}

"""Who may ask: OAuth 1.0a over http, as `WC_REST_Authentication` checks it (docs: Authentication)."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.fakes.server import Asked, Reply

WINDOW = 15 * 60
"""Seconds that a timestamp may be off (docs: Authentication, OAuth tips)."""
NEEDED = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method")


def error(status: int, code: str, message: str, **data: object) -> Reply:
    """Return an error as all endpoints write it (docs: Introduction, Errors)."""
    return Reply(status, {"code": code, "message": message, "data": {"status": status, **data}})


@dataclass
class Keys:
    """The keys that were made under Settings > Advanced > REST API."""

    secrets: dict[str, str] = field(default_factory=dict[str, str])
    """Consumer key -> its secret."""
    nonces: set[str] = field(default_factory=set[str])

    def refusal(self, asked: Asked, home: str) -> Reply | None:
        """Return why a request is turned away. Over http, HTTP Basic is not even looked at (code: authenticate)."""
        params = dict(asked.pairs)
        missing = [name for name in NEEDED if not params.get(name)]
        if len(missing) == len(NEEDED):
            return error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        if missing:
            message = f"Missing OAuth parameters {', '.join(missing)}"
            return error(401, "woocommerce_rest_authentication_missing_parameter", message)
        secret = self.secrets.get(params["oauth_consumer_key"])
        if secret is None:
            return _invalid("Consumer key is invalid.")
        if params.pop("oauth_signature") != _signature(asked, home, params, secret):
            return _invalid("Invalid signature - provided signature does not match.")
        if abs(time.time() - int(params["oauth_timestamp"])) > WINDOW:
            return _invalid("Invalid timestamp.")
        if params["oauth_nonce"] in self.nonces:
            return _invalid("Invalid nonce - nonce has already been used.")
        self.nonces.add(params["oauth_nonce"])
        return None


def _invalid(message: str) -> Reply:
    return error(401, "woocommerce_rest_authentication_error", message)


def _signature(asked: Asked, home: str, params: dict[str, str], secret: str) -> str:
    """Sort by name as it is, encode, join, encode again; PHP has numbered what comes as `name[]` by then."""
    numbered = {f"{name[:-2]}[0]" if name.endswith("[]") else name: value for name, value in params.items()}
    pairs = [f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(numbered.items())]
    text = f"{asked.method}&{quote(home + asked.path, safe='~')}&" + "%26".join(quote(pair, safe="~") for pair in pairs)
    method = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}[params["oauth_signature_method"]]
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), method).digest()).decode()

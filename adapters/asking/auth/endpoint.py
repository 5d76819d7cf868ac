"""The token endpoint of an authorisation server (RFC 6749, 3.2), and what hub.toml says of such a server."""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal, cast
from urllib.parse import quote_plus

from pydantic import model_validator

from adapters.asking import budgets
from adapters.asking.http import Api, Rejected
from hub.clock import Clock
from hub.config import Secret, WebAddress, refuse, resolve
from hub.config.settings import Frozen
from hub.errors import Refused
from hub.tokens import Tokens

_TIMEOUT = timedelta(seconds=20)
_REFRESH_ENDS = ("refresh_token_expires_in", "refresh_expires_in", "x_refresh_token_expires_in")
"""How long a refresh token lasts is no part of the RFC: so it is called by GitHub, Keycloak and Intuit."""


class OAuth2Settings(Frozen):
    """The table [systems.NAME.auth] with `type = "oauth2"`."""

    type: Literal["oauth2"]
    token_url: WebAddress
    """The token endpoint."""
    grant: Literal["client-credentials", "refresh-token", "authorization-code"] = "client-credentials"
    """How tokens are got: with the client's own secret alone, with the refresh token of a login made elsewhere, or with
    a login by `hub systems connect`."""
    client_id: str
    """Or a reference to it."""
    client_secret: Secret | None = None
    """None: a public client."""
    client_by: Literal["basic", "body"] = "basic"
    """Whether id and secret go in the `Authorization` header or among the form's fields (RFC 6749, 2.3.1)."""
    refresh_token: Secret | None = None
    """The first one, of a login made elsewhere; those that follow are kept by the hub."""
    authorize_url: WebAddress | None = None
    """The authorisation endpoint, where people log in; its query is kept (RFC 6749, 3.1)."""
    redirect_url: WebAddress = "http://127.0.0.1:8092/callback"
    """Where a login comes back to, just as it is registered there; on this machine, or taken by `--paste`."""
    scope: str = ""

    @model_validator(mode="after")
    def _agree(self) -> "OAuth2Settings":
        if self.grant == "client-credentials" and self.client_secret is None:
            refuse('is missing; grant = "client-credentials" cannot do without it', "client_secret")
        if self.grant == "authorization-code" and self.authorize_url is None:
            refuse('is missing; with grant = "authorization-code" people log in there', "authorize_url")
        if self.grant == "authorization-code" and self.refresh_token is not None:
            refuse('belongs to grant = "refresh-token"; hub systems connect gets it here', "refresh_token")
        return self

    def origin(self) -> str:
        """Return a digest of the login that tokens come from: under another, kept ones count for nothing."""
        first = resolve(self.refresh_token) if self.refresh_token else ""
        told = "\n".join((self.token_url, resolve(self.client_id), first))
        return blake2b(told.encode(), digest_size=15).hexdigest()


class TokenEndpoint:
    """Gives tokens for what a client shows: its secret, a refresh token, the code of a login."""

    def __init__(
        self, name: str, settings: OAuth2Settings, clock: Clock, *, sleep: Callable[[float], None] = budgets.sleep
    ) -> None:
        """`name`: the system's. Raises Misconfigured if a secret is not to be had."""
        self._name, self._settings, self._clock = name, settings, clock
        self._client = resolve(settings.client_id), settings.client_secret and resolve(settings.client_secret)
        self._api = Api(
            name, resolve(settings.token_url), headers=self._basic(), timeout=_TIMEOUT, clock=clock, sleep=sleep
        )

    def ask(self, form: Mapping[str, str], known: Tokens | None = None, *, repeatable: bool = True) -> Tokens:
        """Return the tokens for a form; of those `known`, a refresh token that is not replaced goes on.

        `repeatable`: the form may be sent again when no answer came. Raises TryLater, Misconfigured, or Refused, whose
        cause is then a Rejected with the server's own words.
        """
        now = self._clock.now()
        try:
            body = self._api.send_form("", {**form, **self._in_body()}, repeatable=repeatable).body
        except Rejected as fault:
            raise self._refused(fault, form["grant_type"]) from fault
        if not _said(body, "access_token"):
            raise Refused(f"{self._name}: {self._settings.token_url} answered without an access token")
        return self._tokens_of(body, now, known)

    def close(self) -> None:
        """Give the connections back."""
        self._api.close()

    def _tokens_of(self, body: Any, now: datetime, known: Tokens | None) -> Tokens:
        """Return what an answer (RFC 6749, 5.1) gives."""
        refresh, refresh_ends = body.get("refresh_token"), _end(body, _REFRESH_ENDS, now)
        if known is not None and refresh in (None, "", known.refresh):
            refresh, refresh_ends = known.refresh, refresh_ends or known.refresh_expires_at
        return Tokens(
            body["access_token"], _end(body, ("expires_in",), now), refresh, self._settings.origin(), refresh_ends
        )

    def _refused(self, fault: Rejected, shown: str) -> Refused:
        # RFC 6749, 5.2: `error` holds a fixed word, such as invalid_grant for a refresh token that has ended.
        word, connect = _said(fault.body, "error"), f"hub systems connect {self._name}"
        where = f"in [systems.{self._name}.auth]"
        ended = connect if self._settings.grant == "authorization-code" else f"enter the new refresh_token {where}"
        mend = {
            "invalid_grant": f"the login has ended; log in anew: {ended}",
            "invalid_client": f"check client_id and client_secret {where}",
            "invalid_scope": f"check scope {where}",
            "unauthorized_client": "allow the client this grant there",
        }.get(word, f"see [systems.{self._name}.auth]")
        if shown == "authorization_code" and word == "invalid_grant":
            mend = f"a code is taken once, for some minutes, and for its own redirect address; once more: {connect}"
        words = str(fault) if word in str(fault) else f"{word} {fault}"
        return Refused(f"{self._name} gives no token: {words}; {mend}")

    def _basic(self) -> dict[str, str]:
        client, secret = self._client
        if self._settings.client_by != "basic" or secret is None:
            return {}
        both = f"{quote_plus(client)}:{quote_plus(secret)}".encode()
        return {"authorization": f"Basic {base64.b64encode(both).decode()}"}

    def _in_body(self) -> dict[str, str]:
        client, secret = self._client
        if self._settings.client_by == "basic" and secret is not None:
            return {}
        return {"client_id": client} | ({"client_secret": secret} if secret else {})


def _end(body: Mapping[str, Any], names: tuple[str, ...], now: datetime) -> datetime | None:
    """Return when something ends, if one of these says in how many seconds; 0 or less is said where there is no end."""
    try:
        seconds = next(float(body[name]) for name in names if body.get(name))
        return now + timedelta(seconds=seconds) if seconds > 0 else None
    except (StopIteration, TypeError, ValueError, OverflowError):
        return None


def _said(body: Any, name: str) -> str:
    return str(cast("dict[str, Any]", body).get(name) or "") if isinstance(body, dict) else ""

"""The token endpoint of an authorisation server (RFC 6749, 3.2)."""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import quote_plus

from adapters.asking import budgets
from adapters.asking.auth.oauth2_settings import OAuth2Settings
from adapters.asking.http import Api, Rejected
from hub.clock import Clock
from hub.config import resolve
from hub.errors import Refused
from hub.tokens import Tokens

_TIMEOUT = timedelta(seconds=20)
_REFRESH_ENDS = ("refresh_token_expires_in", "refresh_expires_in", "x_refresh_token_expires_in")
"""How long a refresh token lasts is no part of the RFC: so it is called by GitHub, Keycloak and Intuit."""


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

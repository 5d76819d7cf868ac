"""OAuth 2 (RFC 6749): a token goes along with each request, and is renewed when it ends.

Renewing is the vault's to line up (`hub.tokens`): one at a time, stored before it is used. PAINS S23.
"""

import base64
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus
from typing import Any, Literal, cast
from urllib.parse import quote_plus

import httpx2
from pydantic import model_validator

from adapters import budgets
from adapters.http import Api, Rejected
from hub.clock import Clock
from hub.config import Secret, WebAddress, refuse, resolve
from hub.config.settings import Frozen
from hub.errors import Misconfigured, Refused
from hub.tokens import Tokens, Vault

EARLY = timedelta(seconds=60)
"""A token is renewed so long before its end: clocks differ, and a request takes its time."""
_TIMEOUT = timedelta(seconds=20)


class OAuth2Settings(Frozen):
    """The table [systems.NAME.auth] with `type = "oauth2"`."""

    type: Literal["oauth2"]
    token_url: WebAddress
    """The token endpoint."""
    grant: Literal["client-credentials", "refresh-token"] = "client-credentials"
    """How tokens are got: with the client's own secret alone, or with the refresh token of somebody's login."""
    client_id: str
    """Or a reference to it."""
    client_secret: Secret | None = None
    """None: a public client."""
    client_by: Literal["basic", "body"] = "basic"
    """Whether id and secret go in the `Authorization` header or among the form's fields (RFC 6749, 2.3.1)."""
    refresh_token: Secret | None = None
    """The first one, of a login made elsewhere; those that follow are kept by the hub."""
    scope: str = ""

    @model_validator(mode="after")
    def _agree(self) -> "OAuth2Settings":
        if self.grant == "client-credentials" and self.client_secret is None:
            refuse('is missing; grant = "client-credentials" cannot do without it', "client_secret")
        return self


class OAuth2(httpx2.Auth):
    """Sends an access token with each request, and gets another when it has ended. Threads may share it."""

    def __init__(
        self,
        name: str,
        settings: OAuth2Settings,
        vault: Vault,
        clock: Clock,
        *,
        sleep: Callable[[float], None] = budgets.sleep,
    ) -> None:
        """`name`: the system's. Raises Misconfigured if a refresh token could be lost, or a secret is not to be had."""
        if settings.grant == "refresh-token" and not vault.lasting:
            raise Misconfigured(
                f"{name}: token_key is missing in [hub]; the system's tokens change and have to be kept, sealed by it: "
                'token_key = "env:HUB_TOKEN_KEY", and there the output of: openssl rand -base64 32'
            )
        self._name, self._settings, self._vault, self._clock = name, settings, vault, clock
        self._client = resolve(settings.client_id), settings.client_secret and resolve(settings.client_secret)
        self._api = Api(
            name, resolve(settings.token_url), headers=self._basic(), timeout=_TIMEOUT, clock=clock, sleep=sleep
        )
        self._tokens: Tokens | None = None

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send a request with a token; once more with another if that has ended, as it was not carried out then.

        Raises TryLater, Refused or Misconfigured where no token is to be had.
        """
        request.read()
        used = self._current()
        request.headers["authorization"] = f"Bearer {used.access}"
        response = yield request
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            request.headers["authorization"] = f"Bearer {self._renewed(used).access}"
            yield request

    def _current(self) -> Tokens:
        """Return the tokens to use; those that another process has got count as well."""
        tokens = self._tokens
        for _ in range(2):
            if tokens is None or self._is_over(tokens):
                tokens = self._renewed(tokens)
        return tokens or self._renewed(None)

    def _is_over(self, tokens: Tokens) -> bool:
        return tokens.expires_at is not None and tokens.expires_at - EARLY <= self._clock.now()

    def _renewed(self, ended: Tokens | None) -> Tokens:
        self._tokens = self._vault.renew(self._name, ended.access if ended else "", self._ask)
        return self._tokens

    def _ask(self, known: Tokens | None) -> Tokens:
        """Ask the server for tokens (RFC 6749, 4.4.2 and 6)."""
        form, refresh = {"grant_type": "client_credentials"}, None
        if self._settings.grant == "refresh-token":
            refresh = self._refresh_token(known)
            form = {"grant_type": "refresh_token", "refresh_token": refresh}
        form |= {"scope": self._settings.scope} if self._settings.scope else {}
        now = self._clock.now()
        try:
            body = self._api.send_form("", form | self._in_body()).body
        except Rejected as fault:
            raise self._refused(fault) from fault
        if not _said(body, "access_token"):
            raise Refused(f"{self._name}: {self._settings.token_url} answered without an access token")
        return self._tokens_of(body, now, refresh)

    def _tokens_of(self, body: Any, now: datetime, refresh: str | None) -> Tokens:
        """Return what an answer (RFC 6749, 5.1) gives; a refresh token that it does not replace goes on."""
        seconds = body.get("expires_in")
        expires_at = None if seconds is None else now + timedelta(seconds=int(seconds))
        return Tokens(body["access_token"], expires_at, body.get("refresh_token") or refresh, self._origin())

    def _refresh_token(self, known: Tokens | None) -> str:
        """Return the refresh token in force: the last that was given, unless another login has been entered since."""
        first = self._settings.refresh_token
        if known is not None and known.refresh and (first is None or known.origin == self._origin()):
            return known.refresh
        if first is None:
            raise Refused(f"{self._name} has not been logged in to yet; refresh_token in [systems.{self._name}.auth]")
        return resolve(first)

    def _origin(self) -> str:
        """Return a digest of the login that tokens come from."""
        first = self._settings.refresh_token
        told = "\n".join((self._settings.token_url, self._client[0], resolve(first) if first else ""))
        return blake2b(told.encode(), digest_size=15).hexdigest()

    def _refused(self, fault: Rejected) -> Refused:
        # RFC 6749, 5.2: `error` holds a fixed word, such as invalid_grant for a refresh token that has ended.
        word = _said(fault.body, "error")
        mend = {
            "invalid_grant": "the login has ended; log in anew and enter the new refresh_token",
            "invalid_client": "check client_id and client_secret",
            "invalid_scope": "check scope",
            "unauthorized_client": "allow the client this grant there",
        }.get(word, "see")
        return Refused(f"{self._name} gives no token: {word} {fault}; {mend} in [systems.{self._name}.auth]")

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


def _said(body: Any, name: str) -> str:
    return str(cast("dict[str, Any]", body).get(name) or "") if isinstance(body, dict) else ""

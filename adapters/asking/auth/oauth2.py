"""OAuth 2 (RFC 6749): a token goes along with each request, and is renewed when it ends.

Renewing is the vault's to line up (`hub.tokens`): one at a time, stored before it is used. PAINS S23.
"""

from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from http import HTTPStatus

import httpx2

from adapters.asking import budgets
from adapters.asking.auth.endpoint import TokenEndpoint
from adapters.asking.auth.oauth2_settings import OAuth2Settings
from hub.clock import Clock
from hub.config import Secret, resolve
from hub.errors import Refused
from hub.tokens import Tokens, Vault

EARLY = timedelta(seconds=60)
"""A token is renewed so long before its end: clocks differ, and a request takes its time. Of one that lives no two
minutes, half of its time is used."""


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
        if settings.grant != "client-credentials":
            vault.check()
        self._name, self._settings, self._vault, self._clock = name, settings, vault, clock
        self._endpoint = TokenEndpoint(name, settings, clock, sleep=sleep)
        self._tokens: Tokens | None = None
        self._good_until: datetime | None = None
        """When they are to be renewed; none: when they are refused."""

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
            if tokens is None or self._is_over():
                tokens = self._renewed(tokens)
        return tokens or self._renewed(None)

    def _is_over(self) -> bool:
        return self._good_until is not None and self._good_until <= self._clock.now()

    def _renewed(self, ended: Tokens | None) -> Tokens:
        tokens = self._vault.renew(self._name, ended.access if ended else "", self._ask)
        ends, now = tokens.expires_at, self._clock.now()
        self._good_until = ends and max(ends - EARLY, now + (ends - now) / 2)
        self._tokens = tokens
        return tokens

    def _ask(self, known: Tokens | None) -> Tokens:
        """Ask the server for tokens (RFC 6749, 4.4.2 and 6)."""
        scope = {"scope": self._settings.scope} if self._settings.scope else {}
        if self._settings.grant == "client-credentials":
            return self._endpoint.ask({"grant_type": "client_credentials", **scope})
        # Without a scope the one that was granted goes on, which may be less than what was asked for at the login.
        scope = {} if self._settings.grant == "authorization-code" else scope
        last = self._last(known)
        return self._endpoint.ask({"grant_type": "refresh_token", "refresh_token": last.refresh or "", **scope}, last)

    def _last(self, known: Tokens | None) -> Tokens:
        """Return the tokens that were given last with a refresh token, unless another login has been entered since."""
        origin, first = self._settings.origin(), self._settings.refresh_token
        if known is not None and known.refresh and known.origin == origin:
            return known
        if first is not None:
            return Tokens("", None, resolve(first), origin)
        if known is not None and known.origin == origin:
            raise Refused(f"the login to {self._name} has ended, and no refresh token came with it; {self._mend}")
        raise Refused(f"{self._name} has not been logged in to yet; {self._mend}")

    @property
    def _mend(self) -> str:
        if self._settings.grant == "authorization-code":
            return f"hub systems connect {self._name}"
        return f"refresh_token in [systems.{self._name}.auth]"


def by_secret(
    name: str, token_url: str, client: str, secret: Secret, vault: Vault, clock: Clock, scope: str = ""
) -> OAuth2:
    """Return how a system knows a client by its own secret, among the form's fields. Raises Misconfigured.

    `client`: or a reference to it.
    """
    settings = OAuth2Settings(
        type="oauth2", token_url=token_url, client_id=client, client_secret=secret, client_by="body", scope=scope
    )
    return OAuth2(name, settings, vault, clock)

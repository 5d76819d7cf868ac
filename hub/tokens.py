"""Tokens by which systems know the hub (OAuth 2), and the port behind which they are kept.

Adapters ask for tokens here; `hub.app` fills the port in, with tokens in the database or in memory.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an authorisation server has given for one system."""

    access: str = field(repr=False)
    """Goes with each request."""
    expires_at: datetime | None = None
    """When the access token ends, as far as the server says."""
    refresh: str | None = field(default=None, repr=False)
    """Gets the next tokens; many servers take it once only, and give another with them."""
    origin: str = ""
    """A digest of the login that these come from: under another login they count for nothing."""
    refresh_expires_at: datetime | None = None
    """When the refresh token ends, and with it the login, as far as the server says."""


class Vault(Protocol):
    """Where the tokens of all systems are kept."""

    def check(self) -> None:
        """Look whether tokens that are kept outlive this process. Raises Misconfigured, with the mend."""
        ...

    def get(self, system: str) -> Tokens | None:
        """Return a system's tokens; none, if it has no login yet. Raises DatabaseAway or Misconfigured."""
        ...

    def put(self, system: str, fresh: Tokens) -> None:
        """Keep the tokens of a new login in place of any others. Raises DatabaseAway or Misconfigured."""
        ...

    def renew(self, system: str, ended: str, ask: Callable[[Tokens | None], Tokens]) -> Tokens:
        """Return tokens that are not the ended ones, got by `ask` unless another thread or process has got some.

        One at a time asks, of all processes; what was got is stored before it is returned, so that no token which the
        server takes only once is lost. `ended`: the access token that does not work any more; empty at the beginning.
        Raises TryLater if another process has not got any within half a minute, DatabaseAway, and what `ask` raises.
        """
        ...

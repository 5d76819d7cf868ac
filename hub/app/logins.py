"""Systems that a person has to log in to: which they are, and how their logins stand."""

from dataclasses import dataclass
from datetime import datetime

from adapters.asking.auth.oauth2_settings import OAuth2Settings
from hub.app.hub import Hub
from hub.config import SystemSettings
from hub.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Standing:
    """How the login to a system stands."""

    needed: bool
    """Whether somebody has to log in, for the first time or anew."""
    ends_at: datetime | None = None
    """When the login ends or has ended; none: the server names no end, or there is no login."""
    mend: str = ""
    """What to do once somebody has to."""


def by_login(system: SystemSettings) -> OAuth2Settings:
    """Return what is said of the login to a system. Raises Misconfigured for one that nobody logs in to."""
    told = _told(system)
    if told is None or told.grant != "authorization-code":
        raise Misconfigured(
            f'nobody logs in to {system.name}; that takes type = "oauth2" and grant = "authorization-code" '
            f"in [systems.{system.name}.auth]"
        )
    return told


def standing(hub: Hub, system: SystemSettings) -> Standing | None:
    """Look at the login to a system; none, if it takes none. Raises Misconfigured or DatabaseAway."""
    told = _told(system)
    if told is None or told.grant == "client-credentials":
        return None
    mend = f"hub systems connect {system.name}"
    if told.grant == "refresh-token":
        mend = f"log in anew and enter the new refresh_token in [systems.{system.name}.auth]"
    known = hub.vault.get(system.name)
    if known is None or known.origin != told.origin():
        return Standing(told.refresh_token is None, None, mend)
    ends_at = known.refresh_expires_at if known.refresh else known.expires_at
    return Standing(ends_at is not None and ends_at <= hub.clock.now(), ends_at, mend)


def _told(system: SystemSettings) -> OAuth2Settings | None:
    told = getattr(system.options, "auth", None)
    return told if isinstance(told, OAuth2Settings) else None

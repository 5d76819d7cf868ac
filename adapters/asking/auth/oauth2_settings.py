"""What hub.toml says of an authorisation server (RFC 6749). Imports no HTTP library: the hub's own commands read it."""

from hashlib import blake2b
from typing import Literal

from pydantic import model_validator

from hub.config import Secret, WebAddress, refuse, resolve
from hub.config.settings import Frozen


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

"""A login by which a person lets the hub in: the authorisation code (RFC 6749, 4.1) with PKCE (RFC 7636)."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

from adapters.asking.answers import first_words
from adapters.asking.auth.endpoint import TokenEndpoint
from adapters.asking.auth.oauth2_settings import OAuth2Settings
from hub.clock import Clock
from hub.config import resolve
from hub.errors import Misconfigured, Refused, TryLater
from hub.tokens import Tokens

HERE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Login:
    """A login that has been asked for, and what its answer has to fit."""

    address: str
    """Where the person logs in."""
    redirect_url: str
    """Where the answer is sent."""
    state: str = field(repr=False)
    verifier: str = field(repr=False)

    def fits(self, answer: str) -> bool:
        """Return whether an address that was called answers this login, and no other (RFC 6749, 10.12)."""
        given = _query(answer).get("state", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, self.state.encode())


def is_here(redirect_url: str) -> bool:
    """Return whether a login comes back to this machine (RFC 8252, 7.3): without TLS, which it has no certificate for."""
    parts = urlsplit(redirect_url)
    return parts.scheme == "http" and parts.hostname in HERE


def begin(name: str, settings: OAuth2Settings, redirect_url: str) -> Login:
    """Return a new login. Raises Misconfigured for a system that is not logged in to."""
    if settings.authorize_url is None:
        raise Misconfigured(f"authorize_url is missing in [systems.{name}.auth]: people log in there")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    told = {
        "response_type": "code",
        "client_id": resolve(settings.client_id),
        "redirect_uri": redirect_url,
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    } | ({"scope": settings.scope} if settings.scope else {})
    place = resolve(settings.authorize_url)
    return Login(f"{place}{'&' if '?' in place else '?'}{urlencode(told)}", redirect_url, state, verifier)


def challenge(verifier: str) -> str:
    """Return what is shown of a secret before the secret itself is (RFC 7636, 4.2, S256)."""
    return urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def finish(name: str, settings: OAuth2Settings, login: Login, answer: str, clock: Clock) -> Tokens:
    """Return the tokens for the address by which a login was answered.

    Raises Refused if the login was refused, or is another; TryLater if the server cannot say.
    """
    if not login.fits(answer):
        raise Refused(f"this address does not answer the login that was asked for; {_again(name)}")
    told = _query(answer)
    if "error" in told:
        raise _refused(name, told["error"], told.get("error_description", ""))
    if not told.get("code"):
        raise Refused(f"{name} has answered the login without a code; {_again(name)}")
    form = {"code": told["code"], "redirect_uri": login.redirect_url, "code_verifier": login.verifier}
    endpoint = TokenEndpoint(name, settings, clock)
    try:
        # Not repeated: a code that comes twice may take back what was given for it (RFC 6749, 4.1.2).
        return endpoint.ask({"grant_type": "authorization_code", **form}, repeatable=False)
    except TryLater as fault:
        doubt = f"; is this machine's clock right? It says {clock.now():%Y-%m-%d %H:%M}Z" if _dated(str(fault)) else ""
        raise TryLater(f"{fault}{doubt}; {_again(name)}") from fault
    finally:
        endpoint.close()


def _refused(name: str, word: str, description: str) -> Refused | TryLater:
    """Return what a server's fixed word means (RFC 6749, 4.1.2.1)."""
    where = f"in [systems.{name}.auth]"
    mend = {
        "access_denied": f"the login was refused, or this person may not let the hub in; {_again(name)}, as one who may",
        "invalid_scope": f"check scope {where}",
        "unauthorized_client": "allow the client the authorisation code there",
        "unsupported_response_type": "the server gives no authorisation codes: another grant is needed",
        "invalid_request": f"check client_id, redirect_url and authorize_url {where}",
    }.get(word, _again(name))
    words = f" ({first_words(description)})" if description else ""
    kind = TryLater if word in ("server_error", "temporarily_unavailable") else Refused
    return kind(f"{name} answered the login with {first_words(word)}{words}: {mend}")


def _again(name: str) -> str:
    return f"once more: hub systems connect {name}"


def _dated(fault: str) -> bool:
    return "certificate" in fault and ("not yet valid" in fault or "expired" in fault)


def _query(answer: str) -> Mapping[str, str]:
    """Return the parameters of an address, or of its query alone."""
    try:
        query = urlsplit(answer).query
    except ValueError:  # no address at all, whoever called or typed it
        query = ""
    return dict(parse_qsl(query or answer.strip().lstrip("?"), keep_blank_values=True))

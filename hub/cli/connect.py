"""`hub systems connect`: somebody logs in to a system in a browser, and the hub keeps what lets it in from then on."""

import os
import sys
import webbrowser

from adapters.asking.auth.login import Login, begin, finish, is_here
from adapters.asking.auth.oauth2_settings import OAuth2Settings
from hub.app import Hub
from hub.app.logins import by_login
from hub.app.planning import as_written, known_system
from hub.cli import show
from hub.cli.landing import at_port, landing
from hub.config import resolve
from hub.errors import HubError
from hub.tokens import Tokens


def connect(hub: Hub, name: str, port: int | None, seconds: int, *, paste: bool, browser: bool) -> Tokens:
    """Have somebody log in; returns the tokens, which are stored. Raises Misconfigured, Refused or TryLater."""
    settings = by_login(known_system(as_written(hub), name))
    hub.vault.check()
    redirect_url = resolve(settings.redirect_url)
    if paste or not is_here(redirect_url):
        login = begin(name, settings, at_port(redirect_url, port))
        answer = _pasted(name, login)
    else:
        login, answer = _landed(name, settings, redirect_url, port, seconds, browser=browser)
    tokens = finish(name, settings, login, answer, hub.clock)
    hub.vault.put(name, tokens)
    return tokens


def _landed(
    name: str, settings: OAuth2Settings, redirect_url: str, port: int | None, seconds: int, *, browser: bool
) -> tuple[Login, str]:
    """Wait for the browser to come back to this machine."""
    with landing(redirect_url, port) as place:
        login = begin(name, settings, place.redirect_url)
        place.start(login.fits)
        _invite(name, login)
        if browser and not (_has_screen() and webbrowser.open(login.address)):
            show.remark("No browser can be opened here. From another machine: --paste, or see docs/oauth.md")
        answer = place.wait(seconds)
    if answer is None:
        raise HubError(
            f"nobody has logged in to {name} within {seconds} s. If the page there spoke of a redirect address "
            f"(redirect_uri): register {login.redirect_url} there, to the letter, or name the one that is registered as "
            f"redirect_url in [systems.{name}.auth]. If the browser could not open that address: --paste"
        )
    return login, answer


def _pasted(name: str, login: Login) -> str:
    """Ask for the address that the browser ended at."""
    _invite(name, login)
    show.remark(f"The browser ends at {login.redirect_url}?..., even if it can show nothing there.")
    show.remark("Copy that whole address from its address bar, paste it here, and press Enter:")
    return sys.stdin.readline()


def _invite(name: str, login: Login) -> None:
    show.remark(f"Log in to {name} here, and let the hub in:\n\n{login.address}\n")
    show.remark(f"The redirect address registered there has to be {login.redirect_url}")


def _has_screen() -> bool:
    """Return whether a browser would open in a window, and not take the terminal over."""
    named = any(os.environ.get(variable) for variable in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    return named or sys.platform in ("win32", "darwin")

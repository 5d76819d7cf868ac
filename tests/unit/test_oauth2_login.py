"""A login by authorisation code: what is asked, what answers it, what its refusals mean."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from adapters.asking.auth.login import Login, begin, challenge, finish, is_here
from adapters.asking.auth.oauth2_settings import OAuth2Settings
from adapters.rest.options import RestOptions
from hub.app.hub import Hub, open_hub
from hub.app.logins import Standing, standing
from hub.clock import SystemClock
from hub.errors import Refused, TryLater
from hub.tokens import Tokens
from tests.acceptance.authority import CONFIGURATION
from tests.unit.http_server import Reply, Server

BACK = "http://127.0.0.1:8092/callback"
TOLD = {
    "type": "oauth2",
    "grant": "authorization-code",
    "authorize_url": "https://shop.example/authorize?access_type=offline",
    "token_url": "https://shop.example/token",
    "client_id": "hub",
}


def settings(**more: object) -> OAuth2Settings:
    return OAuth2Settings.model_validate(TOLD | more)


def answered(query: str, told: OAuth2Settings | None = None) -> Tokens:
    login = Login("https://shop.example", BACK, "the-state", "v" * 43)
    return finish("shop", told or settings(), login, f"{BACK}?{query}", SystemClock())


def test_the_challenge_is_that_of_rfc_7636():
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_what_is_asked_keeps_the_query_of_the_address_and_differs_each_time():
    one, other = (begin("shop", settings(scope="read write"), BACK) for _ in range(2))
    query = {name: values[0] for name, values in parse_qs(urlsplit(one.address).query).items()}
    assert query == {
        "access_type": "offline",
        "response_type": "code",
        "client_id": "hub",
        "redirect_uri": BACK,
        "state": one.state,
        "scope": "read write",
        "code_challenge": challenge(one.verifier),
        "code_challenge_method": "S256",
    }
    assert 43 <= len(one.verifier) <= 128
    assert one.state != other.state
    assert one.verifier != other.verifier
    assert one.verifier not in repr(one)


@pytest.mark.parametrize("answer", [f"{BACK}?code=x&state=the-state", "code=x&state=the-state", "?state=the-state"])
def test_an_answer_may_be_a_whole_address_or_its_query(answer: str):
    assert Login("", BACK, "the-state", "").fits(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        BACK,
        f"{BACK}?state=",
        f"{BACK}?state=the-state2",
        f"{BACK}#state=the-state",
        "http://[?state=x",
        "state=\udcff",
    ],
)
def test_what_is_not_the_answer_does_not_fit(answer: str):
    assert not Login("", BACK, "the-state", "").fits(answer)


@pytest.mark.parametrize(
    ("query", "error", "says"),
    [
        ("error=access_denied&state=the-state", Refused, "this person may not let the hub in"),
        ("error=invalid_scope&state=the-state", Refused, r"check scope in \[systems\.shop\.auth\]"),
        ("error=temporarily_unavailable&state=the-state", TryLater, "once more: hub systems connect shop"),
        ("error=odd&error_description=%3Cb%3Ewhy%3C/b%3E&state=the-state", Refused, r"odd \(why\): once more"),
        ("state=the-state", Refused, "without a code"),
        ("code=x&state=another", Refused, "does not answer the login that was asked for"),
    ],
)
def test_what_does_not_go_well_is_told_by_what_to_do(query: str, error: type[Exception], says: str):
    with pytest.raises(error, match=says):
        answered(query)


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ({"refresh_token_expires_in": 86400}, timedelta(days=1)),
        ({"refresh_expires_in": "86400"}, timedelta(days=1)),
        ({"x_refresh_token_expires_in": 86400.0}, timedelta(days=1)),
        ({"refresh_expires_in": 0}, None),
        ({"refresh_expires_in": -1}, None),
        ({"refresh_expires_in": 10**18}, None),
        ({"refresh_expires_in": "never"}, None),
        ({}, None),
    ],
)
def test_the_end_of_a_login_is_as_the_server_says(answer: dict, ends: timedelta | None):
    told = {"access_token": "a", "refresh_token": "r", "expires_in": 3600} | answer
    server = Server(lambda *_: Reply(body=json.dumps(told).encode()))
    before = datetime.now(UTC)
    tokens = answered("code=x&state=the-state", settings(token_url=f"{server.url}/token"))
    server.close()
    assert tokens.expires_at is not None
    assert timedelta(0) <= tokens.expires_at - before - timedelta(hours=1) < timedelta(minutes=1)
    if ends is None:
        assert tokens.refresh_expires_at is None
    else:
        assert tokens.refresh_expires_at == tokens.expires_at - timedelta(hours=1) + ends


def test_a_code_that_is_not_taken_is_told_with_the_mend():
    server = Server(lambda *_: Reply(400, b'{"error": "invalid_grant"}'))
    with pytest.raises(Refused, match=r"a code is taken once.*hub systems connect shop") as caught:
        answered("code=the-code&state=the-state", settings(token_url=f"{server.url}/token"))
    server.close()
    assert "the-code" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "here"),
    [
        (BACK, True),
        ("http://localhost/x", True),
        ("http://[::1]:1/x", True),
        ("https://localhost/x", False),
        ("https://hub.example/x", False),
    ],
)
def test_only_this_machine_itself_is_listened_at(address: str, here: bool):
    assert is_here(address) is here


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"authorize_url": None}, "people log in there"),
        ({"refresh_token": "env:X"}, "hub systems connect gets it here"),
    ],
)
def test_a_grant_that_does_not_agree_with_the_rest_is_said(more: dict, says: str):
    with pytest.raises(ValidationError, match=says):
        settings(**more)


class Later(SystemClock):
    """The machine's clock, a month on."""

    def now(self) -> datetime:
        return super().now() + timedelta(days=30)


@pytest.fixture
def hub(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUB_TOKEN_KEY", "A" * 43 + "=")
    text = '[hub]\ntoken_key = "env:HUB_TOKEN_KEY"\n' + CONFIGURATION.format(url="https://shop.example", auth="")
    (tmp_path / "hub.toml").write_text(text)
    opened = open_hub(tmp_path / "hub.toml", clock=Later())
    yield opened
    opened.close()


def test_how_a_login_stands(hub: Hub):
    shop, mend = hub.settings.systems["shop"], "hub systems connect shop"
    assert standing(hub, shop) == Standing(needed=True, mend=mend)
    assert isinstance(shop.options, RestOptions)
    assert isinstance(shop.options.auth, OAuth2Settings)
    now, origin = hub.clock.now(), shop.options.auth.origin()
    past, later = now - timedelta(days=1), now + timedelta(days=1)
    for tokens, stands in [
        (Tokens("a", past, "r", origin), Standing(needed=False, mend=mend)),
        (Tokens("a", past, "r", origin, later), Standing(needed=False, ends_at=later, mend=mend)),
        (Tokens("a", later, "r", origin, past), Standing(needed=True, ends_at=past, mend=mend)),
        (Tokens("a", past, None, origin), Standing(needed=True, ends_at=past, mend=mend)),
        (Tokens("a", None, None, origin), Standing(needed=False, mend=mend)),
        (Tokens("a", later, "r", "another client's"), Standing(needed=True, mend=mend)),
    ]:
        hub.vault.put("shop", tokens)
        assert standing(hub, shop) == stands

"""Tokens got with a client's own secret: by header or form, renewed before they end, and once more when refused."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from pydantic import ValidationError

from adapters.asking.auth.oauth2 import OAuth2
from adapters.asking.auth.oauth2_settings import OAuth2Settings
from adapters.asking.http import Api, KeyRefused
from hub.app.vault import MemoryVault
from hub.clock import SystemClock
from hub.errors import Refused, TryLater
from tests.unit.http_server import Asked, Reply, Server


class Clock(SystemClock):
    """The machine's clock, set forward as a test says."""

    ahead = timedelta(0)
    seconds = 0.0
    """How long was slept: no time passes otherwise."""

    def now(self):
        return super().now() + self.ahead

    def monotonic(self):
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Authorisation:
    def __init__(self) -> None:
        self.given = 0
        self.accepts: Callable[[int], bool] = lambda _: True
        self.answer: dict | None = None
        self.status = 200
        self.clock = Clock()
        self.server = Server(self.reply, now=self.clock.monotonic)

    def reply(self, _: int, asked: Asked) -> Reply:
        if asked.path == "/token":
            self.given += 1
            told = self.answer or {"access_token": f"t{self.given}", "expires_in": 3600, "token_type": "Bearer"}
            return Reply(self.status, json.dumps(told).encode())
        good = asked.headers["authorization"] == f"Bearer t{self.given}" and self.accepts(self.given)
        return Reply(body=b'{"good": true}') if good else Reply(401, b'{"message": "t1 has ended"}')

    def api(self, pace: float | None = None, **more) -> Api:
        told = {"type": "oauth2", "token_url": f"{self.server.url}/token", "client_id": "hub", "client_secret": "env:S"}
        settings = OAuth2Settings.model_validate(told | more)
        sleep = self.clock.sleep
        auth = OAuth2("shop", settings, MemoryVault(), self.clock, sleep=sleep)
        return Api("shop", self.server.url, auth=auth, requests_per_second=pace, clock=self.clock, sleep=sleep)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Authorisation]:
    monkeypatch.setenv("S", "s3cret:&")
    there = Authorisation()
    yield there
    there.server.close()


def test_one_token_serves_many_requests(there: Authorisation):
    api = there.api(scope="read write")
    assert [api.get("/things").body for _ in range(3)] == [{"good": True}] * 3
    asked = there.server.asked[0]
    assert parse_qs(asked.body.decode()) == {"grant_type": ["client_credentials"], "scope": ["read write"]}
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["authorization"] == "Basic " + b64encode(b"hub:s3cret%3A%26").decode()
    assert there.given == 1


def test_a_client_may_say_who_it_is_in_the_form(there: Authorisation):
    there.api(client_by="body").get("/things")
    form = parse_qs(there.server.asked[0].body.decode())
    assert (form["client_id"], form["client_secret"]) == (["hub"], ["s3cret:&"])
    assert "authorization" not in there.server.asked[0].headers


def test_a_token_is_renewed_before_it_ends(there: Authorisation):
    api = there.api()
    api.get("/things")
    there.clock.ahead = timedelta(minutes=58)
    api.get("/things")
    assert there.given == 1
    there.clock.ahead = timedelta(minutes=59, seconds=30)
    api.get("/things")
    assert there.given == 2


@pytest.mark.parametrize("lives", [60, 20, "60"])
def test_a_token_that_lives_a_minute_serves_more_than_one_request(there: Authorisation, lives: object):
    """As those of Keycloak do, unless it is told otherwise."""
    there.answer = {"access_token": "t1", "expires_in": lives, "token_type": "Bearer"}
    api = there.api()
    for _ in range(3):
        api.get("/things")
    assert there.given == 1
    there.answer = None
    there.clock.ahead = timedelta(seconds=float(str(lives)) * 0.6)
    api.get("/things")
    assert there.given == 2


def test_a_token_that_is_refused_is_renewed_once(there: Authorisation):
    there.accepts = lambda number: number > 1
    assert there.api().send("POST", "/things", {"a": 1}).body == {"good": True}
    assert [asked.body for asked in there.server.asked if asked.path == "/things"] == [b'{"a":1}'] * 2
    there.accepts = lambda _: False
    with pytest.raises(KeyRefused) as caught:
        there.api().get("/things")
    assert there.given == 4
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "answer", "error", "says"),
    [
        (400, {"error": "invalid_scope"}, Refused, "check scope"),
        (401, {"error": "invalid_client"}, Refused, r"\[systems\.shop\]"),
        (200, {"token": "x"}, Refused, "without an access token"),
        (503, {"error": "down"}, TryLater, "503"),
    ],
)
def test_no_token_is_told_by_what_happens_next(there: Authorisation, status, answer, error, says):
    there.status, there.answer = status, answer
    with pytest.raises(error, match=says):
        there.api().send("POST", "/things", {})
    assert all(asked.path == "/token" for asked in there.server.asked)


def test_what_a_server_repeats_of_a_form_is_not_shown(there: Authorisation):
    there.status, there.answer = 400, {"error": "invalid_client", "error_description": "s3cret:& is not ours"}
    with pytest.raises(Refused, match=r"\*\*\* is not ours") as caught:
        there.api(client_by="body").get("/things")
    assert "s3cret" not in str(caught.value)


def test_a_token_endpoint_that_fails_is_asked_as_often_as_any_other_address(there: Authorisation):
    there.status, there.answer = 500, {"error": "down"}
    with pytest.raises(TryLater, match="500"):
        there.api().get("/things")
    assert there.given == 4


def test_a_renewal_that_fails_does_not_have_the_request_sent_again(there: Authorisation):
    api = there.api()
    api.get("/things")
    there.accepts, there.status, there.answer = (lambda _: False), 500, {"error": "down"}
    with pytest.raises(TryLater, match="500"):
        api.send("POST", "/things", {})
    assert [asked.path for asked in there.server.asked] == ["/token", "/things", "/things", *["/token"] * 4]


def test_s22_each_call_takes_its_turn_also_those_for_a_token_and_after_it(there: Authorisation):
    there.accepts = lambda number: number > 1
    there.api(pace=2.0).get("/things")
    asked = [(each.path, each.at) for each in there.server.asked]
    assert asked == [("/token", 0.0), ("/things", 0.5), ("/token", 1.0), ("/things", 1.5)]


def test_client_credentials_need_a_secret():
    told = {"type": "oauth2", "token_url": "https://x.example/token", "client_id": "hub"}
    with pytest.raises(ValidationError, match="cannot do without it"):
        OAuth2Settings.model_validate(told)

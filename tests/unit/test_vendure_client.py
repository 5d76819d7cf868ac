"""The session with a Vendure shop, before a server that answers by a script."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from adapters.asking.graphql import Declined
from adapters.asking.http import KeyRefused
from adapters.eshop.vendure import assets
from adapters.eshop.vendure.client import Shop
from adapters.eshop.vendure.options import VendureOptions
from hub.clock import SystemClock
from hub.connector import Write
from hub.errors import TryLater, Unanswered
from tests.contract.picture_server import png, serving
from tests.unit.http_server import Asked, Reply, Server

JSON = {"content-type": "application/json"}
Serve = Callable[[Callable[[str, Asked], Reply]], tuple[Shop, Server]]


def said(data: Any = None, code: str | None = None, headers: Mapping[str, str] = JSON) -> Reply:
    errors = [] if code is None else [{"message": "said no", "extensions": {"code": code} if code else {}}]
    return Reply(body=json.dumps({"data": data, "errors": errors}).encode(), headers={**JSON, **headers})


def query_of(asked: Asked) -> str:
    """Return what is asked for; with a file, it stands in the first part of a form."""
    form = asked.headers["content-type"].startswith("multipart")
    operations = asked.body.split(b"\r\n\r\n")[1].split(b"\r\n")[0] if form else asked.body
    return json.loads(operations)["query"]


def session(token: str) -> Reply:
    return said({"login": {}}, headers={"vendure-auth-token": token})


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    monkeypatch.setenv("SHOP_PASSWORD", "secret-word")
    servers: list[Server] = []

    def begin(script: Callable[[str, Asked], Reply]) -> tuple[Shop, Server]:
        server = Server(lambda _, asked: script(query_of(asked), asked))
        servers.append(server)
        given = {"url": server.url, "user": "hub", "password": "env:SHOP_PASSWORD", "language": "pt-BR"}
        return Shop("shop", VendureOptions.model_validate(given), SystemClock()), server

    yield begin
    for each in servers:
        each.close()


def test_it_logs_in_once_and_says_in_which_language(serve: Serve):
    shop, server = serve(lambda query, _: session("one") if "login" in query else said({"list": 1}))
    assert [shop.ask("{list}"), shop.ask("{list}")] == [{"list": 1}] * 2
    assert [each.headers.get("authorization") for each in server.asked] == [None, "Bearer one", "Bearer one"]
    assert {each.path for each in server.asked} == {"/admin-api?languageCode=pt_BR"}


def test_a_session_that_has_ended_is_opened_again(serve: Serve):
    tokens = iter(["one", "two"])

    def script(query: str, asked: Asked) -> Reply:
        if "login" in query:
            return session(next(tokens))
        # A stranger gets a session as well: it must not be taken for ours.
        ended = said(None, "FORBIDDEN", {"vendure-auth-token": "a-strangers"})
        return said({"done": 1}) if asked.headers["authorization"] == "Bearer two" else ended

    shop, server = serve(script)
    assert shop.ask("mutation{done}") == {"done": 1}
    assert len(server.asked) == 4


def test_rights_that_are_missing_are_not_asked_for_for_ever(serve: Serve):
    shop, server = serve(lambda query, _: session("one") if "login" in query else said(None, "FORBIDDEN"))
    with pytest.raises(KeyRefused, match=r"said no; give more rights there .* \[systems.shop\]"):
        shop.ask("{list}")
    assert len(server.asked) == 4


def test_a_shop_that_opens_sessions_for_browsers_only_is_named(serve: Serve):
    shop, _ = serve(lambda *_: said({"login": {}}))
    with pytest.raises(KeyRefused, match="opens no sessions for programs"):
        shop.ask("{list}")


def test_an_error_type_is_a_refusal_in_its_own_words(serve: Serve):
    told = {"move": {"errorCode": "STATE_ERROR", "message": "no", "transitionError": "it is cancelled"}}
    shop, _ = serve(lambda query, _: session("one") if "login" in query else said(told))
    with pytest.raises(Declined, match="it is cancelled") as refusal:
        shop.ask("mutation{move}")
    assert refusal.value.code == "STATE_ERROR"


@pytest.mark.parametrize(
    ("code", "error"), [("", Declined), ("INTERNAL_SERVER_ERROR", Unanswered), ("USER_INPUT_ERROR", Declined)]
)
def test_s06_what_the_shop_broke_on_when_writing_is_unknown_and_what_it_refuses_is_not(
    serve: Serve, code: str, error: type[Exception]
):
    shop, server = serve(lambda query, _: session("one") if "login" in query else said(None, code))
    with pytest.raises(error, match="said no"):
        shop.ask("mutation{done}")
    assert len(server.asked) == 2, "it is not sent again blindly"


@pytest.mark.parametrize("code", ["", "INTERNAL_SERVER_ERROR"])
def test_a_fault_of_the_shops_own_is_tried_later_when_reading(serve: Serve, code: str):
    shop, _ = serve(lambda query, _: session("one") if "login" in query else said(None, code))
    with pytest.raises(TryLater):
        shop.ask("{list}")


def test_s18_a_picture_that_the_shop_breaks_on_keeps_no_product_back(serve: Serve):
    def script(query: str, _: Asked) -> Reply:
        if "createAssets" in query:
            return said(None, "INTERNAL_SERVER_ERROR")
        return session("one") if "login" in query else said({"assets": {"items": []}})

    shop, _ = serve(script)
    with serving() as pictures:
        source = pictures.put("a.png", png(1))
        record = {"sku": "A", "images": [source]}
        made, faults = assets.uploaded(shop, [Write("A", record, record)])
    assert made == {}
    assert "cannot be kept by the shop: shop broke on it: said no" in str(faults[source])


def test_s06_a_mutation_without_an_answer_is_not_sent_again(serve: Serve):
    shop, server = serve(lambda query, _: session("one") if "login" in query else Reply(hang_up=True))
    with pytest.raises(Unanswered):
        shop.ask("mutation{done}")
    assert len(server.asked) == 2

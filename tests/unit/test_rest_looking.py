"""A described system that is asked for more before it is told something, or to be understood."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from adapters.rest.connector import RestConnector
from adapters.rest.options import RestOptions
from hub.app.vault import MemoryVault
from hub.clock import SystemClock
from hub.connector import Change, Write, Written
from tests.unit.http_server import Asked, Reply, Server

FIELDS = {"sku": "sku", "name": "name"}


class Shop:
    """A shop that keeps orders with parcels, and notes what it is told."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {"1": {"id": "1", "sku": "S1", "name": "Lamp", "parcels": [], "open": 2}}
        self.server = Server(self.reply)

    def reply(self, _number: int, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        _, what, *ident = parts.path.split("/")
        if asked.method in ("POST", "DELETE"):
            return self.told(ident)
        if what == "notes":
            return said([{"text": f"of {parse_qs(parts.query)['of'][0]}"}])
        if not ident:
            return said(list(self.rows.values()))
        return said(self.rows[ident[0]]) if ident[0] in self.rows else said({}, status=404)

    def told(self, ident: list[str]) -> Reply:
        if ident[1:] == ["parcels"]:
            row = self.rows[ident[0]]
            row["parcels"].append({"id": f"p{len(row['parcels'])}"})
            row["open"] -= 1
        return said({"id": ident[0]})

    def asked(self) -> list[str]:
        """Return what was asked since the last time."""
        found = [f"{each.method} {each.path} {each.body.decode()}".strip() for each in self.server.asked]
        self.server.asked.clear()
        return found


def said(body: object, *, status: int = 200) -> Reply:
    return Reply(status, json.dumps(body).encode())


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.server.close()


def options(shop: Shop, stream: dict[str, Any], entity: str = "products") -> RestOptions:
    told = {"url": shop.server.url, "streams": {entity: {"path": "rows", "fields": FIELDS, **stream}}}
    return RestOptions.model_validate(told)


def opened(shop: Shop, stream: dict[str, Any], entity: str = "products") -> RestConnector:
    return RestConnector("shop", options(shop, stream, entity), SystemClock(), MemoryVault())


def wrote(connector: RestConnector, id_: str | None = "1", **fields: Any) -> Written:
    record = {"sku": "S1", "name": "Lamp", **fields}
    (done,) = connector.write("products", [Write("S1", fields, record, id=id_, links={"products": {"S1": "1"}})])
    return done


PACK = [
    {"path": "rows/{id}/parcels", "where": "now.open > `0`", "body": {"items": "now.open"}, "tells": ["active"]},
    {"path": "rows/{id}/sent/{item.id}", "each": "now.parcels", "body": {"code": "name"}, "tells": ["active"]},
]


def test_what_the_system_has_now_says_what_is_sent(shop: Shop):
    connector = opened(shop, {"write": {"update": PACK}})
    assert wrote(connector, active=True).outcome == "done"
    assert shop.asked() == [
        "GET /rows/1", 'POST /rows/1/parcels {"items":2}', "GET /rows/1", 'POST /rows/1/sent/p0 {"code":"Lamp"}'
    ]  # fmt: skip
    shop.rows["1"]["open"] = 0
    wrote(connector, active=True)
    assert shop.asked() == ["GET /rows/1", 'POST /rows/1/sent/p0 {"code":"Lamp"}']
    assert connector.streams["products"].writes == {"active"}


def test_what_is_not_meant_for_a_record_is_not_sent(shop: Shop):
    never = {"path": "rows/{id}", "where": "active && now.open > `9`", "body": {"a": "active"}}
    done = wrote(opened(shop, {"write": {"update": never}}), active=True)
    assert (done.outcome, done.id, shop.asked()) == ("done", "1", ["GET /rows/1"])


def test_s15_what_is_gone_before_it_is_told_something_is_gone(shop: Shop):
    del shop.rows["1"]
    assert wrote(opened(shop, {"write": {"update": PACK}}), active=True).outcome == "gone"


def test_what_the_system_would_misunderstand_is_refused_with_a_sentence(shop: Shop):
    update = {"path": "rows/{id}", "refuse": "now.open > `0` && 'it has open parcels'", "body": {"a": "active"}}
    done = wrote(opened(shop, {"write": {"update": update}}), active=True)
    assert (done.outcome, done.cause, done.message) == ("refused", "not-possible", "it has open parcels")
    assert shop.asked() == ["GET /rows/1"]


PUT = {
    "path": "rows/{id}",
    "more": {
        "row": {"path": "rows/{lookup('products', sku)}"},
        "left": {"value": "row.open"},
        "notes": {"path": "notes?of={row.name}", "where": "left > `9`"},
    },
    "body": {"left": "left", "notes": "notes[].text"},
    "id": "lookup('products', sku)",
}


def test_what_is_put_may_be_made_of_what_is_asked_right_before(shop: Shop):
    put = [{**PUT, "path": "rows/{row.id}", "where": "row"}, {**PUT, "path": "new", "where": "!row"}]
    connector = opened(shop, {"write": {"put": put}})
    assert wrote(connector, None, name="New").id == "1"
    row = shop.asked()
    assert row[:2] == ["GET /rows/1", 'POST /rows/1 {"left":2}']
    del shop.rows["1"]
    assert wrote(connector, None, name="New").outcome == "gone"


def test_of_several_ways_to_remove_a_record_one_is_taken(shop: Shop):
    ways = [
        {"method": "DELETE", "path": "rows/{id}/part", "where": "now.open > `1`"},
        {"method": "DELETE", "path": "rows/{id}", "where": "now.open <= `1`"},
    ]
    connector = opened(shop, {"write": {"remove": ways, "update": {"path": "x", "body": {"n": "name"}}}})
    gone = Write("S1", {}, {"sku": "S1"}, id="1", remove=True)
    for paths in (["GET /rows/1", "DELETE /rows/1/part"], ["GET /rows/1", "DELETE /rows/1"]):
        (done,) = connector.write("products", [gone])
        assert (done.outcome, shop.asked()) == ("done", paths)
        shop.rows["1"]["open"] = 1


@pytest.mark.parametrize(
    ("write", "says"),
    [
        ({"update": {"path": "x", "bulk": 5, "body": {"a": "now.open", "n": "name"}}}, "cannot carry many at once"),
        ({"update": {"path": "x", "bulk": 5, "where": "active", "body": {"n": "name"}}}, "cannot carry many at once"),
        ({"put": {"path": "rows/{now.id}", "id": "sku", "body": {"n": "name"}}}, "to put, ask for it by more"),
        ({"put": [{"path": "x", "body": {"n": "name"}}]}, "needs id"),
    ],
)
def test_what_cannot_be_looked_at_is_said_when_the_file_is_read(shop: Shop, write: dict[str, Any], says: str):
    with pytest.raises(ValidationError, match=says):
        options(shop, {"write": write})


def test_more_is_asked_for_where_it_says_so_and_sees_what_came_before(shop: Shop):
    shop.rows["2"] = {"id": "2", "sku": "S2", "name": "Desk", "open": 0}
    more = {
        "notes": {"path": "notes?of={id}", "where": "open > `0`"},
        "name": {"value": "notes[0].text || name"},
    }
    connector = opened(shop, {"more": more})
    changes = [connector.translate("products", each) for each in connector.fetch("products", ["1", "2"])]
    assert [each.fields["name"] for each in changes if isinstance(each, Change)] == ["of 1", "Desk"]
    assert shop.asked() == ["GET /rows/1", "GET /rows/2", "GET /notes?of=1"]


def test_records_may_be_fetched_in_several_ways_by_what_they_are_known_by(shop: Shop):
    ways = [
        {"path": "rows/{id}", "value": "!starts_with(id, 'guest:') && id || null"},
        {"path": "guests/{id}", "value": "match(id, '^guest:(.*)')"},
    ]
    connector = opened(shop, {"fetch": ways, "id": "text(id)"})
    shop.rows["ana"] = {"id": "guest:ana", "sku": "G", "name": "Ana"}
    assert [each.id for each in connector.fetch("products", ["1", "guest:ana"])] == ["1", "guest:ana"]
    assert shop.asked() == ["GET /rows/1", "GET /guests/ana"]


def test_a_buyer_is_as_his_latest_order_shows_him_in_whichever_order_a_list_comes(shop: Shop):
    """django-oscar shows the newest first: buyers had their first address for ever."""
    shop.rows = {n: {"id": int(n), "email": "ana@x", "city": f"City {n}"} for n in ("10", "9", "2")}
    orders = {
        "path": "rows",
        "fields": {"number": "text(id)"},
        "buyers": {"document": "{id: email, city: city}"},
    }
    told = {
        "url": shop.server.url,
        "streams": {"orders": orders, "parties": {"of": "orders", "fields": {"name": "city"}}},
    }
    connector = RestConnector("shop", RestOptions.model_validate(told), SystemClock(), MemoryVault())
    for stream in ("parties", "orders"):
        shown = [each for page in connector.read(stream, None, full=True) for each in page.documents]
        assert {each.raw["city"] for each in shown if each.id == "ana@x"} == {"City 10"}

"""The systems of vendors that examples/rest describes, on small fakes of them: what is read, and what is told."""

import base64
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from adapters.asking.auth.oauth2_settings import OAuth2Settings
from adapters.rest.connector import RestConnector
from hub.app.vault import open_vault
from hub.canonical import ENTITIES
from hub.clock import SystemClock
from hub.connector import Change, Write, Written
from hub.store import Store
from hub.tokens import Tokens, Vault
from tests.contract.rest_examples import connected, described
from tests.fakes.declared import allegro, idosell, shoper
from tests.fakes.server import Server, serving

Fields = Mapping[str, Any]
ENVIRONMENT = {
    "ALLEGRO_CLIENT_ID": allegro.CLIENT,
    "ALLEGRO_CLIENT_SECRET": allegro.SECRET,
    "HUB_TOKEN_KEY": base64.b64encode(bytes(32)).decode(),
    "IDOSELL_KEY": idosell.KEY,
    "SHOPER_USER": shoper.USER,
    "SHOPER_PASSWORD": shoper.PASSWORD,
}
PACE = 1000
"""Requests a second: the fakes have no limits."""


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@contextmanager
def opened(
    name: str, answer: Callable[..., Any], base: str = "", token: str = "", vault: Vault | None = None
) -> Generator[tuple[RestConnector, Server]]:
    """Open the connector of an example at a fake; `base`: its path there, `token`: that of the token endpoint."""
    with serving(answer) as server:
        table = described(name)
        auth = table["auth"] | ({"token_url": server.url + token} if token else {})
        connector = connected(table, vault, url=server.url + base, auth=auth, requests_per_second=PACE)
        if vault:  # as `hub systems connect` leaves it, some time ago
            origin = OAuth2Settings.model_validate(auth).origin()
            vault.put("shop", Tokens("ended", SystemClock().now(), allegro.FIRST, origin))
        yield connector, server


def read(
    connector: RestConnector, stream: str, since: Any = None, *, full: bool = True
) -> tuple[dict[str, Fields], Any]:
    """Return what a stream says, canonical and valid, by identity; and the last checkpoint."""
    found: dict[str, Fields] = {}
    checkpoint: Any = None
    for page in connector.read(stream, since, full=full):
        checkpoint = page.checkpoint
        for document in page.documents:
            if page.entity == connector.streams[stream].entity:
                found[document.id] = valid(connector, stream, document)
    return found, checkpoint


def valid(connector: RestConnector, stream: str, document: Any) -> Fields:
    change = connector.translate(stream, document)
    assert isinstance(change, Change), change
    return ENTITIES[connector.streams[stream].entity].valid(change.fields)


def wrote(connector: RestConnector, stream: str, fields: Fields, record: Fields, **told: Any) -> Written:
    (written,) = connector.write(stream, [Write("k", fields, record, **told)])
    assert written.outcome == "done", written
    return written


@pytest.fixture
def seller(migrated_sqlite: str) -> Iterator[tuple[RestConnector, allegro.Allegro]]:
    fake, store = allegro.Allegro(), Store(migrated_sqlite)
    vault = open_vault(store, "env:HUB_TOKEN_KEY", SystemClock())
    with opened("allegro", fake.answer, token="/auth/oauth/token", vault=vault) as (connector, _):
        yield connector, fake
    store.close()


def test_allegro_shows_offers_with_prices_and_stock(seller: tuple[RestConnector, allegro.Allegro]):
    connector, fake = seller
    fake.offers = fake.offers[1:]
    products, _ = read(connector, "products")
    assert len(products) == 229
    assert products["7000000001"] == {
        "sku": "L-1", "name": "Lampa 1", "active": True, "images": ["https://a.allegroimg.com/original/1"]
    }  # fmt: skip
    assert read(connector, "prices")[0]["7000000001"]["amount"] == "19.90"
    assert read(connector, "stock")[0]["7000000001"]["available"] == "5"
    assert [each.id for each in connector.fetch("products", ["7000000005", "1"])] == ["7000000005"]
    assert connector.check()[0].good


def test_allegro_offers_without_a_signature_wait_for_one(seller: tuple[RestConnector, allegro.Allegro]):
    connector, _ = seller
    (document,) = connector.fetch("products", ["7000000000"])
    assert getattr(connector.translate("products", document), "cause", "") == "missing-key"
    assert connector.fetch("stock", ["7000000000"]) == []


def test_allegro_shows_orders_that_are_ready_and_then_those_that_changed(seller: tuple[RestConnector, allegro.Allegro]):
    connector, fake = seller
    orders, since = read(connector, "orders", full=False)
    assert len(orders) == 108
    told = orders[fake.forms[1]["id"]]
    assert (told["totals"]["gross"], told["status"], told["placed_at"]) == (
        "45.79",
        "confirmed",
        "2026-11-02T06:00:02Z",
    )
    assert (told["vat_id"], told["payment"]["state"], told["party"]) == ("PL5252674798", "paid", "b2")
    assert told["lines"] == [
        {"id": "l2", "sku": "L-1", "name": "Lampa 1", "quantity": "2", "unit_price": "17.90", "discount": "2.00",
         "tax_rate": "23", "gross": "35.80"}
    ]  # fmt: skip
    fake.forms[0] |= {"status": "READY_FOR_PROCESSING", "updatedAt": "2026-11-03T00:00:00.000Z"}
    assert fake.forms[0]["id"] in read(connector, "orders", since, full=False)[0]


def test_allegro_orders_are_what_the_buyer_pays(seller: tuple[RestConnector, allegro.Allegro]):
    """Additional services and deposits are in the total; a deposit is told for one piece."""
    connector, fake = seller
    pln = {"currency": "PLN"}
    wrapped = {"definitionId": "GIFT_WRAP", "name": "Pakowanie", "price": {**pln, "amount": "3.50"}, "quantity": 2}
    (line,) = fake.forms[1]["lineItems"]
    line |= {"selectedAdditionalServices": [wrapped], "deposit": {"price": {**pln, "amount": "0.5"}}}
    fake.forms[1]["summary"]["totalToPay"]["amount"] = "53.79"
    (document,) = connector.fetch("orders", [fake.forms[1]["id"]])
    told = valid(connector, "orders", document)
    assert [(each["name"], each["amount"]) for each in told["shipping"]] == [
        ("Paczkomat", "9.99"), ("Pakowanie", "7.00"), ("Kaucja: Lampa 1", "1.00")
    ]  # fmt: skip
    charged = sum(Decimal(each["amount"]) for each in told["shipping"])
    assert Decimal(told["lines"][0]["gross"]) + charged == Decimal(told["totals"]["gross"])


def test_allegro_sends_by_itself_what_lies_in_its_warehouse(seller: tuple[RestConnector, allegro.Allegro]):
    connector, fake = seller
    fake.forms[1]["fulfillment"]["provider"] = {"id": "ALLEGRO"}
    fake.offers[1]["isFulfillment"] = True
    assert fake.forms[1]["id"] not in read(connector, "orders")[0]
    assert connector.fetch("orders", [fake.forms[1]["id"]]) == []
    assert "7000000001" not in read(connector, "stock")[0]
    del fake.forms[2]["fulfillment"]["provider"]
    assert fake.forms[2]["id"] in read(connector, "orders")[0]


def test_allegro_shows_all_orders_though_pages_reach_only_so_far(seller: tuple[RestConnector, allegro.Allegro]):
    connector, fake = seller
    fake.reach = 130
    assert len(read(connector, "orders")[0]) == 108


@pytest.mark.parametrize(
    ("country", "told", "vat_id"),
    [
        ("CZ", {"taxId": "27082440;CZ27082440", "ids": [{"type": "CZ_DIC", "value": "CZ27082440"}]}, "CZ27082440"),
        ("SK", {"taxId": "44285600", "ids": [{"type": "SK_ICO", "value": "44285600"}]}, None),
        ("DE", {"taxId": "privat", "ids": [{"type": "OTHER", "value": "privat"}]}, None),
        ("PL", {"taxId": "PL5252674798"}, "PL5252674798"),
    ],
)
def test_allegro_tells_the_vat_id_of_companies_abroad(
    seller: tuple[RestConnector, allegro.Allegro], country: str, told: dict[str, Any], vat_id: str | None
):
    connector, fake = seller
    address = fake.forms[1]["invoice"]["address"]
    address |= {"countryCode": country, "company": {"name": "Firma", **told}}
    (document,) = connector.fetch("orders", [fake.forms[1]["id"]])
    assert valid(connector, "orders", document).get("vat_id") == vat_id


def test_s23_allegro_refresh_tokens_are_used_once_each(seller: tuple[RestConnector, allegro.Allegro]):
    connector, fake = seller
    for _ in range(3):
        assert read(connector, "stock")[0]
        fake.access = "ended"
    assert fake.refresh == "refresh-3"


def test_allegro_is_told_prices_stock_and_how_far_an_order_is(seller: tuple[RestConnector, allegro.Allegro]):
    connector, fake = seller
    links = {"products": {"L-1": "7000000001"}}
    price = {"sku": "L-1", "list": "default", "currency": "PLN", "amount": "21.50"}
    wrote(connector, "prices", {"amount": "21.50"}, price, links=links)
    wrote(connector, "stock", {"available": "0"}, {"sku": "L-1", "available": "0"}, links=links)
    wrote(connector, "products", {"active": False}, {"sku": "L-1", "active": False}, id="7000000001")
    offer = fake.offers[1]
    assert (offer["sellingMode"]["price"], offer["stock"]["available"]) == ({"amount": "21.50", "currency": "PLN"}, 0)
    assert (offer["publication"]["status"], offer["name"]) == ("ENDED", "Lampa 1")
    id_ = fake.forms[1]["id"]
    wrote(connector, "orders", {"status": "shipped"}, {"status": "shipped"}, id=id_)
    (document,) = connector.fetch("orders", [id_])
    assert valid(connector, "orders", document)["status"] == "shipped"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"tax_included": False}, "the shop's prices in PLN are those with tax"),
        ({"currency": "EUR"}, "the shop sells in PLN only"),
        ({"minimum_quantity": "10"}, "a price from some quantity"),
    ],
)
def test_s07_a_described_shop_is_not_told_a_price_that_it_would_take_for_another(
    store: tuple[RestConnector, shoper.Shoper], other: Fields, why: str
):
    connector, fake = store
    assert {"amount", "tax_included"} == connector.streams["prices"].writes
    price = {"sku": "S-2", "list": "default", "currency": "PLN", "amount": "21.5", "tax_included": True}
    before = fake.products[1]["stock"]["price"]
    write = Write("k", {"amount": "21.5"}, {**price, **other}, links={"products": {"S-2": "2"}})
    (written,) = connector.write("prices", [write])
    assert (written.outcome, written.cause) == ("refused", "price-not-possible")
    assert (written.message or "").startswith(why)
    assert fake.products[1]["stock"]["price"] == before
    wrote(connector, "prices", {"amount": "21.5"}, price, links=write.links)


@pytest.fixture
def panel() -> Iterator[tuple[RestConnector, idosell.IdoSell]]:
    fake = idosell.IdoSell()
    with opened("idosell", fake.answer, idosell.BASE) as (connector, _):
        yield connector, fake


def test_idosell_shows_a_product_for_each_size(panel: tuple[RestConnector, idosell.IdoSell]):
    connector, _ = panel
    products, _ = read(connector, "products")
    assert len(products) == 130 + 13
    assert products["1|uniw"]["sku"] == "I-1"
    assert {
        name: products["10|S"][name] for name in ("sku", "name", "variant_of", "options", "tax_rate", "category")
    } == {
        "sku": "I-10-S",
        "name": "Lampa 10",
        "variant_of": "I-10",
        "options": {"Rozmiar": "S"},
        "tax_rate": "23",
        "category": "Lampy",
    }
    assert read(connector, "prices")[0]["10|L"]["amount"] == "19.90"
    (document,) = connector.fetch("products", ["10|L"])
    assert valid(connector, "products", document) == products["10|L"]
    assert connector.check()[0].good


def test_idosell_shows_orders_by_the_clock_of_the_shop_and_then_those_that_changed(
    panel: tuple[RestConnector, idosell.IdoSell],
):
    connector, fake = panel
    orders, since = read(connector, "orders", full=False)
    assert len(orders) == 105
    told = orders["1"]
    assert (told["placed_at"], told["status"], orders["2"]["status"]) == (
        "2026-07-01T10:00:00Z",
        "completed",
        "cancelled",
    )
    assert (told["totals"]["gross"], told["vat_id"]) == ("34.59", "PL5252674798")
    assert told["billing_address"]["country"] == "PL"
    assert told["lines"][0]["net"] == "20.00"
    assert told["shipping"] == [{"name": "DPD", "code": "DPD", "amount": "9.99", "tax_rate": "23"}]
    assert told["tracking"] == [{"number": "P-1", "carrier": "DPD"}]
    _, since = read(connector, "orders", since, full=False)
    found, since = read(connector, "orders", since, full=False)
    assert "1" not in found
    fake.orders[0]["orderDetails"] |= {"orderChangeDate": "2026-07-02 09:00:00", "orderStatus": "canceled"}
    assert read(connector, "orders", since, full=False)[0]["1"]["status"] == "cancelled"
    assert connector.fetch("orders", ["999"]) == []


def test_idosell_orders_without_vat_have_none(panel: tuple[RestConnector, idosell.IdoSell]):
    """Their rates are told all the same."""
    connector, fake = panel
    money = fake.orders[0]["orderDetails"]["payments"]
    money["orderVatExists"] = "n"
    fake.orders[1]["orderDetails"]["productsResults"][0]["productVatFree"] = "y"
    abroad, exempt, plain = (valid(connector, "orders", each) for each in connector.fetch("orders", ["1", "2", "3"]))
    rates = [[each["tax_rate"] for each in (*told["lines"], *told["shipping"])] for told in (abroad, exempt, plain)]
    assert rates == [["0", "0"], ["0", "23"], ["23", "23"]]
    assert abroad["lines"][0]["gross"] == "24.60"


def test_idosell_orders_that_inpost_sends_are_left_to_it(panel: tuple[RestConnector, idosell.IdoSell]):
    connector, fake = panel
    fake.orders[0]["orderDetails"]["orderSourceResults"]["orderSourceDetails"]["fulfillment"] = "y"
    assert "1" not in read(connector, "orders")[0]


@pytest.fixture
def store() -> Iterator[tuple[RestConnector, shoper.Shoper]]:
    fake = shoper.Shoper()
    with opened("shoper", fake.answer, "/webapi/rest", "/webapi/rest/auth") as (connector, _):
        yield connector, fake


def test_shoper_shows_products_with_prices_and_stock(store: tuple[RestConnector, shoper.Shoper]):
    connector, fake = store
    products, since = read(connector, "products", full=False)
    assert len(products) == 120
    told = {name: products["1"][name] for name in ("sku", "name", "category", "active", "gtin")}
    assert told == {"sku": "S-1", "name": "Lampa 1", "category": "Lampy", "active": True, "gtin": "5901234123457"}
    assert read(connector, "prices")[0]["2"]["amount"] == "19.90"
    assert read(connector, "stock")[0]["2"]["available"] == "5"
    fake.products[0] |= {"edit_date": "2026-07-02 09:00:00", "code": "S-1"}
    assert "1" in read(connector, "products", since, full=False)[0]
    assert connector.check()[0].good


def test_shoper_shows_orders_with_their_lines_and_none_that_is_not_whole(store: tuple[RestConnector, shoper.Shoper]):
    connector, _ = store
    (one, two, long) = connector.fetch("orders", ["1", "2", "7"])
    told = valid(connector, "orders", one)
    assert (told["placed_at"], told["party"], told["currency"]) == ("2026-07-01T10:00:00Z", "3", "PLN")
    assert (told["totals"]["gross"], told["payment"]["state"]) == ("34.19", "paid")
    assert told["lines"] == [
        {"id": "10", "sku": "S-1", "name": "Lampa 1", "quantity": "2", "tax_rate": "23", "unit_price": "12.10",
         "gross": "24.20"}
    ]  # fmt: skip
    assert told["shipping"] == [{"name": "Dostawa", "code": "4", "amount": "9.99", "tax_rate": "23"}]
    assert valid(connector, "orders", two)["party"] == "guest:jan@example.com"
    with pytest.raises(Exception, match="lines"):
        valid(connector, "orders", long)


def test_shoper_tells_whose_vat_id_stands_on_the_order(store: tuple[RestConnector, shoper.Shoper]):
    """Only the customer had it: an ERP that takes orders as files, or has its own customers, billed without it."""
    connector, fake = store
    assert valid(connector, "orders", connector.fetch("orders", ["1"])[0])["vat_id"] is None
    fake.orders[0]["billing_address"] |= {"company": "Żak sp. z o.o.", "tax_identification_number": "525-267-47-98"}
    assert valid(connector, "orders", connector.fetch("orders", ["1"])[0])["vat_id"] == "PL5252674798"


def test_s02_shoper_orders_of_nobody_are_not_one_customers(store: tuple[RestConnector, shoper.Shoper]):
    connector, fake = store
    fake.orders[1]["email"] = ""
    (document,) = connector.fetch("orders", ["2"])
    assert "party" not in valid(connector, "orders", document)
    assert "guest:" not in [each.id for page in connector.read("orders", None, full=True) for each in page.documents]


def test_shoper_is_told_prices_stock_and_statuses(store: tuple[RestConnector, shoper.Shoper]):
    connector, fake = store
    links = {"products": {"S-2": "2"}}
    price = {"sku": "S-2", "list": "default", "currency": "PLN", "amount": "21.5"}
    wrote(connector, "prices", {"amount": "21.5"}, price, links=links)
    wrote(connector, "stock", {"available": "9"}, {"sku": "S-2", "available": "9"}, links=links)
    wrote(connector, "products", {"name": "Latarnia"}, {"sku": "S-2", "name": "Latarnia"}, id="2")
    wrote(connector, "orders", {"status": "shipped"}, {"status": "shipped"}, id="4")
    told = fake.products[1]
    assert (told["stock"]["price"], told["stock"]["stock"], told["translations"]["pl_PL"]["name"]) == (
        "21.5",
        "9",
        "Latarnia",
    )
    assert fake.orders[3]["status_id"] == "5"

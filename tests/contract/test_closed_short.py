"""An order that people close short in a real Tryton: a real Vendure is told nothing that was not sent."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.erp.tryton.connector import TrytonConnector
from adapters.erp.tryton.options import TrytonOptions
from adapters.eshop.vendure.connector import VendureConnector
from adapters.eshop.vendure.options import VendureOptions
from hub.clock import SystemClock
from hub.store import Store
from hub.sync import System
from tests.contract.tables import Hub
from tests.peers import Peer
from tests.peers.tryton_office import Article, Office
from tests.peers.vendure_shop import log_in, place_order, run

CANCEL = """mutation($input:CancelOrderInput!){
    cancelOrder(input:$input){__typename ...on ErrorResult{errorCode message}}}"""
SENT = "query($id:ID!){order(id:$id){state fulfillments{state trackingCode lines{quantity}}}}"


@dataclass
class Trade:
    """A hub between both, and an order of three lamps that has become a sale."""

    hub: Hub
    office: Office
    vendure: Peer
    key: str

    def exchange(self) -> None:
        for system in ("shop", "erp", "shop"):
            self.hub.run(system, "parties", "orders")

    @property
    def sale(self) -> int:
        return int(self.hub.binding("erp", "orders", self.key).external_id)

    @property
    def order(self) -> str:
        return self.hub.binding("shop", "orders", self.key).external_id

    def ask(self, query: str, **variables: Any) -> Any:
        token = log_in(self.vendure["admin_api"], self.vendure["user"], self.vendure["password"])
        return run(self.vendure["admin_api"], {"Authorization": token}, query, **variables)

    def shown(self) -> Mapping[str, Any]:
        """Return the order as Vendure shows it: its state, and what of it was sent."""
        order = self.ask(SENT, id=self.order)["order"]
        sent = [line["quantity"] for each in order["fulfillments"] or () for line in each["lines"]]
        return {"state": order["state"], "sent": sent}

    def waiting(self) -> list[tuple[str, str]]:
        return [(each.system, each.cause) for each in self.hub.waiting() if each.key == self.key]


@pytest.fixture
def trade(tryton: Peer, vendure: Peer, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trade]:
    named = {"ERP_KEY": tryton["rest_key"], "ERP_PASSWORD": tryton["password"], "SHOP_PASSWORD": vendure["password"]}
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    erp_login = {"url": tryton.url, "key": "env:ERP_KEY", "user": tryton["user"], "password": "env:ERP_PASSWORD"}
    erp = TrytonConnector("erp", TrytonOptions.model_validate(erp_login), SystemClock())
    login = {"url": vendure.url, "user": vendure["user"], "password": "env:SHOP_PASSWORD"}
    login |= {"range": {"price_list": "standard", "products": "starts_with(sku, 'SHORT-')"}}
    shop = VendureConnector("shop", VendureOptions.model_validate(login), SystemClock())
    sku, office = f"SHORT-{secrets.token_hex(4)}", Office(tryton)
    office.make_products([Article(sku, "Lamp", "10.00", 20)])
    with closing(Store(migrated_sqlite)) as store:
        hub = Hub(store)
        for kind, name, each in (("erp", "erp", erp), ("eshop", "shop", shop)):
            hub.systems[name] = System(name, kind, each, each.options, takes_orders=hub.takes_orders)
            hub.run(name, "products", "prices", "stock")
        code = place_order(vendure, {sku: 3}, f"{sku.lower()}@example.com")
        trade = Trade(hub, office, vendure, f"shop|{code}")
        trade.exchange()
        yield trade


def test_what_was_not_sent_is_told_by_nobody_and_goes_on_once_it_is_off_the_order(trade: Trade) -> None:
    trade.office.send_less(trade.sale, "P-1", 2)
    trade.exchange()
    assert (trade.shown(), trade.waiting()) == ({"state": "PaymentSettled", "sent": []}, [])
    trade.office.give_up(trade.sale)
    trade.exchange()
    assert (trade.shown()["sent"], trade.waiting()) == ([], [("shop", "closed-short")])
    record = trade.hub.record("orders", trade.key).fields
    assert [(each["sent"], record["status"]) for each in record["short_shipped"]] == [("2", "shipped")]
    (line,) = record["lines"]
    lines = [{"orderLineId": line["id"], "quantity": 1}]
    told = {"orderId": trade.order, "lines": lines, "reason": "not to be had", "cancelShipping": False}
    trade.ask(CANCEL, input=told)
    trade.exchange()
    assert trade.shown() == {"state": "Shipped", "sent": [2]}
    assert trade.waiting() == []


def test_an_order_that_is_sent_in_two_parts_is_not_short(trade: Trade) -> None:
    trade.office.send_less(trade.sale, "P-1", 2)
    trade.office.ship(trade.sale, "P-2")
    trade.exchange()
    assert trade.shown() == {"state": "Shipped", "sent": [3]}
    assert trade.waiting() == []
    assert trade.hub.record("orders", trade.key).fields.get("short_shipped") is None

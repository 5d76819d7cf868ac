"""The generic connector with a made-up shop that is described by rest_market.toml alone, and misbehaves."""

import threading
from typing import Any, ClassVar

import pytest

from hub.app.vault import new_key, open_vault
from hub.clock import SystemClock
from hub.config.exchange import ExchangeOptions
from hub.connector import Exchange
from hub.store import Store
from hub.sync import System
from tests.contract.connector_suite import Sample
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.contract.tables import ERP, Hub, Tables
from tests.fakes import faults
from tests.fakes.declared.market import Market
from tests.fakes.server import Answer, Asked, Reply


def product(token: str) -> dict[str, Any]:
    return {"sku": token, "name": "Lampa stojąca", "description": "Świeci.", "active": True}


class TestDescribed(MisbehavingContract):
    fakes = Market
    page = 40
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(product, {"name": "Lantern", "active": False}, refused={"name": "x" * 201}),
        "prices": Sample(
            lambda sku: {"sku": sku, "list": "shop", "currency": "PLN", "amount": "119.90"},
            {"amount": "0.10"},
            refused={"amount": "1.005"},
        ),
        "stock": Sample(lambda sku: {"sku": sku, "available": "12"}, {"available": "0"}),
    }
    untidy: ClassVar = {"products": {"description": "A & B<script>x()</script>"}}
    excused: ClassVar = {"s08": "a description has no webhooks: what has changed is asked for"}

    def test_no_more_calls_a_second_than_are_allowed(self, fake: Market):
        """Beside them, a token is got now and then; here it is there already."""
        fake.connect().fetch("products", [fake.add("products")])
        fake.server.asked.clear()
        super().test_no_more_calls_a_second_than_are_allowed(fake)

    def test_s10_a_late_status_does_not_set_an_order_back(
        self, fake: Market, connector: Exchange, migrated_sqlite: str
    ):
        """The shop would take any state: what is late is not told."""
        store = Store(migrated_sqlite)
        hub = Hub(store)
        erp = hub.add("erp", "erp", Tables(ERP))
        hub.systems["it"] = System("it", "eshop", connector, ExchangeOptions.model_validate({"url": fake.server.url}))
        id_, _ = fake.place_order(fake.clock.now())
        hub.in_step("parties", "orders")
        (there,) = [each for each, row in erp.rows["orders"].items() if row["number"] == f"{int(id_):06}"]
        fake.clock.move(hours=1)
        fake.complete(id_)
        erp.put("orders", there, status="processing")
        hub.in_step("parties", "orders")
        assert fake.orders.records[int(id_)].values["state"] == "closed"
        kept = [hub.record("orders", key).fields for key in hub.keys("orders")]
        assert [each["status"] for each in kept if each["number"] == f"{int(id_):06}"] == ["completed"]
        store.close()

    def test_s23_a_renewed_token_is_stored_before_it_is_used(
        self, fake: Market, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
    ):
        """Whoever comes next, in whatever process, goes on with it: the one before is worth nothing."""
        monkeypatch.setenv("TOKEN_KEY", new_key())
        store = Store(migrated_sqlite)
        stored: list[str | None] = []

        def look(asked: Asked, answer: Answer) -> Reply:
            kept = open_vault(store, "env:TOKEN_KEY", SystemClock()).get("shop")
            stored.append(kept and kept.refresh)
            return answer(asked)

        for turn in range(1, 4):
            fake.end_token()
            fake.server.misbehave(look, to=r"\AGET /api/products\?", times=1 if turn == 1 else 2)
            fresh = fake.connect(vault=open_vault(store, "env:TOKEN_KEY", SystemClock()))
            assert list(fresh.read("products", None, full=True))[-1].complete
            assert stored[-1] == fake.refresh
            assert len(fake.server.seen(r"\APOST /oauth/token")) == turn
        store.close()

    def test_s23_many_who_find_a_token_ended_renew_it_once(self, fake: Market, connector: Exchange):
        list(connector.read("products", None, full=True))
        fake.end_token()
        fake.server.misbehave(faults.slow(fake.server.ending.wait, 0.1), to="/oauth/token")
        threads = [threading.Thread(target=lambda: list(connector.read("stock", None, full=True))) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(10)
        assert len(fake.server.seen(r"\APOST /oauth/token")) == 2

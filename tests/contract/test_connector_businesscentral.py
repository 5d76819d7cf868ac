"""The connector for Business Central, with a fake of its API v2.0 that misbehaves."""

from typing import Any, ClassVar

import pytest

from adapters.erp import sales
from hub.connector import Exchange, Write
from hub.store import Store
from hub.sync import System
from tests.contract.connector_suite import Sample, fields_of
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.contract.tables import SHOP, Hub, Tables
from tests.contract.test_connector_odoo import CHANNEL, order
from tests.fakes.businesscentral import BUYER, BusinessCentral, selling

PLACE = {"street": "Main 1", "city": "Kranj", "postcode": "04-000", "country": "SI", "use": "billing"}


def party(token: str) -> dict[str, Any]:
    told = {"email": f"{token.lower()}@example.com", "phone": "+38640123456"}
    return {"name": token, **told, "addresses": [{**PLACE, "street_more": "Flat 2", "region": "Gorenjska"}]}


class TestBusinessCentral(MisbehavingContract):
    fakes = BusinessCentral
    kind = "erp"
    page = 20
    streams = ("products", "prices", "stock", "parties", "orders")
    made = ("parties", "orders")
    samples: ClassVar = {
        "parties": Sample(
            party,
            {"name": "Eva Kos", "phone": None, "addresses": [{**PLACE, "city": "Bled", "postcode": "4260"}]},
            refused={"addresses": [{"city": "Bonn", "country": "DE", "use": "billing"}]},
        ),
        "orders": Sample(
            order,
            {"note": "Please ring twice"},
            refused={"currency": "USD"},
            links={"parties": {"p": BUYER}, "products": {}},
            unread=frozenset(sales.FIELDS.split()),
        ),
    }
    untidy: ClassVar = {
        "parties": {
            "addresses": [{**PLACE, "city": "KRANJ 4"}, {"street": "Side 2", "city": "Bled", "use": "shipping"}]
        }
    }
    excused: ClassVar = {
        "s08": "it signs no call, and asks back before it makes any",
        "s10": CHANNEL,
        "s23": "a token is got by the application's secret each time, which people renew",
    }

    @pytest.fixture(autouse=True)
    def _small_pages(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("adapters.asking.odata.PAGE", self.page)
        monkeypatch.setattr("adapters.reading.odata_lists.Listing.size", self.page)

    def test_s03_what_is_there_already_is_found_by_its_natural_key(
        self, fake: BusinessCentral, connector: Exchange, made: str
    ):
        """An order that people entered has the number of its channel as External Document No."""
        if made == "orders":
            given = {"externalDocumentNumber": "Shop-A 6", "customerId": BUYER}
            told, id_ = {"channel": "shop-a", "number": "6"}, fake.order_number(selling.new_order(fake, given))
        else:
            id_ = fake.add(made)
            told = fields_of(connector, made, id_)
        assert connector.find(made, [Write("k", {}, told, reference="hub-unknown")]) == {"k": [id_]}

    def test_a_cancelled_order_is_not_brought_again(self, fake: BusinessCentral, migrated_sqlite: str):
        """It is deleted there, which is not taken for an accident."""
        store = Store(migrated_sqlite)
        hub, connector = Hub(store), fake.connect()
        shop = hub.add("shop-a", "eshop", Tables(SHOP))
        hub.systems["erp"] = System("erp", "erp", connector, connector.options)
        shop.put("parties", "p", **party("Ana"))
        told = order("1001")
        shop.put("orders", "1", **told, status="confirmed")
        for _ in range(2):
            hub.run("shop-a", "parties", "orders")
            hub.run("erp", "products", "parties", "orders")
        assert fake.count("orders") == 1, hub.waiting()
        shop.put("orders", "1", **told, status="cancelled")
        for full in (False, True):
            hub.run("shop-a", "parties", "orders", full=full)
            hub.run("erp", "products", "parties", "orders", full=full)
        assert (fake.count("orders"), len(fake.server.seen(fake.creates["orders"]))) == (0, 1)
        assert not hub.waiting()
        store.close()

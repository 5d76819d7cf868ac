"""The connector for Odoo, with a fake of it that misbehaves: by JSON-RPC, and by JSON-2."""

from typing import Any, ClassVar

import pytest

from adapters.erp import sales
from hub.connector import Exchange, Write
from tests.contract.connector_suite import Sample, fields_of
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.fakes.fake import Fake
from tests.fakes.odoo import Odoo, Odoo19

CHANNEL = "its orders are the channel's: what became of them is read, no more"
PLACE = {
    "name": "Ana Kos",
    "street": "Main 1",
    "city": "Kranj",
    "postcode": "04-000",
    "country": "SI",
    "use": "billing",
}


def party(token: str) -> dict[str, Any]:
    told = {"email": f"{token.lower()}@example.com", "phone": "+38640123456", "company": False}
    return {"name": token, **told, "addresses": [{**PLACE, "company": "Kos d.o.o.", "phone": "+38640123457"}]}


def order(token: str) -> dict[str, Any]:
    lines = [
        {"id": "1", "sku": "L-1", "name": "Lamp", "quantity": "3", "unit_price": "9.99", "tax_rate": "23"},
        {"id": "2", "sku": "GONE", "name": "Gone", "quantity": "7", "unit_price": "5.55", "tax_rate": "8"},
    ]
    return {
        "channel": "shop-a",
        "number": token,
        "placed_at": "2026-11-21T10:00:00Z",
        "party": "p",
        "currency": "EUR",
        "tax_included": True,
        "shipping_address": {"street": "Side 2", "city": "Kranj", "postcode": "4000", "country": "SI"},
        "lines": lines,
        "shipping": [{"name": "Post", "amount": "4.90", "tax_rate": "23"}],
        "discounts": [{"name": "Thanks", "amount": "-1.00"}],
        "totals": {"gross": "72.72"},
    }


class TestOdoo(MisbehavingContract):
    fakes = Odoo
    kind = "erp"
    page = 20
    streams = ("products", "prices", "stock", "parties", "orders")
    made = ("parties", "orders")
    samples: ClassVar = {
        "parties": Sample(
            party,
            {"name": "Eva Kos", "company": True, "addresses": [{**PLACE, "city": "Bled", "use": "shipping"}]},
            refused={"addresses": [{"city": "Bonn", "country": "DE", "use": "billing"}]},
        ),
        "orders": Sample(
            order,
            {"note": "Please ring twice"},
            refused={"currency": "USD"},
            links={"parties": {"p": "1"}, "products": {}},
            unread=frozenset(sales.FIELDS.split()),
        ),
    }
    untidy: ClassVar = {"parties": {"addresses": [{"street": "Main 1", "city": "Kranj"}]}}
    excused: ClassVar = {
        "s08": "it calls nobody, unless people write automation rules",
        "s10": CHANNEL,
        "s23": "its keys are made by people, and not renewed by use",
    }

    @pytest.fixture(autouse=True)
    def _small_pages(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("adapters.erp.models.PAGE", self.page)

    def test_s03_what_is_there_already_is_found_by_its_natural_key(self, fake: Fake, connector: Exchange, made: str):
        id_ = fake.add(made)
        told = {"channel": "shop-a", "number": id_} if made == "orders" else fields_of(connector, made, id_)
        assert connector.find(made, [Write("k", {}, told, reference="hub-unknown")]) == {"k": [id_]}


class TestOdoo19(TestOdoo):
    fakes = Odoo19

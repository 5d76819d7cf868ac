"""The connector for Business Central, with a fake of its API v2.0 that misbehaves."""

from typing import Any, ClassVar

import pytest

from adapters.erp import sales
from hub.connector import Exchange, Write
from tests.contract.connector_suite import Sample, fields_of
from tests.contract.misbehaving_suite import MisbehavingContract
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

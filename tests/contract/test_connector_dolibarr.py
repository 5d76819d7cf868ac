"""The connector for Dolibarr, with a fake of it that misbehaves."""

from typing import Any, ClassVar

import pytest

from adapters.erp import sales
from hub.connector import Exchange, Write
from tests.contract.connector_suite import Sample, fields_of
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.contract.test_connector_odoo import order
from tests.fakes.dolibarr import Dolibarr
from tests.fakes.fake import Fake


def party(token: str) -> dict[str, Any]:
    place = {"street": "Main 1", "city": "Kranj", "postcode": "04-000", "country": "SI", "use": "billing"}
    told = {"email": f"{token.lower()}@example.com", "phone": "+38640123456"}
    return {"name": token, **told, "addresses": [place]}


class TestDolibarr(MisbehavingContract):
    fakes = Dolibarr
    kind = "erp"
    page = 20
    streams = ("products", "prices", "stock", "parties", "orders")
    made = ("parties", "orders")
    samples: ClassVar = {
        "parties": Sample(party, {"name": "Eva Kos", "phone": None}, refused={"addresses": [{"country": "DE"}]}),
        "orders": Sample(
            order,
            {"note": "Please ring twice"},
            refused={"currency": "USD"},
            links={"parties": {"p": "1"}, "products": {}},
            unread=frozenset(sales.FIELDS.split()),
        ),
    }
    untidy: ClassVar = {"parties": {"addresses": [{"street": "Main 1", "street_more": "Flat 2", "city": "Kranj"}]}}
    excused: ClassVar = {
        "s08": "it calls nobody",
        "s10": "its orders are the channel's: what became of them is read, no more",
        "s23": "its keys do not end, and there is no token to be renewed",
    }

    @pytest.fixture(autouse=True)
    def _small_pages(self, monkeypatch: pytest.MonkeyPatch):
        for size in ("client.PAGE", "connector.Listing.size"):
            monkeypatch.setattr(f"adapters.erp.dolibarr.{size}", self.page)

    def test_s03_what_is_there_already_is_found_by_its_natural_key(self, fake: Fake, connector: Exchange, made: str):
        id_ = fake.add(made)
        told = fields_of(connector, "parties", id_) if made == "parties" else {"channel": "shop-a", "number": "6"}
        assert connector.find(made, [Write("k", {}, told, reference="hub-unknown")]) == {"k": [id_]}

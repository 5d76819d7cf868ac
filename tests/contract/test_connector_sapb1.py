"""The connector for SAP Business One, with a fake of its Service Layer that misbehaves."""

from typing import Any, ClassVar

import pytest

from adapters.erp import sales
from hub.connector import Exchange, Write
from tests.contract.connector_suite import Sample, fields_of
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.contract.test_connector_odoo import CHANNEL, PLACE, order
from tests.fakes.fake import Fake
from tests.fakes.sapb1 import SapB1


def party(token: str) -> dict[str, Any]:
    told = {"email": f"{token.lower()}@example.com", "phone": "+38640123456"}
    return {"name": token, **told, "addresses": [{**PLACE, "company": "Kos d.o.o.", "region": "Gorenjska"}]}


class TestSapB1(MisbehavingContract):
    fakes = SapB1
    kind = "erp"
    page = 20
    streams = ("products", "prices", "stock", "parties", "orders")
    made = ("parties", "orders")
    samples: ClassVar = {
        "parties": Sample(
            party,
            {"name": "Eva Kos", "phone": None, "addresses": [{**PLACE, "city": "Bled", "use": "shipping"}]},
            refused={"addresses": [{"city": "Bonn", "country": "DE", "use": "billing"}]},
        ),
        "orders": Sample(
            order,
            {"note": "Please ring twice"},
            refused={"currency": "USD"},
            links={"parties": {"p": "C00001"}, "products": {}},
            unread=frozenset(sales.FIELDS.split()),
        ),
    }
    untidy: ClassVar = {"parties": {"addresses": [{"street": "Main 1", "city": "Kranj"}]}}
    excused: ClassVar = {
        "s08": "it calls nobody",
        "s10": CHANNEL,
        "s23": "its session ends and is begun anew with a password, which does not end",
    }

    @pytest.fixture(autouse=True)
    def _small_pages(self, monkeypatch: pytest.MonkeyPatch):
        for size in ("asking.odata.PAGE", "reading.odata_lists.Listing.size"):
            monkeypatch.setattr(f"adapters.{size}", self.page)

    def test_s03_what_is_there_already_is_found_by_its_natural_key(self, fake: Fake, connector: Exchange, made: str):
        id_ = fake.add(made)
        told = {"channel": "shop-a", "number": id_} if made == "orders" else fields_of(connector, made, id_)
        assert connector.find(made, [Write("k", {}, told, reference="hub-unknown")]) == {"k": [id_]}

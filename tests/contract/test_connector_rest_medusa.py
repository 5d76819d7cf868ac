"""Medusa by examples/rest/medusa.toml alone, on a real one; and what its programmed connector says of the same."""

import uuid
from contextlib import closing
from typing import ClassVar

import pytest

from tests.contract.connector_suite import Sample
from tests.contract.fronted_suite import FrontedContract
from tests.contract.medusa_steps import EUROS
from tests.contract.rest_likeness import differences
from tests.fronts.medusa import CANNOT_HAPPEN, DescribedMedusa, Medusa
from tests.peers import Peer
from tests.peers.medusa_shop import place_order


class TestDescribedMedusa(FrontedContract):
    fronts = DescribedMedusa
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            lambda token: {"sku": token, "name": "Lampa stojąca", "description": "It shines", "active": True},
            {"name": "Lantern", "active": False},
        ),
        "prices": Sample(
            lambda token: {"sku": token, "amount": "119.90", "tax_included": False, **EUROS},
            {"amount": "0.10"},
            refused={"tax_included": True},
        ),
        "stock": Sample(lambda token: {"sku": token, "available": "12"}, {"available": "0"}),
    }
    untidy: ClassVar = {"products": {"description": None, "images": None}}
    excused: ClassVar = CANNOT_HAPPEN


def test_it_says_what_the_programmed_connector_says(medusa: Peer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHOP_KEY", medusa["secret_key"])
    place_order(medusa, [("W001", 2), ("W002", 1)], f"{uuid.uuid4().hex[:6]}@example.com")
    with closing(Medusa(medusa)) as programmed, closing(DescribedMedusa(medusa)) as by_description:
        programmed.add_party()
        found = {
            stream: differences(programmed.connect(), by_description.connect(), stream)
            for stream in ("products", "prices", "stock", "parties", "orders")
        }
    assert min(compared for compared, _ in found.values()) > 0
    assert {stream: unlike for stream, (_, unlike) in found.items() if unlike} == {}

"""django-oscar by examples/rest/oscar.toml alone, on a real one; and what its programmed connector says of the same."""

import secrets
from contextlib import closing
from typing import ClassVar

import pytest

from tests.contract.connector_suite import Sample
from tests.contract.fronted_suite import FrontedContract
from tests.contract.oscar_steps import price, stock
from tests.contract.rest_likeness import differences
from tests.fronts.oscar import CANNOT_HAPPEN, DescribedOscar, Oscar
from tests.peers import Peer
from tests.peers.oscar_shop import place_order


class TestDescribedOscar(FrontedContract):
    fronts = DescribedOscar
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            lambda token: {"sku": token, "name": "Lampa stojąca", "description": "It shines", "active": True},
            {"name": "Lantern", "category": "All > Lanterns"},
            refused={"name": "x" * 300},
        ),
        "prices": Sample(lambda token: {**price(token), "list": "default"}, {"amount": "99.00"}),
        "stock": Sample(stock, {"available": "0"}),
    }
    untidy: ClassVar = {"products": {"description": None, "category": None}}
    excused: ClassVar = CANNOT_HAPPEN


def test_it_says_what_the_programmed_connector_says(oscar: Peer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHOP_PASSWORD", oscar["password"])
    place_order(oscar, {"W001": 2, "W002": 1}, f"{secrets.token_hex(4)}@Example.com")
    with closing(Oscar(oscar)) as programmed, closing(DescribedOscar(oscar)) as by_description:
        for stream in by_description.connect().streams:
            compared, unlike = differences(
                programmed.connect(range={"price_list": "default"}), by_description.connect(), stream
            )
            assert compared > 0
            assert {id_: names for id_, names in unlike.items() if {*names} - {"images"}} == {}

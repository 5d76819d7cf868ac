"""django-oscar by examples/rest/oscar.toml alone, on a real one; and what its programmed connector says of the same."""

import secrets
from contextlib import closing
from typing import ClassVar

import pytest

from tests.contract.connector_suite import Sample
from tests.contract.fronted_suite import FrontedContract
from tests.contract.rest_likeness import differences
from tests.fronts.oscar import CANNOT_HAPPEN, DescribedOscar, Oscar
from tests.peers import Peer
from tests.peers.oscar_shop import place_order


class TestDescribedOscar(FrontedContract):
    fronts = DescribedOscar
    streams = ("products", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            lambda token: {"sku": token, "name": "Lampa stojąca", "description": "It shines", "active": True},
            {"name": "Lantern"},
            refused={"name": "x" * 300},
        ),
    }
    untidy: ClassVar = {"products": {"description": None}}
    excused: ClassVar = CANNOT_HAPPEN


def test_it_says_what_the_programmed_connector_says(oscar: Peer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHOP_PASSWORD", oscar["password"])
    place_order(oscar, {"W001": 2, "W002": 1}, f"{secrets.token_hex(4)}@Example.com")
    with closing(Oscar(oscar)) as programmed, closing(DescribedOscar(oscar)) as by_description:
        for stream in ("products", "parties", "orders"):
            compared, unlike = differences(programmed.connect(), by_description.connect(), stream)
            assert compared > 0
            assert unlike == {}

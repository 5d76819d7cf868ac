"""django-oscar by examples/rest/oscar.toml alone, on a real one; and what its programmed connector says of the same."""

import secrets
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from adapters.eshop.oscar.connector import OscarConnector
from adapters.eshop.oscar.options import OscarOptions
from adapters.rest.connector import RestConnector
from hub.clock import SystemClock
from tests.contract.connector_suite import ConnectorContract, Counterpart, Sample
from tests.contract.rest_examples import connected, described
from tests.contract.rest_likeness import differences
from tests.peers import Peer
from tests.peers.oscar_shop import place_order, staff

Connect = Callable[..., RestConnector]


def login(user: str, password: str) -> dict[str, str]:
    return {"type": "basic", "user": user, "password": password}


@pytest.fixture
def connect(oscar: Peer, monkeypatch: pytest.MonkeyPatch) -> Connect:
    monkeypatch.setenv("SHOP_PASSWORD", oscar["password"])
    monkeypatch.setenv("WRONG", "not-the-password")
    given = {"url": oscar.url, "auth": login(oscar["user"], "env:SHOP_PASSWORD")}
    return lambda **options: connected(described("oscar"), **{**given, **options})


class TestDescribedOscar(ConnectorContract):
    streams = ("products", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            lambda token: {"sku": token, "name": "Lampa stojąca", "description": "It shines", "active": True},
            {"name": "Lantern"},
            refused={"name": "x" * 300},
        ),
    }

    @pytest.fixture
    def system(self, connect: Connect, oscar: Peer) -> Counterpart:
        def add_order() -> str:
            number = place_order(oscar, {"W001": 2, "W003": 1}, f"{secrets.token_hex(4)}@example.com")
            return next(each["url"].split("/")[-2] for each in staff(oscar, "orders") if each["number"] == number)

        def add_product() -> str:
            token = secrets.token_hex(4)
            new = {"upc": token, "slug": token, "title": token, "product_class": "goods", "structure": "standalone"}
            return str(staff(oscar, "products", new)["id"])

        def remove(what: str) -> Callable[[str], object]:
            return lambda id_: staff(oscar, f"{what}/{id_}", method="DELETE")

        title = {"title": secrets.token_hex(4)}
        return Counterpart(
            connect=connect,
            wrong_key={"auth": login(oscar["user"], "env:WRONG")},
            unreachable={"url": "http://127.0.0.1:9/api", "timeout": "1s"},
            secrets=(oscar["password"], "not-the-password"),
            add={"products": add_product, "orders": add_order},
            change={"products": lambda id_: staff(oscar, f"products/{id_}", title, method="PATCH")},
            delete={"products": remove("products"), "orders": remove("orders")},
        )


def test_it_says_what_the_programmed_connector_says(oscar: Peer, connect: Connect):
    place_order(oscar, {"W001": 2, "W002": 1}, f"{secrets.token_hex(4)}@Example.com")
    given: dict[str, Any] = {"url": oscar.url, "user": oscar["user"], "password": "env:SHOP_PASSWORD"}
    programmed = OscarConnector("shop", OscarOptions.model_validate(given), SystemClock())
    for stream in ("products", "parties", "orders"):
        compared, unlike = differences(programmed, connect(), stream)
        assert compared > 0
        assert unlike == {}

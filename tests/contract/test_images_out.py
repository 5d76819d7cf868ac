"""Images through the whole hub: sent once, and what the shop has made of them is nobody's change."""

from collections.abc import Iterator
from typing import Any

import pytest

from hub.config.exchange import ExchangeOptions
from hub.store import Store
from hub.sync import System
from tests.contract.picture_server import Pictures, png, serving
from tests.contract.tables import ERP, Hub, Tables
from tests.fakes.fake import Fake
from tests.fakes.magento import Magento
from tests.fakes.prestashop import PrestaShop
from tests.fakes.shopify import Shopify
from tests.fakes.shopware.shop import Shop as Shopware


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with serving() as served:
        yield served


@pytest.fixture(params=[Shopify, Magento, PrestaShop, Shopware])
def fake(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    monkeypatch.setattr("adapters.asking.budgets.sleep", lambda _: None)
    fake: Fake = request.param()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.close()


def test_s09_images_are_sent_once_and_do_not_come_back(fake: Fake, pictures: Pictures, migrated_sqlite: str):
    store = Store(migrated_sqlite)
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    options = ExchangeOptions.model_validate({"url": fake.server.url})
    more = {"replace_images": True} if isinstance(fake, PrestaShop) else {}
    hub.systems["shop"] = System("shop", "eshop", fake.connect(**more), options)
    first, second = (pictures.put(f"{n}.png", png(n)) for n in (1, 2))
    rate = {"tax_rate": "19"} if isinstance(fake, Shopware) else {}
    lamp = {"sku": "A-1", "name": "Lamp", "images": [first], **rate}
    erp.put("products", "1", **lamp)
    hub.in_step("products")

    def settled(asked: int) -> None:
        written = len(fake.server.seen(fake.writes))
        for full in (False, True):
            hub.run("shop", "products", full=full)
            hub.run("erp", "products", full=full)
        assert len(fake.server.seen(fake.writes)) == written
        assert pictures.asked.total() == asked
        assert erp.rows["products"]["1"]["images"] == lamp["images"]

    settled(1)
    lamp["images"] = [second]
    erp.put("products", "1", **lamp)
    hub.in_step("products")
    settled(2)
    connector: Any = hub.systems["shop"].connector
    shown = [connector.translate("products", each).fields["images"] for page in
             connector.read("products", None, full=True) for each in page.documents]  # fmt: skip
    assert [len(each) for each in shown] == [1]
    store.close()


def test_s09_one_that_cannot_be_had_does_not_have_the_others_sent_again(
    pictures: Pictures, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
):
    fake = PrestaShop()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    store = Store(migrated_sqlite)
    hub = Hub(store)
    erp = hub.add("erp", "erp", Tables(ERP))
    options = ExchangeOptions.model_validate({"url": fake.server.url})
    hub.systems["shop"] = System("shop", "eshop", fake.connect(replace_images=True), options)
    good, missing = pictures.put("1.png", png(1)), f"{pictures.url}/2.png"
    erp.put("products", "1", sku="A-1", name="Lamp", images=[missing, good])
    hub.in_step("products")
    sent = len(fake.server.seen(r"(POST|DELETE) .*images"))
    assert sent == 1
    for _ in range(2):
        hub.run("erp", "products", full=True)
        hub.run("shop", "products", full=True)
    assert pictures.asked["/2.png"] > 1, "it is tried again"
    assert len(fake.server.seen(r"(POST|DELETE) .*images")) == sent
    assert [each.cause for each in hub.waiting()] == ["no-picture"]
    store.close()
    fake.close()

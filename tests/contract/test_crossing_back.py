"""What becomes of an order in an ERP, and what its shop is told of it: once, and nothing that the ERP has not said."""

import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from hub.store import Store, bindings
from hub.sync import System
from hub.sync.retrying import retry
from tests.contract.crossing import AT, ORDERS, sums
from tests.contract.crossing_erps import ERPS
from tests.contract.crossing_people import CLOSE_SHORT, PEOPLE
from tests.contract.crossing_shops import SHOPS
from tests.contract.tables import ERP, Hub, Tables
from tests.fakes.fake import Fake
from tests.fakes.prestashop.shop import PAYMENT
from tests.fakes.shopware import orders as shopware
from tests.fakes.woocommerce import WooCommerce
from tests.fronts import Front
from tests.fronts.medusa import Medusa
from tests.fronts.vendure import Vendure

ONE = {"carrier": "DPD", "number": "P-1", "address": "https://dpd.example/P-1"}
TWO = {"carrier": "DPD", "number": "P-2", "address": "https://dpd.example/P-2"}
IN_PARTS: tuple[Mapping[str, Any], ...] = (
    {"status": "confirmed"},
    {"status": "processing", "tracking": [ONE]},
    {"status": "shipped", "tracking": [ONE, TWO]},
    {"invoice": "FV/1"},
    {"status": "completed"},
)
"""What people do in the ERP, one after the other."""
SHOWN = {
    "woocommerce": "confirmed confirmed completed completed completed",
    "shopify": "confirmed confirmed shipped shipped completed",
    "prestashop": "pending pending shipped shipped completed",
    "magento": "confirmed confirmed confirmed confirmed completed",
    "magento without tax": "confirmed confirmed confirmed confirmed completed",
    "shopware": "pending processing shipped shipped completed",
    "saleor": "confirmed confirmed completed completed completed",
    "ecwid": "confirmed processing shipped shipped completed",
    "baselinker": "confirmed processing shipped shipped completed",
    "vendure": "confirmed confirmed shipped shipped completed",
    "medusa": "pending pending shipped shipped completed",
}
"""How far the shop then says that the order is, in our words."""
WAITS = {
    "shopify": "invalid",
    "magento": "not-cancelled",
    "magento without tax": "not-cancelled",
    "medusa": "refused",
}
"""Why an order that is cancelled once it was sent waits; other shops cancel it, too, or have called it completed."""
OVER = ("woocommerce", "saleor")
"""What these send is completed, and waits as such."""
REAL: Mapping[str, type[Front]] = {"vendure": Vendure, "medusa": Medusa}
"""Shops that run here, in which there are others' orders; django-oscar cannot be told of any."""


@dataclass(frozen=True)
class Back:
    """A hub that has brought an order from a shop to an ERP."""

    hub: Hub
    erp: Tables
    shop: Fake
    order: str

    @property
    def key(self) -> str:
        """What the hub calls the order."""
        with self.hub.store.read() as tx:
            shop = self.hub.systems["eshop"].name
            return bindings.by_ids(tx, shop, "orders", [self.order])[self.order].key

    def exchange(self, *systems: str, full: bool = False) -> list[str]:
        """Bring what has changed to and fro; return the requests that wrote to the shop."""
        before = len(self.shop.server.asked)
        for system in systems or ("eshop", "erp", "eshop"):
            self.hub.run(system, "parties", "orders", full=full)
        asked = self.shop.server.asked[before:]
        return [each.text for each in asked if re.search(self.shop.writes, each.text)]

    def say(self, **said: Any) -> list[str]:
        """Have the ERP say something of the order; return the requests that wrote to the shop."""
        self.erp.put("orders", self.hub.binding("erp", "orders", self.key).external_id, **said)
        return self.exchange("erp", "eshop")

    def shown(self) -> Mapping[str, Any]:
        """Return the order as its shop shows it."""
        shop: Any = self.hub.systems["eshop"].connector
        return shop.translate("orders", *shop.fetch("orders", [self.order])).fields

    def waiting(self) -> list[str]:
        others = isinstance(self.shop, Front)
        return [each.cause for each in self.hub.waiting() if not others or each.key == self.key]


@pytest.fixture(params=[*SHOPS, *REAL])
def back(request: pytest.FixtureRequest, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Back]:
    front = REAL.get(request.param)
    shop = front(request.getfixturevalue(front.system)) if front else SHOPS[request.param].fake()
    with closing(shop) as fake, closing(Store(migrated_sqlite)) as store:
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        hub, connector = Hub(store), fake.connect(**({} if front else SHOPS[request.param].options))
        erp = hub.add("erp", "erp", Tables(ERP))
        hub.systems["eshop"] = System(connector.name, "eshop", connector, connector.options)
        yield Back(hub, erp, fake, fake.add("orders") if front else fake.place_order(AT)[0])


@pytest.mark.parametrize(("back", "shown"), SHOWN.items(), indirect=["back"], ids=[*SHOWN])
def test_s10_an_order_that_is_sent_in_parts_goes_forward_and_is_told_once(back: Back, shown: str) -> None:
    assert back.exchange() == []
    for said, status in zip(IN_PARTS, shown.split(), strict=True):
        told = back.say(**said)
        assert (said, back.shown()["status"]) == (said, status)
        assert len({*told}) == len(told)
        assert isinstance(back.shop, Front) or back.exchange(full=True) == []
    assert back.exchange(full=True) == []
    numbers = [each["number"] for each in back.shown()["tracking"]]
    assert numbers[-1] == "P-2", "BaseLinker shows the last one"
    assert back.waiting() == []


@pytest.mark.parametrize("back", ["woocommerce", "prestashop"], indirect=True)
def test_what_an_erp_works_on_is_not_paid_by_that(back: Back) -> None:
    """Their words for it hold the payment; an order that waited for a transfer was paid once the ERP confirmed it."""
    fake: Any = back.shop
    if isinstance(fake, WooCommerce):
        fake.posts.change(int(back.order), {"status": "on-hold", "date_paid_gmt": None})
    back.exchange()
    assert back.say(status="processing") == []
    assert (back.shown()["status"], back.shown()["payment"]["state"]) == ("pending", "unpaid")
    if not isinstance(fake, WooCommerce):
        fake.tables["orders"].change(int(back.order), {"current_state": str(PAYMENT), "date_upd": fake.now()})
        back.exchange()
        assert back.shown()["status"] == "processing", "once it is paid, it is told"
    assert (back.exchange(full=True), back.waiting()) == ([], [])


def test_s10_an_order_that_is_cancelled_once_it_was_sent_is_so_in_the_shop_or_says_why_not(
    back: Back, request: pytest.FixtureRequest
) -> None:
    shop = request.node.callspec.params["back"]
    back.exchange()
    back.say(status="shipped", tracking=[ONE])
    back.say(status="cancelled")
    cause = "goes-on-after-all" if shop in OVER else WAITS.get(shop)
    assert (back.shown()["status"], back.waiting()) == (
        ("cancelled", []) if cause is None else (SHOWN[shop].split()[2], [cause])
    )


def test_s10_what_is_said_late_and_out_of_order_takes_nothing_back(back: Back, request: pytest.FixtureRequest) -> None:
    """All at once, then an older word, then another number and another invoice: the shop goes on to say the furthest."""
    shown = SHOWN[request.node.callspec.params["back"]].split()[-1]
    back.exchange()
    assert back.say(status="completed", tracking=[ONE], invoice="FV/1")
    assert back.shown()["status"] == shown
    assert (back.say(status="processing"), back.shown()["status"]) == ([], shown)
    back.say(tracking=[TWO], invoice="FV/2")
    told = back.shown()
    assert (told["status"], "P-2" in {each["number"] for each in told["tracking"]}) == (shown, True)
    assert told.get("invoice") in ("FV/2", None), "some shops show none, or keep numbers of their own"
    assert (back.exchange(), back.waiting()) == ([], [])


STAYS = {"magento": "all", "magento without tax": "all", "vendure": "P-2", "medusa": "P-2"}
"""What of numbers that are wrong stays beside the right ones: all that was told, or what an order was sent with."""


def test_a_number_that_is_corrected_takes_the_place_of_the_wrong_one(
    back: Back, request: pytest.FixtureRequest
) -> None:
    """Customers followed a parcel that was somebody else's."""
    stays = STAYS.get(request.node.callspec.params["back"])
    back.exchange()
    for said in ({"status": "processing", "tracking": [ONE]}, {"tracking": [TWO]}, {"status": "shipped"}):
        back.say(**said)
    told = {each["number"] for each in back.shown()["tracking"]}
    assert "P-2" in told
    assert stays == "all" or told == {"P-2"}
    back.say(tracking=[{**TWO, "number": "P-3"}])
    told = {each["number"] for each in back.shown()["tracking"]}
    assert "P-3" in told
    assert stays == "all" or told == {"P-3", stays or "P-3"}
    assert (isinstance(back.shop, Front) or back.exchange(full=True) == [], back.waiting()) == (True, [])


@pytest.mark.parametrize("back", ["woocommerce"], indirect=True)
def test_a_parcel_whose_number_another_one_begins_with_is_told_too(back: Back) -> None:
    fake: Any = back.shop
    back.exchange()
    back.say(status="processing", tracking=[{**ONE, "number": "1234"}])
    back.say(tracking=[{**ONE, "number": "1234"}, {**TWO, "number": "123"}])
    notes = fake.posts.records[int(back.order)].values["notes"]
    assert [each["note"].split()[1] for each in notes] == ["1234", "123"]


@pytest.mark.parametrize("back", ["ecwid"], indirect=True)
def test_s15_an_open_order_that_somebody_deletes_in_the_erp_waits(back: Back) -> None:
    """Its customer waited for goods that nobody was to send, and nobody was told."""
    back.exchange()
    del back.erp.rows["orders"][back.hub.binding("erp", "orders", back.key).external_id]
    for _ in range(2):
        back.exchange(full=True)
        assert (back.waiting(), dict(back.erp.rows["orders"])) == (["gone-there"], {})
    fake: Any = back.shop
    fake.orders.records[max(fake.orders.records)].values["orderComments"] = "Soon, please"
    fake.touch("orders", back.order)
    back.exchange()
    assert (back.waiting(), dict(back.erp.rows["orders"])) == (["gone-there"], {}), "nor is it made by another change"
    with back.hub.store.write() as tx:
        retry(tx, [each.id for each in back.hub.waiting()])
    back.exchange()
    assert (back.waiting(), len(back.erp.rows["orders"])) == ([], 1)
    back.say(status="shipped")
    del back.erp.rows["orders"][back.hub.binding("erp", "orders", back.key).external_id]
    back.exchange(full=True)
    assert (back.waiting(), back.shown()["status"]) == ([], "shipped"), "what was sent nobody waits for"


@pytest.mark.parametrize("back", ["ecwid"], indirect=True)
def test_s15_an_order_that_is_gone_from_the_erp_waits_no_more_once_it_is_cancelled(back: Back) -> None:
    back.exchange()
    del back.erp.rows["orders"][back.hub.binding("erp", "orders", back.key).external_id]
    back.exchange(full=True)
    fake: Any = back.shop
    fake.orders.records[max(fake.orders.records)].values["fulfillmentStatus"] = "WILL_NOT_DELIVER"
    fake.touch("orders", back.order)
    back.exchange()
    assert (back.waiting(), dict(back.erp.rows["orders"])) == ([], {})


@pytest.mark.parametrize("back", ["shopware"], indirect=True)
def test_an_order_whose_money_was_given_back_is_not_sent_without_a_word(back: Back) -> None:
    """No ERP is told of payments: it went on to send what nobody has paid for any more, and took it in as a new order."""
    fake: Any = back.shop
    orders = fake.tables["order"]
    [row] = [each for each in orders.there() if each.values["id"] == back.order]

    def is_paid(state: str) -> None:
        paid = [{**each, "stateMachineState": shopware.state(state)} for each in row.values["transactions"]]
        orders.change(row.id, {"transactions": paid})
        back.exchange()

    is_paid("refunded")
    assert (back.waiting(), dict(back.erp.rows["orders"])) == (["refunded"], {})
    is_paid("refunded_partially")
    assert (back.waiting(), len(back.erp.rows["orders"])) == ([], 1), "what is left of it was paid for"
    is_paid("refunded")
    assert (back.waiting(), back.exchange(full=True)) == (["refunded"], [])
    back.say(status="shipped")
    assert (back.waiting(), back.shown()["status"]) == ([], "shipped")


FULFILS = r"/ship\b|/invoice\b|fulfillmentCreate|orderFulfill|invoiceCreate|/fulfillments|addFulfillmentToOrder"
"""What shops with shipments or invoices of their own are told of these."""


def test_what_is_closed_short_is_not_told_as_sent(back: Back, request: pytest.FixtureRequest) -> None:
    back.exchange()
    before = back.shown()
    sku = next(each["sku"] for each in before["lines"] if each.get("sku"))
    short = [{"sku": sku, "sent": "0"}]
    told = back.say(status="completed", tracking=[ONE], invoice="FV/1", short_shipped=short)
    assert not [each for each in told if re.search(FULFILS, each)]
    assert (back.shown()["status"], back.shown()["payment"]) == (before["status"], before["payment"])
    assert back.waiting() == ["closed-short"]
    assert back.exchange(full=True) == []
    assert back.hub.record("orders", back.key).fields["status"] == "completed"
    back.say(short_shipped=None)
    assert back.shown()["status"] == SHOWN[request.node.callspec.params["back"]].split()[-1]
    assert back.waiting() == []


@contextmanager
def sold(name: str, database: str, monkeypatch: pytest.MonkeyPatch) -> Generator[tuple[Back, Any]]:
    """Bring an order from a shop that shows all of it to an ERP, by the ERP's own connector; yield its fake, too."""
    erp, shop, order = ERPS[name], SHOPS["ecwid"], ORDERS["with tax"]
    with closing(erp.fake()) as erp_fake, closing(shop.fake()) as fake, closing(Store(database)) as store:
        for key, value in {**erp_fake.environment, **fake.environment}.items():
            monkeypatch.setenv(key, value)
        erp.prepare(erp_fake)
        hub, placed = Hub(store), shop.place(fake, order, sums(order))
        for kind, each in (("erp", erp_fake.connect(**erp.options)), ("eshop", fake.connect(**shop.options))):
            hub.systems[kind] = System(each.name, kind, each, each.options, takes_orders=hub.takes_orders)
        hub.run("erp", "products")
        back = Back(hub, Tables(ERP), fake, placed)
        back.exchange()
        yield back, erp_fake


@pytest.mark.parametrize("name", PEOPLE)
def test_what_an_erps_people_do_comes_to_the_shop(
    name: str, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By their own documents, one after the other."""
    with sold(name, migrated_sqlite, monkeypatch) as (back, erp):
        [key] = back.hub.keys("orders")
        for act, (status, parcels, invoice) in PEOPLE[name]:
            erp.clock.move(minutes=10)
            act(erp, back.hub.binding("erp", "orders", key).external_id)
            back.exchange()
            told = back.shown()
            assert (told["status"], [each["number"] for each in told["tracking"]]) == (status, parcels)
            assert told.get("invoice") == invoice
            assert back.hub.record("orders", key).fields.get("short_shipped") is None
            assert back.exchange(full=True) == []
        assert back.waiting() == []


@pytest.mark.parametrize("name", CLOSE_SHORT)
def test_what_an_erps_people_close_short_waits(
    name: str, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sold(name, migrated_sqlite, monkeypatch) as (back, erp):
        [key], before = back.hub.keys("orders"), back.shown()["status"]
        for act in CLOSE_SHORT[name]:
            erp.clock.move(minutes=10)
            act(erp, back.hub.binding("erp", "orders", key).external_id)
        back.exchange()
        record, told = back.hub.record("orders", key).fields, back.shown()
        assert record["short_shipped"] == [{"sku": "A-1", "sent": "2"}]
        assert record["status"] in ("shipped", "completed")
        parcels = [parcel for _, (_, parcels, _) in PEOPLE[name][:1] for parcel in parcels]
        assert (told["status"], [each["number"] for each in told["tracking"]]) == (before, parcels)
        assert back.waiting() == ["closed-short"]
        fake: Any = back.shop
        fake.orders.records[max(fake.orders.records)].values["items"][0]["quantity"] = 2
        fake.touch("orders", back.order)
        back.exchange()
        assert back.shown()["status"] == record["status"]
        assert back.waiting() == []

"""The connector for ERPNext, with a fake of it that misbehaves."""

from typing import Any, ClassVar

from adapters.erp import sales
from hub.connector import Exchange, Write
from tests.contract.connector_suite import Sample, fields_of, only
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.fakes.erpnext import ErpNext
from tests.fakes.erpnext.site import BUYER, SERVICE
from tests.fakes.fake import Fake


def party(token: str) -> dict[str, Any]:
    home = {"name": "Ana Kos", "street": "Main 1", "city": "Poznań", "postcode": "60-001", "country": "PL"}
    reached = {"email": f"{token.lower()}@example.com", "phone": "+48601234567"}
    return {"name": f"Ana {token}", **reached, "addresses": [{**home, "use": "billing"}]}


NAMELESS = {"street": "Side 2", "city": "Bonn", "country": "DE"}
MOVED = {"name": "Eva Kos", "street": "Side 2", "city": "Bonn", "country": "DE", "use": "shipping"}


def order(token: str) -> dict[str, Any]:
    line = {"id": "1", "sku": "A-1", "name": "Lamp", "quantity": "3", "unit_price": "9.99", "tax_rate": "23"}
    gone = {"id": "2", "sku": "GONE", "name": "Gone", "quantity": "7", "unit_price": "5.55", "tax_rate": "23"}
    return {
        "channel": "shop-a",
        "number": token,
        "placed_at": "2026-11-21T23:30:00Z",
        "party": "p",
        "currency": "PLN",
        "tax_included": True,
        "shipping_address": {"street": "Side 2", "city": "Łódź", "postcode": "90-001", "country": "PL"},
        "lines": [line, gone],
        "shipping": [{"name": "Post", "amount": "4.90", "tax_rate": "23"}],
        "totals": {"gross": "73.72"},
    }


LINKS = {"parties": {"p": BUYER}, "products": {"A-1": SERVICE}}


class TestErpNext(MisbehavingContract):
    fakes = ErpNext
    kind = "erp"
    made = ("parties", "orders")
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "parties": Sample(
            party,
            {"name": "Eva Kos", "phone": None, "addresses": [MOVED]},
            refused={"addresses": [{"city": "Bonn", "country": "DE"}]},
        ),
        # Its content is the channel's: of an order, only what became of it is read.
        "orders": Sample(
            order,
            {"status": "cancelled"},
            refused={"totals": {"gross": "99.00"}},
            links=LINKS,
            unread=frozenset(sales.FIELDS.split()),
        ),
    }
    untidy: ClassVar = {"parties": {"name": "Ana <script>x()</script>Kos", "addresses": [NAMELESS]}}
    excused: ClassVar = {
        "s10": "an order's status only comes from it",
        "s23": "its keys do not end, and there is no token to be renewed",
    }

    # Otherwise than with a shop: orders go into it, and of them only what became of them is read

    def test_s11_dates_are_in_utc(self, fake: Fake, connector: Exchange):
        assert isinstance(fake, ErpNext)
        written = only(connector.write("orders", [self.new(connector, "orders")]))
        day = fake.store.docs["Sales Order"][written.id or ""]["transaction_date"]
        assert day == "2026-11-22"  # 23:30 in UTC is the next day there

    def test_s08_a_webhook_that_was_switched_off_is_switched_on_again(self, fake: Fake, connector: Exchange):
        """It never switches one off itself: what its staff has switched off is left so."""
        assert isinstance(fake, ErpNext)
        hooks = connector.hooks
        assert hooks
        for topic in hooks.topics:
            hooks.subscribe(topic, "https://hub.example/erp", "a secret")
        for name in fake.store.docs["Webhook"]:
            fake.store.update("Webhook", name, {"enabled": 0})
        assert {each.topic for each in hooks.subscriptions() if each.active} == {*hooks.topics}

    def test_s03_what_is_there_already_is_found_by_its_natural_key(self, fake: Fake, connector: Exchange):
        id_ = fake.add("parties")
        record = fields_of(connector, "parties", id_)
        assert connector.find("parties", [Write("k", {}, record, reference="hub-unknown")]) == {"k": [id_]}

    def test_s24_leading_zeros_stay(self, fake: Fake, connector: Exchange):
        assert isinstance(fake, ErpNext)
        fake.item("00042")
        assert fields_of(connector, "products", "00042")["sku"] == "00042"

    def test_s24_leading_zeros_stay_in_what_is_written(self, connector: Exchange):
        write = Write("k", {"name": "0001234"}, {"name": "0001234"}, reference="hub-0001234")
        done = only(connector.write("parties", [write]))
        assert fields_of(connector, "parties", done.id)["name"] == "0001234"

    def test_s27_the_totals_are_those_of_the_system(self, fake: Fake, connector: Exchange):
        """Those of the order's channel, to the cent."""
        assert isinstance(fake, ErpNext)
        write = self.new(connector, "orders")
        written = only(connector.write("orders", [write]))
        total = fake.store.docs["Sales Order"][written.id or ""]["grand_total"]
        assert f"{total:.2f}" == write.record["totals"]["gross"]

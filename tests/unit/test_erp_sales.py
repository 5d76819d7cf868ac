"""Orders brought to an ERP as sales, in an ERP that is a few tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from adapters.asking.http import Rejected
from adapters.erp.orders import Fields, Unwritable, lacking
from adapters.erp.sales import Standing, bring_sales
from hub.connector import Write

STEPS = {"draft": "quote", "quotation": "confirm"}
PRESSED = {"quote": "quotation", "confirm": "confirmed", "cancel": "cancelled"}


@dataclass
class Erp:
    """Sums come out a cent short, and have two decimals; what costs 13 is not quoted."""

    short: Decimal = Decimal("0.01")
    sales: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    places: dict[int, tuple[int, Fields]] = field(default_factory=dict[int, tuple[int, Fields]])
    roundings: dict[int, tuple[int, Decimal]] = field(default_factory=dict[int, tuple[int, Decimal]])

    def create(self, values: Sequence[dict[str, Any]]) -> Sequence[int]:
        """Make drafts."""
        ids = [*range(len(self.sales) + 1, len(self.sales) + 1 + len(values))]
        self.sales |= {id_: dict(value) for id_, value in zip(ids, values, strict=True)}
        return ids

    def make_addresses(self, values: Sequence[tuple[int, Fields]]) -> Sequence[int]:
        """Make addresses."""
        ids = [*range(len(self.places) + 1, len(self.places) + 1 + len(values))]
        self.places |= dict(zip(ids, values, strict=True))
        return ids

    def press(self, button: str, ids: Sequence[int]) -> Sequence[int]:
        """Press a button of all or none."""
        if any(self.sales[id_]["total"] == Decimal("13.00") for id_ in ids):
            raise Rejected("nobody sells that", status=400)
        for id_ in ids:
            self.sales[id_]["state"] = PRESSED[button]
        return ids

    def addresses(self, customers: Iterable[int]) -> Iterable[tuple[int, Fields, int]]:
        """Return what is there."""
        return [(customer, place, id_) for id_, (customer, place) in self.places.items() if customer in {*customers}]

    def address_values(self, customer: int, place: Fields) -> tuple[int, Fields]:
        """Refuse the Moon."""
        if place.get("country") == "MOON":
            raise Unwritable("country-unknown", "there is no Moon")
        return customer, place

    def sale_values(self, write: Write, customer: int, billing: int, shipping: int) -> dict[str, Any]:
        """Return a draft."""
        total = Decimal(write.record["totals"]["gross"]) - self.short
        return {"state": "draft", "total": total, "customer": customer, "places": (billing, shipping)}

    def standing(self, ids: Sequence[int]) -> Iterable[Standing]:
        """Return what is there."""
        return [
            Standing(id_, self.sales[id_]["state"], str(self.sales[id_]["total"])) for id_ in ids if id_ in self.sales
        ]

    def goods(self, ids: Sequence[int]) -> Iterable[tuple[int, int, str]]:
        """Return what was entered."""
        return [(id_, *line) for id_ in ids for line in self.sales[id_].get("goods", ())]

    def add(self, rounding: Sequence[tuple[int, Decimal]]) -> Sequence[int]:
        """Add to sums."""
        for id_, amount in rounding:
            self.sales[id_]["total"] += amount.quantize(Decimal("0.01"))
            self.roundings[len(self.roundings) + 1] = (id_, amount.quantize(Decimal("0.01")))
        return [id_ for id_, _ in rounding]

    def rounded(self, ids: Sequence[int]) -> Iterable[tuple[int, int, str]]:
        """Return what was added."""
        return [(sale, line, str(come)) for line, (sale, come) in self.roundings.items() if sale in ids]

    def round_anew(self, sale: int, line: int, amount: Decimal) -> None:
        """Take the one off, put the other on."""
        self.sales[sale]["total"] -= self.roundings.pop(line)[1]
        self.add([(sale, amount)])


def order(key: str, gross: str, id_: str | None = None, **more: Any) -> Write:
    """Return an order of one customer."""
    lines = [{"id": "1", "name": "Lamp", "quantity": "1", "unit_price": gross, "tax_rate": "0"}]
    place = {"street": "Main 1", "city": "Kranj"}
    record = {"party": "p", "currency": "EUR", "lines": lines, "totals": {"gross": gross}, "shipping_address": place}
    return Write(key, more or record, record | more, id=id_, links={"parties": {"p": "2"}})


def test_s27_sales_come_to_the_orders_totals_and_are_confirmed() -> None:
    """Orders that go to one place share its address."""
    erp = Erp()
    outcomes = [*bring_sales(erp, [order("a", "10.00"), order("b", "20.00")], STEPS, until="confirmed")]
    assert [(each.key, each.outcome, each.id) for each in outcomes] == [("a", "done", "1"), ("b", "done", "2")]
    assert [(sale["state"], str(sale["total"])) for sale in erp.sales.values()] == [
        ("confirmed", "10.00"),
        ("confirmed", "20.00"),
    ]
    assert len(erp.places) == 1
    assert erp.sales[1]["places"] == erp.sales[2]["places"]


def test_s27_a_sale_that_cannot_be_rounded_is_not_confirmed() -> None:
    """The third decimal of a dinar cannot be added to amounts that have two; before, it was confirmed without it."""
    erp = Erp(short=Decimal("0.001"))
    [differs] = bring_sales(erp, [order("a", "10.005", currency="KWD")], STEPS, until="confirmed")
    assert (differs.cause, erp.sales[1]["state"]) == ("total-differs", "draft")
    assert "0.001" in differs.message
    [differs] = bring_sales(erp, [order("a", "10.005", differs.id, currency="KWD")], STEPS, until="confirmed")
    assert (differs.cause, len(erp.roundings)) == ("total-differs", 1), "there was a second line of 0.00"
    for gross in ("10.014", "10.024"):
        [draft] = bring_sales(erp, [order("a", gross, differs.id)], STEPS, until="draft")
        assert (draft.outcome, str(erp.sales[1]["total"]), len(erp.roundings)) == ("done", gross, 1)


def test_s27_a_price_is_rounded_with_its_tax() -> None:
    """4.065 becomes 4.07 where prices have two decimals: by 0.61 with tax, of a hundred."""
    lines = [{"id": "1", "quantity": "100", "unit_price": "5.00", "tax_rate": "23"}]
    record = {"currency": "PLN", "tax_included": True, "lines": lines, "totals": {"gross": "500.00"}}
    assert lacking(record, "500.61", Decimal("0.005")) == Decimal("-0.61")


def test_s18_an_order_that_cannot_be_a_sale_stops_no_other() -> None:
    """Whoever refuses it, at whatever step."""
    erp = Erp()
    writes = [
        order("good", "10.00"),
        order("moon", "10.00", shipping_address={"country": "MOON"}),
        order("nobody", "10.00", party="stranger"),
        order("unlucky", "13.00"),
    ]
    causes = {each.key: each.cause for each in bring_sales(erp, writes, STEPS, until="confirmed")}
    assert causes == {"good": "", "moon": "country-unknown", "nobody": "party-missing", "unlucky": "refused"}
    assert erp.sales[1]["state"] == "confirmed"


def test_an_order_without_a_customer_says_what_to_do() -> None:
    """At a till, people buy who are nobody; before, it was only said that the customer is not there."""
    [refused] = bring_sales(Erp(), [order("a", "10.00", party=None, channel="till")], STEPS, until="confirmed")
    assert refused.cause == "party-missing"
    assert "names no customer; enter one at the order in till" in refused.message


def test_s06_a_half_done_sale_goes_on_from_where_it_stands() -> None:
    """No further than is wished; what has been changed for good is refused, what is gone is said."""
    erp = Erp()
    [draft] = bring_sales(erp, [order("a", "10.00")], STEPS, until="draft")
    assert erp.sales[1]["state"] == "draft"
    [quoted] = bring_sales(erp, [order("a", "10.00", draft.id)], STEPS, until="quotation")
    assert (quoted.id, erp.sales[1]["state"], len(erp.sales)) == (draft.id, "quotation", 1)
    [differs] = bring_sales(erp, [order("a", "99.00", draft.id)], STEPS, until="confirmed")
    assert (differs.cause, erp.sales[1]["state"]) == ("total-differs", "quotation")
    [gone] = bring_sales(erp, [order("b", "10.00", "77")], STEPS, until="confirmed")
    assert gone.outcome == "gone"


def test_s26_other_goods_at_the_same_total_are_not_sold_in_the_dark() -> None:
    """The shop's staff changes a size: the sale is not what the customer gets, and its total does not show it."""

    def sized(size: str, quantity: str = "1") -> dict[str, Any]:
        line = {"id": "1", "name": "Shirt", "sku": f"SHIRT-{size}", "quantity": quantity}
        return {"lines": [{**line, "unit_price": "10.00", "tax_rate": "0"}]}

    erp = Erp()
    links = {"parties": {"p": "2"}, "products": {"SHIRT-M": "71", "SHIRT-L": "72"}}
    first = replace(order("a", "10.00"), links=links)
    [made] = bring_sales(erp, [replace(first, record={**first.record, **sized("M")})], STEPS, until="confirmed")
    erp.sales[1]["goods"] = [(71, "1.0"), (99, "1")]
    other = replace(first, id=made.id, record={**first.record, **sized("L")}, fields=sized("L"), agreed=sized("M"))
    [refused] = bring_sales(erp, [other], STEPS, until="confirmed")
    assert (refused.cause, refused.id) == ("lines-differ", made.id)
    assert "1 of SHIRT-L" in refused.message
    erp.sales[1]["goods"] = [(72, "1"), (99, "1")]
    [mended] = bring_sales(erp, [other], STEPS, until="confirmed")
    assert mended.outcome == "done"
    erp.sales[1]["goods"] = []
    named_anew = replace(other, agreed=sized("L"))
    assert [each.outcome for each in bring_sales(erp, [named_anew], STEPS, until="confirmed")] == ["done"]


def test_s26_what_costs_nothing_is_not_exchanged_in_the_dark() -> None:
    """No total shows that a present is left out; what the ERP gives away of its own accord is left alone."""

    def gifts(**quantities: str) -> dict[str, Any]:
        lamp = {"id": "1", "name": "Lamp", "sku": "LAMP", "quantity": "1", "unit_price": "10.00"}
        free = {"name": "Gift", "unit_price": "0.00"}
        return {"lines": [lamp, *({**free, "id": sku, "sku": sku, "quantity": q} for sku, q in quantities.items())]}

    erp = Erp()
    links = {"parties": {"p": "2"}, "products": {"LAMP": "71", "PEN": "72", "CUP": "73"}}
    first = replace(order("a", "10.00"), links=links)
    [made] = bring_sales(erp, [replace(first, record={**first.record, **gifts(PEN="1")})], STEPS, until="confirmed")
    erp.sales[1]["goods"] = [(71, "1"), (72, "1"), (71, "1")]  # of lamps, the ERP's promotion gives away another

    def told(**quantities: str) -> tuple[str, str]:
        fields, record = gifts(**quantities), {**first.record, **gifts(**quantities)}
        changed = replace(first, id=made.id, record=record, fields=fields, agreed=gifts(PEN="1"))
        [outcome] = bring_sales(erp, [changed], STEPS, until="confirmed")
        return outcome.cause, outcome.message

    assert told()[0] == "lines-differ"
    assert "now has 0 of PEN" in told()[1]
    assert "0 of PEN" in told(CUP="1")[1]
    erp.sales[1]["goods"] = [(71, "1"), (71, "1"), (73, "1")]
    assert told(CUP="1") == ("", "")


@dataclass
class Raced(Erp):
    """Another run is always first."""

    def press(self, button: str, ids: Sequence[int]) -> Sequence[int]:
        """Find that it is done."""
        super().press(button, ids)
        raise Rejected("it is not in a state requiring that", status=422)


def test_what_another_run_has_confirmed_meanwhile_is_not_refused() -> None:
    """Before, an entry said so, and somebody had to look."""
    erp = Raced()
    [done] = bring_sales(erp, [order("a", "10.00")], STEPS, until="confirmed")
    assert (done.outcome, done.cause, erp.sales[1]["state"]) == ("done", "", "confirmed")


def test_s20_what_the_erp_does_not_cancel_says_what_to_do() -> None:
    """Its own words alone do not: Tryton says that a button is not there."""
    erp = Erp()
    [made] = bring_sales(erp, [order("a", "12.99")], STEPS, until="confirmed")
    erp.sales[1]["total"] = Decimal("13.00")
    [refused] = bring_sales(erp, [order("a", "13.00", made.id, status="cancelled")], STEPS, until="confirmed")
    assert (refused.cause, refused.id, erp.sales[1]["state"]) == ("not-cancelled", made.id, "confirmed")
    assert "nobody sells that" in refused.message
    assert "hub quarantine discard" in refused.message


def test_a_cancelled_order_goes_no_further() -> None:
    """Once it is cancelled, nothing is pressed again."""
    erp = Erp()
    [draft] = bring_sales(erp, [order("a", "10.00")], STEPS, until="draft")
    for _ in range(2):
        [cancelled] = bring_sales(erp, [order("a", "10.00", draft.id, status="cancelled")], STEPS, until="confirmed")
        assert (cancelled.outcome, erp.sales[1]["state"]) == ("done", "cancelled")

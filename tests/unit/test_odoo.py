"""What only Odoo has: its two interfaces and their errors, sales and their taxes, addresses at the contact itself."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from adapters.asking.http import Api, KeyRefused, Rejected
from adapters.erp.odoo.calls import fault, version
from adapters.erp.odoo.translate import PRODUCT, places
from adapters.fields import told
from hub.clock import SystemClock
from hub.connector import Write, Written
from hub.errors import Refused, TryLater, Unanswered
from tests.contract.connector_suite import fields_of, only, read_on
from tests.contract.test_connector_odoo import PLACE, order, party
from tests.fakes import faults
from tests.fakes.odoo import Odoo, Odoo19
from tests.fakes.server import Answer, Asked, Reply


@pytest.fixture(params=[Odoo, Odoo19])
def erp(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Odoo]:
    fake: Odoo = request.param()
    monkeypatch.setenv("ODOO_KEY", fake.key)
    yield fake
    fake.close()


def bought(erp: Odoo, number: str = "1001", **more: Any) -> Write:
    """Return an order of a customer who is there."""
    customer, product = int(erp.add("parties")), int(erp.add("products"))
    record = {**order(number), **more}
    links = {"parties": {"p": str(customer)}, "products": {"L-1": str(product)}}
    return Write(f"shop-a|{number}", record, record, reference=f"o-{number}", links=links)


def sale(erp: Odoo, written: Written) -> Mapping[str, Any]:
    """Return a sale as Odoo has it."""
    record = erp.orm.tables["sale.order"].records[int(written.id or 0)]
    return {**record.values, "total": erp.orm.value("sale.order", record, "amount_total", {})}


def lines(erp: Odoo, written: Written) -> list[Mapping[str, Any]]:
    rows = [each.values for each in erp.orm.tables["sale.order.line"].there()]
    return [row for row in rows if row["order_id"] == int(written.id or 0)]


def test_s27_a_sale_comes_to_the_orders_total(erp: Odoo) -> None:
    """One tax of its rate is not in the price, the other is; what rounding leaves is a line of its own."""
    written = only(erp.connect().write("orders", [bought(erp, totals={"gross": "72.74"})]))
    assert written.outcome == "done", written
    told_of = sale(erp, written)
    assert (told_of["state"], round(told_of["total"], 2)) == ("sale", 72.74)
    assert told_of["client_order_ref"] == "shop-a 1001"
    prices = {line["name"]: line["price_unit"] for line in lines(erp, written)}
    stored = 8.122 if erp.version >= 19 else 8.12  # price_unit has no `digits` since 18.3
    assert (prices["Lamp L-1"], prices["Gone GONE"]) == (stored, 5.55)
    assert "Rounding" in prices


def test_a_draft_that_was_rounded_gets_no_second_line_of_it(erp: Odoo) -> None:
    """As long as it is a draft, its order may still change by a cent; before, each time another line was added."""
    wanted = bought(erp, totals={"gross": "72.74"})
    draft = only(erp.connect(confirm="draft").write("orders", [wanted]))
    for gross in (72.75, 72.73):
        changed = {"totals": {"gross": str(gross)}}
        again = replace(wanted, id=draft.id, fields=changed, record={**wanted.record, **changed})
        assert only(erp.connect(confirm="draft").write("orders", [again])).outcome == "done"
        assert round(sale(erp, draft)["total"], 2) == gross
        assert [line["name"] for line in lines(erp, draft)].count("Rounding") == 1


def test_what_is_taxed_at_nothing_has_the_tax_that_says_so(erp: Odoo) -> None:
    """No tax is another return than 0 %. Of several, that which is named: exempt and exported differ, too."""
    make = {"amount": 0.0, "amount_type": "percent", "type_tax_use": "sale", "company_id": 1, "sequence": 9}
    field = "tax_ids" if erp.version >= 19 else "tax_id"
    free = {"lines": [{**order("")["lines"][0], "tax_rate": "0"}], "shipping": [], "discounts": []}

    def taxed(number: str, **options: Any) -> list[int]:
        wanted = bought(erp, number, **free, totals={"gross": "29.97"})
        [line] = lines(erp, only(erp.connect(**options).write("orders", [wanted])))
        return line[field]

    assert taxed("1") == []
    exempt = erp.make("account.tax", name="Exempt", **make)
    assert taxed("2") == [exempt]
    export = erp.make("account.tax", name="Export", **make)
    assert (taxed("3"), taxed("4", taxes={"0": "Export"})) == ([], [export])


def test_a_branch_has_the_taxes_of_the_company_above_it(erp: Odoo) -> None:
    """From version 17 on; another company's are not ours."""
    field = "tax_ids" if erp.version >= 19 else "tax_id"
    other = erp.make("res.company", name="Other", currency_id=2)
    branch = erp.make("res.company", name="Branch", currency_id=2)
    for company, above in ((other, [other]), (branch, [1, branch])):
        if erp.version >= 17:
            erp.orm.write("res.company", [company], {"parent_ids": [[6, 0, above]]})
    erp.companies |= {other, branch}
    for company, ours in ((branch, erp.version >= 17), (other, False)):
        written = only(erp.connect(company=company).write("orders", [bought(erp, str(company))]))
        assert (written.outcome, written.cause) == (("done", "") if ours else ("refused", "tax-unknown"))
        if ours:
            assert lines(erp, written)[0][field] == [erp.tax]


def test_a_group_of_taxes_has_the_rate_that_they_come_to(erp: Odoo) -> None:
    """Such as the two halves of India's GST, or Quebec's GST and QST."""
    half = {"amount": 9.0, "amount_type": "percent", "type_tax_use": "none", "company_id": 1, "sequence": 1}
    parts = [erp.make("account.tax", name=name, **half) for name in ("CGST", "SGST")]
    told = {"amount": 0.0, "type_tax_use": "sale", "company_id": 1, "sequence": 1, "active": True}
    group = erp.make("account.tax", name="GST 18%", amount_type="group", children_tax_ids=[[6, 0, parts]], **told)
    lamp = erp.new_product("GST")
    article = erp.orm.tables["product.product"].records[lamp].values["product_tmpl_id"]
    erp.orm.write("product.template", [article], {"taxes_id": [[6, 0, [group]]]})
    assert fields_of(erp.connect(), "products", str(lamp))["tax_rate"] == "18"
    line = {"id": "1", "sku": "L-1", "name": "Lamp", "quantity": "1", "unit_price": "100.00", "tax_rate": "18"}
    charges = {"shipping": [], "discounts": [], "tax_included": False, "totals": {"gross": "118.00"}}
    written = only(erp.connect().write("orders", [bought(erp, lines=[line], **charges)]))
    assert (written.outcome, round(sale(erp, written)["total"], 2)) == ("done", 118.0)


def test_s18_a_total_that_is_no_rounding_is_refused_and_stays_a_draft(erp: Odoo) -> None:
    written = only(erp.connect().write("orders", [bought(erp, totals={"gross": "99.00"})]))
    assert (written.outcome, written.cause, sale(erp, written)["state"]) == ("refused", "total-differs", "draft")


def test_s20_a_line_without_a_product_needs_the_one_that_stands_in(erp: Odoo) -> None:
    written = only(erp.connect(charge_product=None).write("orders", [bought(erp)]))
    assert (written.outcome, written.cause) == ("refused", "product-missing")
    assert "charge_product" in written.message
    with pytest.raises(Refused, match=r"charge_product in \[systems\.erp\]"):
        list(erp.connect(charge_product="NONE").write("orders", [bought(erp)]))


def test_without_price_lists_sales_are_in_the_companys_currency(erp: Odoo) -> None:
    """From version 17 on, they are made when the setting *Pricelists* is switched on (product: res_company.py)."""
    erp.orm.tables["product.pricelist"].records.clear()
    written = only(erp.connect().write("orders", [bought(erp, currency="PLN")]))
    if erp.version < 17:
        assert (written.outcome, "pricelist_id" in written.message) == ("refused", True)
    else:
        assert (written.outcome, sale(erp, written)["pricelist_id"]) == ("done", False)
    written = only(erp.connect().write("orders", [bought(erp, "1002")]))
    assert (written.outcome, written.cause) == ("refused", "currency-unknown")


def test_s06_a_half_done_sale_is_finished_and_not_made_twice(erp: Odoo) -> None:
    wanted = bought(erp)
    draft = only(erp.connect(confirm="draft").write("orders", [wanted]))
    assert sale(erp, draft)["state"] == "draft"
    finished = only(erp.connect().write("orders", [replace(wanted, id=draft.id)]))
    assert (finished.id, sale(erp, finished)["state"], erp.count("orders")) == (draft.id, "sale", 1)


def test_s06_a_duplicate_made_by_people_is_not_taken_for_ours(erp: Odoo) -> None:
    """They copy the origin with it, but Odoo does not copy the customer's reference."""
    wanted = bought(erp)
    made = only(erp.connect().write("orders", [wanted]))
    copy = {name: value for name, value in sale(erp, made).items() if name not in ("client_order_ref", "total")}
    erp.orm.tables["sale.order"].add({**copy, "client_order_ref": False})
    assert erp.connect().find("orders", [wanted]) == {wanted.key: [made.id]}
    assert [*read_on(erp.connect(), "orders", None)[0]] == [made.id]


def test_a_cancelled_order_is_cancelled_as_long_as_it_can_be(erp: Odoo) -> None:
    wanted = bought(erp)
    made = only(erp.connect().write("orders", [wanted]))
    stopped = replace(wanted, id=made.id, record={**wanted.record, "status": "cancelled"})
    erp.orm.tables["sale.order"].records[int(made.id or 0)].values["locked"] = True  # from version 17 on
    if erp.version >= 17:
        refused = only(erp.connect().write("orders", [stopped]))
        assert (refused.outcome, "locked" in refused.message) == ("refused", True)
        erp.orm.tables["sale.order"].records[int(made.id or 0)].values["locked"] = False
    assert only(erp.connect().write("orders", [stopped])).outcome == "done"
    assert fields_of(erp.connect(), "orders", made.id)["status"] == "cancelled"


def test_s20_what_has_been_delivered_is_not_cancelled(erp: Odoo) -> None:
    """Odoo would do it (sale_stock: sale_order.py, _action_cancel), and nobody would invoice what has left."""
    wanted = bought(erp)
    made = only(erp.connect().write("orders", [wanted]))
    [delivery] = erp.orm.tables["stock.picking"].there()
    erp.orm.write("stock.picking", [delivery.id], {"state": "done"})
    stopped = replace(wanted, id=made.id, record={**wanted.record, "status": "cancelled"})
    refused = only(erp.connect().write("orders", [stopped]))
    assert (refused.outcome, refused.cause, sale(erp, made)["state"]) == ("refused", "delivered", "sale")


@pytest.mark.parametrize("payment", ["not_paid", "reversed"])
def test_s20_what_is_invoiced_is_not_cancelled_unless_a_credit_note_takes_it_back(erp: Odoo, payment: str) -> None:
    """Odoo cancels the sale and leaves a posted invoice as it is, which the customer then owes for nothing."""
    wanted = bought(erp)
    made = only(erp.connect().write("orders", [wanted]))
    bill = erp.make("account.move", name="INV/1", state="posted", move_type="out_invoice", payment_state=payment)
    erp.orm.tables["sale.order"].records[int(made.id or 0)].values["invoice_ids"] = [bill]
    stopped = replace(wanted, id=made.id, record={**wanted.record, "status": "cancelled"})
    told = only(erp.connect().write("orders", [stopped]))
    if payment == "reversed":
        assert (told.outcome, sale(erp, made)["state"]) == ("done", "cancel")
    else:
        assert (told.outcome, told.cause, sale(erp, made)["state"]) == ("refused", "delivered", "sale")
        assert "credit note" in told.message


def test_a_customer_that_was_merged_with_another_is_told(erp: Odoo) -> None:
    """Of which Odoo says that a record does not exist: as if it was the sale."""
    wanted, other = bought(erp), bought(erp, "1002")
    erp.remove("parties", wanted.links["parties"]["p"])
    refused, made = erp.connect().write("orders", [wanted, other])
    assert (refused.outcome, refused.cause, made.outcome) == ("refused", "party-gone", "done")


def test_what_became_of_a_sale_is_read(erp: Odoo) -> None:
    """A delivery and an invoice show the sale as changed, although its own mark stays."""
    made = only(erp.connect().write("orders", [bought(erp)]))
    connector = erp.connect()
    found, since = read_on(connector, "orders", None)
    assert fields_of(connector, "orders", made.id)["status"] == "processing"
    erp.clock.move(hours=1)
    carrier = erp.make("delivery.carrier", name="Pošta")
    [picking] = erp.orm.tables["stock.picking"].there()
    erp.orm.write(
        "stock.picking", [picking.id], {"state": "done", "carrier_id": carrier, "carrier_tracking_ref": "RR1"}
    )
    news, since = read_on(connector, "orders", since)
    assert news[str(made.id)] != found[str(made.id)]
    erp.clock.move(hours=1)
    invoice = erp.make("account.move", name="INV/2026/0001", state="posted", move_type="out_invoice")
    entry = erp.make("account.move.line", move_id=invoice)
    bill = [record for record in erp.orm.tables["sale.order"].there() if str(record.id) == made.id]
    bill[0].values["invoice_ids"] = [invoice]
    next(iter(lines_of(erp, made))).values["invoice_lines"] = [entry]
    assert str(made.id) in read_on(connector, "orders", since)[0]
    fields = fields_of(connector, "orders", made.id)
    assert (fields["status"], fields["invoice"]) == ("shipped", "INV/2026/0001")
    assert fields["tracking"] == [{"carrier": "Pošta", "number": "RR1"}]
    bill[0].values["invoice_status"] = "invoiced"  # before, it may be of a part
    assert fields_of(connector, "orders", made.id)["status"] == "completed"


def test_of_several_invoices_the_first_is_told(erp: Odoo) -> None:
    """The newest comes first (addons/account/models/account_move.py, _order): the number would change with each."""
    id_ = erp.add("orders")
    posted = {"state": "posted", "move_type": "out_invoice"}
    first, second = (erp.make("account.move", name=f"INV/2026/000{number}", **posted) for number in (1, 2))
    erp.orm.tables["sale.order"].records[int(id_)].values["invoice_ids"] = [second, first]
    assert fields_of(erp.connect(), "orders", id_)["invoice"] == "INV/2026/0001"


def test_what_comes_back_takes_no_order_back_to_processing(erp: Odoo) -> None:
    """A return is a transfer of the same sale; its number is no parcel of the customer's."""
    made = only(erp.connect().write("orders", [bought(erp)]))
    [delivery] = erp.orm.tables["stock.picking"].there()
    sent = {"state": "done", "carrier_tracking_ref": "RR1"}
    erp.orm.write("stock.picking", [delivery.id], sent)
    back = erp.sales.take_back(int(made.id or 0), carrier_tracking_ref="BACK1")
    for state in ("assigned", "done"):
        erp.orm.write("stock.picking", [back], {"state": state})
        fields = fields_of(erp.connect(), "orders", made.id)
        assert (fields["status"], [parcel["number"] for parcel in fields["tracking"]]) == ("shipped", ["RR1"])
        assert fields["short_shipped"] is None


def lines_of(erp: Odoo, written: Written) -> list[Any]:
    return [
        each for each in erp.orm.tables["sale.order.line"].there() if each.values["order_id"] == int(written.id or 0)
    ]


def test_s15_an_archived_product_is_shown_as_not_for_sale(erp: Odoo) -> None:
    """Odoo hides it from ordinary searches; it is not deleted."""
    connector, id_ = erp.connect(), erp.add("products")
    assert fields_of(connector, "products", id_)["active"]
    erp.orm.tables["product.product"].records[int(id_)].values["active"] = False
    assert not fields_of(connector, "products", id_)["active"]
    assert id_ in read_on(connector, "products", None)[0]


def test_s12_a_changed_article_shows_its_variants(erp: Odoo) -> None:
    """And a change of an address shows the contact, whose own mark stays."""
    connector, id_ = erp.connect(), erp.add("parties")
    address = erp.make("res.partner", type="delivery", parent_id=int(id_), street="Side 2", name="Ana")
    _, since = read_on(connector, "parties", None)
    erp.clock.move(hours=1)
    erp.orm.write("res.partner", [address], {"street": "Side 3"})
    news, _ = read_on(connector, "parties", since)
    assert [*news] == [id_]
    assert fields_of(connector, "parties", id_)["addresses"] == [{"name": "Ana", "street": "Side 3", "use": "shipping"}]


def test_only_what_odoo_counts_has_stock_and_what_is_reserved_is_told(erp: Odoo) -> None:
    id_ = erp.add("stock")
    assert [*read_on(erp.connect(), "stock", None)[0]] == [id_]
    fields = fields_of(erp.connect(), "stock", id_)
    assert (fields["location"], fields["on_hand"], fields["reserved"]) == ("WH", "5", "2")
    assert fields_of(erp.connect(storage={"WH": "main"}), "stock", id_)["location"] == "main"
    assert not erp.connect(storage={"MAG9": "main"}).check()[0].good


@pytest.mark.parametrize("way", ["pick", "out"])
@pytest.mark.parametrize("method", ["manual", "by_date"])
def test_s16_what_is_sold_is_held_where_odoo_reserves_it_later(erp: Odoo, way: str, method: str) -> None:
    """On hand less what is free is what is reserved, which is nothing before somebody, or the day, does it."""
    id_ = erp.add("stock")
    _, since = read_on(erp.connect(), "stock", None)
    erp.clock.move(hours=1)
    erp.sell(int(id_.partition("|")[0]), 4.0)
    assert fields_of(erp.connect(), "stock", id_)["reserved"] == "2"
    erp.orm.write("stock.picking.type", [erp.ways[way]], {"reservation_method": method})
    assert fields_of(erp.connect(), "stock", id_)["reserved"] == "4"
    assert [*read_on(erp.connect(), "stock", since)[0]] == [id_]


def test_s27_a_price_is_in_the_currency_that_odoo_keeps_it_in(erp: Odoo) -> None:
    """What belongs to all companies has its price in the main company's currency, whoever sells it."""
    other = erp.make("res.company", name="Other", currency_id=1)
    erp.companies.add(other)
    shared = erp.add("prices")
    own = erp.new_product("OWN", company_id=other)
    connector = erp.connect(company=other)
    assert [fields_of(connector, "prices", each)["currency"] for each in (shared, str(own))] == ["PLN", "EUR"]


def test_a_weight_in_pounds_is_told_in_kilograms(erp: Odoo) -> None:
    """An installation has its weights in either (product: product_template.py, product.weight_in_lbs)."""
    id_ = erp.add("products")
    erp.orm.write("product.product", [int(id_)], {"weight": 2.0})
    assert fields_of(erp.connect(), "products", id_)["weight"] == "2"
    erp.sales.pounds = True
    assert fields_of(erp.connect(), "products", id_)["weight"] == "0.907185"


def test_s16_a_sale_goes_out_of_the_warehouse_whose_stock_was_told(erp: Odoo) -> None:
    """Otherwise Odoo takes the salesperson's, and what was sold stays in the one that is told."""
    shop = erp.make("stock.warehouse", name="Shop", code="SHOP", company_id=1, view_location_id=erp.shelves)
    sold = [
        sale(erp, only(erp.connect(storage=storage).write("orders", [bought(erp, str(number))])))["warehouse_id"]
        for number, storage in enumerate(({}, {"SHOP": "main"}, {"SHOP": "main", "WH": "other"}))
    ]
    assert sold == [erp.warehouse, shop, shop]
    with pytest.raises(Refused, match=r"no warehouse MAG9; mend storage in \[systems\.erp\]"):
        list(erp.connect(storage={"MAG9": "main"}).write("orders", [bought(erp, "9")]))


def test_a_price_says_whether_it_holds_the_tax(erp: Odoo) -> None:
    id_ = erp.add("prices")
    told_of = {"list": "standard", "currency": "PLN", "amount": "9.90", "tax_included": False}
    fields = fields_of(erp.connect(), "prices", id_)
    assert {name: fields[name] for name in told_of} == told_of


def test_s27_a_tax_that_is_archived_counts_no_more(erp: Odoo) -> None:
    """It stays with its products, where people no longer see it (orm: fields_relational.py, active_test)."""
    old = {"amount": 22.0, "amount_type": "percent", "type_tax_use": "sale", "company_id": 1, "active": False}
    id_ = erp.add("prices")
    template = erp.orm.tables["product.product"].records[int(id_)].values["product_tmpl_id"]
    taxes = [erp.make("account.tax", name="VAT 22% incl.", price_include=True, **old), erp.tax]
    erp.orm.write("product.template", [template], {"taxes_id": [[6, 0, taxes]]})
    assert not fields_of(erp.connect(), "prices", id_)["tax_included"]
    assert fields_of(erp.connect(), "products", id_)["tax_rate"] == "23"


def test_s03_an_address_at_the_contact_itself_is_not_made_again(erp: Odoo) -> None:
    """People write a company's address there; neither a changed contact nor an order makes it a second time."""
    own = {"street": "Main 1", "city": "Kranj", "zip": "04-000", "country_id": 2}
    id_ = erp.make("res.partner", name="Kos", email="kos@example.com", **own)
    connector, contacts = erp.connect(), erp.orm.tables["res.partner"]
    [address] = fields_of(connector, "parties", str(id_))["addresses"]
    assert (address["street"], address["country"]) == ("Main 1", "SI")
    there = {"street": "Main 1", "city": "Kranj", "postcode": "04-000", "country": "SI"}
    write = Write("k", {"addresses": [there, PLACE]}, {}, id=str(id_))
    assert only(connector.write("parties", [write])).outcome == "done"
    assert len(contacts.records) == 2
    wanted = bought(erp, shipping_address={**there, "name": "Kos"})
    wanted = replace(wanted, links={**wanted.links, "parties": {"p": str(id_)}})
    made = only(connector.write("orders", [wanted]))
    assert sale(erp, made)["partner_shipping_id"] == id_


def test_s24_leading_zeros_stay(erp: Odoo) -> None:
    id_ = erp.make("res.partner", name="Kos", street="Main 1", zip="00-950", ref="0042")
    fields = fields_of(erp.connect(), "parties", str(id_))
    assert (fields["number"], fields["addresses"][0]["postcode"]) == ("0042", "00-950")
    told_of = {**party("Ana"), "name": "0001234"}
    made = only(erp.connect().write("parties", [Write("k", told_of, told_of, reference="p-7")]))
    fields = fields_of(erp.connect(), "parties", made.id)
    assert (fields["name"], fields["addresses"][0]["postcode"]) == ("0001234", PLACE["postcode"])


def test_a_number_that_odoo_refuses_stops_no_other_contact(erp: Odoo) -> None:
    good, bad = party("Good"), {**party("Bad"), "vat_id": "0000"}
    writes = [Write(each["name"], each, each, reference=f"p-{each['name']}") for each in (bad, good)]
    outcomes = {each.key: each for each in erp.connect().write("parties", writes)}
    assert (outcomes["Bad"].outcome, outcomes["Good"].outcome) == ("refused", "done")
    assert "does not seem to be valid" in outcomes["Bad"].message


def test_s18_a_contact_that_is_kept_from_the_user_stops_no_other(erp: Odoo) -> None:
    mine, theirs = erp.add("parties"), erp.add("parties")
    erp.orm.rules["res.partner"] = lambda record: str(record.id) != theirs and record.values["name"] != "Hidden"
    told_of = {each: party(each) for each in ("Hidden", "Shown")}
    writes = [Write(name, each, each, reference=f"p-{name}") for name, each in told_of.items()]
    writes += [Write(id_, {"name": "Eva"}, {}, id=id_) for id_ in (theirs, mine)]
    outcomes = {each.key: each for each in erp.connect().write("parties", writes)}
    said = {key: each.outcome for key, each in outcomes.items()}
    assert said == {"Hidden": "refused", "Shown": "done", theirs: "refused", mine: "done"}
    assert {outcomes[key].cause for key in ("Hidden", theirs)} == {"not-allowed"}
    assert "top-secret" in outcomes[theirs].message
    assert "[systems.erp]" in outcomes[theirs].message


@pytest.mark.parametrize("operation", ["create", "write"])
def test_rights_that_the_user_lacks_on_all_contacts_are_the_keys(erp: Odoo, operation: str) -> None:
    id_ = erp.add("parties") if operation == "write" else None
    erp.orm.no_rights.add(("res.partner", operation))
    with pytest.raises(KeyRefused, match="not allowed"):
        list(erp.connect().write("parties", [Write("k", party("Eva"), party("Eva"), id=id_, reference="p-1")]))


def test_several_companies_are_kept_apart_and_language_is_told(erp: Odoo) -> None:
    erp.add("products")
    list(erp.connect(language="pl_PL").read("products", None, full=True))
    asked = erp.server.seen("search_read")[-1].text
    assert '"allowed_company_ids":[1]' in asked
    assert '"lang":"pl_PL"' in asked
    with pytest.raises(KeyRefused, match="unauthorized or invalid companies"):
        list(erp.connect(company=7).read("products", None, full=True))


def test_the_interface_belongs_to_the_version(erp: Odoo) -> None:
    list(erp.connect().read("products", None, full=True))
    assert bool(erp.server.seen("/json/2/")) == (erp.version >= 19)


def gone(_asked: Asked, _answer: Answer) -> Reply:
    return Reply(404, b"<html>Not Found</html>", {"content-type": "text/html"})


def online(_asked: Asked, _answer: Answer) -> Reply:
    told_of = {"server_version_info": ["saas~18", 2, 0, "final", 0, ""]}
    return Reply(200, {"jsonrpc": "2.0", "id": 1, "result": told_of})


def test_without_json_rpc_it_is_json_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """The old interface will be taken away with version 22."""
    erp = Odoo19()
    monkeypatch.setenv("ODOO_KEY", erp.key)
    erp.server.misbehave(gone, to="/jsonrpc")
    assert erp.connect().check()[0].good
    erp.close()


def test_odoo_online_says_its_version_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    erp = Odoo()
    monkeypatch.setenv("ODOO_KEY", erp.key)
    erp.server.misbehave(online)
    api = Api("erp", erp.server.url, clock=SystemClock())
    assert version(api) == 18
    api.close()
    with pytest.raises(Refused, match=r"give user, the login, in \[systems\.erp\]"):
        list(erp.connect(user=None).read("products", None, full=True))
    erp.close()


@pytest.mark.parametrize(
    ("name", "repeatable", "means"),
    [
        ("psycopg2.errors.SerializationFailure", False, TryLater),
        ("odoo.exceptions.LockError", False, TryLater),
        ("odoo.exceptions.ConcurrencyError", False, TryLater),
        ("psycopg2.OperationalError", False, Unanswered),
        ("psycopg2.OperationalError", True, TryLater),
        ("odoo.exceptions.AccessDenied", True, KeyRefused),
        ("odoo.exceptions.AccessError", True, KeyRefused),
        ("odoo.exceptions.ValidationError", False, Rejected),
        ("odoo.exceptions.MissingError", False, Rejected),
        ("builtins.ValueError", True, Rejected),
    ],
)
def test_an_error_says_what_happens_next(name: str, repeatable: bool, means: type[Exception]) -> None:
    told_of = {
        "code": 200,
        "message": "Odoo Server Error",
        "data": {"name": name, "message": "said s3cret", "debug": "x"},
    }
    found = fault("erp", told_of, repeatable=repeatable, secret="s3cret")
    assert type(found) is means
    assert "said ***" in str(found)
    assert "s3cret" not in str(found)
    assert name.endswith("MissingError") == bool(isinstance(found, Rejected) and found.is_gone)


def test_s18_what_odoo_does_not_understand_is_refused_and_not_tried_again(erp: Odoo) -> None:
    """By JSON-2, it is answered with 500."""
    with pytest.raises(Rejected, match="Invalid field 'nonsense'"):
        erp.connect().system.create("res.partner", [{"nonsense": "1"}])
    assert len(erp.server.seen("nonsense")) == 1


def test_a_sale_that_somebody_holds_is_tried_later_and_not_refused(erp: Odoo) -> None:
    erp.sales.held = True
    wanted = bought(erp)
    with pytest.raises(TryLater, match="is busy: Cannot grab a lock"):
        list(erp.connect().write("orders", [wanted]))
    erp.sales.held = False
    [[made]] = erp.connect().find("orders", [wanted]).values()
    assert only(erp.connect().write("orders", [replace(wanted, id=made)])).outcome == "done"


def test_what_was_deleted_meanwhile_is_gone_not_refused(erp: Odoo) -> None:
    id_ = erp.add("parties")
    erp.server.misbehave(
        faults.and_then(lambda: erp.remove("parties", id_)), to='search_read.*"in"|search_read\n.*"in"'
    )
    written = only(erp.connect().write("parties", [Write("k", {"name": "Eva"}, {}, id=id_)]))
    assert written.outcome == "gone", written


def test_fields_mean_what_odoo_says() -> None:
    """What is empty is left, a barcode need not be a GTIN, variants have their article and their options."""
    size = {"name": "L", "attribute_id": {"name": "Size"}}
    tax = {"amount": 23.0, "amount_type": "percent", "type_tax_use": "sale", "active": True}
    raw = {
        "default_code": "L-1",
        "name": "Lamp",
        "description_sale": None,
        "uom_id": {"name": "Units"},
        "categ_id": {"complete_name": "All / Lamps / Standing"},
        "barcode": "SHELF-7",
        "taxes_id": [tax, {**tax, "type_tax_use": "purchase"}],
        "weight": 0.30000000000000004,
        "product_tmpl_id": {"id": 7, "product_variant_count": 2},
        "product_template_attribute_value_ids": [size],
        "active": True,
        "sale_ok": True,
    }
    fields = told(PRODUCT, raw)
    assert fields == {
        "sku": "L-1",
        "name": "Lamp",
        "description": None,
        "unit": "H87",
        "category": "Lamps > Standing",
        "gtin": None,
        "tax_rate": "23",
        "weight": "0.3",
        "variant_of": "T7",
        "options": {"Size": "L"},
        "active": True,
    }


def test_a_person_of_a_company_is_no_address() -> None:
    child = {"id": 2, "type": "contact", "active": True}
    assert [each["id"] for each in places({"id": 1, "child_ids": [child]})] == [1]


def test_s16_a_notice_after_the_first_answer_is_no_empty_list(erp: Odoo) -> None:
    erp.add("products")
    notice = Reply(200, {"jsonrpc": "2.0", "result": {"status": "maintenance"}})
    erp.server.misbehave(lambda _asked, _answer: notice, to="search_read", times=-1)
    with pytest.raises(TryLater, match="is url in"):
        read_on(erp.connect(), "products", None)


def test_s06_a_notice_does_not_say_whether_a_record_was_made(erp: Odoo) -> None:
    wanted = bought(erp)
    erp.server.misbehave(
        lambda _asked, _answer: Reply(200, {"status": "maintenance"}), to="sale.order.*create", times=-1
    )
    with pytest.raises(Unanswered):
        list(erp.connect().write("orders", [wanted]))

"""The connector `odoo` of an ERP: what there is, in which of Odoo's models, and whose change marks tell of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from adapters.declared import Declared, Kind
from adapters.erp import parties, sales
from adapters.erp.models import ALSO, Model, having, kept
from adapters.erp.odoo import translate
from adapters.erp.odoo.client import Odoo
from adapters.erp.odoo.options import OdooOptions
from adapters.erp.orders import visible_number
from adapters.erp.reference import OURS, reference_in
from adapters.erp.sale_forms import SaleForms, bring_orders
from adapters.erp.warehouses import warehouses
from adapters.fields import Field, told
from adapters.rows import Row
from adapters.writing.finding import Sign
from hub.clock import Clock
from hub.connector import Document, Stream, Write, Written
from hub.errors import Refused

CODED = ["default_code", "!=", False]
ARTICLE = {"product_tmpl_id": "product.template"}
EXTRA = {"product_template_attribute_value_ids": "product.template.attribute.value"}
BORN = Field("create_date")
PRODUCTS = Model("product.product", translate.PRODUCT, ARTICLE | EXTRA, born=BORN)
PRICES = Model("product.product", translate.PRICE, ARTICLE | EXTRA, [CODED])
GOODS = Model("product.product", translate.STOCK, only=[CODED, ["type", "!=", "service"]])
# A quant that has come to nothing is deleted; a move stays, and in it what is reserved.
MOVES = Model("stock.move", {"product": Field("product_id")}, {"move_line_ids": "stock.move.line"})
WAREHOUSES = Model("stock.warehouse", {"code": Field("code"), "company": Field("company_id")})
# Which of its operations reserve goods later than when a sale is confirmed is chosen from version 15 on.
AT_CONFIRM = "at_confirm"
OPERATIONS = ("pick_type_id", "out_type_id")
SHELVES = Model(
    "stock.warehouse",
    {"shelves": Field("view_location_id"), **{each: Field(each, asks="reservation_method") for each in OPERATIONS}},
)
COMPANY = Model("res.company", {"currency": Field("currency_id.name"), "above": Field("parent_ids")})
PARTIES = Model(
    "res.partner",
    translate.PARTY,
    {"child_ids": "res.partner"},
    [["parent_id", "=", False]],
    Field("ref", lambda text: reference_in([text])),
    BORN,
)
# Who duplicates a sale duplicates its origin, too, but not the customer's reference.
OUR_SALES = [["origin", "=like", f"{OURS}%"], ["client_order_ref", "!=", False]]
SALES = Model(
    "sale.order",
    translate.ORDER,
    {"picking_ids": "stock.picking", "order_line.invoice_lines.move_id": "account.move"},
    reference=Field("origin", lambda text: reference_in([text])),
    born=BORN,
    marked=OUR_SALES,
)
CUSTOMER_TAX = [["type_tax_use", "=", "sale"], ["amount_type", "in", ["percent", "group"]]]
TAXES = Model(
    "account.tax", translate.TAX, only=CUSTOMER_TAX, order="amount_type DESC, sequence, id"
)  # groups come last
NAMES = {
    "country": Model("res.country", {"name": Field("code")}),
    # A sale's currency is that of its price list.
    "currency": Model("product.pricelist", {"name": Field("currency_id.name"), "company": Field("company_id")}),
    "payment-term": Model("account.payment.term", {"name": Field("name"), "company": Field("company_id")}),
    "tax": TAXES,
}


def names_for(company: Mapping[str, Any]) -> dict[str, Model]:
    """Return what there is for a company. A branch has what the companies above it have (`parent_ids`, from 17 on), too."""
    above: Sequence[int] = company["above"] or ()
    whose = Field("company_id", lambda id_: None if id_ in above else id_)
    return {
        what: replace(model, table={**model.table, "company": whose}) if "company" in model.table else model
        for what, model in NAMES.items()
    }


def ours(odoo: Odoo) -> Model:
    """Return the company's warehouses."""
    return replace(WAREHOUSES, only=[["company_id", "=", odoo.options.company]])


def levels(odoo: Odoo, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield how much of some products, or of those that were moved, lies in each warehouse, and is reserved there."""
    ids = sorted({row.get("product_id") or row["id"] for row in rows})
    named = warehouses(odoo, ours(odoo))
    there = {row["id"]: row for row in odoo.search(SHELVES)}
    for place, name in named.items():
        warehouse = there[place]
        later = {translate.LATER: any(_reserves_later(warehouse[each]) for each in OPERATIONS)}
        for row in having(odoo, GOODS, "id", ids, location=warehouse["view_location_id"]):
            if translate.storable(row):
                yield Document(f"{row['id']}|{place}", {**row, **later, ALSO: {"location": name}})


def _reserves_later(operation: Row | None) -> bool:
    return bool(operation) and operation.get("reservation_method", AT_CONFIRM) != AT_CONFIRM


def offered(odoo: Odoo, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield products; what stands for charges in sales is not for sale by itself."""
    stands_in = {ALSO: {"active": False}}
    for row in rows:
        is_charge = row["default_code"] == (odoo.options.charge_product or "")
        yield Document(str(row["id"]), {**row, **(stands_in if is_charge else {})})


def priced(odoo: Odoo, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield the prices of products, on Odoo's own list."""
    return (Document(str(row["id"]), {**row, ALSO: {"list": odoo.options.price_list}}) for row in rows)


PARTY_FORMS = parties.PartyForms(
    party=PARTIES,
    own=translate.NEW_PARTY,
    children={
        "addresses": parties.addresses(
            "child_ids", translate.ADDRESS, translate.NEW_ADDRESS, without=translate.own_places
        ),
    },
    add=lambda values: [0, 0, values],
    change=lambda id_, values: [1, id_, values],
    names=NAMES,
)


def sale_forms(odoo: Odoo) -> SaleForms:
    """Return how this Odoo keeps sales."""
    taxes = "tax_ids" if "tax_ids" in odoo.fields("sale.order.line") else "tax_id"  # the first from 19 on
    held = odoo.search(replace(TAXES, table=translate.TAX, only=[*CUSTOMER_TAX, ["price_include", "=", True]]))
    note = odoo.fields("sale.order").get("note", {})
    company = told(COMPANY.table, having(odoo, COMPANY, "id", [odoo.options.company])[0])
    return SaleForms(
        sale=Model("sale.order", translate.STANDING),
        customer=Model("res.partner", translate.CUSTOMER),
        product=Model("product.product", translate.ID),
        address="res.partner",
        line="sale.order.line",
        sale_values=translate.new_sale(odoo.options.company, out_of(odoo), html=note.get("type") == "html"),
        line_values=translate.new_line(
            taxes, stand_in(odoo), {tax["id"]: Decimal(translate.decimal(tax["amount"])) for tax in held}
        ),
        address_values=translate.NEW_ADDRESS,
        steps={"draft": "action_confirm", "sent": "action_confirm"},
        names=names_for(company),
        lines=translate.LINE,
        besides={"currency": {company["currency"]: translate.NO_PRICE_LIST}},
    )


def out_of(odoo: Odoo) -> int | None:
    """Return the warehouse out of which sales go: the first of `storage`, if there is any. Refused, if it is not there.

    Odoo takes the salesperson's (sale_stock: sale_order.py, _compute_warehouse_id), wherever stock was told of.
    """
    return next(iter(warehouses(odoo, ours(odoo)))) if odoo.options.storage else None


def stand_in(odoo: Odoo) -> int | None:
    """Return the product of lines that have none. Refused, if there is not the one that is named."""
    code = odoo.options.charge_product
    if code is None:
        return None
    found = odoo.search(Model("product.product", translate.ID, only=[["default_code", "=", code]]), limit=1)
    if not found:
        raise Refused(f"there is no product {code}; mend charge_product in [systems.{odoo.name}]")
    return found[0]["id"]


def write_sales(odoo: Odoo, writes: Sequence[Write]) -> Iterator[Written]:
    """Make sales; of those that are there, do what is still to be done."""
    return bring_orders(sale_forms(odoo), odoo, writes, until=odoo.options.confirm)


def by_field(field: str, value: Callable[[Write], str | None]) -> Sign:
    """Return a sign of contacts that are no address or person of another."""
    return Sign("res.partner", field, "id", value, PARTIES.only)


KINDS: Mapping[str, Kind[Odoo, OdooOptions]] = {
    "products": kept(Stream("products"), PRODUCTS, offered),
    "prices": kept(Stream("prices"), PRICES, priced),
    # A product's own mark stays when it is moved.
    "stock": kept(Stream("stock"), GOODS, levels, moved=MOVES),
    "parties": kept(
        replace(parties.PARTIES, writes=parties.PARTIES.writes | {"company"}),
        PARTIES,
        write=partial(parties.bring_parties, PARTY_FORMS),
        signs=[
            by_field("ref", lambda write: OURS + write.reference),
            by_field("vat", lambda write: write.record.get("vat_id")),
            by_field("email_normalized", lambda write: write.record.get("email")),
        ],
    ),
    "orders": kept(
        sales.ORDERS,
        SALES,
        write=write_sales,
        signs=[
            Sign("sale.order", "client_order_ref", "id", lambda write: visible_number(write.record)),
            Sign("sale.order", "origin", "id", lambda write: OURS + write.reference),
        ],
    ),
}
MEND = "give the key's user access to Sales, Inventory and Invoicing; install what is missing of them"


class OdooConnector(Declared[Odoo, OdooOptions]):
    """Speaks to one company in one Odoo database."""

    def __init__(self, name: str, options: OdooOptions, clock: Clock) -> None:
        super().__init__(name, options, Odoo(name, options, clock), KINDS, mend=MEND)

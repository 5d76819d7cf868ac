"""What each ERP makes of an order, as its fake reckons it: its total, its tax at each rate, its customer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.contract.crossing import by_rate
from tests.fakes.businesscentral import BusinessCentral, selling
from tests.fakes.dolibarr import Dolibarr, orders
from tests.fakes.erpnext import ErpNext
from tests.fakes.erpnext.site import COMPANY
from tests.fakes.fake import Fake
from tests.fakes.odoo import Odoo, Odoo19
from tests.fakes.sapb1 import SapB1, documents

PRODUCTS = ("A-1", "00042")
HOME = ZoneInfo("Europe/Warsaw")


@dataclass(frozen=True)
class Sale:
    """An order as it stands in an ERP."""

    number: str
    """As people search for it."""
    total: Decimal
    tax: Mapping[str, Decimal]
    """Rate -> tax."""
    customer: str
    day: str
    products: Sequence[str | None]
    """Of each line; none: a service."""


@dataclass(frozen=True)
class Erp:
    """An ERP with what the orders need."""

    fake: type[Fake]
    prepare: Callable[[Any], None]
    sales: Callable[[Any], Sequence[Sale]]
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    refuses: Mapping[str, str] = field(default_factory=dict[str, str])
    """Orders that it cannot express -> the cause with which they wait."""
    rounds: Decimal = Decimal("0.005")
    """By so much it rounds the price of a unit."""


def prepare_odoo(erp: Odoo) -> None:
    for code in PRODUCTS:
        erp.new_product(code)
    for name in ("JPY", "KWD"):
        erp.make("product.pricelist", name=name, currency_id=erp.make("res.currency", name=name))


def odoo_sales(erp: Odoo) -> list[Sale]:
    tables = erp.orm.tables
    found = list[Sale]()
    for record in tables["sale.order"].there():
        values = record.values
        lines = [each for each in tables["sale.order.line"].there() if each.values["order_id"] == record.id]
        taxes = by_rate(part for each in lines for part in erp.sales.taxes(each))
        codes = [tables["product.product"].records[each.values["product_id"]].values["default_code"] for each in lines]
        total = Decimal(str(round(erp.orm.value("sale.order", record, "amount_total", {}), 6)))
        products = [None if code == "CHARGE" else code for code in codes]
        day = f"{values['date_order'].astimezone(HOME):%Y-%m-%d}"
        found.append(Sale(values["client_order_ref"], total, taxes, str(values["partner_id"]), day, products))
    return found


def prepare_erpnext(erp: ErpNext) -> None:
    for code in PRODUCTS:
        erp.item(code)
    erp.put("Account", "VAT 8 - H", company=COMPANY)
    erp.put("Country", "Slovenia", country_name="Slovenia", code="si")


def erpnext_sales(erp: ErpNext) -> list[Sale]:
    found = list[Sale]()
    for order in erp.store.docs["Sales Order"].values():
        taxes = by_rate(
            (row["description"].removesuffix(" %"), Decimal(str(row["tax_amount"]))) for row in order["taxes"]
        )
        products = [None if row["item_code"] == "SERVICE" else row["item_code"] for row in order["items"]]
        number = order["po_no"].partition(" hub:")[0]
        taxes.pop("Rounding", None)
        total = Decimal(str(order["grand_total"]))
        found.append(Sale(number, total, taxes, order["customer"], order["transaction_date"], products))
    return found


def prepare_dolibarr(erp: Dolibarr) -> None:
    for code in PRODUCTS:
        erp.products.change(int(erp.add("products")), {"ref": code})


def dolibarr_sales(erp: Dolibarr) -> list[Sale]:
    refs = {each.id: each.values["ref"] for each in erp.products.there()}
    found = list[Sale]()
    for record in erp.orders.there():
        values = record.values
        parts = [(str(line["tva_tx"]), *orders.sums(line)) for line in values["lines"]]
        day = f"{datetime.fromtimestamp(values['date'], HOME):%Y-%m-%d}"
        products = [refs.get(line.get("fk_product")) for line in values["lines"]]
        total = sum((net + tax for _, net, tax in parts), Decimal())
        taxes = by_rate((rate, tax) for rate, _, tax in parts)
        found.append(Sale(values["ref_client"], total, taxes, str(values["fk_soc"]), day, products))
    return found


def prepare_sapb1(erp: SapB1) -> None:
    for code in PRODUCTS:
        item = erp.item(erp.add("products"))
        assert item
        item.values["ItemCode"] = code


def sapb1_sales(erp: SapB1) -> list[Sale]:
    found = list[Sale]()
    for record in erp.orders.there():
        values = record.values
        lines = values["DocumentLines"]
        nets = [(str(documents.RATES[line["VatGroup"]]), Decimal(str(line["LineTotal"]))) for line in lines]
        taxes = by_rate(
            (rate, (net * Decimal(rate) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)) for rate, net in nets
        )
        products = [None if line["ItemCode"] == "SERVICE" else line["ItemCode"] for line in lines]
        number = values["NumAtCard"].partition(" hub:")[0]
        total = Decimal(str(documents.total(values)))
        found.append(Sale(number, total, taxes, values["CardCode"], values["DocDate"], products))
    return found


def prepare_bc(bc: BusinessCentral) -> None:
    for number in PRODUCTS:
        bc.items.add(bc.new_item(number))


def bc_sales(bc: BusinessCentral) -> list[Sale]:
    found = list[Sale]()
    for record in bc.orders.there():
        values = record.values
        number, *lines = values["salesOrderLines"]
        taxes = by_rate((str(rate), tax) for rate, (_, tax) in selling.sums(values).items())
        codes = [line["lineObjectNumber"] for line in lines]
        products = [None if code == "CHARGE" else code for code in codes]
        total, customer = selling.total(values), values["customerId"]
        found.append(Sale(number["description"], total, taxes, customer, values["orderDate"], products))
    return found


MANY = ("dozens", "unit price that is no coin", "three decimals")
OTHERS = ("euros", "no decimals", "three decimals")
TENTH = Decimal("0.00005")
ERPS: Mapping[str, Erp] = {
    "odoo": Erp(Odoo, prepare_odoo, odoo_sales, refuses=dict.fromkeys(MANY, "total-differs")),
    "odoo 19": Erp(Odoo19, prepare_odoo, odoo_sales, rounds=TENTH),
    "erpnext": Erp(ErpNext, prepare_erpnext, erpnext_sales, {"taxes": {"8": "VAT 8 - H"}}, rounds=Decimal()),
    "dolibarr": Erp(
        Dolibarr,
        prepare_dolibarr,
        dolibarr_sales,
        {"currency": "PLN", "shipments": True},
        dict.fromkeys(OTHERS, "currency-unknown"),
        TENTH,
    ),
    "business central": Erp(BusinessCentral, prepare_bc, bc_sales, rounds=TENTH),
    "sapb1": Erp(
        SapB1,
        prepare_sapb1,
        sapb1_sales,
        {"currencies": {"EUR": "PLN", "$": "EUR"}},
        dict.fromkeys(OTHERS[1:], "refused-10"),
    ),
}

"""The connector `tryton` of an ERP: what there is, in which of Tryton's models, and whose change marks tell of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from adapters.asking.http import exact
from adapters.declared import Declared, Kind
from adapters.erp import parties, sales
from adapters.erp.models import ALSO, Model, having, in_currency_of, kept
from adapters.erp.reference import OURS, reference_in
from adapters.erp.sale_forms import SaleForms, bring_orders
from adapters.erp.tryton import translate
from adapters.erp.tryton.client import Tryton, instant
from adapters.erp.tryton.options import TrytonOptions
from adapters.erp.warehouses import warehouses
from adapters.fields import Field
from adapters.rows import Row
from adapters.writing.finding import Sign
from hub.clock import Clock
from hub.connector import Document, Stream, Write, Written
from hub.errors import Refused

CODED = ["code", "!=", None]
TEMPLATE = {"template": "product.template"}
LISTED = {"list_prices": "product.list_price", "template.list_prices": "product.list_price"}
BORN = Field("create_date", instant)
PRODUCTS = Model("product.product", translate.PRODUCT, TEMPLATE | {"identifiers": "product.identifier"}, born=BORN)
PRICES = Model("product.product", translate.PRICE, TEMPLATE | LISTED, [CODED])
GOODS = Model("product.product", translate.STOCK, only=[CODED, ["type", "in", ["goods", "assets"]]])
MOVES = Model("stock.move", {"product": Field("product")})
PENDING = Model("stock.move", translate.PENDING, only=[["state", "in", ["draft", "assigned"]]])
WAREHOUSES = Model("stock.location", {"code": Field("code")}, only=[["type", "=", "warehouse"]])
COMPANY = Model("company.company", {"currency": Field("currency.code")})
PARTIES = Model(
    "party.party",
    translate.PARTY,
    {"addresses": "party.address", "identifiers": "party.identifier", "contact_mechanisms": "party.contact_mechanism"},
    reference=Field("identifiers.code", reference_in),  # a party's own code is often numbered by Tryton
    born=BORN,
)
SALES = Model(
    "sale.sale",
    translate.ORDER,
    {"shipments": "stock.shipment.out", "invoices": "account.invoice"},
    reference=Field("description", lambda text: reference_in([text])),  # which ends with the draft
    born=BORN,
    marked=[["description", "like", f"{OURS}%"]],
)
OUR_SALE = Sign("sale.sale", "description", "id", lambda write: OURS + write.reference)
CUSTOMER_TAX = [
    ["type", "=", "percentage"],
    ["parent", "=", None],
    ["OR", ["group", "=", None], ["group.kind", "in", ["sale", "both"]]],
]
NAMES = {
    "country": Model("country.country", {"name": Field("code")}),
    "currency": Model("currency.currency", {"name": Field("code")}),
    "payment-term": Model("account.invoice.payment_term", {"name": Field("name")}),
    "tax": Model("account.tax", translate.TAX, only=CUSTOMER_TAX, order="sequence ASC"),
}


def prices(tryton: Tryton, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield the list prices that there are."""
    priced = [row for row in rows if row["list_price_used"] is not None]
    return in_currency_of(COMPANY, tryton, priced, tax_included=False)


def levels(tryton: Tryton, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield how much of some products, or of those that were moved, lies in each warehouse, and is to leave it."""
    ids = sorted({row.get("product") or row["id"] for row in rows})
    ours = ["company", "=", tryton.options.company]  # which shares its warehouses with others
    for place, name in warehouses(tryton, WAREHOUSES).items():
        ways = [["from_location", "child_of", [place], "parent"], ["to_location", "not child_of", [place], "parent"]]
        reserved: defaultdict[int, Decimal] = defaultdict(Decimal)
        for move in having(tryton, PENDING, "product", ids, [ours, *ways]):
            reserved[move["product"]] += Decimal(exact(move["internal_quantity"]))
        for row in having(tryton, GOODS, "id", ids, locations=[place]):
            also = {"location": name, "reserved": str(reserved[row["id"]])}
            yield Document(f"{row['id']}|{place}", {**row, ALSO: also})


PARTY_FORMS = parties.PartyForms(
    party=PARTIES,
    own={"name": Field("name")},
    children={
        "reference": parties.Children("identifiers", lambda _: None, lambda text, _: {text: {"code": OURS + text}}),
        "vat_id": parties.Children("identifiers", translate.vat_id, lambda code, _: {code: translate.identifier(code)}),
        "email": parties.typed("contact_mechanisms", "email"),
        "phone": parties.typed("contact_mechanisms", "phone"),
        "addresses": parties.addresses("addresses", translate.ADDRESS, translate.NEW_ADDRESS),
    },
    add=lambda values: ["create", [values]],
    change=lambda id_, values: ["write", [id_], values],
    names=NAMES,
)
SALE_FORMS = SaleForms(
    sale=Model("sale.sale", translate.STANDING),
    customer=Model("party.party", translate.CUSTOMER),
    product=Model("product.product", {"id": Field("id"), "unit": Field("default_uom")}),
    address="party.address",
    line="sale.line",
    lines=translate.LINE,
    sale_values=translate.NEW_SALE,
    line_values=translate.NEW_LINE,
    address_values=translate.NEW_ADDRESS,
    steps={"draft": "quote", "quotation": "confirm", "confirmed": "process"},
    names=NAMES,
)


def write_sales(tryton: Tryton, writes: Sequence[Write]) -> Iterator[Written]:
    """Make sales; of those that are there, do what is still to be done."""
    if tryton.options.confirm != "draft" and not tryton.options.password:
        mend = f'give user and password in [systems.{tryton.name}], or leave them drafts: confirm = "draft"'
        raise Refused(f"sales are confirmed with a login: {mend}")
    return bring_orders(SALE_FORMS, tryton, writes, until=tryton.options.confirm)


KINDS: Mapping[str, Kind[Tryton, TrytonOptions]] = {
    "products": kept(Stream("products"), PRODUCTS),
    "prices": kept(Stream("prices"), PRICES, prices),
    # A product's own mark stays when it is moved.
    "stock": kept(Stream("stock"), GOODS, levels, moved=MOVES),
    "parties": kept(
        parties.PARTIES,
        PARTIES,
        write=partial(parties.bring_parties, PARTY_FORMS),
        signs=[
            Sign("party.identifier", "code", "party", lambda write: OURS + write.reference),
            Sign("party.identifier", "code_compact", "party", lambda write: write.record.get("vat_id")),
            Sign("party.contact_mechanism", "value", "party", lambda write: write.record.get("email")),
        ],
    ),
    "orders": kept(sales.ORDERS, SALES, write=write_sales, signs=[OUR_SALE]),
}
MEND = "let the key's user be of the company, and have access; activate the module, if it is missing"


class TrytonConnector(Declared[Tryton, TrytonOptions]):
    """Speaks to one company in one Tryton database."""

    def __init__(self, name: str, options: TrytonOptions, clock: Clock) -> None:
        super().__init__(name, options, Tryton(name, options, clock), KINDS, mend=MEND)

"""What SAP Business One's properties mean, and the other way: tables of our fields and the ways to its own. Pure.

Sources: SAP Business One SDK Help 10.0 (Items, BusinessPartners, BPAddresses, Documents, AddressExtension).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from stdnum import ean

from adapters.asking.http import exact
from adapters.erp.customers import called, is_company, number_of
from adapters.erp.orders import Fields, SaleLine, places_of, visible_number
from adapters.erp.reference import OURS, reference_in
from adapters.erp.sapb1.options import SapB1Options
from adapters.fields import Field, Table, given, parts, table, told, words, written
from adapters.rows import Row
from hub.canonical.contacts import vat_id_in

YES = "tYES"
TYPES = {"billing": "bo_BillTo"}
"""All other addresses are where goods go."""
LONGEST_NUMBER = 55
"""Letters of the visible number, so that the reference fits behind it into the 100 of NumAtCard."""


def number(value: float) -> str:
    """Return a quantity or an amount; the database keeps six decimals."""
    return exact(round(float(value), 6))


def order_reference(row: Row) -> str:
    """Return the hub's reference, behind the number that people know."""
    return row["NumAtCard"].rpartition(OURS)[2]


def party_reference(row: Row) -> str:
    """Return the hub's reference, if the customer carries one."""
    return reference_in([row["Notes"]]) or ""


# What it says

PRODUCT: Table = table(
    "sku=ItemCode name=ItemName description=User_Text category brand tax_rate",
    gtin=Field("BarCode", lambda code: code if ean.is_valid(code) else None),
    active=Field("", lambda item: item["SalesItem"] == YES and item["usable"]),
)
ADDRESS: Table = table(
    "name=AddressName2 company=AddressName3 street=Street street_more=BuildingFloorRoom city=City postcode=ZipCode "
    "country=Country",
    region=Field("", lambda place: place.get("County") or place.get("State")),
    use=Field("AddressType", words(billing="bo_BillTo", shipping="bo_ShipTo").get),
)
PARTY: Table = table(
    "number=CardCode name=CardName email=EmailAddress phone=Phone1 price_list",
    company=Field("CompanyPrivate", lambda kind: kind != "cPrivate"),
    customer=Field("CardType", lambda kind: kind == "cCustomer"),
    supplier=Field("CardType", lambda kind: kind == "cSupplier"),
    vat_id=Field("", lambda raw: vat_id_in(raw["FederalTaxID"] or "", _country(raw)) or None),
    addresses=parts("BPAddresses", ADDRESS),
    credit_limit=Field("CreditLimit", lambda amount: number(amount) if amount else None),
    blocked=Field("Frozen", lambda frozen: frozen == YES),
)


def _country(raw: Row) -> str | None:
    return next((each["Country"] for each in raw["BPAddresses"] if each["Country"]), None)


def product(raw: Row, options: SapB1Options) -> dict[str, Any]:
    """Return what an item says; what stands for charges in orders is not for sale by itself."""
    fields = told(PRODUCT, raw)
    return fields | {"active": fields["active"] and fields["sku"] != options.service_item}


def price(raw: Row, options: SapB1Options) -> dict[str, Any]:
    """Return what an item costs on a price list."""
    own = {"list": options.price_lists.get(raw["list"], raw["list"]), "tax_included": raw["gross"] == YES}
    currency = options.currencies.get(raw["Currency"], raw["Currency"])
    return {"sku": raw["ItemCode"], "amount": number(raw["Price"]), "currency": currency, **own}


def level(raw: Row, options: SapB1Options) -> dict[str, Any]:
    """Return how much of an item lies in a warehouse; sold before it came in is nothing.

    It lies in the smallest unit; prices and orders are of sales units (SDK help, Items: SalesUnit).
    """
    of_one = raw["SalesItemsPerUnit"] or 1
    lying, promised = (number(max(raw[name] or 0, 0) / of_one) for name in ("InStock", "Committed"))
    place = options.storage.get(raw["WarehouseCode"], raw["WarehouseCode"])
    return {"sku": raw["ItemCode"], "location": place, "on_hand": lying, "reserved": promised}


def party(raw: Row, options: SapB1Options) -> dict[str, Any]:
    """Return what a business partner says."""
    fields = told(PARTY, raw)
    return fields | {"price_list": options.price_lists.get(fields["price_list"] or "", fields["price_list"])}


def order(raw: Row, _: SapB1Options) -> dict[str, Any]:
    """Return what became of an order; its content is the channel's."""
    became = {"tracking": raw["parcels"], "invoice": raw["invoice"], "short_shipped": raw["short"]}
    return {"status": _status(raw), **became}


def _status(raw: Row) -> str:
    """What was closed by hand, with nothing delivered or invoiced, comes to nothing.

    A reserve invoice closes its order, whose goods are still owed (help, "A/R Reserve Invoice").
    """
    if raw["Cancelled"] == YES:
        return "cancelled"
    if raw["DocumentStatus"] == "bost_Open" or raw["owed"]:
        return "processing" if raw["delivered"] else "confirmed" if raw["Confirmed"] == YES else "pending"
    if raw["invoice"] and not raw["unbilled"]:
        return "completed"
    return "shipped" if raw["delivered"] else "cancelled"


# The other way

PARTY_VALUES: Table = {
    theirs: Field(ours, lambda value: value or "")
    for theirs, ours in {
        "CardName": "name",
        "FederalTaxID": "vat_id",
        "EmailAddress": "email",
        "Phone1": "phone",
    }.items()
}
ADDRESS_VALUES: Table = table(
    "AddressName2=name AddressName3=company Street=street BuildingFloorRoom=street_more City=city ZipCode=postcode "
    "County=region Country=country",
    AddressType=Field("", lambda place: TYPES.get(place.get("use"), "bo_ShipTo")),
)
PLACE = {
    "Street": "street",
    "Building": "street_more",
    "City": "city",
    "ZipCode": "postcode",
    "County": "region",
    "Country": "country",
    "Address2": "name",
    "Address3": "company",
}


def new_party(record: Fields, reference_: str, options: SapB1Options) -> dict[str, Any]:
    """Return a new customer; of any currency (##). Its code is made of the reference, so that there is no second."""
    return {
        **{name: value for name, value in given(PARTY_VALUES, record).items() if value},
        **({"CardCode": number_of(reference_)} if options.series is None else {"Series": options.series}),
        **({"BPBranchAssignment": [{"BPLID": options.branch}]} if options.branch is not None else {}),
        "CardName": called(record),
        "CardType": "cCustomer",
        "CompanyPrivate": "cCompany" if is_company(record) else "cPrivate",
        "Currency": "##",
        "Notes": OURS + reference_,
    }


def new_order(
    record: Fields, reference_: str, placed: datetime, lines: list[dict[str, Any]], options: SapB1Options
) -> dict[str, Any]:
    """Return a new order but for its customer; `placed`: when, where the server is."""
    codes = {ours: theirs for theirs, ours in options.currencies.items()}
    values: dict[str, Any] = {
        "NumAtCard": f"{shown_number(record)} {OURS}{reference_}",
        **dict.fromkeys(["DocDate", "TaxDate"], f"{placed:%Y-%m-%d}"),
        "DocDueDate": f"{placed + timedelta(days=options.delivery_days):%Y-%m-%d}",
        "DocCurrency": codes.get(record.get("currency") or "", record.get("currency")),
        "Comments": (record.get("note") or "")[:254] or None,
        "BPL_IDAssignedToInvoice": options.branch,
        "AddressExtension": _places(record) or None,
        "DiscountPercent": 0,
        "DocumentLines": lines,
    }
    return {name: value for name, value in values.items() if value is not None}


def shown_number(record: Fields) -> str:
    """Return the number that people search for, as far as there is room."""
    return visible_number(record)[:LONGEST_NUMBER]


def _places(record: Fields) -> dict[str, Any]:
    ways = zip(("BillTo", "ShipTo"), places_of(record), strict=True)
    found = {way + theirs: place.get(ours) for way, place in ways for theirs, ours in PLACE.items()}
    return {name: value[: 50 if "Address" in name else 100] for name, value in found.items() if value}


def line(sold: SaleLine, item: str, vat_group: str, options: SapB1Options) -> dict[str, Any]:
    """Return a line; a price list's discounts are not taken."""
    quantity, price = sold.amounts
    about = {"ItemDescription": sold.text[:200]} if item == options.service_item else {}
    stored = {"WarehouseCode": options.warehouse} if options.warehouse else {}
    return {
        "ItemCode": item,
        "Quantity": quantity,
        "UnitPrice": price,
        "DiscountPercent": 0,
        "VatGroup": vat_group,
        **about,
        **stored,
    }


def new_address(place: Mapping[str, Any]) -> dict[str, Any]:
    """Return an address, but for its name."""
    return written(ADDRESS_VALUES, place)

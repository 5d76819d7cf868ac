"""What Dolibarr's fields mean, and the other way. Numbers come as text with eight decimals. Pure.

Sources: Dolibarr/dolibarr, htdocs/product/class/product.class.php, societe/class/societe.class.php,
commande/class/commande.class.php.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from adapters.erp.customers import called
from adapters.erp.dolibarr.options import DolibarrOptions
from adapters.erp.orders import SaleLine, main_address, places_of, plain, sale_lines, visible_number
from adapters.rows import Row

OURS = "hub-"
"""Before the hub's reference in `ref_ext`."""
GTIN_LENGTHS = (8, 12, 13, 14)
STATUS = {-1: "cancelled", 0: "pending", 1: "confirmed", 2: "processing", 3: "shipped"}
"""Cancelled, draft, validated, shipment in process, delivered."""
CLOSED = 3
POWERS = range(-6, 4)
"""Units of weight, from milligrams to tons, as powers of ten of the kilogram."""
PRODUCT = ("id", "ref", "label", "description", "barcode", "tva_tx", "weight", "weight_units", "status")
LEVELS = {"price": "multiprices", "price_ttc": "multiprices_ttc", "price_base_type": "multiprices_base_type"}
"""What stands with a product -> by the segment of customers, where there are several."""
FIRST = "1"
PRICE = ("id", "ref", *LEVELS, *LEVELS.values())
PARTY = (
    *("id", "ref_ext", "code_client", "name", "client", "fournisseur", "tva_intra", "email", "phone", "default_lang"),
    *("address", "zip", "town", "country_code", "typent_code", "status"),
)
ORDER = ("id", "ref_ext", "statut", "status", "billed")


def number(value: Any) -> str | None:
    """Return `12.50000000` as `12.5`, and what says nothing as nothing."""
    return plain(Decimal(str(value))) if value not in (None, "") else None


def reference(row: Row) -> str:
    """Return the hub's own reference, if the record carries it."""
    told = str(row.get("ref_ext") or "")
    return told.removeprefix(OURS) if told.startswith(OURS) else ""


def product(row: Row, _options: DolibarrOptions) -> dict[str, Any]:
    """`status` is whether it is for sale."""
    code = str(row["barcode"] or "")
    return {
        "sku": row["ref"],
        "name": row["label"],
        "description": row["description"],
        "gtin": code if code.isdigit() and len(code) in GTIN_LENGTHS else None,
        "tax_rate": number(row["tva_tx"]),
        "weight": _kilograms(row),
        "active": str(row["status"]) == "1",
    }


def _kilograms(row: Row) -> str | None:
    """Of pounds (99) and ounces (98) no weight is told."""
    power = int(row["weight_units"] or 0)
    weight = number(row["weight"])
    return plain(Decimal(weight).scaleb(power)) if weight and weight != "0" and power in POWERS else None


def price(row: Row, options: DolibarrOptions) -> dict[str, Any]:
    """The price that people typed is exact: with tax (TTC) or without (HT)."""
    included = _of_first(row, "price_base_type") == "TTC"
    amount = number(_of_first(row, "price_ttc" if included else "price"))
    own = {"list": options.price_list, "currency": options.currency}
    return {"sku": row["ref"], "amount": amount, "tax_included": included, **own}


def _of_first(row: Row, name: str) -> Any:
    """Return what holds for the first segment of customers, where there are several.

    What stands with the product itself is of the segment that was saved last (code: product.class.php, `updatePrice`).
    """
    segments: Mapping[str, Any] = row[LEVELS[name]] or {}  # PHP writes nothing as a list
    return segments.get(FIRST) or row[name]


def level(row: Row, _options: DolibarrOptions) -> dict[str, Any]:
    """Below zero is nothing."""
    lying = plain(max(Decimal(str(row["real"])), Decimal()))
    return {"sku": row["ref"], "location": row["location"], "on_hand": lying, "reserved": plain(Decimal(row["held"]))}


def party(row: Row, _options: DolibarrOptions) -> dict[str, Any]:
    """`client`: 1 customer, 2 prospect, 3 both."""
    street, _, more = str(row["address"] or "").partition("\n")
    told: dict[str, Any] = {
        "street": street.strip(),
        "street_more": more.replace("\n", " ").strip(),
        "city": row["town"],
    }
    told |= {"postcode": row["zip"], "country": row["country_code"], "use": "billing"}
    there = any(told[name] for name in ("street", "city", "postcode"))
    return {
        "number": row["code_client"] or None,
        "name": row["name"],
        "company": None if row["typent_code"] is None else row["typent_code"] != "TE_PRIVATE",
        "customer": str(row["client"]) in ("1", "3"),
        "supplier": str(row["fournisseur"]) == "1",
        "vat_id": row["tva_intra"] or None,
        "email": row["email"] or None,
        "phone": row["phone"] or None,
        "language": (row["default_lang"] or "")[:2] or None,
        "addresses": [{name: value for name, value in told.items() if value}] if there else [],
        "blocked": str(row["status"]) == "0",
    }


def order(row: Row, _options: DolibarrOptions) -> dict[str, Any]:
    """What became of an order; its content is the channel's."""
    billed = str(row["billed"] or 0) == "1"
    status = "completed" if state(row) == CLOSED and billed else STATUS.get(state(row), "pending")
    return {"status": status, "short_shipped": row.get("short")}


def state(row: Row) -> int:
    """Return how far an order or a shipment is; older versions have it under another name."""
    return int(row["statut"] if row.get("status") is None else row["status"])


# The other way

PARTY_FIELDS = {"name": "name", "vat_id": "tva_intra", "email": "email", "phone": "phone"}


def new_party(record: Mapping[str, Any], reference_: str, country: int | None) -> dict[str, Any]:
    """Return a new third party; its code is Dolibarr's to give, its address the first there is."""
    own = {theirs: record[ours] for ours, theirs in PARTY_FIELDS.items() if record.get(ours)}
    coded = {"ref_ext": OURS + reference_, "client": 1, "code_client": "auto"}
    return {**own, "name": called(record), **coded, **place(main_address(record), country)}


def place(address: Mapping[str, Any], country: int | None) -> dict[str, Any]:
    """Return an address as third parties and contacts have it."""
    lines = "\n".join(filter(None, [address.get("street"), address.get("street_more")]))
    told = {"address": lines, "zip": address.get("postcode"), "town": address.get("city"), "country_id": country}
    return {name: value for name, value in told.items() if value}


def goods_to(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return where an order's goods go, if that is told."""
    return places_of(record)[1]


def new_order(
    record: Mapping[str, Any], reference_: str, customer: int, products: Mapping[str, str], codes: Mapping[str, str]
) -> dict[str, Any]:
    """Return a new order; `products`: SKU -> number, of those that are there; `codes`: see `line`."""
    return {
        "socid": customer,
        "date": int(datetime.fromisoformat(record["placed_at"]).timestamp()),
        "ref_client": visible_number(record),
        "ref_ext": OURS + reference_,
        "note_public": record.get("note") or "",
        "lines": [line(each, products.get(each.sku or ""), codes) for each in sale_lines(record)],
    }


def line(sold: SaleLine, product_id: str | None, codes: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a line; of what Dolibarr does not have, it is of a service.

    `codes`: per cent -> code of the VAT rate, where several have one (code: commande.class.php, `create`).
    """
    own: dict[str, Any] = {"fk_product": int(product_id)} if product_id else {"product_type": 1}
    if code := (codes or {}).get(sold.rate or ""):
        own["vat_src_code"] = code
    amounts = {"subprice": str(sold.price), "qty": sold.quantity, "tva_tx": sold.rate or "0"}
    return {"desc": sold.text, **amounts, "remise_percent": "0", **own}

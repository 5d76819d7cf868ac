"""Our fields -> Ecwid's ("Create product", "Update product variation", "Update order" at docs.ecwid.com). Pure."""

from typing import Any

from adapters.eshop.categories import Categories
from adapters.eshop.ecwid.orders import notes
from adapters.eshop.ecwid.translate import WEIGHTS
from adapters.eshop.notes import notes_of, withdrawn
from adapters.eshop.orders import Fields, Raw
from adapters.eshop.putting import pieces
from adapters.eshop.translating import number
from adapters.fields import Field, Table, emptied, given
from adapters.writing.prices import check_plain, check_sort
from hub.connector import Write

ARTICLE: Table = {"name": Field("name"), "description": Field("description", emptied), "enabled": Field("active")}
"""Of a product with all its variations: a field of Ecwid's, of ours."""
STATUSES = {"processing": "PROCESSING", "shipped": "SHIPPED", "completed": "DELIVERED", "cancelled": "WILL_NOT_DELIVER"}
"""Our status -> Ecwid's; the others are not told."""


def new(write: Write, tree: Categories, profile: Raw) -> Fields:
    """Return a new product: until its stock comes, nobody can buy it for nothing."""
    start = {"sku": write.record["sku"], "externalReferenceId": write.reference, "enabled": True}
    own = variant({"product": profile}, write.fields)
    return start | {"unlimited": False, "quantity": 0} | article({}, tree, write.fields) | own


def article(raw: Raw, tree: Categories, fields: Raw) -> Fields:
    """Return what is set of a product; the categories beside the main one stay."""
    theirs = given(ARTICLE, fields)
    if "category" in fields:
        main = int(tree.id_of(fields["category"])) if fields["category"] else 0
        others = [each for each in raw.get("categoryIds") or () if each != raw.get("defaultCategoryId")]
        theirs |= {"categoryIds": [main, *others] if main else others, "defaultCategoryId": main}
    return theirs


def variant(raw: Raw, fields: Raw) -> Fields:
    """Return what is set of a variation, or of a product without any; attributes are set as a whole."""
    theirs: Fields = {}
    if "weight" in fields:
        theirs["weight"] = float(number(fields["weight"] or 0) / WEIGHTS[raw["product"]["weightUnit"]])
    if "gtin" in fields:
        held = [each for each in raw.get("attributes") or () if each["type"] != "UPC"]
        others: list[Fields] = [{"id": each["id"], "value": each["value"]} for each in held]
        theirs["attributes"] = [*others, {"alias": "UPC", "value": fields["gtin"] or ""}]
    return theirs


def price(write: Write, profile: Raw) -> Fields:
    """Return what is set of a price; raises Unfit, if the shop would take it for another."""
    check_plain(write)
    check_sort(write, currency=profile["currency"], included=profile["pricesIncludeTax"])
    return {"price": float(write.record["amount"])}


def stock(write: Write) -> Fields:
    """Return what is set of a stock level: from then on the product is counted."""
    return {"quantity": pieces(write.record), "unlimited": False}


def order(raw: Raw, write: Write, status: Any) -> Fields:
    """Return what is set of an order; `status`: ours that it gets, if any."""
    fields, old = write.fields, withdrawn(write)
    theirs: Fields = {"fulfillmentStatus": STATUSES[status]} if status in STATUSES else {}
    if status == "cancelled" and raw["paymentStatus"] == "AWAITING_PAYMENT":
        theirs["paymentStatus"] = "CANCELLED"
    if fields.get("tracking") or old:
        theirs["trackingNumber"] = ", ".join(each["number"] for each in fields["tracking"] or ())
    kept = [each for each in notes(raw) if each not in notes_of(old, None)]
    wanted = notes_of(fields.get("tracking") or (), fields.get("invoice"))
    if (told := list(dict.fromkeys([*kept, *wanted]))) != notes(raw):
        theirs["privateAdminNotes"] = "\n".join(told)
    return theirs

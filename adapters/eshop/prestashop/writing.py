"""What a PrestaShop shop is told: one record at a time."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cached_property
from typing import Any

from adapters.asking.http import Rejected
from adapters.eshop.categories import Categories
from adapters.eshop.orders import Fields, plain
from adapters.eshop.prestashop import images
from adapters.eshop.prestashop.asked import associated, categories, combinations_of, currencies, identity, levels
from adapters.eshop.prestashop.orders import meanings, states
from adapters.eshop.prestashop.shop import Shop
from adapters.eshop.putting import pieces
from adapters.eshop.slugs import slug
from adapters.eshop.variants import check_shown
from adapters.eshop.weights import KILOGRAMS
from adapters.fields import Field, given
from adapters.rates import theirs_for
from adapters.rows import Row
from adapters.writing.prices import check_plain, check_sort
from adapters.writing.writes import Gone, Unfit, product_of
from hub.canonical import moves_forward
from hub.connector import Write, Written

NEW = {
    "price": 0,
    "state": 1,
    "minimal_quantity": 1,
    "available_for_order": 0,
    "show_price": 0,
    "visibility": "both",
    "condition": "new",
    "product_type": "standard",
}
"""Without these a product is a draft, or nobody sees it: what is not given, the webservice makes empty.

It cannot be ordered before it has a price: a shop that takes orders beyond its stock would sell it for nothing (source:
Cart, checkQuantities; Product, isAvailableWhenOutOfStock).
"""
PRICED = {"available_for_order": 1, "show_price": 1}
"""What a product gets with its first price."""
UNSAFE = frozenset('|[]"\\')
"""In a filter they mean something else, or end it (`SQLUtils::getSQLRetrieveFilter`)."""
TOLD = {"processing": "PREPARATION", "shipped": "SHIPPING", "completed": "DELIVERED", "cancelled": "CANCELED"}
LONGEST = 64
"""Characters of a tracking number (`OrderCarrier`)."""


class Given:
    """What the writes of a batch need, asked for once for all, if any needs it."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @cached_property
    def settings(self) -> Mapping[str, str]:
        """The shop's settings."""
        return self._shop.configuration()

    @property
    def language(self) -> str:
        """The number of the language in which texts are set."""
        return self.settings["PS_LANG_DEFAULT"]

    @cached_property
    def tree(self) -> Categories:
        """The shop's categories."""
        return categories(self._shop, self.settings)

    @cached_property
    def currency(self) -> str:
        """The currency in which prices are set."""
        return currencies(self._shop, [self.settings["PS_CURRENCY_DEFAULT"]])[self.settings["PS_CURRENCY_DEFAULT"]]

    @cached_property
    def states(self) -> Sequence[Row]:
        """The shop's statuses, with what they are ticked for."""
        return states(self._shop)

    @cached_property
    def statuses(self) -> Mapping[str, str]:
        """The shop's statuses -> ours."""
        return meanings(self._shop, self.settings, self.states)

    def is_paid(self, state: str) -> bool:
        """Whether an order counts as paid by a status."""
        return state in {row["id"] for row in self.states if str(row["paid"]) == "1"}


def having(shop: Shop, references: Sequence[str]) -> list[Row]:
    """Return what is sold under some references; the shop compares as its database does, without regard to capitals."""
    skus, shown = [each for each in references if not UNSAFE & {*each}], "[id,id_product,reference]"
    combined = shop.some("combinations", skus, by="reference", display=shown)
    alone = shop.some("products", skus, by="reference", display="[id,reference]")
    parents = combinations_of(shop, [row["id"] for row in alone], shown)
    found = [{**row, "id": identity(row["id_product"], row["id"])} for row in combined]
    return [row for row in alone if row["id"] not in parents] + found


def write_product(shop: Shop, about: Given, write: Write) -> Written:
    """Create, change or delete a product."""
    product, _, combination = (write.id or "").partition("-")
    if write.remove:
        shop.delete("combinations" if combination else "products", combination or product)
    elif combination:
        _change_combination(shop, about, write, product, combination)
    elif product:
        row = _one(shop, "products", product)
        shop.change("products", row, _fields(shop, about, write.fields, row, write.record["sku"]), about.language)
    else:
        product = _create(shop, about, write)
    written = Written(write.key, "done", write.id or product)
    if "images" not in write.fields or combination or (write.id is None and not write.fields["images"]):
        return written
    return images.put(shop, write, written, about.language)


def _create(shop: Shop, about: Given, write: Write) -> str:
    fields, sku = write.fields, write.record["sku"]
    if UNSAFE & {*sku}:
        raise Unfit(
            "sku-not-possible", f"the shop cannot search for a reference with any of {' '.join(sorted(UNSAFE))}"
        )
    body = {**NEW, "reference": sku, "link_rewrite": slug(f"{fields['name']}")}
    body |= _fields(shop, about, {"category": None, **fields}, {}, sku)
    return str(shop.create("products", body, about.language)["id"])


def _fields(shop: Shop, about: Given, fields: Mapping[str, Any], row: Row, sku: str) -> Fields:
    """Return what is set, in the shop's own terms; what has no name is called by its SKU."""
    table = {
        "name": Field("name", lambda name: name or sku),
        "description": Field("description", lambda text: text or ""),
        "active": Field("active", lambda active: int(active is not False)),
        "ean13": Field("gtin", lambda gtin: gtin or ""),
        "weight": Field("weight", lambda weight: _weighed(about, weight)),
    }
    body = given(table, fields)
    if "category" in fields:
        body |= _placed(about, fields["category"], row)
    if group := theirs_for(shop.options.tax_rules, fields.get("tax_rate"), "tax rules group", "tax_rules"):
        body["id_tax_rules_group"] = group
    return body


def _placed(about: Given, path: str | None, row: Row) -> Fields:
    """Return a product's main category, beside the others in which it stands."""
    main = about.tree.id_of(path) if path else about.settings["PS_HOME_CATEGORY"]
    others = [id_ for id_ in associated(row, "categories") if id_ not in (main, str(row["id_category_default"]))]
    return {"id_category_default": main, "associations": {"categories": [main, *others]}}


def _weighed(about: Given, kilograms: str | None) -> str:
    unit = about.settings["PS_WEIGHT_UNIT"].lower()
    if unit not in KILOGRAMS:
        raise Unfit("unknown-unit", f"the shop weighs in {unit}; known are {', '.join(KILOGRAMS)}")
    return plain(Decimal(kilograms or 0) / KILOGRAMS[unit])


def _change_combination(shop: Shop, about: Given, write: Write, product: str, combination: str) -> None:
    """Change what is a combination's own; weight and price are what it differs by from its product."""
    check_shown(write.fields, alone=False)
    row, body = (
        _one(shop, "combinations", combination),
        _fields(shop, about, _own(write.fields), {}, write.record["sku"]),
    )
    if "weight" in body:
        body["weight"] = _difference(body["weight"], _one(shop, "products", product)["weight"])
    if body:
        shop.change("combinations", row, body)


def _own(fields: Mapping[str, Any]) -> Fields:
    return {name: fields[name] for name in ("gtin", "weight") if name in fields}


def put_price(shop: Shop, about: Given, write: Write) -> Written:
    """Set what a product costs everybody, without tax; specific prices are the shop's own."""
    check_plain(write)
    check_sort(write, currency=about.currency, included=False)
    id_, amount = product_of(write), write.record["amount"]
    product, _, combination = id_.partition("-")
    row = _one(shop, "products", product)
    if combination:
        impact = _difference(amount, row["price"])
        shop.change("combinations", _one(shop, "combinations", combination), {"price": impact})
    else:
        first = not Decimal(str(row["price"])) and Decimal(amount)
        shop.change("products", row, {"price": amount, **(PRICED if first else {})}, about.language)
    return Written(write.key, "done", f"{id_}|{about.currency}")


def put_stock(shop: Shop, write: Write) -> Written:
    """Set what may be sold, in whole units; the level is made by the shop, with the product."""
    id_ = product_of(write)
    _, _, combination = id_.partition("-")
    rows = [row for row in levels(shop, [id_]) if str(row["id_product_attribute"]) == (combination or "0")]
    if not rows:
        raise Gone
    shop.change("stock_availables", rows[0], {"quantity": pieces(write.record)})
    return Written(write.key, "done", id_)


def write_order(shop: Shop, about: Given, write: Write) -> Written:
    """Tell an order's parcels, and bring it forward; what the shop knows already is not told again."""
    row, mail = _one(shop, "orders", write.id or ""), {"sendemail": 1} if shop.options.tell_customers else {}
    if "tracking" in write.fields:
        _tell_parcels(shop, row, write.fields["tracking"] or (), mail)
    wanted, now = write.fields.get("status"), str(row["current_state"])
    state = _state_for(shop, about, wanted)
    if state and moves_forward(about.statuses.get(now), wanted) and not _would_pay(about, wanted, now, state):
        history = {"id_order": row["id"], "id_order_state": state}
        with _unless_set(shop, "orders", row["id"], "current_state", state):
            shop.create("order_histories", history, params=mail)
    return Written(write.key, "done", write.id)


def _would_pay(about: Given, wanted: str | None, now: str, state: str) -> bool:
    """Tell whether an order that is only worked on would be paid by that; once it is paid, it is told.

    A status that is ticked so adds a payment of what is left (source: `OrderHistory::changeIdOrderState`).
    """
    return wanted == "processing" and about.is_paid(state) and not about.is_paid(now)


def _state_for(shop: Shop, about: Given, status: str | None) -> str | None:
    """Return the number of the shop's status that means ours, if one does."""
    usual = about.settings.get(f"PS_OS_{TOLD.get(status or '')}")
    return shop.options.told.get(status or "", usual)


def _tell_parcels(shop: Shop, row: Row, parcels: Sequence[Row], mail: Mapping[str, Any]) -> None:
    """Set the tracking number of an order's carrier; several are parted by commas."""
    numbers = ", ".join(dict.fromkeys(each["number"] for each in parcels))
    if len(numbers) > LONGEST:
        raise Unfit("tracking-too-long", f"the shop keeps {LONGEST} characters of tracking numbers for an order")
    for carrier in shop.some("order_carriers", [row["id"]], by="id_order")[-1:]:
        if (carrier["tracking_number"] or "") != numbers:
            with _unless_set(shop, "order_carriers", carrier["id"], "tracking_number", numbers):
                shop.change("order_carriers", carrier, {"tracking_number": numbers}, params=mail)


@contextmanager
def _unless_set(shop: Shop, resource: str, id_: str, field: str, value: str) -> Generator[None]:
    """Let a refusal stand only if the field is not set: where a mail fails, the shop says that it could not save.

    Source: `OrderHistory::addWs`, `OrderCarrier::updateWs`.
    """
    try:
        yield
    except Rejected:
        if str(_one(shop, resource, id_)[field]) != value:
            raise


def _one(shop: Shop, resource: str, id_: str) -> Row:
    rows = shop.some(resource, [id_])
    if not rows:
        raise Gone
    return rows[0]


def _difference(amount: str, of: object) -> str:
    return plain(Decimal(amount) - Decimal(str(of)))

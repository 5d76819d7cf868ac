"""A PrestaShop document -> canonical fields. Pure. Amounts are text with six decimals, prices hold no tax."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from adapters.eshop import translating
from adapters.eshop.orders import Fields, Raw, plain, rate_of, with_tax
from adapters.eshop.prestashop.options import PrestaShopOptions
from adapters.eshop.translating import by_table, in_one, number
from adapters.eshop.weights import KILOGRAMS
from adapters.fields import Field, fixed, parts, table, told
from adapters.rates import rate_about
from hub.canonical.codes import decimals_of
from hub.canonical.contacts import vat_id_in

BETWEEN = re.compile(r"[,;\s]+")
"""Between the numbers of several parcels, for which the shop has one field."""
COIN = Decimal("0.01")
"""To it an order's total is rounded, less what was refunded."""
SUMS = ("total_price_tax_incl", "total_price_tax_excl")
"""Of a line."""
PERSON = in_one("", "firstname", "lastname")
ADDRESS = table(
    "company street=address1 street_more=address2 city postcode region country",
    name=PERSON,
    phone=Field("", lambda raw: raw.get("phone") or raw.get("phone_mobile")),
)
PARTY = table(
    "company_name=company email",
    person=PERSON,
    addresses=parts("addresses", ADDRESS | table("id", use=fixed("other"))),
    phone=Field("addresses", lambda rows: next((_phone(row) for row in rows if _phone(row)), None)),
    vat_id=Field("addresses", lambda rows: next(_vat_ids(rows), None)),
)


def _taxed(raw: Raw, what: str) -> list[tuple[Decimal, str | None]]:
    """Return an amount that stands beside the lines, with its tax, and the rate; of several, a part for each.

    The order tells the carrier's rate alone. Gift wrapping has a rate of its own (`PS_GIFT_WRAPPING_TAX_RULES_GROUP`);
    shipping and wrapping may be taxed as the products are on average (`PS_ATCP_SHIPWRAP`), and a rule on the whole order
    takes of each line its part, with that line's tax: both are shared out over the lines.
    Source: Cart, getPackageShippingCost, getGiftWrappingPrice; CartRuleCalculator, applyCartRule.
    """
    gross, net = (number(raw[f"total_{what}_tax_{how}"]) for how in ("incl", "excl"))
    if not gross:
        return []
    weights, coin = _weights(raw), Decimal(1).scaleb(-decimals_of(raw["currency"]))
    rates = [*weights, plain(number(raw["carrier_tax_rate"]))]
    off = {rate: abs(with_tax(net, rate, held=False, wanted=True) - gross) for rate in rates}
    nearest = min(off, key=lambda rate: off[rate])
    if off[nearest] <= coin:
        return [(gross, nearest)]
    whole = sum(weights.values())
    shared = [(gross * weight / whole, rate) for rate, weight in weights.items()]
    left = sum((with_tax(amount, rate, held=True, wanted=False) for amount, rate in shared), Decimal(0))
    if shared and (what == "discounts" or abs(left - net) <= coin):
        return [*shared]
    return [(gross, rate_about(net, gross, (), coin))]


def _weights(raw: Raw) -> dict[str, Decimal]:
    """Return rate -> what its lines cost."""
    found = defaultdict[str, Decimal](Decimal)
    for line in raw["lines"]:
        found[rate_of(line["rates"]) or "0"] += number(line["total_price_tax_incl"])
    return {rate: weight for rate, weight in found.items() if weight}


def _charges(raw: Raw, what: str, name: str, code: str | None = None) -> list[Fields]:
    """Return what is charged beside the lines, for each rate of tax."""
    return [
        {"name": name, "code": code, "tax_rate": rate, "gross": amount,
         "net": with_tax(amount, rate or "0", held=True, wanted=False)}
        for amount, rate in _taxed(raw, what)
    ]  # fmt: skip


def _discounts(raw: Raw) -> list[Fields]:
    """Return what cart rules took off, with its tax; which rules, the order itself does not say."""
    return [{"name": "discount", "amount": plain(-off), "tax_rate": rate} for off, rate in _taxed(raw, "discounts")]


LINE = table(
    "id sku=product_reference name=product_name quantity=product_quantity "
    "net=total_price_tax_excl gross=total_price_tax_incl",
    tax_rate=Field("rates", rate_of),
)
ORDER = table(
    "number placed_at party=id_customer currency status net=total_paid_tax_excl gross=total_paid_tax_incl",
    email=Field("email"),
    billing_address=Field("invoice", lambda raw: told(ADDRESS, raw) | {"use": "billing"}),
    shipping_address=Field("delivery", lambda raw: told(ADDRESS, raw) | {"use": "shipping"}),
    vat_id=Field("invoice", lambda raw: next(_vat_ids([raw]), None)),
    tax_included=fixed(value=True),
    lines=parts("lines", LINE, where=lambda line: number(line["product_quantity"]) > 0),
    paid=Field("", lambda raw: "refunded" if raw["refunded"] else "paid" if raw["paid"] else "unpaid"),
    payments=Field("", lambda raw: [{**each, "method": raw["module"]} for each in raw["payments"]]),
    rounding=Field("", lambda raw: "total" if str(raw.get("round_type")) == "3" else "line"),
    tracking=Field("", lambda raw: [{"number": each, "carrier": raw["carrier"]} for each in _numbers(raw["tracking"])]),
)


def product(raw: Raw, options: PrestaShopOptions) -> Fields:
    """Return a product: one that stands alone, or a combination with what it has from its product."""
    article, own = raw["product"], raw["combination"]
    unit = KILOGRAMS.get(raw["unit"].lower())
    weight = sum((number(each["weight"]) for each in (article, own) if each), Decimal(0))
    fields: Fields = {
        "sku": (own or article)["reference"],
        "gtin": (own or article)["ean13"] or None,
        "name": raw["title"] if own else article["name"],
        "description": article["description"] or None,
        "active": str(article["active"]) == "1",
        "category": raw["category"],
        "images": raw["images"],
        "weight": plain(weight * unit) if weight and unit else None,
        "variant_of": (article["reference"] or article["link_rewrite"]) if own else None,
        "options": own["options"] if own else None,
    }
    rates = {group: rate for rate, group in options.tax_rules.items()}
    return fields | ({"tax_rate": rates.get(str(article["id_tax_rules_group"]))} if rates else {})


def _phone(row: Raw) -> str | None:
    return row.get("phone") or row.get("phone_mobile")


def _vat_ids(rows: Any) -> Iterator[str | None]:
    return (vat_id_in(row["vat_number"], row["country"]) for row in rows if row.get("vat_number"))


def _numbers(told_numbers: list[str]) -> list[str]:
    return [each for several in told_numbers for each in BETWEEN.split(several) if each]


def _left(line: Raw) -> Raw:
    """Return a line less what was refunded of it before it was sent; what comes back later is counted apart.

    Source: OrderRefundUpdater, updateRefundData; before 1.7.7 Order, deleteProduct. Neither the line's own quantity nor the
    order's totals fall.
    """
    had, back = (number(line.get(name) or 0) for name in ("product_quantity", "product_quantity_refunded"))
    if not 0 < back <= had:
        return line
    left = {name: plain(number(line[name]) * (had - back) / had) for name in SUMS}
    return {**line, "product_quantity": plain(had - back), **left}


def _less(raw: Raw, how: str, lines: Sequence[Raw]) -> Fields:
    total, name = f"total_paid_tax_{how}", f"total_price_tax_{how}"
    gone = sum(
        (number(was[name]) - number(now[name]) for was, now in zip(raw["lines"], lines, strict=True)), Decimal(0)
    )
    return {total: plain((number(raw[total]) - gone).quantize(COIN))} if gone else {}


def order(raw: Raw, options: PrestaShopOptions) -> Fields:
    """Return an order, less what is not to be sent any more; a cancelled one as it was."""
    lines = raw["lines"] if raw["status"] == "cancelled" else [_left(line) for line in raw["lines"]]
    left = {**raw, "lines": lines, **_less(raw, "incl", lines), **_less(raw, "excl", lines)}
    fields = told(ORDER, left) | {
        "discounts": _discounts(raw),
        "surcharges": _charges(raw, "wrapping", "gift wrapping"),
    }
    return translating.order(fields | {"shipping": _charges(raw, "shipping", raw["carrier"], raw["carrier"])}, options)


party = by_table(PARTY, translating.party)
price = by_table(
    table("sku currency", amount=Field("", lambda raw: number(raw["price"]) + number(raw["impact"])))
    | table(tax_included=fixed(value=False)),
    translating.price,
)
stock = by_table(table("sku on_hand=quantity", reserved=fixed(0)), translating.stock)

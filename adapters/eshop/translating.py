"""A shop's records as tables tell them -> canonical fields: what all shops have in common is done here. Pure.

Beside our fields, such a table may say what ours are made of. Amounts come as the shop's own numbers, in coins if there
is a `precision`:

- a product: `alone`, if no other variant stands under its article, whose `title` it then has as its name
- an order: `net` or `tax`, and `gross`, for its totals; `precision`: the decimals of its amounts; `payments`: the last
  is shown, with the state that is `paid`, or what `paid_by` makes of them; `labels`: parcels' numbers, beside `tracking`
  Its `discounts` are told as they are to stand (`orders.charge`), what was rounded for cash by who knows of it
- a line, a charge: `net` and `gross`; a line also `full_net`, `full_gross`: a unit's price before what was taken off;
  charges in coins without a `tax_rate` get one of the order's `rates`; `surcharges` are charges beside `shipping`
- a stock level: `on_hand` and `reserved`
- a party: `person`, and `company_name`, if the shop has companies; without a `person`, addresses say who it is, and its phone
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapters.asking.http import exact
from adapters.eshop.orders import Fields, Raw, charge, joined, paid_by, parcels, plain, rate_between, sums
from adapters.fields import Field, Table, told
from hub.canonical.sums import rounded
from hub.config.exchange import ExchangeOptions

Translate = Callable[[Raw, Any], Fields]
DEFAULT_LIST = "default"
"""The price list of a shop that is given none."""


def _as_told(fields: Fields, _: ExchangeOptions) -> Fields:
    return fields


def by_table(table: Table, complete: Callable[[Fields, ExchangeOptions], Fields] = _as_told) -> Translate:
    """Return a connector's function that translates by a table, and completes what it tells."""

    def translate(raw: Raw, options: ExchangeOptions) -> Fields:
        return complete(told(table, raw), options)

    return translate


def in_one(path: str, *names: str) -> Field:
    """Return a field that is several texts in one, such as a first and a last name; nothing, if there are none."""
    return Field(path, lambda raw: joined(*(raw.get(name) for name in names)), " ".join(names))


def use(billing: str, shipping: str) -> Field:
    """Return what a customer's address is used for, where marks of these names say which ones are the usual."""
    uses = {billing: "billing", shipping: "shipping"}
    return Field("", lambda raw: next((uses[mark] for mark in uses if raw.get(mark)), "other"), f"{billing} {shipping}")


def number(value: Any) -> Decimal:
    """Return a number of a shop's JSON as it is written."""
    return Decimal(exact(value))


def filled(fields: Raw) -> Fields:
    """Return what is said, less what is empty."""
    return {name: value for name, value in fields.items() if value}


def stock(fields: Fields, _: ExchangeOptions) -> Fields:
    """Complete a stock level: open orders hold what is reserved; what may be sold is never less than nothing."""
    left = number(fields.pop("on_hand") or 0) - number(fields.pop("reserved") or 0)
    return fields | {"available": plain(max(left, Decimal(0)))}


def product(fields: Fields, _: ExchangeOptions) -> Fields:
    """Complete a product: one that stands alone has neither family nor options."""
    title = fields.pop("title")
    return fields | ({"name": title, "variant_of": None, "options": None} if fields.pop("alone") else {})


def price(fields: Fields, options: ExchangeOptions) -> Fields:
    """Complete a price: it is on the list that the shop gets."""
    amount = _amount(fields["amount"], fields.pop("precision", 0))
    return fields | {"list": options.range.price_list or DEFAULT_LIST, "amount": plain(amount)}


def party(fields: Fields, _: ExchangeOptions) -> Fields:
    """Complete a customer: it is called by its company, else by the person, else by the e-mail address."""
    addresses = [filled(each) for each in fields["addresses"] or ()]
    if "person" not in fields:
        first = {name: next((each[name] for each in addresses if name in each), None) for name in ("name", "phone")}
        fields = {"person": first["name"], "phone": first["phone"]} | fields
    person, company = fields.pop("person"), fields.get("company_name")
    if "company_name" in fields:
        fields["company"] = bool(fields.pop("company_name"))
    if company and person:
        fields["contacts"] = [{"name": person}]
    return fields | {"name": company or person or fields["email"], "customer": True, "addresses": addresses}


def order(fields: Fields, options: ExchangeOptions) -> Fields:
    """Complete an order: its sums, its buyer as the addresses tell him, and our words for the shop's."""
    precision, included = fields.pop("precision", 0), fields["tax_included"]
    billing, shipping = (filled(fields[name] or {}) for name in ("billing_address", "shipping_address"))
    for name in ("name", "phone"):
        fields[name] = fields.get(name) or billing.get(name) or shipping.get(name)
    for name in ("status", "party", "email"):
        if fields[name] is None:  # it says nothing about how far the order has come, or who placed it
            del fields[name]
    charges, rates = [*fields["shipping"], *(fields.pop("surcharges", None) or ())], fields.pop("rates", ())
    if "payments" in fields:
        fields["payment"] = _payment(fields, options.payment)
    if "tracking" in fields:
        labels = [{"number": number} for number in fields.pop("labels", None) or ()]
        fields["tracking"] = parcels(*fields["tracking"] or (), *labels)
    return fields | {
        "billing_address": billing or None,
        "shipping_address": shipping or None,
        "lines": [_line(each, precision, included=included) for each in fields["lines"]],
        "shipping": [_charge(each, precision, rates, options, included=included) for each in charges],
        "totals": _totals(fields, precision),
    }


def _totals(fields: Fields, precision: int) -> Fields:
    """Return an order's totals; those of a shop that does not round its lines, in whole coins, as the customer sees them."""
    if "tax" not in fields:
        return sums(*_both(fields, precision))
    gross, tax = (rounded(_amount(fields.pop(name), precision), fields["currency"]) for name in ("gross", "tax"))
    return sums(gross - tax, gross)


def _payment(fields: Fields, words: Mapping[str, str]) -> Fields:
    payments: Sequence[Raw] = fields.pop("payments") or ()
    told_state, due = fields.pop("paid", None), number(fields["gross"])
    state, counting = (told_state, payments) if told_state else paid_by(payments, due)
    if state == "unpaid" and not due and fields.get("status") != "cancelled":
        state = "paid"  # shops take no payment for what costs nothing
    if not counting:
        return {"state": state}
    last = counting[-1]
    method = words.get(last["method"], last["method"])
    return {"state": state, "method": method} | {name: last[name] for name in ("reference", "paid_at") if name in last}


def _line(line: Fields, precision: int, *, included: bool) -> Fields:
    net, gross = _both(line, precision)
    quantity = number(line["quantity"])
    unit = (gross if included else net) / quantity
    full = {False: line.pop("full_net", None), True: line.pop("full_gross", None)}[included]
    if full is not None:
        discount = _amount(full, precision) - unit
        line["discount"] = plain(discount) if discount else None
    return line | {"quantity": plain(quantity), "unit_price": plain(unit)} | sums(net, gross)


def _charge(raw: Fields, precision: int, rates: Sequence[str], options: ExchangeOptions, *, included: bool) -> Fields:
    """Return a charge; the rate of one that tells none is the one of the order's by which its two sums differ."""
    rate = raw["tax_rate"] if "tax_rate" in raw else rate_between(number(raw["net"]), number(raw["gross"]), rates)
    net, gross = _both(raw, precision)
    return charge(raw["name"], raw.get("code"), options.shipping, gross if included else net, rate)


def _both(part: Fields, precision: int) -> tuple[Decimal, Decimal]:
    """Take net and gross out of what is told."""
    return _amount(part.pop("net"), precision), _amount(part.pop("gross"), precision)


def _amount(value: Any, precision: int) -> Decimal:
    return number(value).scaleb(-precision)

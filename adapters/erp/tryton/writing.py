"""Parties and sales as Tryton takes them, children as its commands."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from stdnum.eu.vat import MEMBER_STATES

from adapters.bulk import Batch
from adapters.erp.known import Known
from adapters.erp.orders import SaleLine, plain, sale_lines, same_place, visible_number
from adapters.erp.sales import Standing
from adapters.erp.tryton.client import Tryton, classed
from adapters.erp.tryton.options import TrytonOptions
from adapters.erp.tryton.translate import ADDRESS, CUSTOMER, OURS, PARTY, Raw, active, rate, vat_id
from adapters.fields import Field, asked, told
from hub.connector import Write, Written

LOOKED_UP = {
    "country": ("country.country", "code"),
    "currency": ("currency.currency", "code"),
    "payment-term": ("account.invoice.payment_term", "name"),
}
CUSTOMER_TAX = [
    ["type", "=", "percentage"],
    ["parent", "=", None],
    ["OR", ["group", "=", None], ["group.kind", "in", ["sale", "both"]]],
]
PLACE = {
    "attn": Field("name"),
    "party_name": Field("company"),
    "street": Field("", lambda place: "\n".join(filter(None, [place.get("street"), place.get("street_more")]))),
    "city": Field("city"),
    "postal_code": Field("postcode"),
    "invoice": Field("", lambda place: place.get("use") == "billing"),
    "delivery": Field("", lambda place: place.get("use") == "shipping"),
}
NOBODY: Raw = {"identifiers": (), "contact_mechanisms": (), "addresses": ()}


def look_up(tryton: Tryton, options: TrytonOptions, what: str) -> dict[str, int]:
    """Return all that Tryton has of something; of several taxes of one rate, that in the options, or the first."""
    if what != "tax":
        model, field = LOOKED_UP[what]
        return {row[field]: row["id"] for row in tryton.search(model, field)}
    named = {plain(Decimal(per_cent)): name for per_cent, name in options.taxes.items()}
    domain = [["company", "=", options.company], *CUSTOMER_TAX]
    taxes = [(rate([row]) or "0", row) for row in tryton.search("account.tax", "name rate", domain, "sequence DESC")]
    return {per_cent: row["id"] for per_cent, row in taxes if named.get(per_cent) in (None, row["name"])}


def write_parties(tryton: Tryton, options: TrytonOptions, writes: Sequence[Write]) -> Iterator[Written]:
    """Make the new parties, change the others."""
    known = Known(partial(look_up, tryton, options))
    ids = {int(each.id): each.key for each in writes if each.id}
    there = {ids[row["id"]]: row for row in tryton.having("party.party", asked(PARTY), "id", [*ids])}
    return Batch(writes).make_or_change(
        {key: row["id"] for key, row in there.items()},
        lambda key, write: party_values(write, there.get(key), known),
        partial(tryton.create, "party.party"),
        partial(tryton.change, "party.party"),
    )


def party_values(write: Write, there: Raw | None, known: Known) -> dict[str, Any]:
    """Return what is to be set of a party; `there`: as it stands."""
    fields, raw = write.fields, there or NOBODY
    values: dict[str, Any] = {"name": fields["name"]} if "name" in fields else {}

    def exchange(relation: str, sign: Callable[[Raw], Any], wanted: Mapping[Any, Any]) -> None:
        """Make those children that are new; hide those no longer wanted, as documents may refer to them."""
        old = {sign(each): each["id"] for each in active(raw[relation]) if sign(each)}
        new = [child for key, child in wanted.items() if key and key not in old]
        hidden = [id_ for key, id_ in old.items() if key not in wanted]
        commands = [["create", new]] * bool(new) + [["write", hidden, {"active": False}]] * bool(hidden)
        values[relation] = [*values.get(relation, ()), *commands]

    if not there:
        values["name"] = fields.get("name") or fields.get("email") or fields.get("phone") or "-"
        values["identifiers"] = [["create", [{"code": OURS + write.reference}]]]
    if "vat_id" in fields:
        exchange("identifiers", vat_id, {fields["vat_id"]: _identifier(fields["vat_id"] or "")})
    for kind in sorted({"email", "phone"} & {*fields}):
        value = fields[kind]
        exchange("contact_mechanisms", partial(_contact, kind), {value: {"type": kind, "value": value}})
    if "addresses" in fields:
        wanted = {same_place(each): address_values(each, known) for each in fields["addresses"] or ()}
        exchange("addresses", lambda each: same_place(told(ADDRESS, each)), wanted)
    return values


def _contact(kind: str, contact: Raw) -> str | None:
    return contact["value"] if contact["type"] == kind else None


def _identifier(code: str) -> dict[str, str]:
    country = code[:2].lower()
    return {"type": "eu_vat" if country in {*MEMBER_STATES, "el"} else f"{country}_vat", "code": code}


def address_values(fields: Raw, known: Known) -> dict[str, Any]:
    """Return an address for Tryton, which keeps no phone with it and regions only as records of a country."""
    return told(PLACE, fields) | {"country": known.any_number("country", fields.get("country"))}


class TrytonSales:
    """What Tryton does with sales."""

    def __init__(self, tryton: Tryton, options: TrytonOptions, writes: Sequence[Write]) -> None:
        """`writes`: what is to become of them; what their orders refer to is looked up when it is needed."""
        self.tryton, self.options, self.writes = tryton, options, writes
        self.create = partial(tryton.create, "sale.sale")
        self.make_addresses = partial(tryton.create, "party.address")
        self.press = partial(tryton.press, "sale.sale")
        self._known = Known(partial(look_up, tryton, options))
        self._terms: dict[int, int | None] = {}

    @cached_property
    def _units(self) -> dict[int, int]:
        ids = {int(id_) for write in self.writes for id_ in write.links.get("products", {}).values()}
        rows = self.tryton.having("product.product", "default_uom", "id", sorted(ids))
        return {row["id"]: row["default_uom"] for row in rows}

    def addresses(self, customers: Iterable[int]) -> Iterator[tuple[int, dict[str, Any], int]]:
        """Yield what each customer has, but what was hidden."""
        for row in self.tryton.having("party.party", asked(CUSTOMER), "id", sorted(customers)):
            self._terms[row["id"]] = row["customer_payment_term"]
            for each in active(row["addresses"]):
                yield row["id"], told(ADDRESS, each), each["id"]

    def address_values(self, customer: int, place: Raw) -> dict[str, Any]:
        """Return a new address of a customer."""
        return address_values(place, self._known) | {"party": customer}

    def standing(self, ids: Sequence[int]) -> list[Standing]:
        """Look at sales."""
        rows = self.tryton.having("sale.sale", "state total_amount", "id", ids)
        return [Standing(row["id"], row["state"], row["total_amount"]["decimal"]) for row in rows]

    def add(self, rounding: Sequence[tuple[int, Decimal]]) -> list[int]:
        """Add lines with an amount and no tax."""
        line = {"type": "line", "description": "Rounding", "quantity": 1.0}
        lines = [line | {"sale": sale, "unit_price": classed(amount)} for sale, amount in rounding]
        return self.tryton.create("sale.line", lines)

    def sale_values(self, write: Write, customer: int, billing: int, shipping: int) -> dict[str, Any]:
        """Return a new sale."""
        term = self._known.any_number("payment-term", self.options.payment_term) or self._terms.get(customer)
        who = {"party": customer, "invoice_address": billing, "shipment_address": shipping, "payment_term": term}
        return new_sale(write, self._units, self._known) | who


def new_sale(write: Write, units: Mapping[int, int], known: Known) -> dict[str, Any]:
    """Return what a new sale says; lines whose product is not there stand as text. `units`: of products."""
    record = write.record
    placed, currency = record.get("placed_at"), known.any_number("currency", record.get("currency"))
    values = {
        "reference": visible_number(record),
        "description": OURS + write.reference,
        "sale_date": classed(date.fromisoformat(placed[:10])) if placed else None,
        "comment": record.get("note"),
        "lines": [["create", [_line(write, line, units, known) for line in sale_lines(record)]]],
    }
    return values | ({"currency": currency} if currency else {})


def _line(write: Write, line: SaleLine, units: Mapping[int, int], known: Known) -> dict[str, Any]:
    item = int(write.links.get("products", {}).get(line.sku or "", 0))
    return {
        "type": "line",
        "quantity": float(line.quantity),
        "unit_price": classed(line.price),
        "taxes": [["add", [known.number("tax", line.rate)]]] if line.rate else [],
    } | ({"product": item, "unit": units[item]} if item in units else {"description": line.text})

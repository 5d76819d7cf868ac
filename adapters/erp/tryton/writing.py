"""Writing parties and sales: new ones in one transaction, then each is looked at as it stands, and finished.

Whatever a broken run left (a draft, a quotation) is found by the hub's reference and taken on from there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from adapters.answers import Rejected
from adapters.erp.orders import Unwritable, lacking, places_of, plain, same_place
from adapters.erp.tryton import translate
from adapters.erp.tryton.client import Row, Tryton
from adapters.erp.tryton.options import TrytonOptions
from adapters.erp.tryton.translate import Known, Raw, Spot
from hub.connector import Write
from hub.errors import Refused

BUTTONS = {"draft": "quote", "quotation": "confirm", "confirmed": "process"}
"""What leads on from each state on a sale's way."""
CONTENT = {"lines", "shipping", "discounts", "totals"}
CUSTOMER_TAX = [
    ["type", "=", "percentage"],
    ["parent", "=", None],
    ["OR", ["group", "=", None], ["group.kind", "in", ["sale", "both"]]],
]


@dataclass
class Batch:
    """Some writes on their way."""

    tryton: Tryton
    options: TrytonOptions
    writes: Sequence[Write]
    ids: dict[str, int]
    """By the canonical key: of those that are there."""
    refused: dict[str, Refused] = field(default_factory=dict[str, Refused])

    def parties(self) -> None:
        """Make the new parties, change the others."""
        countries = self._countries(place for write in self.writes for place in write.fields.get("addresses") or ())
        there = {
            row["id"]: row for row in self.tryton.having("party.party", translate.PARTY, "id", [*self.ids.values()])
        }
        new: dict[str, Mapping[str, Any]] = {}
        for write in self.writes:
            if write.key not in self.ids:
                new[write.key] = translate.new_party(write.fields, countries, write.reference)
            elif raw := there.get(self.ids[write.key]):
                try:
                    self.tryton.change("party.party", raw["id"], translate.party_values(write.fields, raw, countries))
                except Rejected as refusal:
                    self.refused[write.key] = refusal
        self._create("party.party", new)

    def sales(self) -> None:
        """Make the new sales, let all come to their order's total, and take them as far as is wished."""
        self._make([write for write in self.writes if write.key not in self.ids])
        cancelled = [write for write in self.writes if write.record.get("status") == "cancelled"]
        for state in ("draft", "quotation"):
            self._press("cancel", state, cancelled)
        for write, row in self._standing(cancelled):
            if row["state"] != "cancelled":
                told = f"sale {row['number']} is {row['state']} already; cancel it in Tryton"
                self.refused[write.key] = Unwritable("under-way", told)
        going = [write for write in self.writes if write not in cancelled]
        self._level(going)
        for state in [*BUTTONS][: [*BUTTONS, "processing"].index(self.options.confirm)]:
            self._press(BUTTONS[state], state, going)

    def _make(self, writes: Sequence[Write]) -> None:
        customers = {write.key: write.links.get("parties", {}).get(write.record.get("party", "")) for write in writes}
        orders = [(write, int(id_)) for write in writes if (id_ := customers[write.key])]
        lost = Unwritable("party-missing", "the order's customer is not in Tryton")
        self.refused |= {key: lost for key, id_ in customers.items() if not id_}
        if not orders:
            return
        known = self._known(orders)
        new: dict[str, Mapping[str, Any]] = {}
        for write, party in orders:
            try:
                new[write.key] = translate.sale_values(write, party, known)
            except Unwritable as refusal:
                self.refused[write.key] = refusal
        self._create("sale.sale", new)

    def _known(self, orders: Sequence[tuple[Write, int]]) -> Known:
        """Look up what new sales refer to; addresses that their parties do not have yet are made."""
        customers = self.tryton.having("party.party", translate.CUSTOMER, "id", sorted({party for _, party in orders}))
        products = {int(id_) for write, _ in orders for id_ in write.links.get("products", {}).values()}
        units = self.tryton.having("product.product", "default_uom", "id", sorted(products))
        term = self.options.payment_term
        terms = self._numbers("account.invoice.payment_term", "name", [["name", "=", term]]) if term else {}
        if term and term not in terms:
            raise Refused(f"Tryton has no payment term {term}; mend payment_term of the system")
        return Known(
            places=self._places(orders, customers),
            terms={row["id"]: terms.get(term) if term else row["customer_payment_term"] for row in customers},
            units={row["id"]: row["default_uom"] for row in units},
            currencies=self._numbers("currency.currency", "code", []),
            taxes=self._taxes(),
        )

    def _places(self, orders: Iterable[tuple[Write, int]], customers: Iterable[Row]) -> dict[Spot, int]:
        there: dict[Spot, int] = {}
        for row in customers:
            for each in reversed(translate.active(row["addresses"])):
                # The first one also stands for that of an order without any.
                there[row["id"], same_place({})] = there[row["id"], same_place(translate.address(each))] = each["id"]
        wanted = {
            (party, same_place(place)): {**place, "party": party}
            for write, party in orders
            for place in places_of(write.record)
            if (party, same_place(place)) not in there
        }
        countries = self._countries(wanted.values())
        values = [translate.address_values(each, countries) | {"party": each["party"]} for each in wanted.values()]
        made = self.tryton.create("party.address", values)
        return there | {spot: id_ for spot, id_ in zip(wanted, made, strict=True) if isinstance(id_, int)}

    def _countries(self, places: Iterable[Raw]) -> dict[str, int]:
        """Return the countries of addresses; a database that was never given the list gets those that it needs."""
        codes = sorted({place["country"] for place in places if place.get("country")})
        there = self._numbers("country.country", "code", [["code", "in", codes]]) if codes else {}
        missing = [code for code in codes if code not in there]
        made = self.tryton.create("country.country", [{"code": code, "name": code} for code in missing])
        return there | {code: id_ for code, id_ in zip(missing, made, strict=True) if isinstance(id_, int)}

    def _taxes(self) -> dict[str, int]:
        domain = [["company", "=", self.options.company], *CUSTOMER_TAX]
        named = {plain(Decimal(rate)): name for rate, name in self.options.taxes.items()}
        rows = self.tryton.search("account.tax", "name rate", domain, order="sequence")
        rates = [(plain(Decimal(row["rate"]) * 100), row) for row in reversed(rows)]
        return {rate: row["id"] for rate, row in rates if named.get(rate) in (None, row["name"])}

    def _numbers(self, model: str, name: str, domain: Sequence[Any]) -> dict[str, int]:
        return {row[name]: row["id"] for row in self.tryton.search(model, name, domain)}

    def _create(self, model: str, new: Mapping[str, Mapping[str, Any]]) -> None:
        for key, made in zip(new, self.tryton.create(model, [*new.values()]), strict=True):
            if isinstance(made, int):
                self.ids[key] = made
            else:
                self.refused[key] = made

    def _level(self, writes: Sequence[Write]) -> None:
        """Give the drafts that differ from their orders by rounding a line that takes it up, without tax."""
        lines: dict[str, Mapping[str, Any]] = {}
        for write, row in self._standing(writes):
            if row["state"] != "draft" and not CONTENT & {*write.fields}:
                continue
            try:
                difference = lacking(write.record, row["total_amount"])
            except Unwritable as refusal:
                self.refused[write.key] = refusal
                continue
            if difference and row["state"] == "draft":
                line = {"type": "line", "description": "Rounding", "quantity": 1.0, "unit_price": difference}
                lines[write.key] = line | {"sale": row["id"]}
        made = self.tryton.create("sale.line", [*lines.values()])
        self.refused |= {
            key: refusal for key, refusal in zip(lines, made, strict=True) if isinstance(refusal, Rejected)
        }

    def _press(self, button: str, state: str, writes: Sequence[Write]) -> None:
        keys = {row["id"]: write.key for write, row in self._standing(writes) if row["state"] == state}
        self.refused |= {keys[id_]: refusal for id_, refusal in self.tryton.press("sale.sale", button, [*keys]).items()}

    def _standing(self, writes: Iterable[Write]) -> list[tuple[Write, Row]]:
        """Return the sales as they stand now, less those that something has stopped."""
        wanted = {self.ids[write.key]: write for write in writes if write.key in {*self.ids} - {*self.refused}}
        rows = self.tryton.having("sale.sale", "state number total_amount", "id", [*wanted])
        return [(wanted[row["id"]], row) for row in rows]

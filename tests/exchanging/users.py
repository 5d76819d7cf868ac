"""What people do in the systems: enter, change, rename and delete records, order, cancel, and move orders on."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.canonical import moves_forward
from hub.connector import GUEST
from tests.exchanging.connector import CURRENCY, LIST, NEW
from tests.exchanging.faults import Faults
from tests.exchanging.peer import Peer, Row
from tests.exchanging.plan import Plan
from tests.exchanging.values import Values

TWIN = "twins@example.com"
ENDS = frozenset(["completed", "cancelled"])
STEPS = ("confirmed", "processing", "shipped", "completed")
MOST = {"products": 6, "parties": 6, "orders": 7}
"""Records of which a system gets no more by its users."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A value that somebody entered."""

    seq: int
    system: str
    table: str
    id: str
    field: str
    value: Any
    """As the system stored it."""


@dataclass(slots=True)
class Users:
    """Everybody who works in the systems."""

    plan: Plan
    peers: Mapping[str, Peer]
    faults: Faults
    seq: Callable[[], int]
    webhook: Callable[[Peer, str, str], None]
    """Called with what a system tells of: table, identity."""
    dice: random.Random
    entered: list[Entered] = field(default_factory=list[Entered])
    placed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict[tuple[str, str], dict[str, Any]])
    """Orders by shop and number, as they were placed."""
    foreign: set[str] = field(default_factory=set[str])
    """SKUs of products that a shop has of its own, if only at first."""
    awaited: list[str] = field(default_factory=list[str])
    """Those of them that the ERP does not have yet, and will."""
    deleted: list[str] = field(default_factory=list[str])
    """SKUs that the ERP has no more."""
    values: Values = field(init=False)
    moved: set[str] = field(default_factory=set[str])
    """E-mail addresses that somebody has given up or taken: nobody new comes with them."""
    _renamed: set[str] = field(default_factory=set[str])
    """SKUs that the ERP's products have got: a shop may still have them under the old ones."""
    _recent: str = ""
    """The natural key of the record that was touched last."""

    def __post_init__(self) -> None:
        self.values = Values(self.dice)

    def go_on(self) -> str:
        """Have somebody do something; returns what."""
        peer = self.dice.choice([*self.peers.values(), self.peers["erp"]])
        deeds = self._erp_deeds(peer) if peer.traits.kind == "erp" else self._shop_deeds(peer)
        deed = self.dice.choice(deeds)
        return f"{peer.name}: {deed(peer) or 'nothing to do'}"

    def meddle(self, peer: Peer, table: str) -> str:
        """Have somebody change a record of one table; returns what."""
        deeds = {
            "products": self._change_product,
            "prices": self._change_price,
            "stock": self._change_stock,
            "parties": self._change_party,
            "orders": self._move if peer.traits.kind == "erp" else self._finish,
        }
        return f"{peer.name}: {deeds[table](peer) or 'nothing to do'}"

    def _erp_deeds(self, peer: Peer) -> Sequence[Callable[[Peer], str | None]]:
        goods = (self._add_product, self._add_product, self._change_product, self._change_product)
        goods += (self._change_price, self._change_stock, self._rename, self._delete_product)
        goods += (self._list, self._list) if any(each.any_list for each in self.plan.systems) else ()
        deals = (self._add_party, self._change_party, self._change_party, self._move, self._move, self._track)
        deals += (self._delete_party, self._touch)
        return self._of(goods, deals)

    def _shop_deeds(self, peer: Peer) -> Sequence[Callable[[Peer], str | None]]:
        goods = (self._change_product, self._spoil_price, self._spoil_stock, self._delete_product, self._add_foreign)
        goods += () if peer.traits.makes else (self._add_foreign, self._add_foreign)
        deals = (self._order, self._order, self._order, self._change_party, self._change_party, self._finish)
        deals += (self._add_party, self._touch, self._regret)
        return self._of(goods, deals)

    def _of(self, goods: Sequence[Any], deals: Sequence[Any]) -> Sequence[Any]:
        entities = self.plan.entities
        return [*(goods if "products" in entities else ()), *(deals if "orders" in entities else ())]

    # Deeds

    def _do(self, peer: Peer, table: str, number: str, fields: Mapping[str, Any]) -> None:
        """Change a record, now or so that it can be seen a little later, and note what was entered."""

        def change() -> None:
            if number in peer.rows(table) and not peer.is_guarded(table, number):
                peer.change(table, number, fields)
                self._note(peer, table, number, fields)

        if self.faults.happens("visible-late"):
            peer.later(self.faults.of("visible-late").uniform(0.5, 4.5), change, stamped=True)
        else:
            change()

    def _note(self, peer: Peer, table: str, number: str, fields: Mapping[str, Any]) -> None:
        stored = peer.rows(table)[number].fields
        seq = self.seq()
        self.entered += [Entered(seq, peer.name, table, number, name, stored[name]) for name in fields]
        self.webhook(peer, table, number)

    def _add(self, peer: Peer, table: str, fields: Mapping[str, Any]) -> Row | None:
        row = peer.add(table, fields)
        if row is not None:
            self._note(peer, table, row.id, fields)
        return row

    def _some(self, peer: Peer, table: str, name: str, fits: Callable[[Row], bool] = lambda _: True) -> Row | None:
        """Choose a record: by preference the one that somebody has just touched elsewhere."""
        rows = [row for row in peer.rows(table).values() if fits(row)]
        same = [row for row in rows if row.fields.get(name) == self._recent]
        if not rows:
            return None
        row = same[0] if same and self.faults.happens("same-record") else self.dice.choice(rows)
        self._recent = row.fields.get(name) or ""
        return row

    # Goods

    def _add_product(self, peer: Peer) -> str | None:
        if len(peer.rows("products")) >= MOST["products"]:
            return None
        waiting = self.awaited or (self.deleted if self.plan.returns else [])
        sku = waiting.pop() if waiting and self.dice.random() < 0.8 else f"A{self.values.next()}"
        names = ["name", *(each for each in ("description", "tags", "weight") if self.dice.random() < 0.6)]
        self._add(peer, "products", {"sku": sku, **{name: self.values.of(name) for name in names}})
        for price_list in self.dice.choice(((LIST,), (LIST, "b2b"), ())):
            price = {"sku": sku, "list": price_list, "currency": CURRENCY, "amount": self.values.of("amount")}
            self._add(peer, "prices", price)
        for location in self.dice.choice((("W1",), ("W1", "W2"), ())):
            self._add(peer, "stock", {"sku": sku, "location": location, "on_hand": self.values.of(""), "reserved": "1"})
        return f"product {sku} is new"

    def _add_foreign(self, peer: Peer) -> str | None:
        if not peer.traits.makes:
            return self._add_own(peer)
        if len(self.foreign) > 2:
            return None
        sku = f"F{self.values.next()}"
        self.foreign.add(sku)
        peer.add("products", {"sku": sku, "name": self.values.of("name"), "amount": "1.00", "available": "1"})
        return f"product {sku} is new, of its own"

    def _add_own(self, peer: Peer) -> str | None:
        """Add a product that the ERP has, too, or will have."""
        if len(peer.rows("products")) >= MOST["products"]:
            return None
        there = {row.fields["sku"] for row in self.peers["erp"].rows("products").values()}
        known = sorted(there - self.foreign - self._renamed)
        if known and self.dice.random() < 0.3:
            sku = self.dice.choice(known)
        else:
            sku = f"W{self.values.next()}"
            self.awaited.append(sku)
        self.foreign.add(sku)
        peer.add("products", {"sku": sku, "name": self.values.of("name"), "amount": "1.00", "available": "1"})
        return f"product {sku} is new, by itself"

    def _change_product(self, peer: Peer) -> str | None:
        row = self._some(peer, "products", "sku")
        if row is None:
            return None
        name = self.dice.choice(("name", "description", "tags", "weight"))
        if peer.is_guarded("products", row.id):
            return None
        self._do(peer, "products", row.id, {name: self.values.of(name)})
        return f"{name} of product {row.fields['sku']} changed"

    def _change_price(self, peer: Peer) -> str | None:
        row = self._some(peer, "prices", "sku")
        if row is None:
            return None
        self._do(peer, "prices", row.id, {"amount": self.values.of("amount")})
        return f"price of {row.fields['sku']} changed"

    def _list(self, peer: Peer) -> str | None:
        """Put a product on a price list, or take it from one."""
        product = self._some(peer, "products", "sku")
        if product is None:
            return None
        sku, price_list = product.fields["sku"], self.dice.choice((LIST, "b2b"))
        there = [e.id for e in peer.rows("prices").values() if (e.fields["sku"], e.fields["list"]) == (sku, price_list)]
        if not there:
            price = {"sku": sku, "list": price_list, "currency": CURRENCY, "amount": self.values.of("amount")}
            self._add(peer, "prices", price)
            return f"product {sku} is on the list {price_list}"
        if "delete" not in self.plan.rates:
            return None
        peer.delete("prices", there[0])
        self.webhook(peer, "prices", there[0])
        return f"product {sku} is no more on the list {price_list}"

    def _change_stock(self, peer: Peer) -> str | None:
        row = self._some(peer, "stock", "sku")
        if row is None:
            return None
        name = self.dice.choice(("on_hand", "reserved"))
        self._do(peer, "stock", row.id, {name: self.values.of(name)})
        return f"{name} of {row.fields['sku']} changed"

    def _spoil_price(self, peer: Peer) -> str | None:
        return self._spoil(peer, "amount")

    def _spoil_stock(self, peer: Peer) -> str | None:
        return self._spoil(peer, "available")

    def _spoil(self, peer: Peer, name: str) -> str | None:
        row = self._some(peer, "products", "sku", lambda row: row.fields.get(name) is not None)
        if row is None or peer.is_guarded("products", row.id):
            return None
        self._do(peer, "products", row.id, {name: self.values.of(name)})
        return f"{name} of product {row.fields['sku']} changed"

    def _rename(self, peer: Peer) -> str | None:
        row = self._some(peer, "products", "sku") if self.faults.happens("rename") else None
        if row is None:
            return None
        old, new = row.fields["sku"], f"A{self.values.next()}"
        self._renamed.add(new)
        for table in ("products", "prices", "stock"):
            for each in list(peer.rows(table).values()):
                if each.fields["sku"] == old:
                    peer.change(table, each.id, {"sku": new})
                    self._note(peer, table, each.id, {"sku": new})
        return f"product {old} is called {new} from now on"

    def _delete_product(self, peer: Peer) -> str | None:
        row = self._some(peer, "products", "sku") if self.faults.happens("delete") else None
        if row is None:
            return None
        sku = row.fields["sku"]
        for table in ("products", "prices", "stock") if peer.traits.kind == "erp" else ("products",):
            for each in list(peer.rows(table).values()):
                if each.fields["sku"] == sku:
                    peer.delete(table, each.id)
                    self.webhook(peer, table, each.id)
        self.deleted += [sku] if peer.traits.kind == "erp" else []
        return f"product {sku} is deleted"

    # Deals

    def _add_party(self, peer: Peer) -> str | None:
        if peer.is_guarded("parties", NEW) or len(peer.rows("parties")) >= MOST["parties"]:
            return None
        row = self._new_party(peer)
        return f"party {row.fields['email']} is new" if row else None

    def _new_party(self, peer: Peer) -> Row | None:
        here = {row.fields["email"] for row in peer.rows("parties").values()}
        there = {row.fields["email"] for each in self.peers.values() for row in each.rows("parties").values()} - here
        known = sorted(there - self.moved - ({TWIN} if peer.traits.kind == "erp" else set[str]()))
        email = (
            self.dice.choice(known) if known and peer.is_quiet and self.dice.random() < 0.4 else self.values.of("email")
        )
        fields = {"name": self.values.of("name"), "email": email}
        if self.dice.random() < 0.5 and email != TWIN:
            fields["phone"] = self.values.of("phone")
        return self._add(peer, "parties", fields)

    def _change_party(self, peer: Peer) -> str | None:
        row = self._some(peer, "parties", "email")
        if row is None or peer.is_guarded("parties", row.id):
            return None
        name = self.dice.choice(("name", "name", "name", "phone", "email" if row.fields["email"] != TWIN else "phone"))
        value = self.values.of(name)
        if name == "email":
            self.moved |= {row.fields["email"], value}
        self._do(peer, "parties", row.id, {name: value})
        return f"{name} of party {row.fields['email']} changed"

    def _delete_party(self, peer: Peer) -> str | None:
        used = {row.fields["party"] for row in peer.rows("orders").values()}
        row = self._some(peer, "parties", "email", lambda row: row.id not in used and row.fields["email"] != TWIN)
        if row is None or not self.faults.happens("delete"):
            return None
        peer.delete("parties", row.id)
        self.webhook(peer, "parties", row.id)
        return f"party {row.fields['email']} is deleted"

    def _order(self, peer: Peer) -> str | None:
        if len(peer.rows("orders")) >= MOST["orders"]:
            return None
        if peer.traits.guests and self.dice.random() < 0.5:
            email = self.values.of("email")
            party, name = f"{GUEST}{email}", self.values.of("name")
        else:
            known = list(peer.rows("parties").values())
            row = self.dice.choice(known) if known and self.dice.random() < 0.6 else self._new_party(peer)
            if row is None:
                return None
            party, email, name = row.id, row.fields["email"], row.fields["name"]
        number = f"N{self.values.next()}"
        lines = [self._line(peer, place) for place in range(self.dice.randint(1, 3))]
        gross = sum(int(line["quantity"]) * int(line["unit_price"].split(".")[0]) for line in lines)
        fields = {
            "number": number,
            "party": party,
            "name": name,
            "email": email,
            "lines": lines,
            "gross": f"{gross}.00",
            "currency": CURRENCY,
            "status": "pending",
        }
        self.placed[peer.name, number] = fields

        def place() -> None:
            row = peer.add("orders", fields)
            if row is not None:
                self.webhook(peer, "orders", row.id)

        if self.faults.happens("visible-late"):
            peer.later(self.faults.of("visible-late").uniform(0.5, 4.5), place, stamped=True)
        else:
            place()
        return f"order {number} of {email}"

    def _line(self, peer: Peer, place: int) -> dict[str, Any]:
        products = [row.fields["sku"] for row in peer.rows("products").values()]
        line = {
            "id": str(place + 1),
            "quantity": str(self.dice.randint(1, 5)),
            "unit_price": f"{self.values.next()}.00",
        }
        return line | ({"sku": self.dice.choice(products)} if products and self.dice.random() < 0.8 else {"name": "x"})

    def _move(self, peer: Peer) -> str | None:
        row = self._some(peer, "orders", "number", lambda row: not row.draft)
        if row is None or peer.is_guarded("orders", row.id):
            return None
        to = self.dice.choice(STEPS)
        return self._set_status(peer, row, to)

    def _finish(self, peer: Peer) -> str | None:
        row = self._some(peer, "orders", "number")
        if row is None or peer.is_guarded("orders", row.id):
            return None
        return self._set_status(peer, row, self.dice.choice(("cancelled", "cancelled", "completed", "processing")))

    def _regret(self, peer: Peer) -> str | None:
        """Cancel what was ordered last, before anybody has looked at it."""
        row = next(reversed(peer.rows("orders").values()), None)
        if row is None or row.fields["status"] != "pending" or peer.is_guarded("orders", row.id):
            return None
        return self._set_status(peer, row, "cancelled")

    def _set_status(self, peer: Peer, row: Row, to: str) -> str | None:
        """Set a status, if that is a step forward, and nobody has ended the order otherwise."""
        same = [
            each.fields["status"]
            for other in self.peers.values()
            for each in other.rows("orders").values()
            if each.fields["number"] == row.fields["number"]
        ]
        if not moves_forward(row.fields["status"], to) or any(each in ENDS and to in ENDS for each in same):
            return None
        peer.change("orders", row.id, {"status": to})
        self._note(peer, "orders", row.id, {"status": to})
        return f"order {row.fields['number']} is {to}"

    def _track(self, peer: Peer) -> str | None:
        row = self._some(peer, "orders", "number", lambda row: not row.draft)
        if row is None:
            return None
        self._do(peer, "orders", row.id, {"tracking": [{"number": f"T{self.values.next()}"}]})
        return f"order {row.fields['number']} has a parcel"

    def _touch(self, peer: Peer) -> str | None:
        table = self.dice.choice(sorted(peer.tables) or ["orders"])
        rows = sorted(peer.rows(table))
        if not rows or peer.traits.mark != "lies":
            return None
        number = self.dice.choice(rows)
        peer.touch(table, number)
        return f"the mark of {table} {number} moved, nothing else did"

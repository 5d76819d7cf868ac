"""Somebody in the office who works with the Tryton peer: makes products, changes prices and stock, ships what was sold."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol, cast

from tests.peers.asking import ask

AT_ONCE = 50
"""Records created by one call: with a hundred, Tryton asks SQLite for more than it can parse."""

INSTANT = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class Facts(Protocol):
    """What is known of a running Tryton: a `Peer`, or a mapping."""

    def __getitem__(self, fact: str, /) -> Any:
        """Return `rpc`, `user`, `password` or `company`."""
        ...


@dataclass(frozen=True, slots=True)
class Article:
    """A product to be made."""

    sku: str
    name: str
    price: str
    """Without tax."""
    quantity: int = 0
    """In stock."""


@dataclass
class Office:
    """A session with Tryton."""

    tryton: Facts
    _session: dict[str, str] = field(default_factory=dict[str, str])

    def call(self, method: str, *given: Any, **context: Any) -> Any:
        """Call a method of Tryton's, e.g. `model.sale.sale.read`; returns its plain result. Fails if it was refused."""
        if not self._session:
            number, token, *_ = self._post(
                "common.db.login", [self.tryton["user"], {"password": self.tryton["password"]}]
            )
            session = base64.b64encode(f"{self.tryton['user']}:{number}:{token}".encode()).decode("ascii")
            self._session = {"Authorization": f"Session {session}"}
        return self._post(method, [*given, {"company": self.tryton["company"], **context}])

    def _post(self, method: str, params: list[Any]) -> Any:
        body = {"id": 1, "method": method, "params": coded(params)}
        answer, _ = ask(self.tryton["rpc"], body, headers=self._session)
        assert not answer.get("error"), f"{method}: {answer['error']}"
        return plain(answer["result"])

    def rows(self, model: str, domain: Sequence[Any], *fields: str, order: str = "id") -> list[dict[str, Any]]:
        """Return records, all that there are."""
        return self.call(f"model.{model}.search_read", list(domain), 0, None, [[order, "ASC"]], list(fields))

    def one(self, model: str, domain: Sequence[Any]) -> int:
        """Return the number of the only record."""
        (found,) = self.rows(model, domain, "id")
        return found["id"]

    def make_products(self, articles: Sequence[Article]) -> None:
        """Make products with their list prices and what lies in stock of them."""
        goods = self.one("product.category", [["name", "=", "Goods"]])
        unit = self.one("product.uom", [["name", "=", "Unit"]])
        for start in range(0, len(articles), AT_ONCE):
            some = articles[start : start + AT_ONCE]
            self.call("model.product.template.create", [_template(each, goods, unit) for each in some])
            products = self.products([each.sku for each in some])
            self.count({products[each.sku]: each.quantity for each in some if each.quantity})

    def products(self, skus: Sequence[str]) -> dict[str, int]:
        """Return the products' numbers by their codes."""
        return {each["code"]: each["id"] for each in self.rows("product.product", [["code", "in", list(skus)]], "code")}

    def count(self, found: Mapping[int, int]) -> None:
        """Enter what was counted in the storage: product's number -> quantity."""
        if not found:
            return
        storage = self.one("stock.location", [["code", "=", "STO"]])
        lines = [{"product": product, "quantity": float(quantity)} for product, quantity in found.items()]
        given = {"location": storage, "lines": [["create", lines]]}
        made = self.call("model.stock.inventory.create", [given])
        self.call("model.stock.inventory.confirm", made)

    def set_stock(self, sku: str, quantity: int) -> None:
        """Enter what was counted of one product."""
        self.count({self.products([sku])[sku]: quantity})

    def set_price(self, sku: str, price: str) -> None:
        """Change the list price of a product, which is without tax."""
        (row,) = self.rows("product.product", [["code", "=", sku]], "template")
        given = {"list_price": Decimal(price), "gross_price": Decimal(price) * Decimal("1.2")}
        self.call("model.product.template.write", [row["template"]], given)

    def sales(self) -> list[dict[str, Any]]:
        """Return all sales that the hub brought, with their lines and their party."""
        fields = ("number", "reference", "state", "party", "currency.code", "total_amount", "untaxed_amount")
        found = self.rows("sale.sale", [["description", "like", "hub:%"]], *fields)
        told = ("sale", "product.code", "quantity", "unit_price", "amount", "description")
        lines = self.rows("sale.line", [["sale", "in", [each["id"] for each in found]]], *told) if found else []
        return [each | {"lines": [line for line in lines if line["sale"] == each["id"]]} for each in found]

    def ship(self, sale: int, parcel: str) -> None:
        """Send what was sold and not sent yet, with a parcel's number."""
        for shipment in self._open(sale):
            self.call("model.stock.shipment.out.write", [shipment], {"reference": parcel})
            for step in ("assign_try", "pick", "pack", "do"):
                self.call(f"model.stock.shipment.out.{step}", [shipment])

    def send_less(self, sale: int, parcel: str, pieces: float) -> None:
        """Send so much of each line that was sold, which leaves the rest in another shipment."""
        moves = self.rows("stock.move", [["shipment.id", "in", self._open(sale), "stock.shipment.out"]])
        self.call("model.stock.move.write", [each["id"] for each in moves], {"quantity": pieces})
        self.ship(sale, parcel)

    def give_up(self, sale: int) -> None:
        """Cancel what was not sent, and let that be, as the wizard "Handle Shipment Exception" does."""
        self.call("model.stock.shipment.out.cancel", self._open(sale))
        for line in self.rows("sale.line", [["sale", "=", sale]]):
            of_line = [["origin", "=", f"sale.line,{line['id']}"], ["state", "=", "cancelled"]]
            ignored = [each["id"] for each in self.rows("stock.move", of_line)]
            self.call("model.sale.line.write", [line["id"]], {"moves_ignored": [["add", ignored]]})
        self.call("model.sale.sale.process", [sale])

    def _open(self, sale: int) -> list[int]:
        """Return the shipments of a sale that have not left."""
        (row,) = self.rows("sale.sale", [["id", "=", sale]], "shipments")
        there = [["id", "in", row["shipments"]], ["state", "not in", ["done", "cancelled"]]]
        return [each["id"] for each in self.rows("stock.shipment.out", there)]

    def available(self, products: Sequence[int]) -> dict[int, float]:
        """Return what lies in the storage of each product, less what is promised: product's number -> quantity."""
        storage = self.one("stock.location", [["code", "=", "STO"]])
        found = self.call("model.product.product.read", list(products), ["quantity"], locations=[storage])
        promised = self.rows(
            "stock.move",
            [
                ["product", "in", list(products)],
                ["state", "in", ["draft", "assigned"]],
                ["to_location.type", "=", "customer"],
            ],
            "product",
            "internal_quantity",
        )
        levels = {each["id"]: each["quantity"] for each in found}
        for each in promised:
            levels[each["product"]] -= each["internal_quantity"]
        return levels

    def phone(self, email: str) -> str | None:
        """Return the phone number of the party that has an e-mail address."""
        found = self._phones(email)
        return found[0]["value"] if found else None

    def set_phone(self, email: str, phone: str) -> None:
        """Enter the phone number of the party that has an e-mail address."""
        party, found = self._party(email), self._phones(email)
        if found:
            self.call("model.party.contact_mechanism.write", [found[0]["id"]], {"value": phone})
        else:
            given = {"party": party, "type": "phone", "value": phone}
            self.call("model.party.contact_mechanism.create", [given])

    def _party(self, email: str) -> int:
        (mail,) = self.rows("party.contact_mechanism", [["type", "=", "email"], ["value", "=", email]], "party")
        return mail["party"]

    def _phones(self, email: str) -> list[dict[str, Any]]:
        domain = [["type", "=", "phone"], ["party", "=", self._party(email)]]
        return self.rows("party.contact_mechanism", domain, "value")


def _template(article: Article, goods: int, unit: int) -> dict[str, Any]:
    price = Decimal(article.price)
    return {
        "name": article.name,
        "code": article.sku,
        "type": "goods",
        "salable": True,
        "default_uom": unit,
        "sale_uom": unit,
        "account_category": goods,
        "list_price": price,
        "gross_price": price * Decimal("1.2"),
        "products": [["create", [{}]]],
    }


def coded(value: Any) -> Any:
    """Return a value as Tryton's JSON has it."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": format(value.quantize(Decimal("0.0001")), "f")}
    if isinstance(value, dict):
        return {name: coded(each) for name, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [coded(each) for each in cast("Sequence[Any]", value)]
    return value


def plain(value: Any) -> Any:
    """Return what Tryton's JSON means, in Python."""
    if isinstance(value, list):
        return [plain(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    row = cast("dict[str, Any]", value)
    match row.get("__class__"):
        case "Decimal":
            return Decimal(row["decimal"])
        case "date":
            return date(row["year"], row["month"], row["day"])
        case "datetime":
            return datetime(*[row[part] for part in INSTANT], tzinfo=UTC)
        case _:
            return {name: plain(each) for name, each in row.items()}

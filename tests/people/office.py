"""What people do in Tryton: with products, and with the sales that came from the shops."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tests.peers.tryton_office import Article, Office
from tests.people.chance import CATEGORIES, GTINS, Chance

Act = Callable[[Office, Chance], object]
TEMPLATE, PRODUCT = "model.product.template", "model.product.product"
MINE = [["code", "like", "P%"]]


def prepare(office: Office) -> None:
    """Make what products are put under: categories, one in another, and goods of which no tax is taken."""
    for path in sorted({path[: path.find(" / ")] if " / " in path else path for path in CATEGORIES}):
        parent = office.call("model.product.category.create", [{"name": path}])[0]
        below = [path_.partition(" / ")[2] for path_ in CATEGORIES if path_.startswith(f"{path} / ")]
        for name in below:
            office.call("model.product.category.create", [{"name": name, "parent": parent}])
    (goods,) = office.rows("product.category", [["name", "=", "Goods"]], "account_revenue", "account_expense")
    del goods["id"]
    office.call("model.product.category.create", [{"name": "Books", "accounting": True, **goods}])
    lamps = office.one("product.category", [["name", "=", "Lamps"]])
    office.make_products([Article(f"P{number}", f"Lamp {number}", f"{number}.99", 100) for number in range(1, 9)])
    some = office.rows("product.product", [["code", "in", ["P1", "P2", "P3", "P4", "P5"]]], "template")
    office.call(f"{TEMPLATE}.write", [each["template"] for each in some], {"categories": [["add", [lamps]]]})


def _one(office: Office, chance: Chance, **only: Any) -> dict[str, Any]:
    """Return a product, in use or not."""
    there = [*MINE, ["active", "in", [True, False]], *([name, "=", only[name]] for name in only)]
    return chance.choice(office.rows("product.product", there, "code", "template", "active", "identifiers"))


def _write(office: Office, row: Mapping[str, Any], **values: Any) -> None:
    office.call(f"{TEMPLATE}.write", [row["template"]], values, _skip_warnings=True)


def make(office: Office, chance: Chance) -> None:
    """Make a product; now and then under a number that another one had."""
    unit = office.one("product.uom", [["name", "=", chance.choice(("Unit", "Unit", "Kilogram"))]])
    price = Decimal(chance.amount())
    new = {
        "name": chance.text() or "Lamp",
        "code": f"P{chance.randrange(30)}",
        "type": "goods",
        "salable": True,
        "default_uom": unit,
        "sale_uom": unit,
        "account_category": office.one("product.category", [["name", "=", "Goods"]]),
        "list_price": price,
        "gross_price": price * Decimal("1.2"),
        "products": [["create", [{"description": chance.text()}]]],
    }
    there = office.rows("product.product", [["code", "=", new["code"]]], "code")
    if there and chance.random() < 0.8:  # mostly, people look
        return
    (template,) = office.call(f"{TEMPLATE}.create", [new])
    if chance.random() < 0.8:
        (row,) = office.rows("product.product", [["template", "=", template]])
        office.count({row["id"]: chance.count()})


def call_otherwise(office: Office, chance: Chance) -> None:
    """Change a name."""
    _write(office, _one(office, chance), name=chance.text())


def describe(office: Office, chance: Chance) -> None:
    """Change a text."""
    office.call(f"{PRODUCT}.write", [_one(office, chance)["id"]], {"description": chance.text()})


def renumber(office: Office, chance: Chance) -> None:
    """Change a number; now and then two products change theirs."""
    row, other = _one(office, chance), _one(office, chance)
    if chance.random() < 0.3 and row["id"] != other["id"]:
        _write(office, row, code=other["code"])
        _write(office, other, code=row["code"])
    else:
        _write(office, row, code=f"P{chance.randrange(30)}")


def reprice(office: Office, chance: Chance) -> None:
    """Change a price; now and then take it away."""
    row = _one(office, chance)
    price = Decimal(chance.amount()) if chance.random() < 0.9 else None
    _write(office, row, list_price=price, gross_price=price and price * Decimal("1.2"))


def count(office: Office, chance: Chance) -> None:
    """Count what lies there."""
    office.count({_one(office, chance)["id"]: chance.count()})


def discontinue(office: Office, chance: Chance) -> None:
    """Take a product out of use, or off sale; or take it up again."""
    row = _one(office, chance)
    _write(office, row, **chance.choice(({"active": not row["active"]}, {"salable": False}, {"salable": True})))


def delete(office: Office, chance: Chance) -> None:
    """Delete a product; Tryton refuses it where it was moved."""
    office.call(f"{TEMPLATE}.delete", [_one(office, chance)["template"]])


def categorise(office: Office, chance: Chance) -> None:
    """Put a product into another category, or into none; or call a category otherwise."""
    row = _one(office, chance)
    known = office.rows("product.category", [["accounting", "!=", True]], "name")
    if chance.random() < 0.2:
        office.call(
            "model.product.category.write", [chance.choice(known)["id"]], {"name": f"Lamps {chance.randrange(99)}"}
        )
        return
    (now,) = office.rows(
        "product.template", [["id", "=", row["template"]], ["active", "in", [True, False]]], "categories"
    )
    chosen = [] if chance.random() < 0.2 else [chance.choice(known)["id"]]
    _write(office, row, categories=[["remove", now["categories"]], ["add", chosen]])


def mark(office: Office, chance: Chance) -> None:
    """Give a product a GTIN, or take it away."""
    row = _one(office, chance)
    told = [["delete", row["identifiers"]]] if row["identifiers"] else []
    if not row["identifiers"] or chance.random() < 0.5:
        told.append(["create", [{"type": "ean", "code": chance.choice(GTINS)}]])
    office.call(f"{PRODUCT}.write", [row["id"]], {"identifiers": told})


def tax(office: Office, chance: Chance) -> None:
    """Put a product among goods with another tax."""
    name = chance.choice(("Goods", "Books"))
    _write(office, _one(office, chance), account_category=office.one("product.category", [["name", "=", name]]))


def _sale(office: Office, chance: Chance, *states: str) -> dict[str, Any]:
    return chance.choice([each for each in office.sales() if each["state"] in states])


def advance(office: Office, chance: Chance) -> None:
    """Confirm a sale that the hub has left before."""
    sale = _sale(office, chance, "draft", "quotation", "confirmed")
    step = {"draft": "quote", "quotation": "confirm", "confirmed": "process"}[sale["state"]]
    office.call(f"model.sale.sale.{step}", [sale["id"]])


def ship(office: Office, chance: Chance) -> None:
    """Send what was sold."""
    office.ship(_sale(office, chance, "processing")["id"], f"PARCEL {chance.randrange(1000)}")


def send_less(office: Office, chance: Chance) -> None:
    """Send one piece of each line; now and then leave it at that."""
    sale = _sale(office, chance, "processing")["id"]
    office.send_less(sale, f"PART {chance.randrange(1000)}", 1.0)
    if chance.random() < 0.5:
        office.give_up(sale)


def cancel(office: Office, chance: Chance) -> None:
    """Cancel a sale; one under way cannot be, its shipment can."""
    sale = _sale(office, chance, "draft", "quotation", "confirmed", "processing")
    if sale["state"] == "processing":
        office.give_up(sale["id"])
    else:
        office.call("model.sale.sale.cancel", [sale["id"]])


def edit_party(office: Office, chance: Chance) -> None:
    """Change what is known of a customer."""
    mails = office.rows("party.contact_mechanism", [["value", "ilike", "c_@people.example"]], "party", "value")
    party = chance.choice(mails)
    if chance.random() < 0.5:
        office.call("model.party.party.write", [party["party"]], {"name": chance.text()})
    else:
        office.set_phone(party["value"], f"+3864012345{chance.randrange(10)}")


ACTS: Mapping[Act, int] = {
    make: 8,
    call_otherwise: 5,
    describe: 5,
    renumber: 2,
    reprice: 6,
    count: 6,
    discontinue: 4,
    delete: 2,
    categorise: 4,
    mark: 3,
    tax: 2,
    advance: 3,
    ship: 4,
    send_less: 2,
    cancel: 2,
    edit_party: 2,
}
"""How often each is done, beside the others."""

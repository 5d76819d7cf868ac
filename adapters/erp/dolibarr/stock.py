"""What lies in each warehouse, and what of it orders hold.

An order takes nothing from `real` until it is shipped or billed; only the *virtual stock* shows it, `stock_theorique`, as
the company's own rules have it (code: product/class/product.class.php, `load_virtual_stock`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from adapters.erp.dolibarr.client import Dolibarr
from adapters.erp.dolibarr.lists import DRAFTS, GOODS
from adapters.rows import Row
from hub.connector import Document
from hub.errors import Refused

NOTHING = Decimal()


def levels(erp: Dolibarr, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield how much of each product lies in each warehouse, of those in the options, or of all, and is held there."""
    storage, drafted = erp.options.storage, _drafted(erp)
    there = {row["id"]: str(row["ref"]) for row in erp.all("warehouses")}
    if missing := {*storage} - {*there.values()}:
        raise Refused(f"there is no warehouse {', '.join(sorted(missing))}; mend storage in [systems.{erp.name}]")
    for row in rows:
        lying: Mapping[str, Row] = row.get("stock_warehouse") or {}  # PHP writes nothing as a list
        real = {int(place): Decimal(str(each["real"])) for place, each in lying.items()}
        known = {place: number for place, number in real.items() if _name(erp, there, place)}
        held = _taken(row, known, _held(row) + drafted[row["id"]])
        for place, number in sorted(known.items()):
            told = {"id": row["id"], "ref": row["ref"], "real": str(number), "held": str(held[place])}
            yield Document(f"{row['id']}|{place}", {**told, "location": _name(erp, there, place)})


def _name(erp: Dolibarr, there: Mapping[int, str], place: int) -> str | None:
    """Return what a warehouse is called by us, if it is meant."""
    storage, name = erp.options.storage, there.get(place)
    return storage.get(name or "") if storage else name


def _held(row: Row) -> Decimal:
    """Return what orders hold; what is still to come from suppliers, or to be produced, counts against it there."""
    real, virtual = (Decimal(str(row.get(name) or 0)) for name in ("stock_reel", "stock_theorique"))
    return max(real - virtual, NOTHING)


def _drafted(erp: Dolibarr) -> defaultdict[int, Decimal]:
    """Return product -> units in orders that the hub has brought and nobody has validated: no virtual stock has them."""
    return _units(erp.all(DRAFTS.path, *DRAFTS.only))


def _units(orders: Sequence[Row]) -> defaultdict[int, Decimal]:
    """Return product -> units in the lines of orders."""
    found: defaultdict[int, Decimal] = defaultdict(Decimal)
    for line in (line for order in orders for line in order.get("lines") or ()):
        if line.get("fk_product"):
            found[int(line["fk_product"])] += Decimal(str(line["qty"]))
    return found


def _taken(row: Row, real: Mapping[int, Decimal], held: Decimal) -> dict[int, Decimal]:
    """Return where it is held: orders name no warehouse, so where the product is at home, then wherever it lies."""
    home = int(row.get("fk_default_warehouse") or 0)
    found: dict[int, Decimal] = {}
    for place in sorted(real, key=lambda place: (place != home, place)):
        found[place] = min(max(real[place], NOTHING), held)
        held -= found[place]
    return found


def sold(erp: Dolibarr, orders: Sequence[Row]) -> Sequence[Row]:
    """Return the goods in the lines of orders: what these hold moves no mark of a product."""
    return GOODS.some(erp, [str(number) for number in _units(orders)])

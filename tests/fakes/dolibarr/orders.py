"""Orders: made as drafts, their sums reckoned, validated (code: commande/class/api_orders.class.php)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from tests.fakes.dolibarr.lists import Row, error, listed, text, with_id
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.dolibarr.erp import Dolibarr

CENT, PRICE = Decimal("0.01"), Decimal("0.00001")
"""MAIN_MAX_DECIMALS_TOT and MAIN_MAX_DECIMALS_UNIT, as they are at first."""

HIDDEN = ("lines", "contacts", "fk_soc", "sent", "shipments")


def shown(record: Record) -> Row:
    lines = record.values["lines"]
    total = sum((net + tax for net, tax in map(sums, lines)), Decimal())
    told = {name: value for name, value in record.values.items() if name not in HIDDEN}
    own = {"socid": str(record.values["fk_soc"]), "total_ttc": text(total), "lines": lines}
    return with_id(record, {**told, **own, "statut": str(record.values["status"])})


def sums(line: Row) -> tuple[Decimal, Decimal]:
    """Return net and tax of a line: the tax is what is left between both sums (code: core/lib/price.lib.php)."""
    price = Decimal(str(line["subprice"])).quantize(PRICE, ROUND_HALF_UP)
    net = price * Decimal(str(line["qty"]))
    gross = (net * (1 + Decimal(str(line["tva_tx"])) / 100)).quantize(CENT, ROUND_HALF_UP)
    net = net.quantize(CENT, ROUND_HALF_UP)
    return net, gross - net


def waiting(erp: "Dolibarr", product: int) -> float:
    """Return how many of a product orders wait for: those that are validated, or of which something was shipped.

    None, where validating an order has taken its goods already.
    """
    if erp.takes_on_validation:
        return 0
    open_ = [each.values for each in erp.orders.there() if each.values["status"] in (1, 2)]
    lines = [line for each in open_ for line in each["lines"] if line.get("fk_product") == product]
    sent = sum(each.get("sent", {}).get(product, 0) for each in open_)
    return sum(float(line["qty"]) for line in lines) - sent


def list_orders(erp: "Dolibarr", asked: Asked) -> Reply:
    return listed(asked, erp.orders.there(), shown, erp.nothing, "No order found")


def one_order(erp: "Dolibarr", _asked: Asked, id_: str) -> Reply:
    record = erp.orders.records.get(int(id_))
    return Reply(200, shown(record)) if record else error(404, "Order not found")


def add_order(erp: "Dolibarr", asked: Asked) -> Reply:
    """Mandatory: socid, date. What the object cannot be made of is 500."""
    given = asked.json
    for name in ("socid", "date"):
        if not given.get(name):
            return error(400, f"{name} field missing")
    if int(given["socid"]) not in erp.parties.records:
        return error(500, "Error creating order", "Error : socid not found")
    if any(line["fk_product"] not in erp.products.records for line in given["lines"] if "fk_product" in line):
        return error(500, "Error creating order", "ErrorProductIdDoesNotExists")
    own = {name: given.get(name) for name in ("ref_ext", "ref_client", "note_public", "date")}
    lines = [_line(erp, line) for line in given["lines"]]
    more: dict[str, Any] = {"fk_soc": int(given["socid"]), "status": 0, "billed": 0, "contacts": []}
    return Reply(200, erp.orders.add({**own, **more, "lines": lines}).id)


def _line(erp: "Dolibarr", line: Row) -> Row:
    """code: commande.class.php, fetch_lines."""
    product = erp.products.records.get(line.get("fk_product", 0))
    about = {"fk_product": None, "product_type": "0", "product_ref": product and product.values["ref"]}
    return {**about, **line}


def list_shipments_of(erp: "Dolibarr", _asked: Asked, id_: str) -> Reply:
    """code: api_orders.class.php, getOrderShipments."""
    if not erp.may_read_shipments:
        return error(403, "Access denied")
    there = erp.orders.records[int(id_)].values.get("shipments")
    return Reply(200, there) if there else error(404, "Shipments not found ")


def send(erp: "Dolibarr", order: int, less: float = 0, status: int = 1) -> None:
    """Make a shipment of an order; `less`: so much of its first line is not in it."""
    values = erp.orders.records[order].values
    lines = [{"fk_product": each["fk_product"], "qty_shipped": float(each["qty"])} for each in values["lines"]]
    lines[0]["qty_shipped"] -= less
    values["shipments"] = [*values.get("shipments", ()), {"statut": str(status), "lines": lines}]


def add_line(erp: "Dolibarr", asked: Asked, id_: str) -> Reply:
    record = erp.orders.records[int(id_)]
    if record.values["status"] != 0:
        return error(400, "ErrorDeleteLineNotAllowedByObjectStatus")
    erp.orders.change(record.id, {"lines": [*record.values["lines"], _line(erp, asked.json)]})
    return Reply(200, len(record.values["lines"]))


def validate(erp: "Dolibarr", asked: Asked, id_: str) -> Reply:
    record = erp.orders.records[int(id_)]
    if record.values["status"] != 0:
        return Reply(304)
    if erp.takes_on_validation:
        for line in record.values["lines"]:
            _take(erp, line.get("fk_product"), str(asked.json["idwarehouse"]), float(line["qty"]))
    return Reply(200, shown(erp.orders.change(record.id, {"status": 1})))


def _take(erp: "Dolibarr", product: int | None, warehouse: str, quantity: float) -> None:
    """code: commande.class.php, valid; mouvementstock.class.php, _create: without a warehouse it does nothing, and says so
    to nobody.
    """
    if product and int(warehouse) > 0:
        there: dict[str, Row] = erp.products.records[product].values["stock_warehouse"] or {}
        lying: Row = there.get(warehouse, {"id": "9", "real": "0"})
        left = {**lying, "real": str(float(lying["real"]) - quantity)}
        erp.products.change(product, {"stock_warehouse": {**there, warehouse: left}})


def list_contacts_of(erp: "Dolibarr", asked: Asked, id_: str) -> Reply:
    record = erp.orders.records[int(id_)]
    assert asked.query["type"] == "SHIPPING"
    return Reply(200, [{"id": each, "code": "SHIPPING"} for each in record.values["contacts"]])


def add_contact_to(erp: "Dolibarr", _asked: Asked, id_: str, contact: str, type_: str) -> Reply:
    record = erp.orders.records[int(id_)]
    if int(contact) in record.values["contacts"]:
        return Reply(304)
    if int(contact) not in erp.contacts.records or type_ != "SHIPPING":
        return error(500, "Error when added the contact")
    erp.orders.change(record.id, {"contacts": [*record.values["contacts"], int(contact)]})
    return Reply(200, {"success": {"code": 200, "message": "Contact linked to the order"}})

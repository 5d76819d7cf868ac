"""Third parties and orders brought to Dolibarr, one at a time: it takes no more."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adapters.asking.http import Rejected
from adapters.erp import goods
from adapters.erp.dolibarr import translate
from adapters.erp.dolibarr.client import Dolibarr
from adapters.erp.orders import HAS_LEFT, ROUNDING, SaleLine, Unwritable, lacking, main_address, no_customer, same_place
from adapters.erp.sales import CONTENT
from adapters.rows import Row
from adapters.writing.writes import Unfit, singly, singly_with
from hub.connector import Write, Written
from hub.errors import Refused

DRAFT, CANCELLED, SENT = 0, -1, (2, 3)


def country(erp: Dolibarr, code: str | None) -> int | None:
    """Return Dolibarr's number of a country, if one is named."""
    if not code:
        return None
    found = erp.look_up(f"setup/dictionary/countries/byCode/{code}")
    if not found:
        raise Unfit("country-unknown", f"there is no country {code} in the ERP")
    return int(found["id"])


def _write_party(erp: Dolibarr, write: Write) -> Written:
    if not write.id:
        where = country(erp, main_address(write.record).get("country"))
        made = erp.send("POST", "thirdparties", translate.new_party(write.record, write.reference, where))
        return Written(write.key, "done", str(made))
    told = {theirs: write.fields[ours] or "" for ours, theirs in translate.PARTY_FIELDS.items() if ours in write.fields}
    there: Any = erp.send("PUT", f"thirdparties/{write.id}", told, repeatable=True) or {}
    if kept := [name for name, value in told.items() if _letters(there.get(name)) != _letters(value)]:
        raise Unfit("not-taken", f"Dolibarr has not changed {', '.join(kept)}, and does not say why; try it there")
    return Written(write.key, "done", write.id)


def _letters(value: Any) -> str:
    """What counts of a value: older versions answer a change that they refuse as one that is done (pull request 29596)."""
    return "".join(filter(str.isalnum, re.sub("<[^>]*>", "", str(value or "")))).casefold()


def _out_of(erp: Dolibarr) -> int:
    """Return the warehouse out of which validating an order takes its goods, where the company has it so.

    With none it would take none, and say so to nobody: neither what lies there nor the virtual stock would ever show them
    as sold (code: commande.class.php, `valid`; mouvementstock.class.php, `_create`).
    """
    there = {str(row["ref"]): int(row["id"]) for row in erp.all("warehouses")}
    named = erp.options.warehouse or next(iter(erp.options.storage), None)
    if named is None:
        return min(there.values(), default=0)
    if named not in there:
        option = "warehouse" if erp.options.warehouse else "storage"
        raise Refused(f"there is no warehouse {named}; mend {option} in [systems.{erp.name}]")
    return there[named]


def _write_order(erp: Dolibarr, warehouse: int, write: Write) -> Written:
    """Make an order, or go on where a run that broke off has left it: total, contact, validation."""
    id_ = write.id or str(_new_order(erp, write))
    there = erp.look_up(f"orders/{id_}")
    if not there:
        return Written(write.key, "gone")
    state = int(there["statut"] if there.get("status") is None else there["status"])
    if write.record.get("status") == "cancelled":
        return _called_off(write, id_, there, state)
    if state == DRAFT or CONTENT & write.fields.keys():
        try:
            difference = lacking(write.record, str(there["total_ttc"]))
            if write.id and goods.have_changed(write):
                goods.check(write, ((line.get("fk_product"), line["qty"]) for line in there["lines"]))
            if state == DRAFT:
                if difference:
                    _round(erp, write, there, difference)
                _complete(erp, write, id_, int(there["socid"]), warehouse)
        except (Unwritable, Rejected) as fault:
            return _refused(write, id_, fault.cause, str(fault))
    return Written(write.key, "done", id_)


def _called_off(write: Write, id_: str, there: Row, state: int) -> Written:
    if state in SENT or str(there.get("billed") or 0) == "1":
        return _refused(write, id_, "delivered", HAS_LEFT)
    if state != CANCELLED:
        return _refused(write, id_, "cancel-by-hand", "Dolibarr's interface cannot cancel; cancel the order there")
    return Written(write.key, "done", id_)


def _refused(write: Write, id_: str, cause: str, message: str) -> Written:
    return Written(write.key, "refused", id_, cause=cause, message=message)


def _new_order(erp: Dolibarr, write: Write) -> int:
    record = write.record
    customer = write.links.get("parties", {}).get(record.get("party") or "")
    if not customer:
        raise Unfit("party-missing", no_customer(record))
    if record.get("currency") not in (None, erp.options.currency):
        raise Unfit("currency-unknown", f"the order is in {record['currency']}, the ERP keeps {erp.options.currency}")
    products = write.links.get("products", {})
    dated = {**record, "placed_at": record.get("placed_at") or erp.clock.now().isoformat()}  # Dolibarr demands it
    values = translate.new_order(dated, write.reference, int(customer), products, erp.options.taxes)
    return int(erp.send("POST", "orders", values))


def _round(erp: Dolibarr, write: Write, there: Row, difference: Decimal) -> None:
    """Bring a draft to its total by a line, of which there is no second. Raises Unwritable if that comes to less."""
    id_, left = there["id"], difference
    if not any(line.get("desc") == ROUNDING for line in there["lines"]):
        erp.send("POST", f"orders/{id_}/lines", translate.line(SaleLine(None, ROUNDING, "1", difference, None), None))
        left = lacking(write.record, str((erp.look_up(f"orders/{id_}") or there)["total_ttc"]))
    if left:
        why = f"the draft lacks {left} to the order's total, which its line {ROUNDING} does not make up for"
        raise Unwritable("total-differs", f"{why}; change the draft there, and try again")


def _complete(erp: Dolibarr, write: Write, id_: str, customer: int, warehouse: int) -> None:
    _send_to(erp, write, id_, customer)
    if erp.options.confirm == "validated":
        erp.send("POST", f"orders/{id_}/validate", {"idwarehouse": warehouse, "notrigger": 0})


def _send_to(erp: Dolibarr, write: Write, id_: str, customer: int) -> None:
    """Note where the goods go, as a contact of the customer's; one that is there already is taken."""
    place = translate.goods_to(write.record)
    if not place.get("street") and not place.get("city"):
        return
    contacts = {_where(row): row["id"] for row in erp.all("contacts", thirdparty_ids=customer)}
    contact = contacts.get(_where(_contact(erp, customer, place)))
    if contact is None:
        contact = int(erp.send("POST", "contacts", _contact(erp, customer, place)))
    if not any(int(each["id"]) == contact for each in erp.look_up(f"orders/{id_}/contacts?type=SHIPPING") or ()):
        erp.send("POST", f"orders/{id_}/contact/{contact}/SHIPPING", {})


def _contact(erp: Dolibarr, customer: int, place: Mapping[str, Any]) -> dict[str, Any]:
    called = place.get("name") or place.get("company") or place.get("city")
    return {"socid": customer, "lastname": called, **translate.place(place, country(erp, place.get("country")))}


def _where(contact: Mapping[str, Any]) -> str:
    told = {"name": "lastname", "street": "address", "city": "town", "postcode": "zip"}
    return same_place({ours: contact.get(theirs) for ours, theirs in told.items()})


write_parties = singly(_write_party)
write_orders = singly_with(_out_of, _write_order)

"""Customers brought to SAP Business One: made, or changed in what differs, with their addresses."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.erp.orders import same_place
from adapters.erp.reference import OURS
from adapters.erp.sapb1 import translate
from adapters.erp.sapb1.asked import PARTNERS
from adapters.erp.sapb1.client import ServiceLayer
from adapters.erp.sapb1.lists import there
from adapters.fields import given, told
from adapters.rows import Row
from adapters.writing.finding import Sign
from adapters.writing.odata_records import finding
from adapters.writing.writes import Gone, singly
from hub.connector import Write, Written

Values = dict[str, Any]
USED = ("CardType eq 'cCustomer'",)
SIGNS = (
    Sign("BusinessPartners", "Notes", "CardCode", lambda write: OURS + write.reference, USED),
    Sign("BusinessPartners", "FederalTaxID", "CardCode", lambda write: write.record.get("vat_id"), USED),
    Sign("BusinessPartners", "EmailAddress", "CardCode", lambda write: write.record.get("email"), USED),
)


def _write_party(sap: ServiceLayer, write: Write) -> Written:
    if not write.id:
        values = translate.new_party(write.record, write.reference, sap.options)
        made = sap.create("BusinessPartners", {**values, "BPAddresses": _places(write, ())})
        return Written(write.key, "done", made["CardCode"])
    values, moved = given(translate.PARTY_VALUES, write.fields), "addresses" in write.fields
    if moved:
        found = there(PARTNERS, sap, [write.id])
        if not found:
            raise Gone
        values["BPAddresses"] = _places(write, found[0]["BPAddresses"])
    sap.change("BusinessPartners", write.id, values, replace=moved)
    return Written(write.key, "done", write.id)


def _places(write: Write, held: Sequence[Row]) -> list[Values]:
    """Return a customer's addresses: those that are there as they are, which keeps their numbers; new ones with a name."""
    old = {_spot(told(translate.ADDRESS, each), each["AddressType"]): each for each in held}
    new = {
        _spot(place, values["AddressType"]): (place, values)
        for place in write.fields.get("addresses") or ()
        if (values := translate.new_address(place))
    }
    kept: list[Values] = [
        {name: each[name] for name in each if "@" not in name} for at, each in old.items() if at in new
    ]
    for place, values in (each for at, each in new.items() if at not in old):
        called = ", ".join(filter(None, [place.get("street"), place.get("city")]))[:45] or "Address"
        taken = {each["AddressName"] for each in kept if each["AddressType"] == values["AddressType"]}
        names = (called, *(f"{called} {number}" for number in range(2, len(taken) + 2)))
        kept.append({"AddressName": next(name for name in names if name not in taken), **values})
    return kept


def _spot(place: Mapping[str, Any], sort: str) -> str:
    return f"{sort}|{same_place(place)}"


write_parties = singly(_write_party)
find_parties = finding("CardCode", SIGNS)

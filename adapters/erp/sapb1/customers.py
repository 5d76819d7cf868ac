"""Customers brought to SAP Business One: made, or changed in what differs, with their addresses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.erp.orders import same_place
from adapters.erp.reference import OURS
from adapters.erp.sapb1 import translate
from adapters.erp.sapb1.asked import PARTNERS
from adapters.erp.sapb1.client import ServiceLayer
from adapters.fields import given, told
from adapters.rows import Row
from adapters.writing.finding import Sign, by_signs
from adapters.writing.writes import Gone, singly
from hub.connector import Write, Written

Values = dict[str, Any]
SIGNS = (
    Sign("BusinessPartners", "Notes", "CardCode", lambda write: OURS + write.reference),
    Sign("BusinessPartners", "FederalTaxID", "CardCode", lambda write: write.record.get("vat_id")),
    Sign("BusinessPartners", "EmailAddress", "CardCode", lambda write: write.record.get("email")),
)


def find_parties(sap: ServiceLayer, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
    """Look for customers by the hub's reference, then by tax number, then by e-mail address; capitals do not count."""

    def ask(sign: Sign, values: Sequence[str]) -> Iterator[Row]:
        called, used = {value.casefold(): value for value in values}, "CardType eq 'cCustomer'"
        fields = f"{sign.id},{sign.field}"
        for row in sap.having(sign.model, fields, sign.field, values, used, key=sign.id, blind=True):
            yield {**row, sign.field: called.get(row[sign.field].casefold())}

    return by_signs(wanted, SIGNS, ask)


def _write_party(sap: ServiceLayer, write: Write) -> Written:
    if not write.id:
        values = translate.new_party(write.record, write.reference, sap.options)
        made = sap.create("BusinessPartners", {**values, "BPAddresses": _places(write, ())})
        return Written(write.key, "done", made["CardCode"])
    values, moved = given(translate.PARTY_VALUES, write.fields), "addresses" in write.fields
    if moved:
        there = PARTNERS.some(sap, [write.id])
        if not there:
            raise Gone
        values["BPAddresses"] = _places(write, there[0]["BPAddresses"])
    sap.change("BusinessPartners", write.id, values, replace=moved)
    return Written(write.key, "done", write.id)


def _places(write: Write, there: Sequence[Row]) -> list[Values]:
    """Return a customer's addresses: those that are there as they are, which keeps their numbers; new ones with a name."""
    old = {_spot(told(translate.ADDRESS, each), each["AddressType"]): each for each in there}
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

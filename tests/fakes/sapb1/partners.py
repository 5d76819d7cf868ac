"""Business partners and their addresses."""

from typing import TYPE_CHECKING, Any

from tests.fakes.records import Record
from tests.fakes.sapb1.schemas import Wrong

if TYPE_CHECKING:
    from tests.fakes.sapb1.company import SapB1

Values = dict[str, Any]
IDENTITY = ("BPCode", "AddressName", "AddressType", "RowNum")
"""seen: what carries all four is changed where it is; anything else is another address."""
AUTOMATIC = 70
"""A numbering series that gives codes itself; the others are manual."""


def new_partner(company: "SapB1", given: Values) -> Record:
    """seen: without a code -5002, with one that is there -10."""
    code = f"K{len(company.partners.records) + 1:05}" if given.get("Series") == AUTOMATIC else given.get("CardCode")
    if not code:
        raise Wrong(-5002, "Code undefined  [OCRD.CardCode]")
    if company.partner(code):
        raise Wrong(-10, f"1320000140 - Business partner code '{code}' already assigned to a business partner")
    told = {"CardType": "cCustomer", "CompanyPrivate": "cCompany", "Currency": "EUR", "Valid": "tYES", "Frozen": "tNO"}
    own: Values = {**told, **given, "CardCode": code, "BPAddresses": []}
    own["BPAddresses"] = _merged(company, own, given.get("BPAddresses") or [])
    return company.partners.add(own)


def change_partner(company: "SapB1", record: Record, given: Values, *, replace: bool) -> None:
    """blog: a collection is merged, unless B1S-ReplaceCollectionsOnPatch says that it is replaced."""
    told = dict(given)
    if "BPAddresses" in told:
        places = _merged(company, record.values, told["BPAddresses"])
        named = {_name(each) for each in told["BPAddresses"]}
        told["BPAddresses"] = [each for each in places if not replace or _name(each) in named]
    company.partners.change(record.id, told)


def _merged(company: "SapB1", partner: Values, given: list[Values]) -> list[Values]:
    places = [dict(each) for each in partner["BPAddresses"]]
    for each in given:
        if not each.get("AddressName"):
            raise Wrong(-5002, "Address is empty  [CRD1.Address]")
        company.check_country(each.get("Country"))
        there = next((place for place in places if all(place[name] == each.get(name) for name in IDENTITY)), None)
        if there is not None:
            there |= each
        elif _name(each) in map(_name, places):
            raise Wrong(-2035, "This entry already exists in the following tables (ODBC -2035)")
        else:
            number = max([-1, *(place["RowNum"] for place in places)]) + 1
            sort = each.get("AddressType") or "bo_ShipTo"
            places.append({**each, "AddressType": sort, "BPCode": partner["CardCode"], "RowNum": number})
    return places


def _name(place: Values) -> tuple[str, str]:
    return place["AddressName"], place.get("AddressType") or "bo_ShipTo"

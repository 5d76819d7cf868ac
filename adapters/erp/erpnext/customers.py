"""Customers brought to ERPNext: made, or changed in what differs, with their addresses and their main contact."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from adapters.erp.customers import is_company
from adapters.erp.erpnext import asked
from adapters.erp.erpnext.client import ErpNext
from adapters.erp.reference import OURS
from adapters.rows import Row
from adapters.writing.finding import Sign, by_signs
from adapters.writing.writes import Unfit, one_by_one
from hub.connector import Write, Written

Values = dict[str, Any]
TYPES = {"billing": "Billing", "shipping": "Shipping"}
SIGNS = (
    Sign("Customer", "customer_details", "name", lambda write: OURS + write.reference),
    Sign("Customer", "tax_id", "name", lambda write: write.record.get("vat_id")),
    Sign("Customer", "email_id", "name", lambda write: write.record.get("email")),
)
OWN = {"name": "customer_name", "vat_id": "tax_id"}
CONTACT: Mapping[str, tuple[str, str, Callable[[str], Values]]] = {
    "email": ("email_id", "email_ids", lambda value: {"email_id": value, "is_primary": 1}),
    "phone": ("mobile_no", "phone_nos", lambda value: {"phone": value, "is_primary_mobile_no": 1}),
}
"""Our field -> the customer's, which only shows it; the contact's child table that keeps it, and a row of that."""
LONGEST = 140
"""Letters of a document's name. A contact's is made of its own and its customer's (frappe/contacts/doctype/contact)."""
LONGEST_TITLE = 100
"""Of an address, so that its type and a number fit behind it into the name (frappe/contacts/doctype/address)."""
LONGEST_NUMBER = 20
_NOT_DIALLED = re.compile(r"[^0-9 +_\-,.*#()]+")
"""What a contact's numbers must not hold (frappe/utils/__init__.py, validate_phone_number)."""


def find(erp: ErpNext, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
    """Look for customers by the hub's reference, then by VAT id, then by e-mail address."""
    used = [["disabled", "=", 0]]
    return by_signs(
        wanted, SIGNS, lambda sign, values: erp.some(sign.model, sign.field, sign.field, list(values), used)
    )


def write_customers(erp: ErpNext, writes: Sequence[Write]) -> Iterator[Written]:
    """Make the new customers, change the others."""
    places = Places(erp, [each.id for each in writes if each.id and "addresses" in each.fields])
    return one_by_one(writes, lambda each: _write(erp, places, each))


def _write(erp: ErpNext, places: "Places", write: Write) -> Written:
    wanted = [places.values(each) for each in write.fields.get("addresses") or ()]  # what is amiss comes first
    fields = {**write.fields} | ({"phone": _dialled(write.fields["phone"])} if write.fields.get("phone") else {})
    own: Values = {theirs: _named(fields[ours] or "") for ours, theirs in OWN.items() if ours in fields}
    if write.id:
        _change(erp, write.id, own, fields)
    name = write.id or _make(erp, own | _new(erp, write), fields)
    if "addresses" in write.fields:
        kept = [places.put(name, each) for each in wanted]
        places.hide(name, kept)
    return Written(write.key, "done", name)


def _make(erp: ErpNext, values: Values, fields: Mapping[str, Any]) -> str:
    """Return the name of a new customer; of the e-mail address and the number ERPNext makes a contact (customer.py)."""
    if _fits(values["customer_name"], values["customer_name"]):
        return erp.create("Customer", values | _shown(fields))["name"]
    name = erp.create("Customer", values)["name"]
    _change(erp, name, {}, fields)
    return name


def _new(erp: ErpNext, write: Write) -> Values:
    """Return a new customer, as far as it is no contact's."""
    record = write.record
    company = is_company(record)
    called = _named(record.get("name") or "") or record.get("email") or record.get("phone") or "-"
    return {
        "customer_name": called,
        "customer_type": "Company" if company else "Individual",
        "customer_group": erp.options.customer_groups["company" if company else "person"],
        "territory": erp.options.territory,
        "customer_details": OURS + write.reference,
    }


def _shown(fields: Mapping[str, Any]) -> Values:
    return {theirs: fields[ours] for ours, (theirs, _, _) in CONTACT.items() if fields.get(ours)}


def _change(erp: ErpNext, name: str, own: Values, fields: Mapping[str, Any]) -> None:
    """Change a customer; what it shows of its main contact is changed there, and then shown."""
    given = {ours: how for ours, how in CONTACT.items() if ours in fields}
    customer = erp.document("Customer", name)
    contact = customer.get("customer_primary_contact")
    tables = {table: [row(fields[ours])] if fields[ours] else [] for ours, (_, table, row) in given.items()}
    if contact and given:
        erp.change("Contact", contact, tables)
    elif _shown(fields) and not _fits(customer["customer_name"], name):
        own |= {"customer_primary_contact": _contact(erp, customer, tables)}
    own |= {theirs: fields[ours] or "" for ours, (theirs, _, _) in given.items()}
    erp.change("Customer", name, own)


def _fits(called: str, customer: str) -> bool:
    """Say whether ERPNext can make a contact; with a longer name the database refuses it, and the site only fails."""
    return len(called) + 1 + len(customer) <= LONGEST


def _contact(erp: ErpNext, customer: Mapping[str, Any], tables: Values) -> str:
    """Make the contact of a customer with a long name, under as much of it as fits. Raises Unfit."""
    room = LONGEST - 1 - len(customer["name"])
    if room < 1:
        raise Unfit("name-too-long", "with so long a name the customer can have no contact in ERPNext; make it shorter")
    links = [{"link_doctype": "Customer", "link_name": customer["name"]}]
    values = {"first_name": customer["customer_name"][:room], "is_primary_contact": 1, "links": links}
    return erp.create("Contact", values | tables)["name"]


def _named(text: str) -> str:
    """Return a text as it can be a document's name (frappe/model/naming.py, validate_name)."""
    return " ".join(re.sub("[<>]", "", text).split())


def _dialled(number: str) -> str:
    """Return a number as a contact may have it, without blanks and the like if it is too long otherwise."""
    allowed = " ".join(_NOT_DIALLED.sub(" ", number).split())
    return allowed if len(allowed) <= LONGEST_NUMBER else re.sub(r"[ _\-.()]", "", allowed)


class Places:
    """Addresses, which are documents of their own, linked to customers."""

    def __init__(self, erp: ErpNext, customers: Sequence[str]) -> None:
        """`customers`: whose addresses are to be looked at."""
        self._erp = erp
        self._there = asked.addresses_of(erp, customers)

    @cached_property
    def _countries(self) -> dict[str, str]:
        return {code: name for name, code in asked.countries(self._erp).items()}

    def values(self, place: Mapping[str, Any]) -> Values:
        """Return an address as ERPNext keeps it; it has one line for the person and the company. Raises Unfit."""
        if not (place.get("street") and place.get("city") and place.get("country")):
            raise Unfit("address-incomplete", "ERPNext keeps no address without street, city and country")
        if place["country"] not in self._countries:
            raise Unfit("country-unknown", f"there is no country {place['country']} in ERPNext; make it there")
        called = dict.fromkeys(filter(None, [place.get("company"), place.get("name")]))
        plain = {
            "address_line1": place["street"],
            "address_line2": place.get("street_more"),
            "city": place["city"],
            "state": place.get("region"),
            "pincode": place.get("postcode"),
            "phone": place.get("phone"),
        }
        return {name: value or "" for name, value in plain.items()} | {
            "address_title": _named(", ".join(called)),
            "address_type": TYPES.get(place.get("use") or "", "Other"),
            "country": self._countries[place["country"]],
        }

    def put(self, customer: str, values: Values) -> str:
        """Return the name of a customer's address; it is made, if it is not there."""
        values = values | {"address_title": (values["address_title"] or customer)[:LONGEST_TITLE]}
        for each in self._there[customer]:
            if all(_same(each[name], value) for name, value in values.items()):
                return each["name"]
        links = [{"link_doctype": "Customer", "link_name": customer}]
        made = self._erp.create("Address", {**values, "links": links})
        self._there[customer].append({**values, "name": made["name"]})
        return made["name"]

    def hide(self, customer: str, kept: Sequence[str]) -> None:
        """Take all others of a customer's addresses out of use; documents may refer to them."""
        for each in self._there[customer]:
            if each["name"] not in kept:
                self._erp.change("Address", each["name"], {"disabled": 1})


def _same(one: Row | str | None, other: str) -> bool:
    return " ".join(str(one or "").casefold().split()) == " ".join(other.casefold().split())

"""Documents: kept, listed, checked and named as Frappe does."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any
from zoneinfo import ZoneInfo

from tests.contract.store_steps import StandingClock
from tests.fakes.erpnext.doctypes import CHILD, CHILDREN, FIELDS, LINKS, MANDATORY, STANDARD, TABLES
from tests.fakes.erpnext.errors import No

Doc = dict[str, Any]
UNSET_ZONE = "Asia/Kolkata"
"""frappe: utils/data.py, get_system_timezone."""
LONGEST_DATA = 140
"""frappe: model/base_document.py, _validate_length: of fields of the type Data."""
PHONE = re.compile(r"([0-9 +_\-,.*#()]){1,20}$")
"""frappe: utils/__init__.py, validate_phone_number."""
CHECKS = {"disabled", "is_frozen", "is_group", "is_return", "has_variants", "is_sales_item", "is_stock_item", "buying"}
"""Fields that are yes or no: never null."""
TEXTS = {"description", "customer_details", "additional_notes", "webhook_json", "request_url", "secret"}


class Store:
    """All documents of a site, by doctype and name."""

    def __init__(self, clock: StandingClock) -> None:
        self.clock = clock
        self.zone: str | None = "Europe/Warsaw"
        """Under System Settings: times are written in it, without saying so."""
        self.docs: dict[str, dict[str, Doc]] = {doctype: {} for doctype in FIELDS}
        self.updates_prices = False
        """Under Stock Settings: `update_existing_price_list_rate`."""
        self.no_rights: set[tuple[str, str]] = set()
        """(doctype, right) that the user's roles do not have."""
        self.permitted: dict[str, Callable[[Doc], bool]] = {}
        """Doctype -> which of its documents the user may see (User Permission)."""
        self._numbers = 0
        self._dice = random.Random(1)

    def now(self) -> str:
        """Return the site's time, to the microsecond; frappe: utils/response.py, json_handler: none, if they are 0."""
        return str(self.clock.now().astimezone(ZoneInfo(self.zone or UNSET_ZONE)).replace(tzinfo=None))

    def number(self) -> int:
        """Return a number that nothing else has."""
        self._numbers += 1
        return self._numbers

    # What there is

    def get(self, doctype: str, name: str) -> Doc:
        """Return a document. Raises No."""
        if doctype not in self.docs:
            raise No("DoesNotExistError", f"DocType {doctype} not found")
        if name not in self.docs[doctype]:
            raise No("DoesNotExistError", f"{doctype} {name} not found")
        return self.docs[doctype][name]

    def allow(self, doctype: str, right: str, doc: Doc) -> Doc:
        """Return a document, if the user has the right to do this with it (frappe: permissions.py). Raises No."""
        permitted = self.permitted.get(doctype)
        if (doctype, right) in self.no_rights or (permitted and not permitted(doc)):
            raise No("PermissionError", f"User hub@example.com may not {right} {doctype}")
        return doc

    def shown(self, doctype: str, doc: Doc) -> Doc:
        """Return a document as it is answered: what is null is left out (frappe: utils/response.py, json_handler)."""
        tables = {field: [_filled(row) for row in doc.get(field) or ()] for field in TABLES.get(doctype, {})}
        return {"doctype": doctype, **_filled(deepcopy(doc)), **deepcopy(tables)}

    def rows(self, doctype: str) -> Iterator[Doc]:
        """Yield all rows of a doctype; those of a child table stand in their parents."""
        yield from self.docs[doctype].values()
        for parent, tables in TABLES.items():
            for field in [field for field, child in tables.items() if child == doctype]:
                for doc in self.docs[parent].values():
                    for row in doc.get(field) or ():
                        links = {"parent": doc["name"], "parenttype": parent, "parentfield": field}
                        yield {**row, **links, "docstatus": doc["docstatus"]}

    def listed(
        self, doctype: str, fields: Sequence[str], filters: Sequence[Any], or_filters: Sequence[Any], order: str
    ) -> list[Doc]:
        """Return rows (frappe: model/db_query.py). Raises No."""
        known = FIELDS[doctype] | STANDARD | (CHILD if doctype in CHILDREN else set[str]())
        order_by = [each.split() for each in order.split(",")]
        asked = [*fields, *(each[-3] for each in [*filters, *or_filters]), *(each[0] for each in order_by)]
        for field in asked:
            if field not in known or field in TABLES.get(doctype, {}):
                raise No("DataError", f"Field not permitted in query: {field}")
        rows = [row for row in self.rows(doctype) if all(_fits(row, each) for each in filters)]
        rows = [row for row in rows if not or_filters or any(_fits(row, each) for each in or_filters)]
        self._dice.shuffle(rows)
        for field, *way in reversed(order_by):
            rows.sort(key=lambda row: row.get(field) or "", reverse=way == ["desc"])
        return [{field: row.get(field) for field in dict.fromkeys(fields)} for row in rows]

    # What is written

    def insert(self, doctype: str, values: Mapping[str, Any], name: str) -> Doc:
        """Keep a new document; fields that are not known are dropped (frappe: model/base_document.py)."""
        if {*"<>"} & {*name}:  # frappe: model/naming.py, validate_name
            raise No("NameError", "Name cannot contain special characters like '<', '>'")
        if len(name) > LONGEST_DATA:  # the column's, about which nothing is said before
            raise No("DataError", "(1406, \"Data too long for column 'name' at row 1\")", 500)
        if name in self.docs[doctype]:
            raise No("DuplicateEntryError", f"{doctype} {name} already exists")
        now = self.now()
        doc = {"name": name, "owner": "hub@example.com", "creation": now, "modified": now, "docstatus": 0, "idx": 0}
        doc |= dict.fromkeys(FIELDS[doctype] & CHECKS, 0)
        self._set(doctype, doc, values)
        self.docs[doctype][name] = doc
        return doc

    def update(self, doctype: str, name: str, values: Mapping[str, Any], *, marked: bool = True) -> Doc:
        """Set fields of a document; not `marked`: as by SQL. A child table that is given replaces what was there."""
        doc = {**self.get(doctype, name)}
        self._set(doctype, doc, values)
        if marked:
            doc["modified"] = self.now()
        self.docs[doctype][name] = doc
        return doc

    def _set(self, doctype: str, doc: Doc, values: Mapping[str, Any]) -> None:
        tables = TABLES.get(doctype, {})
        for field, value in values.items():
            if field in tables:
                doc[field] = [self._row(tables[field], row, index) for index, row in enumerate(value, 1)]
            elif field in FIELDS[doctype]:
                doc[field] = _stored(field, value)
        self.check(doctype, doc)

    def _row(self, doctype: str, values: Mapping[str, Any], index: int) -> Doc:
        kept = {field: _stored(field, value) for field, value in values.items() if field in FIELDS[doctype]}
        row = {**kept, "name": values.get("name") or f"{self.number():010x}", "idx": index}
        self.check(doctype, row)
        return row

    def check(self, doctype: str, doc: Doc) -> None:
        """Raise what is wrong with a document."""
        missing = [field for field in MANDATORY.get(doctype, ()) if doc.get(field) in (None, "", [])]
        if missing:
            raise No("MandatoryError", f"[{doctype}, {doc.get('name')}]: {', '.join(missing)}")
        for field, target in LINKS.get(doctype, {}).items():
            value = doc.get(field)
            there = FIELDS if target == "DocType" else self.docs[target]
            if value and value not in there:
                raise No("LinkValidationError", f"Could not find {field.replace('_', ' ').title()}: {value}")
        if (
            doctype == "Contact"
        ):  # its first numbers become mobile_no and phone, which have the option Phone (contact.json)
            for phone in [row["phone"] for row in doc.get("phone_nos") or ()]:
                if not PHONE.match(phone.strip()):
                    raise No("InvalidPhoneNumberError", f"{phone} is not a valid Phone Number")
        long = [field for field, value in doc.items() if isinstance(value, str) and len(value) > LONGEST_DATA]
        if wrong := [field for field in long if field not in TEXTS]:
            raise No("CharacterLengthExceededError", f"{wrong[0]} will get truncated, as max characters allowed is 140")


def _filled(doc: Doc) -> Doc:
    return {field: value for field, value in doc.items() if value is not None}


def _stored(field: str, value: Any) -> Any:
    """frappe: utils/html_utils.py, sanitize_html: no scripts in what is no code."""
    if not isinstance(value, str) or field == "webhook_json":
        return value
    return re.sub(r"<script\b.*?</script>", "", value, flags=re.DOTALL)


def _fits(row: Doc, condition: Sequence[Any]) -> bool:
    field, operator, wanted = condition[-3:]
    value = row.get(field)
    tests: Mapping[str, Callable[[], bool]] = {
        "=": lambda: _text(value) == _text(wanted),
        "!=": lambda: _text(value) != _text(wanted),
        ">": lambda: (value or type(wanted)()) > wanted,
        ">=": lambda: (value or type(wanted)()) >= wanted,
        "in": lambda: _text(value) in map(_text, wanted),
        "like": lambda: bool(re.fullmatch(_pattern(wanted), value or "", re.IGNORECASE | re.DOTALL)),
        "is": lambda: (value not in (None, "")) == (wanted == "set"),
    }
    if operator not in tests:
        raise No("ValidationError", f"Operator must be one of {', '.join(tests)}")
    return tests[operator]()


def _text(value: Any) -> str:
    """MariaDB compares without regard to capitals; nothing, 0 and false are one (ifnull)."""
    return "" if value in (None, "") else str(int(value) if isinstance(value, bool) else value).casefold()


def _pattern(like: str) -> str:
    return "".join(".*" if letter == "%" else "." if letter == "_" else re.escape(letter) for letter in like)

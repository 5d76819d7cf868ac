"""The environment: its login, its entity sets, what may be written, and what its people do."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from adapters.erp.businesscentral.connector import BusinessCentralConnector
from adapters.erp.businesscentral.options import BusinessCentralOptions
from hub.app.vault import MemoryVault
from hub.clock import SystemClock
from tests.fakes.businesscentral import odata, selling
from tests.fakes.businesscentral.odata import Wrong
from tests.fakes.fake import Fake, Handler
from tests.fakes.records import Record, Table
from tests.fakes.server import Asked, Reply

API = "/api/v2.0"
TOKEN = "/tenant/oauth2/v2.0/token"
CLIENT, SECRET = "6731de76-14a6-49ae-97bc-6eba6914391e", "q8Q~Kestrel.7Hb_2"
COMPANY, OTHER = "CRONUS Int'l & Co", "My Company"
SERVICE = "CHARGE"
COUNTRIES = ("", "FR", "PL", "SI")
POST_CODES = {"4000": "Kranj", "04-000": "Kranj"}
"""Of a post code that is known, the city is the one that belongs to it (code: Post Code.ValidatePostCode)."""
LONGEST = {
    "number": 20,
    "displayName": 100,
    "addressLine1": 100,
    "addressLine2": 50,
    "city": 30,
    "postalCode": 20,
    "phoneNumber": 30,
    "email": 80,
    "taxRegistrationNumber": 20,
    "externalDocumentNumber": 35,
    "description": 100,
    "shipToName": 100,
    "shipToAddressLine1": 100,
}
CODES = ("number", "externalDocumentNumber", "taxCode", "lineObjectNumber", "country", "shipToCountry")
"""Fields of the type Code: capitals, without blanks around."""
CUSTOMER: dict[str, Any] = {
    "number": "",
    "displayName": "",
    "type": "Company",
    **dict.fromkeys(("addressLine1", "addressLine2", "city", "state", "country", "postalCode"), ""),
    **dict.fromkeys(("phoneNumber", "email", "taxRegistrationNumber", "currencyCode"), ""),
    "blocked": "_x0020_",
}


ITEM: dict[str, Any] = {
    **dict.fromkeys(("number", "displayName", "type", "gtin", "itemCategoryCode", "baseUnitOfMeasureCode"), ""),
    "blocked": False,
    "unitPrice": 0,
    "priceIncludesTax": False,
    "inventory": 0,
}
DRAWN: dict[str, Any] = dict.fromkeys(("number", "orderNumber", "externalDocumentNumber"), "")
ALL = {"id": selling.NONE, "lastModifiedDateTime": "0001-01-01T00:00:00Z"}
REST = {"number": "", "fullyShipped": False, "totalAmountIncludingTax": 0, "salesOrderLines": []}
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "items": ALL | ITEM,
    "customers": ALL | CUSTOMER,
    "salesOrders": ALL | selling.HEADER | REST,
    "salesShipments": ALL | DRAWN,
    "salesInvoices": ALL | DRAWN | {"status": "", "totalAmountIncludingTax": 0},
}


class BusinessCentral(Fake):
    """A production environment with two companies."""

    routes: ClassVar[Mapping[str, Handler]] = {
        f"POST {TOKEN}": lambda bc, asked: bc.token(asked),
        f"GET {API}/companies": lambda bc, asked: bc.companies(asked),
        f"GET {API}/companies({{id}})/{{name}}": lambda bc, asked, _, name: bc.read(asked, name),
        f"POST {API}/companies({{id}})/{{name}}": lambda bc, asked, _, name: bc.create(asked, name),
        f"POST {API}/companies({{id}})/salesOrders({{order}})/salesOrderLines": lambda bc, asked, _, order: bc.add_line(
            asked, order
        ),
        f"PATCH {API}/companies({{id}})/{{name}}({{key}})": lambda bc, asked, _, name, key: bc.change_it(
            asked, name, key
        ),
        f"DELETE {API}/companies({{id}})/{{name}}({{key}})": lambda bc, asked, _, name, key: bc.delete(
            asked, name, key
        ),
    }
    writes: ClassVar[str] = r"\A(POST|PATCH|DELETE) (?!\S*/oauth2/)"
    creates: ClassVar[Mapping[str, str]] = {"parties": r"POST \S*/customers\n", "orders": r"POST \S*/salesOrders\n"}
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices", "stock"), r"GET \S*/items\?"),
        "parties": r"GET \S*/customers\?",
        "orders": r"GET \S*/salesOrders\?",
    }
    tells_total: ClassVar[bool] = False
    environment: Mapping[str, str] = {"BC_SECRET": SECRET}
    wrong_key: Mapping[str, Any] = {"key": "env:WRONG_KEY"}
    largest: int = odata.LARGEST
    """Max Page Size of an own server."""
    manual: bool = True
    """Manual Nos. of the customers' number series."""

    def __init__(self) -> None:
        super().__init__()
        self.secret, self.tokens = SECRET, dict[str, datetime]()
        names = ("items", "customers", "salesOrders", "salesShipments", "salesInvoices")
        self.tables = {name: Table(self.clock) for name in names}
        self.items, self.customers, self.orders, self.shipments, self.invoices = self.tables.values()
        self.items.add(self.new_item(SERVICE) | {"type": "Service", "unitPrice": 0})
        self.new_customer({"displayName": "Kos d.o.o."})

    def connect(self, **options: Any) -> BusinessCentralConnector:
        known = {"login": f"{self.server.url}/tenant", "user": CLIENT, "key": "env:BC_SECRET", "company": COMPANY}
        taxes = {"23": "VAT23", "8": "VAT8", "0": "NOVAT"}
        own = {"url": self.server.url, **known, "taxes": taxes, "service_item": SERVICE, "zone": "Europe/Warsaw"}
        told = BusinessCentralOptions.model_validate({**own, **options})
        return BusinessCentralConnector("erp", told, SystemClock(), MemoryVault())

    # Its interface

    def refusal(self, asked: Asked) -> Reply | None:
        """errors: Authentication_InvalidCredentials."""
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if asked.path == TOKEN or self.tokens.get(token, self.clock.now()) > self.clock.now():
            return None
        return odata.error(401, "Authentication_InvalidCredentials", "The server has rejected the client credentials.")

    def token(self, asked: Asked) -> Reply:
        """login: the client's secret among the form's fields, and the scope `.default`."""
        form = {name: value for name, _, value in (part.partition("=") for part in asked.body.decode().split("&"))}
        if form.get("client_secret") != self.secret or not form.get("scope", "").endswith(".default"):
            said = "AADSTS7000215: Invalid client secret provided."
            return Reply(401, {"error": "invalid_client", "error_description": said})
        token = f"eyJ0.{uuid.uuid4()}"
        self.tokens[token] = self.clock.now() + timedelta(minutes=65)
        return Reply(200, {"token_type": "Bearer", "expires_in": 3899, "access_token": token})

    def nothing_there(self, asked: Asked) -> Reply:
        return odata.error(404, "BadRequest_ResourceNotFound", f"Resource not found for the segment '{asked.path}'.")

    def answer(self, asked: Asked) -> Reply:
        try:
            return super().answer(asked)
        except Wrong as wrong:
            return odata.error(wrong.status, wrong.code, str(wrong))

    def companies(self, asked: Asked) -> Reply:
        rows = [{"id": _guid("company", name), "name": name, "etag": 'W/"1"'} for name in (OTHER, COMPANY)]
        return odata.listed(asked, rows, rows[0], self.largest)

    def read(self, asked: Asked, name: str) -> Reply:
        rows = self.rows(name)
        return odata.listed(asked, rows, SCHEMAS.get(name) or rows[0], self.largest)

    def rows(self, name: str) -> list[dict[str, Any]]:
        if name == "itemCategories":
            return [{"id": _guid(name, "LAMPS"), "code": "LAMPS", "displayName": "Lamps", "etag": "1"}]
        if name == "companyInformation":
            return [{"id": _guid(name, COMPANY), "currencyCode": "EUR", "etag": "1"}]
        table = self.table(name)
        return [self.shown(table, each) for each in table.there()]

    def table(self, name: str) -> Table:
        if name not in self.tables:
            raise Wrong("BadRequest_ResourceNotFound", f"Resource not found for the segment '{name}'.", 404)
        return self.tables[name]

    def shown(self, table: Table, record: Record) -> dict[str, Any]:
        at = record.modified.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        values = record.values
        if table is self.orders:
            values = selling.shown(values) | {"number": self.order_number(record)}
        hidden = {name: value for name, value in values.items() if name not in ("gross", "salesUnit")}
        etag = f'W/"JzQ0O{hash(repr(values)) & 0xFFFFFF:x};{at}"'
        return {**hidden, "id": self.guid(table, record), "lastModifiedDateTime": at, "etag": etag}

    def create(self, asked: Asked, name: str) -> Reply:
        """201; of an order, what was shown of it before its lines were there."""
        if name == "salesOrders":
            record = selling.new_order(self, dict(asked.json))
            told = self.shown(self.orders, record) | {"totalAmountIncludingTax": 0}
            return Reply(201, odata.shown(told, "", ""))
        if name != "customers":
            raise Wrong("BadRequest_MethodNotAllowed", f"'POST' requests for '{name}' are not allowed.", 405)
        record = self.new_customer(asked.json)
        return Reply(201, odata.shown(self.shown(self.customers, record), "", ""))

    def new_customer(self, given: Mapping[str, Any]) -> Record:
        values = {**CUSTOMER, "gross": False}
        if given.get("number") and not self.manual:
            raise Wrong(
                "Application_DialogException",
                "You may not enter numbers manually. If you want to, activate Manual Nos.",
            )
        values |= self.taken(given, CUSTOMER)
        if not values["displayName"]:
            raise Wrong("Application_DialogException", 'A "displayName" must be provided.')
        if values["number"] and self.by_number(self.customers, values["number"]):
            raise Wrong("Internal_EntityWithSameKeyExists", f"The Customer already exists. No.='{values['number']}'")
        values["number"] = values["number"] or f"C{len(self.customers.records) + 1:05}"
        return self.customers.add(values)

    def taken(self, given: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is made of what a customer is given, one property after the other."""
        values = dict[str, Any]()
        for name, value in given.items():
            self.check(name, value, schema)
            values[name] = self.stored(name, value)
            if name == "country" and values[name] not in COUNTRIES:
                raise Wrong(
                    "Internal_InvalidTableRelation", f"The field Country/Region Code contains a value ({value})"
                )
            if name == "postalCode" and values[name] in POST_CODES:
                values["city"] = POST_CODES[values[name]]
        return values

    def check(self, name: str, value: Any, schema: Mapping[str, Any]) -> None:
        """errors: BadRequest for what is unknown or of another type, StringExceededLength for what is too long."""
        if name not in schema or name == "id":
            raise Wrong("BadRequest", f"The property '{name}' does not exist on type 'Microsoft.NAV'.")
        if isinstance(schema[name], str) != isinstance(value, str):
            raise Wrong("BadRequest", f"Cannot convert a value to target type for '{name}'.")
        if isinstance(value, str) and len(value) > LONGEST.get(name, 250):
            said = f"The length of the string is {len(value)}, but it must be less than or equal to {LONGEST[name]}"
            raise Wrong("Application_StringExceededLength", f"{said} characters. Value: {value}")

    def stored(self, name: str, value: Any) -> Any:
        return value.strip().upper() if name in CODES and name != "itemId" else value

    def add_line(self, asked: Asked, order: str) -> Reply:
        record = self.by_guid(self.orders, order)
        if record is None:
            raise Wrong("Internal_RecordNotFound", "The Sales Order does not exist.", 404)
        if record.values["status"] != "Draft":
            raise Wrong("Application_FieldValidationException", "Status must be equal to 'Open' in Sales Header")
        line = selling.new_line(self, asked.json)
        self.orders.change(record.id, {"salesOrderLines": [*record.values["salesOrderLines"], line]})
        return Reply(201, {**line, "id": _guid("line", str(uuid.uuid4()))})

    def change_it(self, asked: Asked, name: str, key: str) -> Reply:
        record = self._matched(asked, name, key)
        if name != "customers":
            raise Wrong("BadRequest_MethodNotAllowed", f"'PATCH' requests for '{name}' are not allowed.", 405)
        self.customers.change(record.id, self.taken(asked.json, CUSTOMER))
        return Reply(200, odata.shown(self.shown(self.customers, record), "", ""))

    def delete(self, asked: Asked, name: str, key: str) -> Reply:
        record = self._matched(asked, name, key)
        if name != "salesOrders":
            raise Wrong("BadRequest_MethodNotAllowed", f"'DELETE' requests for '{name}' are not allowed.", 405)
        selling.delete(self, record)
        return Reply(204)

    def _matched(self, asked: Asked, name: str, key: str) -> Record:
        """tips, errors: a tag is required; another than the record's is 409 (seen: some put 412 in front of it)."""
        table = self.table(name)
        record, tag = self.by_guid(table, key), asked.headers.get("if-match")
        if record is None:
            raise Wrong("Internal_RecordNotFound", f"The record does not exist: {name}({key})", 404)
        if tag is None:
            raise Wrong("BadRequest_InvalidToken", "Could not validate the client concurrency token.")
        if tag not in ("*", self.shown(table, record)["etag"]):
            raise Wrong("Request_EntityChanged", "Another user has already changed the record.", 409)
        return record

    def guid(self, table: Table, record: Record) -> str:
        return _guid(next(name for name, each in self.tables.items() if each is table), str(record.id))

    def by_guid(self, table: Table, guid: str) -> Record | None:
        return next((each for each in table.there() if self.guid(table, each) == guid), None)

    def by_number(self, table: Table, number: str) -> Record | None:
        return next((each for each in table.there() if each.values["number"] == number), None)

    def order_number(self, record: Record) -> str:
        return f"S-ORD{101000 + record.id}"

    # What people do there

    def rotate_key(self) -> None:
        self.secret = "another"
        self.tokens.clear()

    def secrets(self) -> Sequence[str]:
        return [SECRET, *self.tokens]

    def new_item(self, number: str) -> dict[str, Any]:
        """Its unit of sales is another than its base."""
        about = {"number": number, "displayName": f"Lamp {number}", "type": "Inventory", "blocked": False, "gtin": ""}
        priced = {"unitPrice": 9.9, "priceIncludesTax": False, "inventory": 5}
        units = {"baseUnitOfMeasureCode": "PCS", "salesUnit": "BOX"}
        return {**about, **priced, **units, "itemCategoryCode": "LAMPS"}

    def add(self, stream: str) -> str:
        if stream == "parties":
            number = len(self.customers.records) + 1
            told = {"displayName": f"Ewa {number}", "email": f"Ewa{number}@example.com"}
            return self.guid(self.customers, self.new_customer(told))
        if stream == "orders":
            line = {"lineType": "Item", "lineObjectNumber": SERVICE, "quantity": 2.0, "unitPrice": 5.0}
            customer = self.add("parties")
            marked = f"HUB-{len(self.orders.records):030}"
            told = {"externalDocumentNumber": marked, "customerId": customer, "salesOrderLines": [line]}
            return self.order_number(selling.new_order(self, told))
        made = self.items.add(self.new_item(f"L-{len(self.items.records):04}"))
        return self.guid(self.items, made)

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        table, record = self._where(stream, id_)
        new: Mapping[str, Callable[[], dict[str, Any]]] = {
            "products": lambda: {"displayName": f"{record.values['displayName']}!"},
            "prices": lambda: {"unitPrice": 10.5},
            "stock": lambda: {"inventory": 6},
            "parties": lambda: {"displayName": f"{record.values['displayName']}!"},
            "orders": lambda: {"status": "Open"},
        }
        # What comes and goes changes nothing of the item.
        table.change(record.id, new[stream](), marked=marked and stream != "stock")

    def touch(self, stream: str, id_: str) -> None:
        table, record = self._where(stream, id_)
        table.touch(record.id)

    def remove(self, stream: str, id_: str) -> None:
        table, record = self._where(stream, id_)
        table.remove(record.id)

    def count(self, stream: str) -> int:
        return len({"parties": self.customers, "orders": self.orders}.get(stream, self.items).there())

    def _where(self, stream: str, id_: str) -> tuple[Table, Record]:
        if stream == "orders":
            return self.orders, next(each for each in self.orders.there() if self.order_number(each) == id_)
        table = self.customers if stream == "parties" else self.items
        record = self.by_guid(table, id_)
        assert record, id_
        return table, record


def _guid(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "|".join(parts)))


BUYER = _guid("customers", "1")
"""A customer who is there from the beginning."""

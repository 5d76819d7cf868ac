"""The company: its sessions, its routes, what it has, and what its people do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from adapters.erp.sapb1.connector import SapB1Connector
from adapters.erp.sapb1.options import SapB1Options
from hub.clock import SystemClock
from tests.fakes.fake import Fake, Handler
from tests.fakes.records import Record, Table
from tests.fakes.sapb1 import documents, odata, partners, service
from tests.fakes.sapb1.schemas import Wrong
from tests.fakes.sapb1.service import COMPANY, PASSWORD, USER
from tests.fakes.sapb1.setup import FIXED
from tests.fakes.server import Asked, Reply

API = "/b1s/v2"
ZONE = ZoneInfo("Europe/Paris")
"""The server's: dates and times of changes are in its local time, and do not say so."""
COUNTRIES = ("FR", "PL", "SI")
SERVICE = "SERVICE"


class SapB1(Fake):
    """A company on a server with a load balancer in front of its nodes."""

    routes: ClassVar[Mapping[str, Handler]] = {
        f"POST {API}/Login": service.log_in,
        f"POST {API}/Logout": service.log_out,
        f"GET {API}/{{target}}": service.read,
        f"POST {API}/{{name}}": service.create,
        f"PATCH {API}/{{target}}": service.change,
        f"POST {API}/{{target}}/Cancel": service.cancel,
    }
    writes: ClassVar[str] = r"\A(POST|PATCH|DELETE) (?!\S*/Log(in|out))"
    creates: ClassVar[Mapping[str, str]] = {
        "parties": rf"POST {API}/BusinessPartners\n",
        "orders": rf"POST {API}/Orders\n",
    }
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices", "stock"), rf"GET {API}/Items\?"),
        "parties": rf"GET {API}/BusinessPartners\?",
        "orders": rf"GET {API}/Orders\?",
    }
    tells_total: ClassVar[bool] = False
    environment: Mapping[str, str] = {"SAP_USER": USER, "SAP_PASSWORD": PASSWORD}
    wrong_key: Mapping[str, Any] = {"password": "env:WRONG_KEY"}
    price_decimals: int = 2
    """General Settings, Display: decimals of prices."""
    approves: bool = False
    """Whether orders have to be approved: they become drafts, which is answered with an error (seen)."""

    def __init__(self) -> None:
        super().__init__()
        self.password = PASSWORD
        self.sessions: dict[str, str] = {}
        """Session -> the node that knows it: behind a load balancer, ROUTEID leads there (guide)."""
        self.items, self.partners, self.orders = Table(self.clock), Table(self.clock), Table(self.clock)
        self.deliveries, self.invoices, self.drafts = Table(self.clock), Table(self.clock), Table(self.clock)
        self.items.add(self._new_item(SERVICE, "Service") | {"InventoryItem": "tNO"})

    def connect(self, **options: Any) -> SapB1Connector:
        known = {"company": COMPANY, "user": "env:SAP_USER", "password": "env:SAP_PASSWORD"}
        own = {"url": self.server.url, **known, "zone": "Europe/Paris", "service_item": SERVICE}
        return SapB1Connector("erp", SapB1Options.model_validate({**own, **options}), SystemClock())

    def secrets(self) -> Sequence[str]:
        return [PASSWORD, *self.sessions]

    def rotate_key(self) -> None:
        self.password = "another"
        self.sessions.clear()

    def refusal(self, asked: Asked) -> Reply | None:
        """seen: a session that is over, or unknown to the node, is 401 with code 301."""
        cookies = service.cookies(asked)
        known = self.sessions.get(cookies.get("B1SESSION", ""))
        if asked.path == f"{API}/Login" or (known is not None and known == cookies.get("ROUTEID")):
            return None
        return odata.error(401, 301, "Invalid session or session already timeout.")

    def nothing_there(self, asked: Asked) -> Reply:
        return odata.error(400, -1, "Unrecognized resource path.")

    def local(self, at: datetime) -> tuple[str, str]:
        """Return an instant as date and time of the server's clock, which say nothing of the zone."""
        here = at.astimezone(ZONE)
        return f"{here:%Y-%m-%d}T00:00:00Z", f"{here:%H:%M:%S}"

    def with_marks(self, record: Record) -> dict[str, Any]:
        """Return an item or a partner: what was never changed has no date of a change."""
        date, time = self.local(record.created)
        later = self.local(record.modified) if record.modified != record.created else (None, None)
        marks = {"CreateDate": date, "CreateTime": time, "UpdateDate": later[0], "UpdateTime": later[1]}
        return record.values | marks

    def rows(self, name: str) -> tuple[str, Sequence[Mapping[str, Any]]] | None:
        """Return what an entity set has, and of which type it is."""
        if name in FIXED:
            return FIXED[name]
        if name in ("Items", "BusinessPartners"):
            table = self.items if name == "Items" else self.partners
            return name[:-1], [self.with_marks(each) for each in table.there()]
        tables = {"Orders": self.orders, "DeliveryNotes": self.deliveries, "Invoices": self.invoices}
        tables |= {"Drafts": self.drafts}
        if name not in tables:
            return None
        return "Document", [documents.shown(self, each) for each in tables[name].there()]

    def record(self, name: str, key: str) -> Record | None:
        if name == "Orders":
            return self.orders.records.get(int(key))
        return self.partner(key) if name == "BusinessPartners" else self.item(key)

    def item(self, code: str | None) -> Record | None:
        return next((each for each in self.items.there() if each.values["ItemCode"] == code), None)

    def partner(self, code: str | None) -> Record | None:
        return next((each for each in self.partners.there() if each.values["CardCode"] == code), None)

    def check_country(self, code: str | None) -> None:
        if code and code not in COUNTRIES:
            raise Wrong(-5002, f"Enter valid country code: '{code}'  [OCRY.Code]")

    # What people do there

    def _new_item(self, code: str, name: str) -> dict[str, Any]:
        prices = [{"PriceList": 1, "Price": 9.9, "Currency": "EUR"}, {"PriceList": 2, "Price": 0.0, "Currency": None}]
        lying = [{"WarehouseCode": "01", "InStock": 5.0, "Committed": 2.0, "Ordered": 0.0}]
        about = {"ItemCode": code, "ItemName": name, "ForeignName": None, "BarCode": None, "User_Text": None}
        sorts = {
            "ItemsGroupCode": 100,
            "Manufacturer": -1,
            "SalesVATGroup": "S1",
            "InventoryUOM": "pcs",
            "SalesUnit": None,
            "SalesItemsPerUnit": 1.0,
        }
        flags = {"SalesItem": "tYES", "InventoryItem": "tYES", "Valid": "tYES", "Frozen": "tNO"}
        return {**about, **sorts, **flags, "ItemPrices": prices, "ItemWarehouseInfoCollection": lying}

    def add(self, stream: str) -> str:
        if stream == "parties":
            number = len(self.partners.records) + 1
            told = {
                "CardCode": f"C{number:05}",
                "CardName": f"Ewa {number}",
                "EmailAddress": f"ewa{number}@example.com",
            }
            return partners.new_partner(self, {**told, "Currency": "##"}).values["CardCode"]
        if stream == "orders":
            number = len(self.orders.records) + 1
            line = {
                "ItemCode": SERVICE,
                "Quantity": 1.0,
                "UnitPrice": 10.0,
                "VatGroup": "S1",
                "LineNum": 0,
                "LineTotal": 10.0,
            }
            told = {
                "CardCode": "C00001",
                "NumAtCard": f"shop-a {number} hub:hub-{number}",
                "DocDate": "2026-11-20T00:00:00Z",
            }
            state = {"DocumentStatus": "bost_Open", "Cancelled": "tNO", "Confirmed": "tYES"}
            rounding = {"Rounding": "tNO", "RoundingDiffAmount": 0}
            return str(self.orders.add({**told, **state, **rounding, "DocumentLines": [line]}).id)
        code = f"L-{len(self.items.records):04}"
        self.items.add(self._new_item(code, f"Lamp {code}"))
        return {"prices": f"{code}|1", "stock": f"{code}|01"}.get(stream, code)

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        table, record = self._where(stream, id_)
        values = record.values
        new: dict[str, Any] = {
            "products": lambda: {"ItemName": f"{values['ItemName']}!"},
            "prices": lambda: {"ItemPrices": [{**values["ItemPrices"][0], "Price": 10.5}, values["ItemPrices"][1]]},
            "stock": lambda: {
                "ItemWarehouseInfoCollection": [{**values["ItemWarehouseInfoCollection"][0], "InStock": 6.0}]
            },
            "parties": lambda: {"CardName": f"{values['CardName']}!"},
            "orders": lambda: {"Cancelled": "tYES", "DocumentStatus": "bost_Close"},
        }
        # A movement of stock is none of the item's changes.
        table.change(record.id, new[stream](), marked=marked and stream != "stock")

    def touch(self, stream: str, id_: str) -> None:
        table, record = self._where(stream, id_)
        table.touch(record.id)

    def remove(self, stream: str, id_: str) -> None:
        table, record = self._where(stream, id_)
        table.remove(record.id)

    def count(self, stream: str) -> int:
        return len({"parties": self.partners, "orders": self.orders}.get(stream, self.items).there())

    def _where(self, stream: str, id_: str) -> tuple[Table, Record]:
        if stream == "orders":
            return self.orders, self.orders.records[int(id_)]
        found = self.partner(id_) if stream == "parties" else self.item(id_.partition("|")[0])
        assert found, id_
        return (self.partners if stream == "parties" else self.items), found

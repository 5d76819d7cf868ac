"""The ERP: its routes, what it has, and what its people do."""

from collections.abc import Mapping
from typing import Any, ClassVar

from adapters.erp.dolibarr.connector import DolibarrConnector
from adapters.erp.dolibarr.options import DolibarrOptions
from hub.clock import SystemClock
from tests.fakes.dolibarr import orders
from tests.fakes.dolibarr.lists import ZONE, Row, error, listed, text, with_id
from tests.fakes.fake import Fake, Handler
from tests.fakes.records import Record, Table
from tests.fakes.server import Asked, Reply

API = "/api/index.php"
KEY = "5b1d7c0a9e84f2360b7a"
COUNTRIES = {"FR": 1, "PL": 184, "SI": 202}
SEGMENTS = {"price": "multiprices", "price_ttc": "multiprices_ttc", "price_base_type": "multiprices_base_type"}
EMPTY = ("ref_ext", "tva_intra", "email", "phone", "default_lang", "address", "zip", "town", "country_id")


def list_products(erp: "Dolibarr", asked: Asked) -> Reply:
    """code: product/class/api_products.class.php; stock only where it is asked for (`load_stock`).

    The virtual stock is that of a company whose shipments take goods out (`load_virtual_stock`): what is lying, less what
    is ordered by orders that are validated or being shipped, but for what was shipped of them.
    """
    goods = [each for each in erp.products.there() if asked.query.get("mode") != "1" or each.values["type"] == 0]

    def shown(record: Record) -> Row:
        at = record.modified.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")  # as it stands in the database
        told = {name: value for name, value in record.values.items() if name != "stock_warehouse"}
        return (
            with_id(record, told)
            | {"date_modification": at}
            | (lying(erp, record) if asked.query.get("includestockdata") else {})
        )

    return listed(asked, goods, shown, erp.nothing, "No product found")


def lying(erp: "Dolibarr", record: Record) -> Row:
    there: Mapping[str, Row] = record.values["stock_warehouse"] or {}
    real = sum(float(each["real"]) for each in there.values())
    virtual = real - orders.waiting(erp, record.id)
    return {"stock_warehouse": there or [], "stock_reel": real, "stock_theorique": virtual}


def list_warehouses(erp: "Dolibarr", asked: Asked) -> Reply:
    return listed(
        asked, erp.warehouses.there(), lambda each: with_id(each, each.values), erp.nothing, "No warehouse found"
    )


def party(record: Record) -> Row:
    code = next((code for code, id_ in COUNTRIES.items() if id_ == record.values["country_id"]), None)
    return with_id(record, {**record.values, "country_code": code})


def list_parties(erp: "Dolibarr", asked: Asked) -> Reply:
    return listed(asked, erp.parties.there(), party, erp.nothing, "Thirdparties not found")


def add_party(erp: "Dolibarr", asked: Asked) -> Reply:
    """code: societe/class/api_thirdparties.class.php; `code_client` may be `auto`."""
    given = asked.json
    if not given.get("name"):
        return error(400, "name field missing")
    if given.get("email") and "@" not in given["email"]:
        return error(500, "Error creating thirdparty", "ErrorBadEMail")
    number = f"CU2611-{len(erp.parties.records) + 1:05}" if given.pop("code_client", "") == "auto" else ""
    return Reply(200, erp.parties.add({**erp.new_party(), **given, "code_client": number}).id)


def change_party(erp: "Dolibarr", asked: Asked, id_: str) -> Reply:
    """code: api_thirdparties.class.php, put; issue 29594: once, what `update` refuses was answered as if it had been done."""
    if int(id_) not in erp.parties.records:
        return error(404, "Thirdparty not found")
    if not asked.json.get("name", "-").strip():  # code: societe.class.php, verify
        silent = Reply(200, party(erp.parties.records[int(id_)]))
        return silent if erp.nothing else error(500, "ErrorBadThirdPartyName")
    return Reply(200, party(erp.parties.change(int(id_), asked.json)))


def list_contacts(erp: "Dolibarr", asked: Asked) -> Reply:
    whose = [
        each for each in erp.contacts.there() if str(each.values["socid"]) in asked.query["thirdparty_ids"].split(",")
    ]
    return listed(asked, whose, lambda each: with_id(each, each.values), erp.nothing, "No contact found")


def add_contact(erp: "Dolibarr", asked: Asked) -> Reply:
    if not asked.json.get("lastname"):
        return error(400, "lastname field missing")
    return Reply(200, erp.contacts.add({"address": "", "zip": "", "town": "", **asked.json}).id)


def country(_erp: "Dolibarr", _asked: Asked, code: str) -> Reply:
    id_ = COUNTRIES.get(code)
    return Reply(200, {"id": str(id_), "code": code}) if id_ else error(404, "country not found")


class Dolibarr(Fake):
    """Version 16."""

    routes: ClassVar[Mapping[str, Handler]] = {
        f"GET {API}/products": list_products,
        f"GET {API}/warehouses": list_warehouses,
        f"GET {API}/thirdparties": list_parties,
        f"POST {API}/thirdparties": add_party,
        f"PUT {API}/thirdparties/{{id}}": change_party,
        f"GET {API}/contacts": list_contacts,
        f"POST {API}/contacts": add_contact,
        f"GET {API}/setup/dictionary/countries/byCode/{{code}}": country,
        f"GET {API}/orders": orders.list_orders,
        f"POST {API}/orders": orders.add_order,
        f"GET {API}/orders/{{id}}": orders.one_order,
        f"POST {API}/orders/{{id}}/lines": orders.add_line,
        f"POST {API}/orders/{{id}}/validate": orders.validate,
        f"GET {API}/orders/{{id}}/contacts": orders.list_contacts_of,
        f"GET {API}/orders/{{id}}/shipment": orders.list_shipments_of,
        f"POST {API}/orders/{{id}}/contact/{{contact}}/{{type}}": orders.add_contact_to,
    }
    creates: ClassVar[Mapping[str, str]] = {"parties": rf"POST {API}/thirdparties\n", "orders": rf"POST {API}/orders\n"}
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices", "stock"), r"GET .*/products\?.*rowid%3A%3E"),
        "parties": r"GET .*/thirdparties\?.*rowid%3A%3E",
        "orders": r"GET .*/orders\?.*rowid%3A%3E",
    }
    tells_total: ClassVar[bool] = False
    environment: Mapping[str, str] = {"DOLIBARR_KEY": KEY}
    wrong_key: Mapping[str, Any] = {"key": "env:WRONG_KEY"}
    may_read_shipments = True
    takes_on_validation = False
    """STOCK_CALCULATE_ON_VALIDATE_ORDER, one of the ways in which a company may have goods taken out."""
    nothing: str | None = "404"
    """How a list without rows is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.key, self._number = KEY, 0
        self.products, self.parties, self.orders = Table(self.clock), Table(self.clock), Table(self.clock)
        self.contacts, self.warehouses = Table(self.clock), Table(self.clock)
        self.warehouse = str(self.warehouses.add({"ref": "MAIN", "label": "MAIN"}).id)

    def connect(self, **options: Any) -> DolibarrConnector:
        own = {"url": self.server.url, "key": "env:DOLIBARR_KEY", "currency": "EUR", "zone": "Europe/Paris"}
        return DolibarrConnector("erp", DolibarrOptions.model_validate({**own, **options}), SystemClock())

    def rotate_key(self) -> None:
        self.key = "another"

    def refusal(self, asked: Asked) -> Reply | None:
        """code: api_access.class.php, __isAllowed."""
        if asked.headers.get("dolapikey") == self.key:
            return None
        return error(401, "Error user not valid (not found with api key or bad status or bad validity dates)")

    def nothing_there(self, asked: Asked) -> Reply:
        return error(404, "API not found (failed to include API file)")

    # What people do there

    def new_party(self) -> dict[str, Any]:
        """Return a third party as the database fills it."""
        told = {"client": "1", "fournisseur": "0", "status": "1", "typent_code": "TE_UNKNOWN", "code_client": ""}
        return {**dict.fromkeys(EMPTY), **told}

    def add(self, stream: str) -> str:
        number = self._number = self._number + 1
        if stream == "parties":
            return str(
                self.parties.add({**self.new_party(), "name": f"Ewa {number}", "email": f"ewa{number}@example.com"}).id
            )
        if stream == "orders":
            told = {"ref_ext": f"hub-o-{number}", "ref_client": f"shop-a {number}", "note_public": "", "date": 1}
            more: dict[str, Any] = {"fk_soc": 1, "status": 1, "billed": 0, "contacts": [], "lines": []}
            return str(self.orders.add({**told, **more}).id)
        prices = {"price": text(9.9), "price_ttc": text(11.88), "price_base_type": "HT", "tva_tx": "20.0000"}
        about = {"ref": f"L-{number}", "label": f"Lamp {number}", "description": "", "barcode": None, "status": "1"}
        weighing = {"weight": "150", "weight_units": "-3", "type": 0, "fk_default_warehouse": None}
        lying = {self.warehouse: {"id": "7", "real": "5"}}
        segments: Row = {name: [] for name in SEGMENTS.values()}
        record = self.products.add({**about, **prices, **segments, **weighing, "stock_warehouse": lying})
        return f"{record.id}|{self.warehouse}" if stream == "stock" else str(record.id)

    def price_level(self, product: int, level: int, amount: float) -> None:
        """Save one segment's price (PRODUIT_MULTIPRICES; code: product.class.php, updatePrice, fetch): what stands with the
        product itself is overwritten, whatever the level.
        """
        told = {"price": text(amount), "price_ttc": text(amount * 1.2), "price_base_type": "HT"}
        segments = {SEGMENTS[name]: {str(level): value} for name, value in told.items()}
        old = self.products.records[product].values
        self.products.change(product, told | {name: {**dict(old[name]), **new} for name, new in segments.items()})

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        table, number = self._where(stream, id_)
        values = table.records[number].values
        new: Mapping[str, Row] = {
            "products": {"label": f"{values.get('label')}!"},
            "prices": {"price": text(float(values.get("price") or 0) + 1)},
            "stock": {"stock_warehouse": {self.warehouse: {"id": "7", "real": "6"}}},
            "parties": {"name": f"{values.get('name')}!"},
            "orders": {"status": 3 if values.get("status") == 1 else 1},
        }
        table.change(number, new[stream], marked=marked)

    def touch(self, stream: str, id_: str) -> None:
        table, number = self._where(stream, id_)
        table.touch(number)

    def remove(self, stream: str, id_: str) -> None:
        table, number = self._where(stream, id_)
        table.remove(number)

    def count(self, stream: str) -> int:
        return len(self._where(stream, "0")[0].there())

    def _where(self, stream: str, id_: str) -> tuple[Table, int]:
        table = {"parties": self.parties, "orders": self.orders}.get(stream, self.products)
        return table, int(id_.partition("|")[0])


class Dolibarr20(Dolibarr):
    """From version 20 on, a list without rows is a list."""

    nothing = None

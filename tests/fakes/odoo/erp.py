"""The ERP: one company in Poland, what it has, and what its people do."""

from collections.abc import Mapping
from typing import Any, ClassVar

from adapters.erp.odoo.connector import OdooConnector
from adapters.erp.odoo.options import OdooOptions
from hub.clock import SystemClock
from tests.fakes.fake import Fake, Handler
from tests.fakes.odoo import rpc
from tests.fakes.odoo.orm import Orm
from tests.fakes.odoo.sales import Sales
from tests.fakes.records import Table
from tests.fakes.server import Asked, Reply

KEY = "6a8f0c2e4b9d17350f1e"
MODEL = {"parties": "res.partner", "orders": "sale.order"}


class Odoo(Fake):
    """Version 16, by JSON-RPC."""

    version = 16
    database, login, uid = "firma", "hub@example.com", 6
    routes: ClassVar[Mapping[str, Handler]] = {"POST /jsonrpc": rpc.json_rpc}
    writes: ClassVar[str] = r'"(create|write|action_\w+)"'
    creates: ClassVar[Mapping[str, str]] = {each: rf'"{model}","create"' for each, model in MODEL.items()}
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices"), r'"product\.product","search_read"'),
        "stock": r'"product\.product","search_read"|"stock\.move","search_read".*"id",">"',
        "parties": r'"res\.partner","search_read".*"id",">"',
        "orders": r'"sale\.order","search_read".*"id",">"',
    }
    tells_total: ClassVar[bool] = False
    environment: Mapping[str, str] = {"ODOO_KEY": KEY}
    wrong_key: Mapping[str, Any] = {"key": "env:WRONG_KEY"}

    def __init__(self) -> None:
        super().__init__()
        self.key, self._number = KEY, 0
        self.companies = {1}
        """Those that the user is allowed in."""
        self.orm = Orm(self.clock, self.version)
        self.sales = Sales(self.orm, self.version)
        self._begin()

    def _begin(self) -> None:
        def make(model: str, **values: Any) -> int:
            return self.orm.create(model, [values])[0]

        euro, zloty = make("res.currency", name="EUR"), make("res.currency", name="PLN")
        company = make("res.company", name="Firma", currency_id=zloty)
        for code in ("PL", "SI"):
            make("res.country", name=code, code=code)
        for name, currency in (("Public", zloty), ("Export", euro)):
            make("product.pricelist", name=name, currency_id=currency)
        sale = {"amount_type": "percent", "type_tax_use": "sale", "company_id": company}
        self.tax = make("account.tax", name="VAT 23%", amount=23.0, sequence=1, **sale)
        make("account.tax", name="VAT 23% incl.", amount=23.0, sequence=2, price_include=True, **sale)
        make("account.tax", name="VAT 8% incl.", amount=8.0, sequence=3, price_include=True, **sale)
        self.unit, self.category = make("uom.uom", name="Units"), make("product.category", complete_name="All / Lamps")
        self.shelves = make("stock.location", name="WH", usage="internal")
        self.customers = make("stock.location", name="Customers", usage="customer")
        self.ways = {
            way: make("stock.picking.type", name=way, reservation_method="at_confirm") for way in ("pick", "out")
        }
        steps = {f"{way}_type_id": id_ for way, id_ in self.ways.items()}
        self.warehouse = make(
            "stock.warehouse", name="Main", code="WH", company_id=company, view_location_id=self.shelves, **steps
        )
        self.make = make
        self.service = self.new_product("CHARGE", type="service")

    def new_product(self, code: str, **more: Any) -> int:
        """Make an article with one variant."""
        goods: dict[str, Any] = {"is_storable": True, "type": "consu"} if self.version >= 18 else {"type": "product"}
        article = {
            "name": f"Lamp {code}",
            "list_price": 9.9,
            "sale_ok": True,
            "product_variant_count": 1,
            **goods,
            **more,
        }
        if more.get("type") == "service":
            article.pop("is_storable", None)
        about = {"uom_id": self.unit, "categ_id": self.category, "taxes_id": [[6, 0, [self.tax]]]}
        return self.make(
            "product.product", default_code=code, product_tmpl_id=self.make("product.template", **article, **about)
        )

    def move(self, product: int, quantity: float) -> None:
        """Bring goods in, as a receipt does."""
        self.make("stock.quant", product_id=product, location_id=self.shelves, quantity=quantity, reserved_quantity=2.0)
        self.make("stock.move", product_id=product, state="done")

    def sell(self, product: int, quantity: float) -> None:
        """Have goods to send, as a confirmed sale does, which nobody has reserved yet."""
        way = {"location_id": self.shelves, "location_dest_id": self.customers}
        self.make("stock.move", product_id=product, product_qty=quantity, state="confirmed", **way)

    def connect(self, **options: Any) -> OdooConnector:
        own = {"url": self.server.url, "database": self.database, "user": self.login, "key": "env:ODOO_KEY"}
        given = {**own, "charge_product": "CHARGE", **options}
        return OdooConnector("erp", OdooOptions.model_validate(given), SystemClock())

    def rotate_key(self) -> None:
        self.key = "another"

    def refusal(self, asked: Asked) -> Reply | None:
        """Keys are looked at by what is called."""
        return None

    def nothing_there(self, asked: Asked) -> Reply:
        return Reply(404, b"<!doctype html><title>404 Not Found</title>", {"content-type": "text/html"})

    # What people do there

    def add(self, stream: str) -> str:
        number = self._number = self._number + 1
        if stream == "parties":
            return str(
                self.make("res.partner", name=f"Ewa {number}", email=f"Ewa{number}@Example.com", customer_rank=1)
            )
        if stream == "orders":
            return self._add_order()
        product = self.new_product(f"L-{number}")
        self.move(product, 5.0)
        return f"{product}|{self.warehouse}" if stream == "stock" else str(product)

    def _add_order(self) -> str:
        number = len(self.orm.tables["sale.order"].records) + 1
        partner = self.make("res.partner", name="Jan")
        whose = dict.fromkeys(("partner_id", "partner_invoice_id", "partner_shipping_id"), partner)
        told = {"client_order_ref": f"shop-a {number}", "origin": f"hub:o-{number}", "pricelist_id": 1}
        return str(self.make("sale.order", **whose, **told))

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        number = int(id_.partition("|")[0])
        if stream == "stock":
            quants = self.orm.tables["stock.quant"]
            [quant] = [each for each in quants.there() if each.values["product_id"] == number]
            quants.change(quant.id, {"quantity": quant.values["quantity"] + 1})
        else:
            table, at = self._where(stream, number)
            values = table.records[at].values
            new = {
                "products": {"name": f"{values.get('name')}!"},
                "prices": {"list_price": values.get("list_price", 0) + 1},
                "parties": {"name": f"{values.get('name')}!"},
                "orders": {"state": "sent" if values.get("state") == "cancel" else "cancel"},
            }
            table.change(at, new[stream], marked=marked)
        if marked:
            self.touch(stream, id_)

    def touch(self, stream: str, id_: str) -> None:
        number = int(id_.partition("|")[0])
        if stream == "stock":
            for each in self.orm.tables["stock.move"].there():
                if each.values["product_id"] == number:
                    self.orm.tables["stock.move"].touch(each.id)
        else:
            table, at = self._where(stream, number)
            table.touch(at)

    def _where(self, stream: str, number: int) -> tuple[Table, int]:
        """A product's name and price stand with its article, and move the article's mark alone."""
        if stream in MODEL:
            return self.orm.tables[MODEL[stream]], number
        return self.orm.tables["product.template"], self.orm.tables["product.product"].records[number].values[
            "product_tmpl_id"
        ]

    def remove(self, stream: str, id_: str) -> None:
        self.orm.tables[MODEL.get(stream, "product.product")].remove(int(id_.partition("|")[0]))

    def count(self, stream: str) -> int:
        table = self.orm.tables[MODEL.get(stream, "product.product")]
        return sum(not each.values.get("parent_id") for each in table.there())


class Odoo19(Odoo):
    """Version 19, by JSON-2; JSON-RPC still says the version."""

    version = 19
    routes: ClassVar[Mapping[str, Handler]] = {**Odoo.routes, "POST /json/2/{model}/{method}": rpc.json2}
    writes: ClassVar[str] = r"\APOST /json/2/[^/]+/(create|write|action_\w+)"
    creates: ClassVar[Mapping[str, str]] = {each: rf"/{model}/create" for each, model in MODEL.items()}
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices"), r"/product\.product/search_read"),
        "stock": r'/product\.product/search_read|/stock\.move/search_read\n.*"id",">"',
        "parties": r'/res\.partner/search_read\n.*"id",">"',
        "orders": r'/sale\.order/search_read\n.*"id",">"',
    }

    def connect(self, **options: Any) -> OdooConnector:
        return super().connect(**{"user": None, **options})

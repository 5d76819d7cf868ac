"""A made-up shop with an interface of the usual sort (RFC 6749 for its tokens), for what is described by TOML alone.

Products come by page, with marks by the wall clock of Warsaw; customers by offset, with marks in milliseconds; orders by
offset, with marks in UTC. Tokens end, and refresh tokens may be used once.
"""

import base64
import itertools
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from adapters.rest.connector import RestConnector
from hub.app.vault import MemoryVault
from hub.tokens import Vault
from tests.contract.rest_examples import connected
from tests.fakes.fake import Fake, Handler
from tests.fakes.records import Record, Table
from tests.fakes.server import Asked, Reply

Row = dict[str, Any]
DESCRIPTION = Path(__file__).parents[2] / "contract" / "rest_market.toml"
ZONE = ZoneInfo("Europe/Warsaw")
LONGEST = 200
"""Letters of a title."""
MARKS: Mapping[str, Callable[[datetime], Any]] = {
    "updated_at": lambda at: at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S"),
    "changed": lambda at: at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
}
"""What a mark is called that products and orders are sorted by -> how it is written."""


class LastingVault(MemoryVault):
    """A vault that lasts as long as the shop does."""

    def check(self) -> None:
        pass


def error(status: int, message: str) -> Reply:
    return Reply(status, {"error": message})


def product(record: Record) -> Row:
    names = ("code", "external_id", "title", "details", "live", "price", "stock")
    told = {name: record.values.get(name) for name in names}
    return {"id": record.id, **told, "views": id(record) % 97, "updated_at": MARKS["updated_at"](record.modified)}


def customer(record: Record) -> Row:
    return {"id": record.id, **record.values, "changed": int(record.modified.timestamp() * 1000)}


def order(market: "Market", record: Record) -> Row:
    buyer = {"id": record.values["customer"], **market.customers.records[record.values["customer"]].values}
    shown = {**record.values, "customer": buyer, "changed": MARKS["changed"](record.modified)}
    return {"id": record.id, "number": f"{record.id:06}", **shown}


def page(asked: Asked, table: Table, rows: Sequence[Record], shown: Callable[[Record], Row]) -> Reply:
    """Answer with a page by its number or offset; of one mark, rows come in any order."""
    query, by_mark = asked.query, "sort" in asked.query
    rows = table.in_any_order(rows, lambda each: each.modified.replace(microsecond=0) if by_mark else each.id)
    size = int(query.get("per_page") or query.get("limit") or 20)
    start = (int(query.get("page", 1)) - 1) * size + int(query.get("offset", 0))
    items = [shown(each) for each in rows[start : start + size]]
    return Reply(200, {"items": items, "count": len(rows)}, {"x-total": str(len(rows))})


def list_products(market: "Market", asked: Asked) -> Reply:
    query = asked.query
    rows = [each for each in market.products.there() if product(each)["updated_at"] >= query.get("updated_after", "")]
    for name in ("code", "external_id"):
        rows = [each for each in rows if query.get(name, each.values.get(name)) == each.values.get(name)]
    return page(asked, market.products, rows, product)


def add_product(market: "Market", asked: Asked) -> Reply:
    if any(each.values["code"] == asked.json["code"] for each in market.products.there()):
        return error(422, f"code {asked.json['code']} is taken")
    return saved(asked, lambda values: market.products.add({"title": "", "live": False, "stock": 0, **values}))


def change_product(market: "Market", asked: Asked, id_: str) -> Reply:
    if not market.sold(id_):
        return error(404, "no such product")
    return saved(asked, lambda values: market.products.change(int(id_), values))


def saved(asked: Asked, save: Callable[[Row], Record]) -> Reply:
    """Save what is given as the shop keeps texts: without scripts, and with entities."""
    values = dict(asked.json)
    if len(values.get("title") or "") > LONGEST:
        return error(422, f"title: at most {LONGEST} letters")
    if "details" in values:
        text = re.sub(r"<script>.*?</script>", "", values["details"] or "")
        values["details"] = re.sub(r"&(?!\w+;)", "&amp;", text)
    return Reply(200, product(save(values)))


def show_product(market: "Market", _asked: Asked, id_: str) -> Reply:
    found = market.sold(id_)
    return Reply(200, product(found)) if found else error(404, "no such product")


def remove_product(market: "Market", _asked: Asked, id_: str) -> Reply:
    if not market.sold(id_):
        return error(404, "no such product")
    market.remove("products", id_)
    return Reply(204)


def put_price(market: "Market", asked: Asked, id_: str) -> Reply:
    if not re.fullmatch(r"\d+\.\d\d", asked.json["amount"]):
        return error(422, "amount: two decimals")
    return Reply(200, product(market.products.change(int(id_), {"price": asked.json})))


def put_stock(market: "Market", asked: Asked, id_: str) -> Reply:
    return Reply(200, product(market.products.change(int(id_), {"stock": asked.json["quantity"]})))


def list_customers(market: "Market", asked: Asked) -> Reply:
    since = int(asked.query.get("changed_since", 0))
    rows = [each for each in market.customers.there() if customer(each)["changed"] >= since]
    return page(asked, market.customers, rows, customer)


def show_customer(market: "Market", _asked: Asked, id_: str) -> Reply:
    found = market.customers.records.get(int(id_))
    return Reply(200, customer(found)) if found else error(404, "no such customer")


def list_orders(market: "Market", asked: Asked) -> Reply:
    since = datetime.fromisoformat(asked.query.get("since", "2000-01-01T00:00:00Z"))
    rows = [each for each in market.orders.there() if each.modified >= since]
    return page(asked, market.orders, rows, lambda each: order(market, each))


def show_order(market: "Market", _asked: Asked, id_: str) -> Reply:
    found = market.orders.records.get(int(id_))
    return Reply(200, order(market, found)) if found and not found.trashed else error(404, "no such order")


def change_order(market: "Market", asked: Asked, id_: str) -> Reply:
    """Set the state: any may follow any other."""
    return Reply(200, order(market, market.orders.change(int(id_), {"state": asked.json["state"]})))


def give_token(market: "Market", asked: Asked) -> Reply:
    """Give tokens for a refresh token, which is worth nothing afterwards (RFC 6749, 6)."""
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    both = f"{market.environment['MARKET_CLIENT']}:{market.environment['MARKET_SECRET']}"
    if asked.headers.get("authorization") != f"Basic {base64.b64encode(both.encode()).decode()}":
        return error(401, "invalid_client")
    if form.get("refresh_token") != market.refresh:
        return error(400, "invalid_grant")
    market.access, market.refresh = (f"{what}-{next(market.numbers):08}-of-market" for what in ("access", "refresh"))
    market.given += [market.access, market.refresh]
    told = {"access_token": market.access, "refresh_token": market.refresh, "expires_in": 3600}
    return Reply(200, told | {"token_type": "bearer"})


class Market(Fake):
    """The shop."""

    routes: ClassVar[Mapping[str, Handler]] = {
        "POST /oauth/token": give_token,
        "GET /api/products": list_products,
        "POST /api/products": add_product,
        "GET /api/products/{id}": show_product,
        "PATCH /api/products/{id}": change_product,
        "DELETE /api/products/{id}": remove_product,
        "PUT /api/products/{id}/price": put_price,
        "PUT /api/products/{id}/stock": put_stock,
        "GET /api/customers": list_customers,
        "GET /api/customers/{id}": show_customer,
        "GET /api/orders": list_orders,
        "GET /api/orders/{id}": show_order,
        "PATCH /api/orders/{id}": change_order,
    }
    creates: ClassVar[Mapping[str, str]] = {"products": r"\APOST /api/products\n"}
    writes = r"\A(PUT|PATCH|DELETE) |\APOST /api/"
    _products: ClassVar[str] = r"\AGET /api/products\?(?!.*(code|external_id)=)"
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices", "stock"), _products),
        "parties": r"\AGET /api/customers\?",
        "orders": r"\AGET /api/orders\?",
    }
    environment: Mapping[str, str] = {
        "MARKET_CLIENT": "hub-at-market",
        "MARKET_SECRET": "s3cr3t-of-the-app-at-market",
        "MARKET_REFRESH": "refresh-of-the-login-at-market",
    }

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self.access, self.refresh = "", self.environment["MARKET_REFRESH"]
        self.given: list[str] = []
        self.vault = LastingVault()
        self._withdrawn = False
        super().__init__()
        self.products, self.customers, self.orders = (Table(self.clock, first) for first in (1, 1, 1))
        self.wrong_key = {"auth": self._auth(client_secret="env:WRONG_KEY")}

    def _auth(self, **told: str) -> Row:
        return {**self._described()["auth"], "token_url": f"{self.server.url}/oauth/token", **told}

    @staticmethod
    def _described() -> Row:
        return tomllib.loads(DESCRIPTION.read_text(encoding="utf-8"))

    def connect(self, *, vault: Vault | None = None, **options: Any) -> RestConnector:
        told = {"url": f"{self.server.url}/api", "auth": self._auth(), **options}
        return connected(self._described(), LastingVault() if "auth" in options else vault or self.vault, **told)

    def secrets(self) -> Sequence[str]:
        named = [value for name, value in self.environment.items() if name != "MARKET_CLIENT"]
        return [*named, *self.given]

    def rotate_key(self) -> None:
        """Withdraw what the app was allowed."""
        self._withdrawn = True

    def end_token(self) -> None:
        """Let the access token be over before its time."""
        self.access = ""

    def refusal(self, asked: Asked) -> Reply | None:
        if asked.path == "/oauth/token":
            return None
        good = self.access and asked.headers.get("authorization") == f"Bearer {self.access}"
        return None if good and not self._withdrawn else error(401, "invalid_token")

    def nothing_there(self, asked: Asked) -> Reply:
        return error(404, f"there is no {asked.path}")

    def without_rows(self, reply: Reply) -> Reply:
        return Reply(reply.status, {**reply.body, "items": []}, reply.headers)

    def sold(self, id_: str) -> Record | None:
        """Return a product that is not in the trash."""
        found = self.products.records.get(int(id_))
        return found if found and not found.trashed else None

    # What people do there

    def add(self, stream: str) -> str:
        if stream == "orders":
            return self.place_order(self.clock.now())[0]
        if stream == "parties":
            number = len(self.customers.records) + 1
            return str(self.customers.add({"name": f"Ewa {number}", "email": f"ewa{number}@example.com"}).id)
        number = len(self.products.records) + 1
        priced = {"price": {"amount": "9.90", "currency": "PLN"}, "stock": 5}
        return str(self.products.add({"code": f"L-{number}", "title": f"Lamp {number}", "live": True, **priced}).id)

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        buyer = int(self.add("parties"))
        goods = (("00042", "Lamp & Shade"), ("A-1", "Bulb"), (None, "Candle"))
        lines = [
            {"id": str(number), "code": code, "title": title, "qty": 1, "price": 410, "sum": 410}
            for number, (code, title) in enumerate(goods)
        ]
        home = {"name": "Jan Żak", "street": "Prosta 1", "city": "Warszawa", "zip": self.postcode, "country": "PL"}
        sums = {"net": 999, "tax": 230, "total": 1229}
        created = at.astimezone(ZONE).replace(tzinfo=None).isoformat()
        told = {
            "created": created,
            "currency": "PLN",
            "state": "new",
            "customer": buyer,
            "address": home,
            "lines": lines,
        }
        return str(self.orders.add(told | sums).id), {"net": "9.99", "tax": "2.30", "gross": "12.29"}

    def complete(self, order: str) -> None:
        self.orders.change(int(order), {"state": "closed"})

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        table, values = self._table(stream), self._table(stream).records[int(id_)].values
        stock = (values.get("stock") or 0) + 1
        new: Mapping[str, Row] = {
            "products": {"details": f"{values.get('details') or ''}!"},
            "prices": {"price": {"amount": f"{stock}.90", "currency": "PLN"}, "stock": stock},
            "stock": {"stock": stock},
            "parties": {"name": f"{values.get('name')}-Kos"},
            "orders": {"total": values.get("total", 0) + 1},
        }
        table.change(int(id_), new[stream], marked=marked)

    def touch(self, stream: str, id_: str) -> None:
        self._table(stream).touch(int(id_))

    def remove(self, stream: str, id_: str) -> None:
        if stream == "parties":
            self.customers.remove(int(id_))
        else:
            self._table(stream).records[int(id_)].trashed = True

    def count(self, stream: str) -> int:
        return len(self._table(stream).there())

    def _table(self, stream: str) -> Table:
        return {"parties": self.customers, "orders": self.orders}.get(stream, self.products)

"""A made-up shop with ideas of its own: everything is a POST, a refusal is a 200, lists show only numbers, amounts are
counted in grosze, its clock shows Warsaw's time, and its refresh tokens are taken once."""

import json
import threading
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.unit.http_server import Asked, Reply, Server

CONFIGURATION = """
[systems.depot.formats.products]
entity = "products"
files = "products*.csv"
encoding = "utf-8"
delimiter = ";"
every = "1h"
columns = {{ sku = "Code", name = "Name", description = "Text" }}

[systems.bazaar]
kind = "eshop"
connector = "rest"
url = "{url}/v1"
error = "status == 'error' && fault.text"
payment = {{ P24 = "transfer" }}

[systems.bazaar.auth]
type = "oauth2"
grant = "refresh-token"
token_url = "{url}/oauth/token"
client_id = "hub"
client_secret = "env:CLIENT_SECRET"
client_by = "body"
refresh_token = "env:REFRESH_TOKEN"

[systems.bazaar.words.state]
N = "pending"
W = "processing"
Z = "completed"

[systems.bazaar.streams.products]
method = "POST"
path = "goods/search"
list = "result.rows"
row = "nr"
id = "nr"
reference = "ref"
leave_out = ["edited"]
pages = {{ by = "cursor", param = "page.cursor", next = "result.next", size = 2, size_param = "page.rows" }}
changes = {{ param = "filter.editedFrom", mark = "edited", form = "Europe/Warsaw", late = "5m" }}
fetch = {{ path = "goods/{{id}}", list = "result" }}

[systems.bazaar.streams.products.fields]
sku = "code"
name = "title"
description = "text"
active = "visible == 'Y'"

[systems.bazaar.streams.products.write.body]
title = "name"
text = "description || ''"
visible = "active == `false` && 'N' || 'Y'"

[systems.bazaar.streams.products.write.create]
path = "goods/bulk"
body = {{ code = "sku", ref = "hub_reference" }}
bulk = 10
list = "entries"
outcomes = "outcomes"
error = "answer.why"
id = "answer.nr"

[systems.bazaar.streams.products.write.update]
path = "goods/bulk"
body = {{ nr = "to_number(id)" }}
bulk = 10
list = "entries"
outcomes = "outcomes"
error = "answer.why"
repeatable = true

[systems.bazaar.streams.products.write.remove]
method = "DELETE"
path = "goods/{{id}}"

[[systems.bazaar.streams.products.write.find]]
value = "hub_reference"
field = "ref"
param = "filter.ref"

[[systems.bazaar.streams.products.write.find]]
value = "sku"
field = "code"
param = "filter.code"

[systems.bazaar.streams.parties]
of = "orders"

[systems.bazaar.streams.parties.fields]
name = "who"
email = "mail"
customer = "`true`"

[systems.bazaar.streams.orders]
path = "orders"
list = "ids[].{{nr: @}}"
row = "nr"
id = "nr"
details = true
pages = {{ by = "page", param = "p", first = 0, size = 2, size_param = "n", total = "header:x-count" }}
fetch = {{ path = "orders/{{id}}", list = "order" }}
buyers = {{ document = "{{mail: mail, who: who}}", id = "mail" }}

[systems.bazaar.streams.orders.fields]
number = "text(nr)"
placed_at = "date(at, 'epoch-ms')"
party = "mail"
email = "mail"
currency = "'PLN'"
tax_included = "`true`"
lines = \"\"\"lines[].{{id: pos, sku: code, quantity: pcs, unit_price: from_coins(each, `2`),
  gross: from_coins(times(each, pcs), `2`), tax_rate: vat}}\"\"\"
payment = "{{method: lookup('payment', pay, pay), state: paid == 'T' && 'paid' || 'unpaid'}}"
totals = "{{gross: from_coins(sum, `2`)}}"
status = "lookup('state', state)"

[jobs."bazaar.catalogue"]
sync = ["products"]

[jobs."bazaar.orders"]
"""


class Bazaar:
    """The shop, running; `goods` and `orders` are what it has."""

    def __init__(self) -> None:
        self.goods: dict[int, dict[str, Any]] = {}
        self.orders: dict[int, dict[str, Any]] = {}
        self.tokens, self.reused = 0, 0
        self.bulks: list[int] = []
        self.now = datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001  # a wall clock
        self._lock = threading.RLock()
        self._server = Server(lambda _, asked: self._reply(asked))
        self.url = self._server.url

    def close(self) -> None:
        self._server.close()

    def add(self, **good: Any) -> int:
        """Put something into the shop, or change it."""
        with self._lock:
            number = good.pop("nr", None) or 100 + len(self.goods)
            known = self.goods.get(number, {"nr": number, "ref": None, "text": "", "visible": "Y"})
            self.goods[number] = {**known, **good, "edited": f"{self.now:%Y-%m-%d %H:%M:%S}"}
            return number

    def order(self, number: int, mail: str, *lines: tuple[str, int, int], **more: Any) -> None:
        """Place an order of SKUs, with pieces and grosze for each."""
        told = [{"pos": n, "code": c, "pcs": q, "each": e, "vat": 23} for n, (c, q, e) in enumerate(lines, 1)]
        whole = {"nr": number, "at": 1_795_000_000_000, "mail": mail, "who": "Jan Nowak", "state": "N", "paid": "T"}
        total = sum(quantity * each for _, quantity, each in lines)
        self.orders[number] = {**whole, "pay": "P24", "lines": told, "sum": total, **more}

    def _reply(self, asked: Asked) -> Reply:
        with self._lock:
            parts = urlsplit(asked.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/oauth/token":
                return self._token({name: values[0] for name, values in parse_qs(asked.body.decode()).items()})
            if asked.headers.get("authorization") != f"Bearer access-{self.tokens}":
                return Reply(401, b'{"status": "error", "fault": {"text": "token has ended"}}')
            body = json.loads(asked.body) if asked.body else {}
            return self._said(asked.method, parts.path.removeprefix("/v1/").split("/"), query, body)

    def _token(self, form: dict[str, str]) -> Reply:
        if form["client_secret"] != "s3cret-client" or form["refresh_token"] != f"refresh-{self.tokens}":
            self.reused += 1
            return Reply(400, b'{"error": "invalid_grant"}')
        self.tokens += 1
        told = {"access_token": f"access-{self.tokens}", "refresh_token": f"refresh-{self.tokens}", "expires_in": 3600}
        return Reply(body=json.dumps(told).encode())

    def _said(self, method: str, path: list[str], query: dict[str, str], body: dict[str, Any]) -> Reply:
        match method, path:
            case "POST", ["goods", "search"]:
                return _good(result=self._search(body.get("filter", {}), **body.get("page", {})))
            case "POST", ["goods", "bulk"]:
                self.bulks.append(len(body["entries"]))
                return _good(outcomes=[self._entry(each) for each in body["entries"]])
            case "GET", ["goods", number] if int(number) in self.goods:
                return _good(result=self.goods[int(number)])
            case "DELETE", ["goods", number] if int(number) in self.goods:
                del self.goods[int(number)]
                return _good()
            case "GET", ["orders"]:
                size, numbers = int(query["n"]), sorted(self.orders)
                start = int(query["p"]) * size
                return _good({"x-count": str(len(numbers))}, ids=numbers[start : start + size])
            case "GET", ["orders", number] if int(number) in self.orders:
                return _good(order=self.orders[int(number)])
        return Reply(404, b'{"status": "error", "fault": {"text": "no such thing"}}')

    def _search(self, wanted: dict[str, Any], rows: int, cursor: str = "0") -> dict[str, Any]:
        since = wanted.pop("editedFrom", "")
        kept = [each for each in self.goods.values() if each["edited"] >= since]
        kept = [each for each in kept if all(each[name] == value for name, value in wanted.items())]
        kept.sort(key=lambda each: each["code"])  # in no order of use
        start = int(cursor)
        following = str(start + rows) if start + rows < len(kept) else ""
        return {"rows": kept[start : start + rows], "next": following}

    def _entry(self, entry: dict[str, Any]) -> dict[str, Any]:
        if "forbidden" in entry.get("title", ""):
            return {"why": "title: a word in it is not allowed"}
        return {"nr": self.add(**entry)}


def _good(headers: dict[str, str] | None = None, /, **told: Any) -> Reply:
    shown = {"content-type": "application/json", **(headers or {})}
    return Reply(body=json.dumps({"status": "ok", **told}).encode(), headers=shown)

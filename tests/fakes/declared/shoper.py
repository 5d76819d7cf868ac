"""Shoper, after developers.shoper.pl: "REST API" - authorization, lists, filters, products, orders, order products."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any, cast

from tests.fakes.server import Asked, Reply

USER, PASSWORD, TOKEN = "hub", "pass-word-9", "4f2a1c0d9e8b7a6f"
BASE = "/webapi/rest/"


def product(number: int, edited: datetime) -> dict[str, Any]:
    """Return a product; numbers are texts."""
    told = {"name": f"Lampa {number}", "description": "<p>x</p>", "active": "1", "lang_id": "1"}
    stock = {"stock_id": str(number), "price": "19.90", "stock": "5", "active": "1", "sold": "3", "code": f"S-{number}"}
    return {"product_id": str(number), "code": f"S-{number}", "ean": "5901234123457" if number % 2 else "", "category_id": "7",
            "add_date": "2026-06-01 10:00:00", "edit_date": str(edited), "translations": {"pl_PL": told}, "stock": stock}  # fmt: skip


def order(number: int, changed: datetime) -> dict[str, Any]:
    """Return an order, every other of a guest."""
    home = {"firstname": "Jan", "lastname": "Żak", "company": "", "tax_identification_number": "", "street1": "Prosta 1",
            "street2": "", "city": "Warszawa", "postcode": "00-950", "state": "", "country": "Polska", "country_code": "PL",
            "phone": "500100200"}  # fmt: skip
    return {"order_id": str(number), "user_id": "3" if number % 2 else None, "date": "2026-07-01 12:00:00", "sum": "34.19",
            "status_date": str(changed), "status_id": "1", "status": {"status_id": "1", "type": "1"}, "paid": "34.19",
            "payment_id": "2", "shipping_id": "4", "shipping_cost": "9.99", "shipping_tax_value": "23", "notes": "",
            "email": "Jan@example.com", "currency_id": "1", "billing_address": home, "delivery_address": home}  # fmt: skip


class Shoper:
    """A shop whose pages hold fifty."""

    def __init__(self) -> None:
        self.began = datetime(2026, 7, 1, 12, 0, 0)  # noqa: DTZ001  # the shop's own clock
        self.products = [product(number, self.began + timedelta(minutes=number)) for number in range(1, 121)]
        self.orders = [order(number, self.began + timedelta(minutes=number)) for number in range(1, 61)]
        self.lines = {"7": 51}
        """Order -> how many lines it has; others have one."""

    def answer(self, asked: Asked) -> Reply:
        """Answer one request."""
        name, _, id_ = asked.path.removeprefix(BASE).partition("/")
        if name == "auth":
            return self._token(asked)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(401, {"error": "unauthorized_client", "error_description": "Provided access token is invalid"})
        rows = {"products": ("product_id", self.products), "orders": ("order_id", self.orders)}.get(name)
        if rows is None:
            return self._page(asked, self._others(asked, name), "")
        key, records = rows
        if not id_:
            return self._page(asked, records, key)
        found = next((each for each in records if each[key] == id_), None)
        if found is None:
            return Reply(404, {"error": "invalid_request", "error_description": "Resource not found"})
        if asked.method == "PUT":
            _merge(found, asked.json)
            return Reply(200, body=1)
        return Reply(200, found)

    def _token(self, asked: Asked) -> Reply:
        both = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if asked.method != "POST" or asked.headers.get("authorization") != f"Basic {both}":
            return Reply(401, {"error": "unauthorized_client", "error_description": "Bad login"})
        return Reply(200, {"access_token": TOKEN, "expires_in": 2592000, "token_type": "bearer"})

    def _others(self, asked: Asked, name: str) -> list[dict[str, Any]]:
        if name == "order-products":
            id_ = str(json.loads(asked.query["filters"])["order_id"])
            line = {"order_id": id_, "product_id": "1", "code": "S-1", "name": "Lampa 1", "price": "13.44", "quantity": "2",
                    "discount_perc": "10", "tax": "23%", "tax_value": "23"}  # fmt: skip
            return [{**line, "id": f"{id_}{number}"} for number in range(self.lines.get(id_, 1))]
        if name == "categories":
            return [{"category_id": "7", "translations": {"pl_PL": {"name": "Lampy"}}}]
        return [{"currency_id": "1", "name": "PLN"}] if name == "currencies" else []

    def _page(self, asked: Asked, records: list[dict[str, Any]], key: str) -> Reply:
        size, number = int(asked.query.get("limit", 10)), int(asked.query.get("page", 1))
        if size > 50:
            return Reply(400, {"error": "invalid_request", "error_description": "limit"})
        told = json.loads(asked.query.get("filters", "{}"))
        for name in ("edit_date", "status_date"):
            if name in told:
                records = [each for each in records if each[name] >= told[name][">="]]
        if key and (by := asked.query.get("order")):
            field, _, way = by.partition(" ")
            records = sorted(records, key=lambda each: int(each[field]), reverse=way == "desc")
        page = records[(number - 1) * size : number * size]
        return Reply(200, {"count": str(len(records)), "pages": -(-len(records) // size), "page": number, "list": page})


def _merge(record: dict[str, Any], given: dict[str, Any]) -> None:
    for name, value in given.items():
        if isinstance(value, dict):
            _merge(record[name], cast("dict[str, Any]", value))
        else:
            record[name] = str(value)

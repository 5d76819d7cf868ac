"""BigCommerce, after docs.bigcommerce.com: "Catalog" V3, "Customers" V3, "Inventory adjustments", "Orders" V2."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from typing import Any

from tests.fakes.server import Asked, Reply

TOKEN = "ohya4mq0jx9xbpdxtnpq"
BASE = "/stores/h4sh/"
Row = dict[str, Any]


def product(number: int, at: datetime) -> Row:
    """Return a product: every third with two variants, the others with the one that stands for itself."""
    own = {
        "price": None,
        "weight": None,
        "upc": "",
        "purchasing_disabled": False,
        "inventory_level": 5,
        "option_values": [],
    }
    variants = [{**own, "id": number * 10, "product_id": number, "sku": f"B-{number}", "calculated_price": 19.9}]
    if number % 3 == 0:
        variants = [
            {**own, "id": number * 10 + nth, "product_id": number, "sku": f"B-{number}-{size}", "price": 24.5 + nth,
             "calculated_price": 24.5 + nth, "option_values": [{"option_display_name": "Size", "label": size}]}
            for nth, size in enumerate("SL")
        ]  # fmt: skip
    return {"id": number, "name": f"Lamp {number}", "sku": f"B-{number}", "price": 19.9, "description": "<p>x</p>",
            "weight": 1.25, "is_visible": number != 5, "categories": [3], "brand_id": 0, "upc": "", "variants": variants,
            "inventory_tracking": "variant" if number % 3 == 0 else "product", "images": [],
            "date_modified": at.isoformat(), "total_sold": 3}  # fmt: skip


def address(**more: Any) -> Row:
    """Return an address of an order."""
    return {"first_name": "Jan", "last_name": "Żak", "company": "", "street_1": "Prosta 1", "street_2": "", "zip": "00-950",
            "city": "Warszawa", "state": "", "country": "Poland", "country_iso2": "PL", "phone": "500100200",
            "email": "jan@example.com", **more}  # fmt: skip


def order(number: int, at: datetime) -> Row:
    """Return an order, every other of a guest; amounts are texts of four decimals."""
    line: Row = {"id": number * 100, "order_id": number, "sku": "B-1", "name": "Lamp 1", "quantity": 2, "product_id": 1,
            "variant_id": 10, "price_ex_tax": "16.1789", "price_inc_tax": "19.9000", "total_ex_tax": "32.3577",
            "total_inc_tax": "39.8000", "total_tax": "7.4423", "applied_discounts": []}  # fmt: skip
    there: Row = {
        "id": number + 5000,
        "line_items": [line],
        "cost_inc_tax": "9.9900",
        "shipping_method": "Flat Rate",
        **address(),
    }
    return {"id": number, "customer_id": 3 if number % 2 else 0, "status_id": 11, "status": "Awaiting Fulfillment",
            "date_created": format_datetime(at), "date_modified": format_datetime(at), "currency_code": "PLN",
            "total_inc_tax": "49.7900", "total_ex_tax": "40.4797", "total_tax": "9.3103", "payment_method": "Bank Deposit",
            "payment_status": "captured", "customer_message": "", "shipping_cost_inc_tax": "9.9900", "is_deleted": False,
            "shipping_cost_ex_tax": "8.1220", "handling_cost_inc_tax": "0.0000", "wrapping_cost_inc_tax": "0.0000",
            "handling_cost_ex_tax": "0.0000", "wrapping_cost_ex_tax": "0.0000",
            "subtotal_ex_tax": "32.3577", "subtotal_inc_tax": "39.8000",
            "coupon_discount": "0.0000", "discount_amount": "0.0000",
            "billing_address": address(), "consignments": [{"shipping": [there], "pickups": []}]}  # fmt: skip


class BigCommerce:
    """A shop; its records are public for tests to act on as its users do."""

    def __init__(self) -> None:
        self.began = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)
        # several records bear the same second
        self.products = [product(number, self.began + timedelta(minutes=number // 4)) for number in range(1, 121)]
        self.orders = [order(number, self.began + timedelta(minutes=number // 4)) for number in range(100, 160)]
        self.customers: list[Row] = [{"id": 3, "first_name": "Ewa", "last_name": "Lis", "email": "ewa@example.com", "company": "",
                           "phone": "", "date_modified": "2026-07-01T12:00:00Z", "addresses": []}]  # fmt: skip
        self.shipments: list[Row] = []

    def answer(self, asked: Asked) -> Reply:
        """Answer one request."""
        if asked.headers.get("x-auth-token") != TOKEN:
            return Reply(401, {"status": 401, "title": "Unauthorized", "type": "https://developer.bigcommerce.com/"})
        path = asked.path.removeprefix(BASE)
        routes: dict[str, Callable[..., Reply]] = {
            r"GET v3/catalog/products": lambda: self._page(asked, self.products),
            r"GET v3/catalog/categories": lambda: self._page(asked, [{"id": 3, "parent_id": 0, "name": "Lamps"}]),
            r"GET v3/customers": lambda: self._page(asked, self.customers),
            r"PUT v3/catalog/products/\d+/variants/(\d+)": partial(self._variant, asked),
            r"PUT v3/catalog/variants": lambda: self._variants(asked),
            r"PUT v3/inventory/adjustments/absolute": lambda: self._adjusted(asked),
            r"GET v2/orders": lambda: self._orders(asked),
            r"(?:GET|PUT) v2/orders/(\d+)": partial(self._order, asked),
            r"GET v2/orders/(\d+)/shipments": self._parcels,
            r"POST v2/orders/(\d+)/shipments": partial(self._shipped, asked),
        }
        for route, handler in routes.items():
            if found := re.fullmatch(route, f"{asked.method} {path}"):
                return handler(*found.groups())
        return Reply(404, {"status": 404, "title": "Not found", "type": "https://x.example/", "errors": {}})

    def variant(self, sku: str) -> Row:
        """Return a variant."""
        return next(each for row in self.products for each in row["variants"] if each["sku"] == sku)

    def _order(self, asked: Asked, id_: str) -> Reply:
        found = next((each for each in self.orders if str(each["id"]) == id_), None)
        if found is None:
            return Reply(404, [{"status": 404, "message": "The requested resource was not found."}])
        found |= asked.json or {}
        return Reply(200, found)

    def _parcels(self, id_: str) -> Reply:
        found = [each for each in self.shipments if str(each["order_id"]) == id_]
        return Reply(200, found) if found else Reply(204)

    def _variant(self, asked: Asked, id_: str) -> Reply:
        found = next(each for row in self.products for each in row["variants"] if str(each["id"]) == id_)
        found |= asked.json
        return Reply(200, {"data": found, "meta": {}})

    def _variants(self, asked: Asked) -> Reply:
        given: list[Row] = asked.json
        if len(given) > 50:
            return Reply(422, {"status": 422, "title": "The batch is not a list of at most 50", "errors": {}})
        rows = {each["id"]: each for row in self.products for each in row["variants"]}
        missing = [each["id"] for each in given if each["id"] not in rows]
        if missing:
            return Reply(422, {"status": 422, "title": "Variants not found", "errors": {"ids": str(missing)}})
        for each in given:
            if isinstance(each.get("price"), str):
                return Reply(
                    422,
                    {
                        "status": 422,
                        "title": "JSON data is missing or invalid",
                        "errors": {"price": "error.expected.jsnumber"},
                    },
                )
            rows[each["id"]] |= each
            rows[each["id"]]["calculated_price"] = each.get("price")
        return Reply(200, {"data": [rows[each["id"]] for each in given], "meta": {}})

    def _adjusted(self, asked: Asked) -> Reply:
        rows = {each["id"]: each for row in self.products for each in row["variants"]}
        for each in asked.json["items"]:
            if each["location_id"] != 1:
                return Reply(
                    422,
                    {"status": 422, "title": f"Location not found, identities: [{each['location_id']}]", "errors": {}},
                )
            if not isinstance(each["quantity"], int) or each["variant_id"] not in rows:
                return Reply(422, {"status": 422, "title": "Invalid", "errors": {"quantity": "must be an integer"}})
        for each in asked.json["items"]:
            rows[each["variant_id"]]["inventory_level"] = each["quantity"]
        return Reply(200, {"transaction_id": "97a73cdd", "data": {}, "meta": {}})

    def _shipped(self, asked: Asked, id_: str) -> Reply:
        row = next(each for each in self.orders if str(each["id"]) == id_)
        places = [each["id"] for each in row["consignments"][0]["shipping"]]
        if asked.json.get("order_address_id") not in places:
            return Reply(
                400,
                [
                    {
                        "status": 400,
                        "message": "The field 'order_address_id' is invalid.",
                        "details": {"invalid_reason": "x"},
                    }
                ],
            )
        self.shipments.append({"id": len(self.shipments) + 1, "order_id": row["id"], **asked.json})
        return Reply(201, self.shipments[-1])

    def _page(self, asked: Asked, rows: list[Row]) -> Reply:
        size, number = int(asked.query.get("limit", 50)), int(asked.query.get("page", 1))
        if size > 250:
            return Reply(422, {"status": 422, "title": "limit", "errors": {"limit": "must be at most 250"}})
        if since := asked.query.get("date_modified:min"):
            rows = [
                each for each in rows if datetime.fromisoformat(each["date_modified"]) >= datetime.fromisoformat(since)
            ]
        if only := asked.query.get("id:in"):
            rows = [each for each in rows if str(each["id"]) in only.split(",")]
        if asked.query.get("sort") == "date_modified":
            rows = sorted(rows, key=lambda each: each["date_modified"])
        if "include" not in asked.query:
            rows = [
                {name: value for name, value in each.items() if name not in ("variants", "addresses")} for each in rows
            ]
        told: Row = {"total": len(rows), "count": len(rows[(number - 1) * size : number * size]), "per_page": size,
                "current_page": number, "total_pages": -(-len(rows) // size), "links": {}}  # fmt: skip
        return Reply(200, {"data": rows[(number - 1) * size : number * size], "meta": {"pagination": told}})

    def _orders(self, asked: Asked) -> Reply:
        size, number = int(asked.query.get("limit", 50)), int(asked.query.get("page", 1))
        rows = self.orders
        if since := asked.query.get("min_date_modified"):
            at = datetime.fromisoformat(since) if since[:1].isdigit() else parsedate_to_datetime(since)
            rows = [each for each in rows if parsedate_to_datetime(each["date_modified"]) >= at]
        if asked.query.get("sort") == "date_modified:asc":
            rows = sorted(rows, key=lambda each: parsedate_to_datetime(each["date_modified"]))
        page = rows[(number - 1) * size : number * size]
        return Reply(200, page) if page else Reply(204)

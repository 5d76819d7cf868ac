"""The shop: what it has, its routes, and what its staff and customers do."""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from adapters.eshop.prestashop.connector import PrestaShopConnector
from adapters.eshop.prestashop.options import PrestaShopOptions
from hub.clock import SystemClock
from tests.fakes.fake import Fake, Handler
from tests.fakes.prestashop import images, saving
from tests.fakes.prestashop.lists import Wrong, listed
from tests.fakes.prestashop.schema import FORBIDDEN, RESOURCES
from tests.fakes.records import Record, Table
from tests.fakes.server import Asked, Reply

KEY = "Q7ZK2M9XW4T1B8VN5RD3HC6YJ0LFSPGA"
COMBINED = 10
"""Every so many products have a combination."""
ZONE = ZoneInfo("Europe/Warsaw")
ROOT, HOME = 1, 2
PAYMENT, PREPARATION, SHIPPING, DELIVERED, CANCELED, REFUND, WIRE = 2, 3, 4, 5, 6, 7, 10
"""Statuses, by the numbers that an installation gives them."""
_LOOKED_UP = r"(?!.*filter%5B(?:id|id_product|reference)%5D=%5B)"


def carry_out(shop: "PrestaShop", asked: Asked, resource: str, id_: str = "") -> Reply:
    """Return what comes of a request (code: `WebserviceRequest::fetch`)."""
    headers = {"PSWS-Version": shop.version}
    try:
        shop.check_right(asked.method, resource)
        if asked.method == "GET":
            reply = listed(shop, asked, resource)
        elif asked.method == "DELETE":
            reply = saving.delete(shop, resource, id_)
        else:
            reply = saving.save(shop, asked, resource)
    except Wrong as wrong:
        reply = wrong.reply()
    return Reply(reply.status, reply.body, {**reply.headers, **headers})


class PrestaShop(Fake):
    """A shop in Warsaw with two languages, of which Polish is the default."""

    routes: ClassVar[Mapping[str, Handler]] = {
        **{f"{method} /api/{{resource}}": carry_out for method in ("GET", "POST")},
        **{f"{method} /api/{{resource}}/{{id}}": carry_out for method in ("PUT", "PATCH", "DELETE")},
        "POST /api/images/products/{product}": images.carry_out,
        "DELETE /api/images/products/{product}/{image}": images.carry_out,
    }
    creates: ClassVar[Mapping[str, str]] = {"products": r"\APOST /api/products\?"}
    lists: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("products", "prices"), rf"GET /api/products\?{_LOOKED_UP}"),
        "stock": rf"GET /api/stock_availables\?{_LOOKED_UP}",
        "parties": rf"GET /api/customers\?{_LOOKED_UP}",
        "orders": rf"GET /api/orders\?{_LOOKED_UP}",
    }
    tells_total: ClassVar[bool] = False
    environment: Mapping[str, str] = {"PRESTA_KEY": KEY}
    wrong_key: Mapping[str, Any] = {"key": "env:WRONG_KEY"}
    default = 2
    languages: tuple[int, ...] = (1, 2)

    def __init__(self) -> None:
        super().__init__()
        self.key, self.version, self.mail_fails = KEY, "8.1.7", False
        self.rights = {each: {"GET", "POST", "PUT", "PATCH", "DELETE"} for each in (*RESOURCES, "images")}
        self.images = 100
        self.tables = {resource: Table(self.clock) for resource in RESOURCES}
        self._install()

    def _install(self) -> None:
        add = {resource: table.add for resource, table in self.tables.items()}
        for name, parent in (("Root", "0"), ("Home", "1")):
            add["categories"]({"name": {1: name, 2: name}, "id_parent": parent, "active": "1"})
        for number in range(1, WIRE + 1):
            ticked = {"shipped": number in (SHIPPING, DELIVERED), "delivery": PREPARATION <= number <= DELIVERED}
            ticked["paid"] = PAYMENT <= number <= DELIVERED
            add["order_states"]({name: str(int(value)) for name, value in ticked.items()})
        add["currencies"]({"iso_code": "PLN"})
        add["countries"]({"iso_code": "PL"})
        add["carriers"]({"name": "Kurier"})
        add["taxes"]({"rate": "23.000"})
        add["product_options"]({"name": {1: "Size", 2: "Rozmiar"}})
        add["product_option_values"]({"id_attribute_group": "1", "name": {1: "S", 2: "S"}})
        states = {
            "PAYMENT": PAYMENT, "PREPARATION": PREPARATION, "SHIPPING": SHIPPING, "DELIVERED": DELIVERED,
            "CANCELED": CANCELED, "REFUND": REFUND,
        }  # fmt: skip
        settings = {"TIMEZONE": ZONE.key, "LANG_DEFAULT": self.default, "CURRENCY_DEFAULT": 1, "WEIGHT_UNIT": "kg"}
        settings |= {"HOME_CATEGORY": HOME, "ROOT_CATEGORY": ROOT, "SHOP_NAME": "Lampy", "ORDER_RETURN": 1}
        settings |= {"ORDER_OUT_OF_STOCK": 0}
        for name, value in {**settings, **{f"OS_{name}": number for name, number in states.items()}}.items():
            add["configurations"]({"name": f"PS_{name}", "value": str(value)})

    def connect(self, **options: Any) -> PrestaShopConnector:
        given = {"url": self.server.url, "key": "env:PRESTA_KEY", **options}
        return PrestaShopConnector("shop", PrestaShopOptions.model_validate(given), SystemClock())

    def rotate_key(self) -> None:
        self.key = KEY[::-1]

    def refusal(self, asked: Asked) -> Reply | None:
        """code: `WebserviceRequest::authenticate`; the key is the user of HTTP Basic, the password empty."""
        given = base64.b64decode(
            asked.headers.get("authorization", "Basic ").split()[-1:][0] if asked.headers.get("authorization") else ""
        )
        key, _, _ = given.decode().partition(":")
        if len(key) != len(KEY):
            return Wrong(401, "Invalid authentication key format", 18).reply()
        return None if key == self.key else Wrong(401, "Authentification key is not active", 20).reply()

    def check_right(self, method: str, resource: str) -> None:
        """code: `checkResource`, `checkHTTPMethod`."""
        if resource not in self.rights:
            raise Wrong(400, f'Resource of type "{resource}" does not exists. Did you mean: ...', 27)
        if not self.rights[resource]:
            raise Wrong(401, f'Resource of type "{resource}" is not allowed with this authentication key', 26)
        if method in FORBIDDEN.get(resource, ()):
            raise Wrong(405, f"Method {method} is not allowed for the resource {resource}", 101)
        if method == "PATCH" and self.version.startswith("1."):
            raise Wrong(405, "Method PATCH is not valid", 23)
        if method not in self.rights[resource]:
            said = f"Method {method} is not allowed for the resource {resource} with this authentication key"
            raise Wrong(405, said, 25)

    def nothing_there(self, asked: Asked) -> Reply:
        return Wrong(400, f'Resource of type "{asked.path}" does not exists', 27).reply()

    # What it has

    def now(self, at: datetime | None = None) -> str:
        """Return the shop's own time, as its database has it."""
        return (at or self.clock.now()).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")

    def associations(self, resource: str, record: Record) -> Iterator[tuple[str, list[int]]]:
        """Yield what belongs to a record."""
        for name in {
            "products": ("categories", "images"),
            "combinations": ("product_option_values", "images"),
            "order_details": ("taxes",),
        }.get(resource, ()):
            yield name, record.values.get(name, [])
        if resource == "products":
            yield "combinations", [each.id for each in self.combinations(record.id)]

    def combinations(self, product: int) -> list[Record]:
        """Return the combinations of a product."""
        return [each for each in self.tables["combinations"].there() if each.values["id_product"] == str(product)]

    def level(self, product: int, combination: int, quantity: int) -> Record:
        """Make a stock level."""
        of = {"id_product": str(product), "id_product_attribute": str(combination), "id_shop": "1"}
        return self.tables["stock_availables"].add(
            {**of, "quantity": str(quantity), "depends_on_stock": "0", "out_of_stock": "2"}
        )

    def take_away(self, resource: str, id_: int) -> None:
        """Delete a record with what belongs to it (code: `Product::delete`, `Combination::delete`)."""
        levels = self.tables["stock_availables"]
        by = {"products": "id_product", "combinations": "id_product_attribute"}.get(resource)
        for each in levels.there() if by else ():
            if each.values[by or ""] == str(id_):
                levels.remove(each.id)
        for each in self.combinations(id_) if resource == "products" else ():
            self.tables["combinations"].remove(each.id)
        self.tables[resource].remove(id_)

    def sells(self, product: str) -> bool:
        """Return whether a product can be ordered (code: Cart, checkQuantities; Product, isAvailableWhenOutOfStock)."""
        values = self.tables["products"].records[int(product)].values
        levels = [
            each.values for each in self.tables["stock_availables"].there() if each.values["id_product"] == product
        ]
        beyond = self.setting("PS_ORDER_OUT_OF_STOCK").values["value"] == "1"
        is_there = beyond or any(int(each["quantity"]) > 0 for each in levels)
        return is_there and values["active"] == values["available_for_order"] == "1"

    # What people do there

    def add(self, stream: str) -> str:
        if stream == "parties":
            return str(self._add_customer().id)
        if stream == "orders":
            return self.place_order(self.clock.now())[0]
        product = self._add_product()
        return f"{product}|PLN" if stream == "prices" else product

    def _add_product(self) -> str:
        number, now = max(self.tables["products"].records, default=0) + 1, self.now()
        texts = {name: {1: f"Lamp {number}", 2: f"Lampa {number}"} for name in ("name", "description")}
        usual = {"available_for_order": "1", "show_price": "1", "visibility": "both", "condition": "new"}
        usual |= {"product_type": "standard", "new": ""}
        told = {
            **usual,
            "reference": f"L-{number}",
            "ean13": "",
            "price": "9.900000",
            "weight": "1.000000",
            "active": "1",
        }
        told |= {
            "id_category_default": str(HOME),
            "id_tax_rules_group": "1",
            "state": "1",
            "unit_price_ratio": "2.000000",
        }
        product = self.tables["products"].add(
            {**told, **texts, "link_rewrite": {1: "lamp", 2: "lampa"}, "date_add": now, "date_upd": now,
             "minimal_quantity": "1", "manufacturer_name": "", "quantity": "0", "position_in_category": "0",
             "categories": [HOME], "images": [], "id_default_image": ""}
        )  # fmt: skip
        self.level(product.id, 0, 5)
        if number % COMBINED:
            return str(product.id)
        own = {"id_product": str(product.id), "reference": f"L-{number}-S", "ean13": "", "price": "1.500000"}
        own |= {"weight": "0.250000", "minimal_quantity": "1"}
        combination = self.tables["combinations"].add({**own, "product_option_values": [1]})
        self.level(product.id, combination.id, 5)
        return f"{product.id}-{combination.id}"

    def _add_customer(self) -> Record:
        number, now = len(self.tables["customers"].records) + 1, self.now()
        told = {"email": f"ewa{number}@example.com", "firstname": "Ewa", "lastname": f"Nowak {number}", "company": ""}
        customer = self.tables["customers"].add(
            {**told, "deleted": "0", "is_guest": "0", "date_add": now, "date_upd": now}
        )
        self._add_address(customer.id)
        return customer

    def _add_address(self, customer: int) -> int:
        told = {"alias": "Dom", "firstname": "Jan", "lastname": "Żak", "address1": "Prosta 1", "city": "Warszawa"}
        told |= {"postcode": "00-950", "id_country": "1", "id_state": "0", "phone": "+48 22 555 01 23", "deleted": "0"}
        empty = dict.fromkeys(("company", "vat_number", "address2", "phone_mobile"), "")
        return self.tables["addresses"].add({**empty, **told, "id_customer": str(customer), "date_upd": self.now()}).id

    def place_order(self, at: datetime) -> tuple[str, Mapping[str, str]]:
        """Three articles at 3.33, shipping, gift wrapping and a cart rule, rounded once at the total (`ROUND_TOTAL`)."""
        customer = self._add_customer()
        address = self._add_address(customer.id)
        sums = {
            "paid": ("17.21", "13.99"),
            "shipping": ("6.15", "5"),
            "wrapping": ("2.46", "2"),
            "discounts": ("3.69", "3"),
        }
        totals = {f"total_{what}_tax_{how}": f"{float(amount):.6f}" for what, both in sums.items()
                  for how, amount in zip(("incl", "excl"), both, strict=True)}  # fmt: skip
        number = len(self.tables["orders"].records) + 1
        order = self.tables["orders"].add(
            {**totals, "id_customer": str(customer.id), "id_address_invoice": str(address),
             "id_address_delivery": str(address), "id_currency": "1", "id_carrier": "1", "current_state": str(WIRE),
             "module": "ps_wirepayment", "payment": "Przelew", "reference": f"XKBKN{number:04}", "round_type": "3",
             "carrier_tax_rate": "23.000", "date_add": self.now(at), "date_upd": self.now()}
        )  # fmt: skip
        for sku, name in (("00042", "Lamp & Shade"), ("A-1", "Bulb"), ("", "Candle")):
            line = {"id_order": str(order.id), "product_id": "0", "product_attribute_id": "0", "product_quantity": "1"}
            amounts = {"total_price_tax_incl": "4.095900", "total_price_tax_excl": "3.330000"}
            told = {"product_reference": sku, "product_name": name, "taxes": [1]}
            self.tables["order_details"].add({**line, **amounts, **told})
        self.tables["order_carriers"].add({"id_order": str(order.id), "id_carrier": "1", "tracking_number": ""})
        return str(order.id), {"net": "13.99", "tax": "3.22", "gross": "17.21"}

    def setting(self, name: str) -> Record:
        """Return one of the shop's settings."""
        return next(each for each in self.tables["configurations"].there() if each.values["name"] == name)

    def refund(self, order: str, line: int, quantity: int) -> None:
        """Refund pieces of a line (code: OrderRefundUpdater, updateRefundData, since 1.7.7; Order, deleteProduct, before).

        Those of an order that was delivered are returned, if the shop takes goods back (PS_ORDER_RETURN). The order's
        totals and its mark stay as they are.
        """
        lines = [each.values for each in self.tables["order_details"].there() if each.values["id_order"] == order]
        delivered = self.tables["orders"].records[int(order)].values["current_state"] == str(DELIVERED)
        taken_back = delivered and self.setting("PS_ORDER_RETURN").values["value"] == "1"
        name = "product_quantity_return" if taken_back else "product_quantity_refunded"
        lines[line][name] = str(int(lines[line].get(name, 0)) + quantity)

    def complete(self, order: str) -> None:
        self.tables["orders"].change(int(order), {"current_state": str(DELIVERED), "date_upd": self.now()})

    def change(self, stream: str, id_: str, *, marked: bool = True) -> None:
        product, _, combination = id_.partition("|")[0].partition("-")
        if stream == "stock":
            for each in self.tables["stock_availables"].there():
                if (each.values["id_product"], each.values["id_product_attribute"]) == (product, combination or "0"):
                    each.values["quantity"] = str(int(each.values["quantity"]) + 1)
        elif stream == "orders":
            for each in self.tables["order_details"].there():
                if each.values["id_order"] == id_:
                    each.values["product_quantity"] = "3"
        elif stream == "parties":
            self.tables["customers"].records[int(id_)].values["lastname"] += "-Kos"
        elif stream == "products":
            values = self.tables["products"].records[int(product)].values
            values["description"] = {id_: f"{text}!" for id_, text in values["description"].items()}
        else:
            table = self.tables["combinations" if combination else "products"]
            table.records[int(combination or product)].values["price"] += "1"
        if marked:
            self.touch(stream, id_)

    def touch(self, stream: str, id_: str) -> None:
        table = {"orders": "orders", "parties": "customers"}.get(stream, "products")
        self.tables[table].change(int(id_.partition("|")[0].partition("-")[0]), {"date_upd": self.now()})

    def remove(self, stream: str, id_: str) -> None:
        product, _, combination = id_.partition("|")[0].partition("-")
        if stream == "parties":  # docs: a customer who is not to come again is kept, and marked
            self.tables["customers"].change(int(id_), {"deleted": "1"})
        elif stream == "orders":
            self.take_away("orders", int(id_))
        else:
            self.take_away("combinations" if combination else "products", int(combination or product))

    def count(self, stream: str) -> int:
        if stream in ("parties", "orders"):
            return len(self.tables["customers" if stream == "parties" else "orders"].there())
        return len(self.tables["products"].there())

"""Our fields in the shop's own terms: pure, but for categories, which are made where they are missing."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from html import escape, unescape
from typing import Any

from adapters.eshop.orders import plain
from adapters.eshop.weights import KILOGRAMS
from adapters.eshop.woocommerce.asked import REFERENCE, category_paths
from adapters.eshop.woocommerce.shop import Shop
from adapters.eshop.woocommerce.translate import STANDARD
from adapters.writes import Unfit
from hub.connector import Write

Body = dict[str, Any]


class Words:
    """Our fields in the shop's own terms; categories that are missing are made. To empty a field takes more than null."""

    def __init__(self, shop: Shop, images: Mapping[str, Mapping[str, int]]) -> None:
        """`images`: of each product those that are there already."""
        self._shop, self._images = shop, images
        self._tables: Mapping[str, Callable[[Any], Body]] = {
            "name": lambda value: {"name": _html(value)} if value else {},
            "description": lambda value: {"description": value or ""},
            "active": lambda value: {"status": "draft" if value is False else "publish"},
            "gtin": lambda value: {"global_unique_id": value or ""},
            "tags": lambda value: {"tags": [{"name": _html(each)} for each in value or ()]},
            "weight": lambda value: {"weight": plain(Decimal(value) / KILOGRAMS[self._unit]) if value else ""},
            "category": lambda value: {"categories": [{"id": self._category(value)}] if value else []},
            "tax_rate": self._tax_class,
        }

    def product(self, write: Write) -> Body:
        """Return what is set; a new product has its SKU and the hub's reference besides."""
        body = {} if write.id else self._new(write)
        for name, value in write.fields.items():
            body |= self._tables[name](value) if name in self._tables else {}
        if "images" in write.fields:
            there = self._images.get(write.id or "", {})
            wanted = write.fields["images"] or ()
            body["images"] = [{"id": there[each]} if each in there else {"src": each} for each in wanted]
        return body

    def _new(self, write: Write) -> Body:
        sku = write.record["sku"]
        return {"type": "simple", "sku": sku, "name": sku, "meta_data": [{"key": REFERENCE, "value": write.reference}]}

    def _tax_class(self, rate: str | None) -> Body:
        classes = self._shop.options.tax_classes
        if not classes or rate is None:
            return {}
        if rate not in classes:
            raise Unfit("unknown-tax-rate", f"no tax class is named for {rate} %; see tax_classes of this shop")
        return {"tax_class": "" if classes[rate] == STANDARD else classes[rate]}

    @cached_property
    def _unit(self) -> str:
        return self._shop.setting("products", "weight_unit")

    @cached_property
    def _known(self) -> dict[str, int]:
        return {unescape(path): id_ for id_, path in category_paths(self._shop).items()}

    def _category(self, path: str) -> int:
        if path not in self._known:
            above, _, name = path.rpartition(" > ")
            body = {"name": _html(name)} | ({"parent": self._category(above)} if above else {})
            self._known[path] = self._shop.send("POST", "products/categories", body)["id"]
        return self._known[path]


def _html(text: str) -> str:
    return escape(text, quote=False)

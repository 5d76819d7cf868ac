"""Our fields in the shop's own terms: pure, but for categories, which are made where they are missing."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from html import escape, unescape

from adapters.eshop.categories import Categories
from adapters.eshop.orders import Fields, plain
from adapters.eshop.weights import KILOGRAMS
from adapters.eshop.woocommerce.asked import REFERENCE, categories
from adapters.eshop.woocommerce.images import NOTHING, Held
from adapters.eshop.woocommerce.shop import Shop
from adapters.eshop.woocommerce.translate import STANDARD
from adapters.fields import Field, emptied, given, table
from adapters.rates import theirs_for
from hub.connector import Write


class Words:
    """Our fields in the shop's own terms; categories that are missing are made. To empty a field takes more than null."""

    def __init__(self, shop: Shop, images: Mapping[str, Held]) -> None:
        """`images`: of each product those that are there already."""
        self._shop, self._images = shop, images
        self._table = table(
            name=Field("name", lambda name: escape(name, quote=False) if name else None),
            description=Field("description", emptied),
            status=Field("active", lambda active: "draft" if active is False else "publish"),
            global_unique_id=Field("gtin", emptied),
            tags=Field("tags", lambda tags: [{"name": escape(each, quote=False)} for each in tags or ()]),
            weight=Field("weight", lambda weight: plain(Decimal(weight) / KILOGRAMS[self._unit]) if weight else ""),
            categories=Field("category", lambda path: [{"id": int(self._tree.id_of(path))}] if path else []),
            tax_class=Field("tax_rate", self._tax_class),
        )

    def product(self, write: Write) -> Fields:
        """Return what is set; a new product has its SKU and the hub's reference besides."""
        body = {} if write.id else self._new(write)
        body |= {name: value for name, value in given(self._table, write.fields).items() if value is not None}
        if "images" in write.fields:
            told = self._images.get(write.id or "", NOTHING).body(write.fields["images"] or ())
            body |= told | {"meta_data": [*body.get("meta_data", ()), *told["meta_data"]]}
        return body

    def _new(self, write: Write) -> Fields:
        sku = write.record["sku"]
        return {"type": "simple", "sku": sku, "name": sku, "meta_data": [{"key": REFERENCE, "value": write.reference}]}

    def _tax_class(self, rate: str | None) -> str | None:
        theirs = theirs_for(self._shop.options.tax_classes, rate, "tax class", "tax_classes")
        return "" if theirs == STANDARD else theirs

    @cached_property
    def _unit(self) -> str:
        return self._shop.setting("products", "weight_unit")

    @cached_property
    def _tree(self) -> Categories:
        return categories(self._shop, unescape)

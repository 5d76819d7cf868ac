"""The shop's identities of what products refer to by name; categories and tags that are missing are made."""

import re
from functools import cached_property

from adapters.eshop.medusa.shop import Shop

_GAP = re.compile(r"[\W_]+")


class Words:
    """What is known while one request is put together."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self._tags: dict[str, str] = {}

    @cached_property
    def channel(self) -> str:
        """The sales channel's identity."""
        return self.shop.channel()["id"]

    @cached_property
    def shipping_profile(self) -> str:
        """The shipping profile's identity."""
        return self.shop.shipping_profile()["id"]

    @cached_property
    def _categories(self) -> dict[str, str]:
        return {path: id_ for id_, path in self.shop.category_paths().items()}

    @property
    def paths(self) -> dict[str, str]:
        """Category -> its path."""
        return {id_: path for path, id_ in self._categories.items()}

    def tag(self, value: str) -> str:
        """Return a tag's identity."""
        if value not in self._tags:
            found = self.shop.rows("product-tags", {"value": value, "fields": "id"})
            self._tags[value] = found[0]["id"] if found else self._new_tag(value)
        return self._tags[value]

    def _new_tag(self, value: str) -> str:
        return self.shop.send("product-tags", {"value": value})["product_tag"]["id"]

    def category(self, path: str) -> str:
        """Return the identity of a category, by its path."""
        if path not in self._categories:
            above, _, name = path.rpartition(" > ")
            body = {"name": name, "handle": _GAP.sub("-", path.lower()), "is_active": True}
            body |= {"parent_category_id": self.category(above)} if above else {}
            self._categories[path] = self.shop.send("product-categories", body)["product_category"]["id"]
        return self._categories[path]

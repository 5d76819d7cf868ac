"""Variants below a configurable product (page "Create a configurable product"; code: LinkManagement).

A simple product has a value of each attribute that tells variants apart, and stands below the product that is sold.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from urllib.parse import quote

from adapters.asking.http import Rejected
from adapters.eshop.magento.goods import families
from adapters.eshop.magento.lists import ALL_TYPES
from adapters.eshop.magento.shop import Shop
from adapters.eshop.magento.translate import ENABLED
from adapters.eshop.orders import Fields
from adapters.eshop.slugs import slug
from adapters.rows import Row
from adapters.writing.writes import Unfit
from hub.connector import Write, Written

ALONE, BELOW = 4, 1
"""A product's visibility: catalogue and search, or not by itself (code: Magento\\Catalog\\Model\\Product\\Visibility)."""
FIELDS = ("variant_of", "options")


class Families:
    """The families of the products in a batch, each asked for once."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._attributes: dict[str, Row] = {}
        self._parents: dict[str, Row] = {}
        self.faults: dict[str, str] = {}
        """Key of a write -> why its product stands alone."""

    def apart(self, write: Write) -> tuple[Fields, Fields]:
        """Return the attributes that set a product apart from others of its family, and whether it is seen by itself."""
        if not {*FIELDS} & {*write.fields}:
            return {}, {}
        if not write.record.get("variant_of"):
            return {}, {"visibility": ALONE}
        try:
            chosen = self._chosen(write)
        except Unfit as fault:
            self.faults[write.key] = str(fault)
            return {}, {}
        return {attribute["attribute_code"]: value for attribute, value in chosen.values()}, {"visibility": BELOW}

    def tie(self, write: Write, sku: str, body: Row, before: Row | None) -> None:
        """Put a product that is saved below the one that its variants have in common; that one is made where it is missing.

        `body`: what it was saved as; `before`: what the shop showed of it, if it was there.
        """
        if write.key in self.faults:
            return
        wanted, current = write.record.get("variant_of"), self._known.get(str(before["id"])) if before else None
        try:
            if wanted:
                self._put_below(write, wanted, sku, body, before)
        except Rejected as fault:
            self.faults[write.key] = f"{sku} does not stand below {wanted}: {fault}"
            if not current:  # nobody would see it
                seen = {"product": {"sku": sku, "visibility": ALONE}}
                self._shop.send("PUT", f"products/{quote(sku, safe='')}", seen, repeatable=True)
            return
        if current and current["sku"].lower() != (wanted or "").lower():
            self._take_away(write, current["sku"], sku)
        self._shop.forget(families)

    def outcome(self, write: Write, written: Written) -> Written:
        """Return what became of a product, with why it stands alone."""
        if write.key not in self.faults:
            return written
        why = "; ".join(filter(None, [written.message, self.faults[write.key]]))
        instead = {**written.instead, **{name: None for name in FIELDS if name in write.fields}}
        return replace(written, cause=written.cause or "no-family", message=why, instead=instead)

    @cached_property
    def _known(self) -> Mapping[str, Row]:
        return self._shop.lately(families)

    def _put_below(self, write: Write, wanted: str, sku: str, body: Row, before: Row | None) -> None:
        if wanted.lower() not in self._parents:
            rows = ALL_TYPES.some(self._shop, [wanted])
            self._parents[wanted.lower()] = rows[0] if rows else self._make(write, wanted, body)
        parent = self._parents[wanted.lower()]
        if parent["type_id"] != "configurable":
            raise Unfit("sku-taken", f"{wanted} is a {parent['type_id']} product there")
        ours = {str(attribute["attribute_id"]) for attribute, _ in self._chosen(write).values()}
        theirs = {str(each["attribute_id"]) for each in parent["extension_attributes"]["configurable_product_options"]}
        if ours != theirs:
            raise Unfit("other-options", "the two are not told apart by the same options")
        if before and str(before["id"]) in _links(parent):
            return
        try:
            self._shop.send("POST", f"{_path(wanted)}/child", {"childSku": sku})
        except Rejected:
            if not self._stands_below(wanted, sku):  # as it may by now: "The product is already attached."
                raise

    def _take_away(self, write: Write, parent: str, sku: str) -> None:
        """Take a product away from below another; what the shop says against it counts only if it stands there still."""
        try:
            self._shop.send("DELETE", f"{_path(parent)}/children/{quote(sku, safe='')}", repeatable=True)
        except Rejected as fault:
            if self._stands_below(parent, sku):
                self.faults[write.key] = f"{sku} stands below {parent} still: {fault}"

    def _stands_below(self, parent: str, sku: str) -> bool:
        """Look whether a product stands below another.

        The shop's list of its children leaves out what cannot be bought (magento2#25287), and names no numbers; the
        parent's own links are all there are.
        """
        rows = {row["sku"].lower(): row for row in ALL_TYPES.some(self._shop, [parent, sku])}
        above, child = rows.get(parent.lower()), rows.get(sku.lower())
        return bool(above and child and child["id"] in _links(above))

    def _make(self, write: Write, sku: str, body: Row) -> Row:
        """Make the product that is sold, with what its first variant shows; from then on it is the shop's own.

        It is in stock as soon as one of its variants is: made without a word about it, it would stay out of stock, as if
        somebody wanted it so (code: ChangeParentStockStatus).
        """
        name = _without(write.record.get("name") or sku, write.record["options"])
        told = [each for each in body["custom_attributes"] if each["attribute_code"] in ("description", "tax_class_id")]
        options = [
            {"attribute_id": str(each["attribute_id"]), "label": label, "values": [{"value_index": int(value)}]}
            for label, (each, value) in self._chosen(write).items()
        ]
        product = {
            "sku": sku,
            "name": name,
            "type_id": "configurable",
            "attribute_set_id": body.get("attribute_set_id", self._shop.options.attribute_set),
            "status": ENABLED,
            "visibility": ALONE,
            "price": 0,
            "custom_attributes": [{"attribute_code": "url_key", "value": slug(f"{name} {sku}")}, *told],
            "extension_attributes": {
                **body.get("extension_attributes", {}),
                "stock_item": {"is_in_stock": True},
                "configurable_product_options": [{**each, "position": place} for place, each in enumerate(options)],
            },
        }
        return self._shop.send("POST", "products", {"product": product}, repeatable=True)

    def _chosen(self, write: Write) -> Mapping[str, tuple[Row, str]]:
        """Return our names of options -> the attribute, and the number of the value; Unfit, if there is no such attribute."""
        options: Mapping[str, str] = write.record.get("options") or {}
        if not options:
            raise Unfit("no-options", "nothing tells it from the other variants of its article")
        return {name: self._value(name, value) for name, value in options.items()}

    def _value(self, name: str, value: str) -> tuple[Row, str]:
        found = _value_in(self._attribute(name), value)
        if found is None:
            code = self._attributes[name]["attribute_code"]
            self._shop.send("POST", f"products/attributes/{quote(code, safe='')}/options", {"option": {"label": value}})
            del self._attributes[name]
            found = _value_in(self._attribute(name), value)
        if found is None:
            raise Unfit("no-value", f"the shop has not taken {value} as a value of its attribute {name}")
        return self._attributes[name], found

    def _attribute(self, name: str) -> Row:
        if name not in self._attributes:
            rows = self._shop.page("products/attributes", ("frontend_label", "eq", name), order="attribute_id")
            fit = [each for each in rows if (each["frontend_input"], each["scope"]) == ("select", "global")]
            if not fit:
                how = "a dropdown with the scope Global, in the attribute set of new products"
                raise Unfit("no-attribute", f"the shop has no attribute {name} to tell variants apart; make it, {how}")
            self._attributes[name] = fit[0]
        return self._attributes[name]


def _links(parent: Row) -> set[str]:
    return {str(each) for each in parent["extension_attributes"].get("configurable_product_links") or ()}


def _path(sku: str) -> str:
    return f"configurable-products/{quote(sku, safe='')}"


def _value_in(attribute: Row, label: str) -> str | None:
    found = (each["value"] for each in attribute["options"] if each["label"].casefold() == label.casefold())
    return next(found, None)


def _without(name: str, options: Mapping[str, str]) -> str:
    """Return an article's name: a variant's, less the words that tell it apart where they stand behind it."""
    told = ", ".join(options.values())
    return name.removesuffix(f" ({told})").removesuffix(f" - {told}") or name

"""What records show, with all that belongs to them (the definitions of the entities, JSON as with `Accept:
application/json`): numbers are JSON numbers, times RFC 3339 in UTC with milliseconds, an empty map is `[]`, for PHP makes
no difference, and whatever can be translated stands in `translated` as well."""

from datetime import datetime
from typing import Any

from tests.fakes.records import Record, Table

DEFAULT_CURRENCY = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
"""Defaults::CURRENCY, in every installation."""
INHERITED = [
    "taxId",
    "manufacturerId",
    "coverId",
    "price",
    "active",
    "ean",
    "weight",
    "name",
    "description",
    "categories",
    "media",
    "visibilities",
    "properties",
    "tags",
    "isCloseout",
]
"""Fields of a product with the flag Inherited: with a variant, `null` stands for its parent's."""
CHILDREN = {"categories", "media", "visibilities", "properties", "tags"}


def time(at: datetime | None) -> str | None:
    """Return a time as the API writes it."""
    return at.isoformat(timespec="milliseconds") if at else None


def marks(record: Record) -> dict[str, Any]:
    """`updatedAt` is null until something has changed (UpdatedAtFieldSerializer)."""
    changed = record.modified if record.modified != record.created else None
    return {"autoIncrement": record.id, "createdAt": time(record.created), "updatedAt": time(changed)}


def by_uuid(table: Table, id_: str | None) -> Record | None:
    """Return a record by the identity that the API knows."""
    return next((each for each in table.records.values() if each.values["id"] == id_), None)


def plain(table: Table, id_: str | None) -> dict[str, Any] | None:
    """Return a record that nothing belongs to."""
    record = by_uuid(table, id_)
    return record and {**record.values, **marks(record)}


class Entities:
    """The tables, and their records whole."""

    tables: dict[str, Table]
    handles_stock: bool = True
    """6.6 and later, and 6.5 with the flag STOCK_HANDLING: an order takes from `stock` itself. Before that, `stock` is what
    lies there, and `availableStock` less what open orders hold (StockUpdater)."""

    def table(self, entity: str) -> Table:
        """Return a table."""
        return self.tables[entity]

    def whole(self, entity: str, record: Record, *, inherit: bool) -> dict[str, Any]:
        """Return a record with all that belongs to it; `inherit`: the header `sw-inheritance`."""
        show = {"product": self.product, "customer": self.customer, "order": self.order}.get(entity)
        if show:
            return show(record, inherit=inherit)
        return {"apiAlias": entity, **record.values, **marks(record)} | self.more(entity, record)

    def more(self, entity: str, record: Record) -> dict[str, Any]:
        """Return what else some show."""
        if entity == "category":
            trail = self.trail(record.values["id"])
            path = "".join(f"|{each.values['id']}" for each in trail[:-1])
            names = [each.values["name"] for each in trail]
            return {"breadcrumb": names, "path": f"{path}|" if path else None, "translated": {"name": names[-1]}}
        return {"translated": {"name": record.values["name"]}} if "name" in record.values else {}

    def trail(self, id_: str) -> list[Record]:
        """Return a category and those above it, the root first."""
        record = by_uuid(self.table("category"), id_)
        assert record
        above = record.values["parentId"]
        return [*(self.trail(above) if above else ()), record]

    def product(self, record: Record, *, inherit: bool) -> dict[str, Any]:
        """Return a product; a variant's own values, or with `inherit` also those of its parent."""
        own = dict(record.values)
        parent = by_uuid(self.table("product"), own["parentId"])
        for name in INHERITED if parent and inherit else ():
            if own[name] is None or (name in CHILDREN and not own[name]):
                own[name] = parent.values[name] if parent else None
        held = own.pop("open")
        texts = {"name": own["name"], "description": own["description"], "customFields": []}
        children = [each for each in self.table("product").records.values() if each.values["parentId"] == own["id"]]
        return {
            "apiAlias": "product",
            "versionId": "0fa91ce3e96a4bc2be4bd9ce752c3425",
            **own,
            **marks(record),
            "stock": own["stock"] - (held if self.handles_stock else 0),
            "availableStock": own["stock"] - held,
            "childCount": len(children) or None,
            "translated": texts,
            "tax": plain(self.table("tax"), own["taxId"]),
            "manufacturer": self.named("product_manufacturer", own["manufacturerId"]),
            "categories": [self.named("category", each) for each in own["categories"]],
            "media": [self.product_media(each) for each in (own["media"] or {}).values()],
            "visibilities": [{"apiAlias": "product_visibility", **each} for each in own["visibilities"].values()],
            "options": [option(*each) for each in own["options"]],
            "properties": [option(*each) for each in own["properties"]],
            "tags": [{"apiAlias": "tag", "name": each} for each in own["tags"]],
            "parent": self.product(parent, inherit=inherit) if parent else None,
        }

    def named(self, entity: str, id_: str | None) -> dict[str, Any] | None:
        """Return a record of a simple table, whole."""
        record = by_uuid(self.table(entity), id_)
        return record and self.whole(entity, record, inherit=False)

    def product_media(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return a picture of a product."""
        owner = next(
            each for each in self.table("product").records.values() if values["id"] in (each.values["media"] or {})
        )
        own = {"productId": owner.values["id"], **values}
        return {"apiAlias": "product_media", **own, "media": self.named("media", values["mediaId"])}

    def customer(self, record: Record, *, inherit: bool = False) -> dict[str, Any]:
        """Return a customer."""
        language = {"apiAlias": "language", "locale": {"apiAlias": "locale", "code": "de-DE"}}
        shown = {"apiAlias": "customer", **record.values, **marks(record), "language": language}
        return {**shown, "lastLogin": time(record.modified), "orderCount": len(self.table("order").records)}

    def order(self, record: Record, *, inherit: bool = False) -> dict[str, Any]:
        """Return an order."""
        buyer = dict(record.values["orderCustomer"])
        customer = by_uuid(self.table("customer"), buyer["customerId"])
        buyer["customer"] = customer and self.customer(customer)
        lines = sorted(record.values["lineItems"], key=lambda line: line["id"])  # in no order of their own
        return {"apiAlias": "order", **record.values, **marks(record), "orderCustomer": buyer, "lineItems": lines}


def option(group: str, name: str) -> dict[str, Any]:
    """Return an option of a property group."""
    of = {"apiAlias": "property_group", "name": group, "translated": {"name": group}}
    return {"apiAlias": "property_group_option", "name": name, "translated": {"name": name}, "group": of}

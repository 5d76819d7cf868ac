"""What there is once everybody is quiet: in the systems, and in the hub's rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from hub.canonical import ENTITIES
from hub.canonical.faults import FieldFault
from hub.connector import Change, Unreadable
from hub.store import schema
from tests.people.world import World

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Account:
    """What there is; each is looked at once, when it is first asked for."""

    world: World
    _shown: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict[tuple[str, str], dict[str, Row]])

    def rows(self, table: sa.Table) -> list[Row]:
        """Return a table of the hub's."""
        with self.world.hub.store.read() as tx:
            return [dict(each) for each in tx.execute(sa.select(table)).mappings()]

    @cached_property
    def waiting(self) -> list[Row]:
        """What waits in quarantine."""
        return [each for each in self.rows(schema.quarantine) if each["state"] == "open"]

    @cached_property
    def bindings(self) -> list[Row]:
        """Who has which of our records, now."""
        return [each for each in self.rows(schema.binding) if each["gone_at"] is None]

    def shown(self, system: str, stream: str) -> dict[str, Row]:
        """Return identity -> what a system shows now, as its connector reads it; an Unreadable has its cause."""
        if (system, stream) not in self._shown:
            self._shown[system, stream] = dict(self._read(system, stream))
        return self._shown[system, stream]

    def _read(self, system: str, stream: str) -> Iterator[tuple[str, Row]]:
        connector = self.world.hub.systems[system].connector
        entity = ENTITIES[connector.streams[stream].entity]
        for page in connector.read(stream, None, full=True):
            for document in page.documents if page.entity == entity.name else ():
                yield document.id, self._valid(entity, connector.translate(stream, document))

    def _valid(self, entity: Any, change: Change | Unreadable) -> Row:
        if isinstance(change, Unreadable):
            return {"unreadable": change.cause}
        try:
            return entity.valid(change.fields)
        except FieldFault as fault:
            return {"unreadable": str(fault)}

    def explained(self, entity: str, key: str, *systems: str) -> bool:
        """Whether somebody is told that a record does not agree, and why; `key`: ours, or the system's identity."""
        return any(
            each["entity"] == entity
            and each["system"] in systems
            and key in (each["key"], (each["key"] or "").partition("|")[0], each["external_id"])
            for each in self.waiting
        )

    @cached_property
    def erp(self) -> dict[str, dict[str, Row]]:
        """Stream -> SKU -> what the ERP says of it."""
        told = {stream: self.shown("erp", stream).values() for stream in ("products", "prices", "stock")}
        return {stream: {row["sku"]: row for row in rows if "sku" in row} for stream, rows in told.items()}

    @cached_property
    def unreadable(self) -> set[str]:
        """The keys of products that the ERP shows, and the hub cannot read: they stay as they were."""
        ids = {id_ for id_, row in self.shown("erp", "products").items() if "unreadable" in row}
        return {each["key"] for each in self.bindings if each["system"] == "erp" and each["external_id"] in ids}

    def bound(self, system: str, entity: str) -> dict[str, str]:
        """Return key -> identity."""
        return {
            each["key"]: each["external_id"]
            for each in self.bindings
            if (each["system"], each["entity"]) == (system, entity)
        }

    @cached_property
    def known(self) -> set[str]:
        """The keys of all products that the hub has."""
        return {
            each["key"] for each in self.rows(schema.record) if each["entity"] == "products" and not each["deleted_at"]
        }

    @cached_property
    def promised(self) -> Mapping[str, Decimal]:
        """SKU -> what was ordered and is no sale yet."""
        found, sales = defaultdict[str, Decimal](Decimal), self.bound("erp", "orders")
        for each in self.rows(schema.record):
            open_ = each["entity"] == "orders" and not each["deleted_at"] and each["key"] not in sales
            if open_ and each["fields"].get("status") not in ("shipped", "completed", "cancelled"):
                for line in each["fields"].get("lines") or ():
                    found[line.get("sku") or ""] += Decimal(line["quantity"])
        return found

    @cached_property
    def sales(self) -> Mapping[str, list[Row]]:
        """Order's key -> the sales that it is."""
        found = defaultdict[str, list[Row]](list)
        for each in self.world.office.sales():
            found[each["reference"].replace(" ", "|", 1)].append(each)
        return found

    def called(self, shop: str) -> dict[str, str]:
        """Return the SKU by which a shop knows a product -> ours, where that is another one."""
        return {each["called"]: each["key"] for each in self.bindings if each["system"] == shop and each["called"]}

    @cached_property
    def emails(self) -> Mapping[int, set[str]]:
        """Party of the ERP -> its e-mail addresses."""
        found = defaultdict[int, set[str]](set)
        mails = self.world.office.rows("party.contact_mechanism", [["type", "=", "email"]], "party", "value")
        for each in mails:
            found[each["party"]].add(each["value"].casefold())
        return found

"""Whether what was promised is true, judged by the systems themselves, what users entered, and what records have been."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import orjson

from hub.canonical import ENTITIES, moves_forward
from tests.exchanging.connector import CURRENCY, PARTY, PRODUCT
from tests.exchanging.peer import Peer, Row
from tests.exchanging.users import TWIN, Entered
from tests.exchanging.world import World


def check(world: World) -> list[str]:
    """Return the rules that are broken, in words."""
    state = State(world)
    return [
        *(each for peer in world.peers.values() for each in peer.broken),
        *_goods(state),
        *_removals(state),
        *_parties(state),
        *_orders(state),
        *_made_anew(state),
        *_lost(state),
        *_stuck(state),
    ]


@dataclass(frozen=True)
class State:
    """What there is in the end."""

    world: World

    @property
    def erp(self) -> Peer:
        """Return the ERP."""
        return self.world.peers["erp"]

    @property
    def shops(self) -> list[Peer]:
        """Return the shops."""
        return [each for each in self.world.peers.values() if each.traits.kind == "eshop"]

    def bound(self, entity: str) -> Mapping[tuple[str, str], str]:
        """Return (system, identity) -> key, of what is there."""
        rows = self.world.database.ask(
            "SELECT system, external_id, key FROM binding WHERE entity = :entity AND gone_at IS NULL", entity=entity
        )
        return {(row.system, row.external_id): row.key for row in rows}

    def ever_bound(self, entity: str) -> Mapping[tuple[str, str], str]:
        """Return (system, identity) -> key, of what is gone as well."""
        rows = self.world.database.ask("SELECT system, external_id, key FROM binding WHERE entity = :e", e=entity)
        return {(row.system, row.external_id): row.key for row in rows}

    def records(self, entity: str) -> Mapping[str, tuple[int, Mapping[str, Any]]]:
        """Return key -> number and fields, of what is not deleted."""
        rows = self.world.database.ask(
            "SELECT id, key, fields FROM record WHERE entity = :entity AND deleted_at IS NULL", entity=entity
        )
        return {row.key: (row.id, orjson.loads(row.fields)) for row in rows}

    @cached_property
    def waiting(self) -> Sequence[Any]:
        """Return what waits in quarantine."""
        return self.world.database.ask("SELECT * FROM quarantine WHERE state = 'open'")

    @cached_property
    def parked(self) -> set[tuple[str, str, str]]:
        """Return (system, entity, key) of the records that were put aside because something undoes what is written."""
        rows = self.world.database.ask("SELECT system, entity, key FROM binding WHERE parked_at IS NOT NULL")
        return {(each.system, each.entity, each.key) for each in rows if self.world.peers[each.system].undoing}

    def is_parked(self, system: str, entity: str, number: str) -> bool:
        """Return whether a record was put aside because something undoes what is written to it, as it does."""
        if not self.world.peers[system].undoing:
            return False
        return bool(
            self.world.database.ask(
                "SELECT 1 FROM binding WHERE system = :system AND entity = :entity AND external_id = :number"
                " AND parked_at IS NOT NULL",
                system=system,
                entity=entity,
                number=number,
            )
        )


def canonical(entity: str, name: str, value: Any) -> Any:
    """Return a value in canonical form."""
    return None if value is None else ENTITIES[entity].valid({name: value})[name]


def shown(peer: Peer, entity: str, name: str, value: Any) -> Any:
    """Return what a system shows of one of our values, in canonical form."""
    return canonical(entity, name, peer.value(name, value))


# Products, prices, stock


def _goods(state: State) -> Iterator[str]:
    for shop in state.shops if "products" in state.world.plan.entities else ():
        there: dict[str, list[Row]] = {}
        for row in shop.rows("products").values():
            there.setdefault(row.fields["sku"], []).append(row)
        yield from _catalogue(state, shop, there)


def _catalogue(state: State, shop: Peer, there: Mapping[str, list[Row]]) -> Iterator[str]:
    erp = {row.fields["sku"]: row for row in state.erp.rows("products").values()}
    parked = {sku for sku, rows in there.items() if state.is_parked(shop.name, "products", rows[0].id)}
    for sku, rows in there.items():
        if len(rows) > 1:
            yield f"doubled: {shop.name} has product {sku} {len(rows)} times"
        if sku not in erp and sku not in state.world.users.foreign | state.world.forgotten | parked:
            yield f"not gone: {shop.name} still has product {sku} ({rows[0].id})"
    for sku, ours in erp.items():
        if sku not in there and (shop.name, "products", sku) in state.parked:
            continue  # it has been renamed since, and stands there under its old name
        if sku not in there and not shop.traits.makes:
            continue
        if sku not in there:
            yield f"missing: {shop.name} has no product {sku}"
        elif sku not in parked:
            yield from _product(state, shop, ours, there[sku][0])


def _product(state: State, shop: Peer, ours: Row, theirs: Row) -> Iterator[str]:
    sku = ours.fields["sku"]
    for name in sorted(PRODUCT & ours.fields.keys()):
        owned = name == "description" and state.world.plan.owner is not None
        leader, follower, one, other = (shop, state.erp, theirs, ours) if owned else (state.erp, shop, ours, theirs)
        if owned and (shop.name != state.world.plan.owner or name not in theirs.fields):
            continue
        value = canonical("products", name, leader.value(name, one.fields[name]))
        found = canonical("products", name, other.fields.get(name))
        back = owned and shown(leader, "products", name, found) == value
        if shown(follower, "products", name, value) != found and not back:
            yield f"disagree: {name} of product {sku}: {leader.name} {value!r}, {follower.name} {found!r}"
    lists = _priced(state, shop, sku)
    amounts = [*lists.values()]
    if len(lists) > 1:
        waiting = {row.key for row in state.waiting if (row.system, row.cause) == (shop.name, "several-prices")}
        silent = lists.keys() - {price_list for price_list in lists if f"{sku}|{price_list}|{CURRENCY}" in waiting}
        yield from (f"in the dark: the price of {sku} on {each} is not brought to {shop.name}" for each in silent)
    elif amounts:
        wanted = shown(shop, "prices", "amount", canonical("prices", "amount", amounts[0]))
        found = canonical("prices", "amount", theirs.fields.get("amount"))
        if wanted != found:
            yield f"disagree: price of {sku}: erp {amounts[0]}, {shop.name} {found}"
    levels = [row.fields for row in state.erp.rows("stock").values() if row.fields["sku"] == sku]
    if levels:
        kept = Decimal(state.world.ranges[shop.name].buffer)
        total = max(Decimal(0), sum((Decimal(e["on_hand"]) - Decimal(e["reserved"]) for e in levels), -kept))
        found = theirs.fields.get("available")
        if found is None or Decimal(found) != total:
            yield f"disagree: stock of {sku}: erp {total}, {shop.name} {found}"


def _priced(state: State, shop: Peer, sku: str) -> Mapping[str, str]:
    """Return the prices of a product that are for a shop: list -> amount."""
    rows = [row.fields for row in state.erp.rows("prices").values() if row.fields["sku"] == sku]
    chosen = state.world.ranges[shop.name].price_list
    return {row["list"]: row["amount"] for row in rows if row["list"] == (chosen or row["list"])}


def _removals(state: State) -> Iterator[str]:
    """Nothing is taken away unless users have deleted what it stands for."""
    skus: dict[str, set[str]] = {}
    for each in state.world.users.entered:
        if each.system == "erp" and each.table == "products" and each.field == "sku":
            skus.setdefault(each.id, set()).add(each.value)
    deleted = {sku for table, number in state.erp.deleted if table == "products" for sku in skus.get(number, ())}
    for peer in state.world.peers.values():
        for table, row in peer.removed:
            if table != "products" or row.fields["sku"] not in deleted:
                yield f"deleted: the hub has taken {table} {row.fields} away from {peer.name}"


# Parties, orders


def _parties(state: State) -> Iterator[str]:
    bound, records = state.bound("parties"), state.records("parties")
    for peer in state.world.peers.values() if "parties" in state.world.plan.entities else ():
        emails: dict[str, str] = {}
        for row in peer.rows("parties").values():
            key = bound.get((peer.name, row.id))
            if row.fields["email"] == TWIN and peer.traits.kind == "eshop":
                if key is not None:
                    yield f"guessed: party {row.id} of {peer.name} may be either of two, and was taken for {key}"
                continue
            if row.fields["email"] == TWIN:
                continue
            if key is None or key not in records:
                yield f"missing: party {row.id} of {peer.name} is not in the hub"
                continue
            email = row.fields.get("email") or row.id
            if email in emails and not (state.world.database.restored and email in state.world.users.moved):
                yield f"doubled: {peer.name} has party {email} as {emails[email]} and {row.id}"
            emails[email] = row.id
            ours = records[key][1]
            for name in sorted(PARTY):
                wanted = shown(peer, "parties", name, ours.get(name))
                found = canonical("parties", name, row.fields.get(name))
                if wanted != found:
                    yield f"disagree: {name} of party {key}: hub {ours.get(name)!r}, {peer.name} {row.id} {found!r}"


def _made_anew(state: State) -> Iterator[str]:
    """What a user of the ERP has deleted comes back only if an order needs it."""
    ever, bound = state.ever_bound("parties"), state.bound("parties")
    buyers = {
        bound.get((shop.name, row.fields["party"])) for shop in state.shops for row in shop.rows("orders").values()
    }
    for table, number in state.erp.deleted:
        key = ever.get(("erp", number))
        if table == "parties" and key is not None and key not in buyers:
            for row in state.erp.rows("parties").values():
                if row.by_hub and bound.get(("erp", row.id)) == key:
                    yield f"made anew: party {key} was deleted in the ERP, and nobody needs it"


def _orders(state: State) -> Iterator[str]:
    placed = state.world.users.placed
    parties = state.bound("parties")
    for shop in state.shops if "orders" in state.world.plan.entities else ():
        for row in shop.rows("orders").values():
            number = row.fields["number"]
            there = [
                each
                for each in state.erp.rows("orders").values()
                if each.fields.get("channel") == shop.name and each.fields.get("number") == number
            ]
            if len(there) > 1:
                yield f"doubled: the ERP has order {number} {len(there)} times"
            elif there:
                yield from _order(shop, row, there[0], placed[shop.name, number], parties)
                yield from _unlinked(state, there[0], placed[shop.name, number])
            elif row.fields["status"] != "cancelled" and row.fields["email"] != TWIN:
                yield f"missing: the ERP has no order {number}"
    known = {number for _, number in placed}
    for row in state.erp.rows("orders").values():
        if row.fields.get("number") not in known:
            yield f"made up: the ERP has order {row.fields}"


def _order(
    shop: Peer, theirs: Row, ours: Row, placed: Mapping[str, Any], parties: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    number = placed["number"]
    if ours.draft:
        yield f"half done: order {number} is a draft in the ERP"
    for name in ("lines", "gross", "currency"):
        wanted, found = placed[name], ours.fields.get(name)
        if name == "lines":
            wanted, found = canonical("orders", name, wanted), canonical("orders", name, found)
        if wanted != found:
            yield f"wrong: {name} of order {number}: placed {wanted!r}, in the ERP {found!r}"
    buyer = parties.get((shop.name, placed["party"]))
    if buyer is None or buyer != parties.get(("erp", ours.fields["party"])):
        yield f"wrong: order {number} is for {buyer} and in the ERP for {ours.fields['party']}"
    if theirs.fields["status"] != ours.fields["status"]:
        yield f"disagree: order {number} is {theirs.fields['status']} in {shop.name}, {ours.fields['status']} in the ERP"
    if ours.fields.get("tracking") and ours.fields["tracking"] != theirs.fields.get("tracking"):
        yield f"disagree: parcels of order {number}"


def _unlinked(state: State, ours: Row, placed: Mapping[str, Any]) -> Iterator[str]:
    """Find lines without their product, where the ERP has had it all the time and has shown all of its products."""
    there = state.erp.rows("products") if "page-omits" not in state.world.plan.rates else {}
    for sku in sorted({line["sku"] for line in placed["lines"] if "sku" in line} & state.world.first.keys()):
        row = there.get(state.world.first[sku])
        if ours.by_hub and row is not None and row.fields["sku"] == sku and sku not in ours.linked:
            yield f"unlinked: order {placed['number']} names no product for {sku}, which the ERP has always had"


# What users entered


def _may_change(state: State, each: Entered) -> bool:
    if each.system == "erp":
        own = state.world.plan.owner is not None and each.table == "products" and each.field == "description"
        return not own
    if each.table == "products":
        return state.world.plan.owner == each.system and each.field == "description"
    return each.table == "parties" or (each.table == "orders" and each.field == "status")


def _lost(state: State) -> Iterator[str]:
    """Every value that stood long enough stands, was overwritten by a later one, or is kept as one that lost."""
    last = {(each.system, each.table, each.id, each.field): each.seq for each in state.world.users.entered}
    known = {entity: _Known.of(state, entity) for entity in state.world.plan.entities}
    for each in state.world.users.entered:
        if last[each.system, each.table, each.id, each.field] != each.seq or each.table not in known:
            continue
        row = state.world.peers[each.system].rows(each.table).get(each.id)
        if row is not None and row.fields.get("email") == TWIN:
            continue
        if row is None or row.fields.get("sku") in state.world.users.foreign:
            continue
        if state.is_parked(each.system, each.table, each.id):
            continue  # it stands there, and is read when the record is released
        if each.seq < state.world.database.restored:
            continue  # that it lost may have been noted since the backup
        if _may_change(state, each) and not known[each.table].accounts_for(each):
            yield f"lost: {each.field} of {each.system} {each.table} {each.id}, entered as {each.value!r}"


@dataclass(frozen=True)
class _Known:
    """What the hub has known of an entity's records."""

    state: State
    entity: str
    bound: Mapping[tuple[str, str], str]
    ever: Mapping[tuple[str, str], str]
    records: Mapping[str, tuple[int, Mapping[str, Any]]]
    been: Sequence[tuple[int, int, Mapping[str, Any]]]
    """(when, number, fields)"""
    losers: list[tuple[str, str, Any]]
    """(key, field, value)"""

    @classmethod
    def of(cls, state: State, entity: str) -> "_Known":
        database = state.world.database
        rows = database.ask('SELECT key, field, "values" FROM conflict WHERE entity = :entity', entity=entity)
        losers = [(row.key, row.field, orjson.loads(row[2])["lost"]) for row in rows]
        been = [(seq, number, fields) for seq, name, number, fields in database.seen() if name == entity]
        return cls(state, entity, state.bound(entity), state.ever_bound(entity), state.records(entity), been, losers)

    def accounts_for(self, each: Entered) -> bool:
        """Tell whether nothing entered is gone without a trace."""
        key = self.bound.get((each.system, each.id))
        if key is None or key not in self.records:
            return False
        number, fields = self.records[key]
        alike = self._alike(each)
        final = fields.get(each.field)
        if final in alike or any((key, each.field) == (k, f) and value in alike for k, f, value in self.losers):
            return True
        if each.field == "status" and moves_forward(each.value, final):
            return True
        mine = [(seq, known.get(each.field)) for seq, n, known in self.been if n == number]
        since = max((seq for seq, _ in mine if seq < each.seq), default=0)  # what it was when that was entered counts
        had = any(seq >= since and value in alike for seq, value in mine)
        return had and self._overwritten(each, key)

    def _overwritten(self, each: Entered, key: str) -> bool:
        return any(
            other.seq > each.seq
            and other.table == each.table
            and other.field == each.field
            and self.ever.get((other.system, other.id)) == key
            for other in self.state.world.users.entered
        )

    def _alike(self, each: Entered) -> list[Any]:
        """Return a value, and what systems make of it."""
        found = [canonical(self.entity, each.field, each.value)]
        for _ in range(2):
            found += [
                shown(p, self.entity, each.field, v) for p in self.state.world.peers.values() for v in list(found)
            ]
        return found


def _stuck(state: State) -> Iterator[str]:
    """Nothing waits whose cause is gone."""
    unclear = {
        (peer.name, row.id)
        for peer in state.shops
        for table in ("parties", "orders")
        for row in peer.rows(table).values()
        if row.fields["email"] == TWIN
    }
    for row in state.waiting:
        if row.identity.startswith("push:") and (row.system, row.entity, row.key) in state.parked:
            continue  # whoever takes it up again has it written, and that ends this as well
        if (row.system, row.external_id) in unclear and row.cause in ("ambiguous", "waits-for-parties"):
            continue
        if row.cause in ("several-prices", "price-gone"):
            peer, sku = state.world.peers[row.system], row.key.split("|")[0]
            sold = any(each.fields["sku"] == sku for each in peer.rows("products").values())
            prices = _priced(state, peer, sku)
            if (row.cause == "several-prices" and len(prices) > 1) or (
                row.cause == "price-gone" and sold and not prices
            ):
                continue
        if row.cause != "flips" or not state.world.peers[row.system].undoing:
            yield f"stuck: {row.cause}: {row.message}"
    for row in state.world.database.ask("SELECT * FROM intent"):
        yield f"stuck: the create of {row.entity} {row.key} in {row.system} is never ended"

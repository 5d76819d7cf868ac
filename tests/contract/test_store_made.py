"""New records with the bindings they came by: as if each had been written by itself, in one statement or in two."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
import sqlalchemy.exc

from hub.store import Store, bindings, made, records
from hub.store.bindings import Binding
from hub.store.made import Made
from hub.store.schema import binding, record
from tests.contract.test_store_texts import nasty

LAMP = Made("A", {"name": "Lampa", "tags": ["web"], "gtin": None}, "1", "a digest")
CHAIR = Made("B", {}, "2", "another")


def put(store: Store, *new: Made) -> int:
    with store.write() as tx:
        latest = records.take_turn(tx, "products")
        return made.put(tx, "shop", "products", new, run=7, latest=latest)


def put_apart(store: Store, *new: Made) -> None:
    with store.write() as tx:
        latest = records.take_turn(tx, "products")
        writes = [records.Write(each.key, each.fields) for each in new]
        records.write(tx, "products", writes, system="shop", run=7, latest=latest)
        bound = [Binding(each.external_id, each.key, each.fields, digest=each.digest) for each in new]
        bindings.put(tx, "shop", "products", bound, 7)


def kept(store: Store) -> list[list[Mapping[str, Any]]]:
    with store.read() as tx:
        tables = [tx.execute(sa.select(table).order_by(table.c.id)).mappings().all() for table in (record, binding)]
        return [[{name: row[name] for name in row if name != "id"} for row in rows] for rows in tables]


def test_what_is_made_stands_as_if_records_and_bindings_had_been_written_apart(store: Store):
    put(store, LAMP, CHAIR)
    together = kept(store)
    with store.write() as tx:
        for name in ("record", "binding", "entity"):
            tx.execute(sa.text(f"DELETE FROM {name}"))
    put_apart(store, LAMP, CHAIR)
    assert together == kept(store)
    assert [len(rows) for rows in together] == [2, 2]


def test_revisions_go_on_behind_what_was_made(store: Store):
    assert put(store, LAMP, CHAIR) == 2
    assert put(store) == 2
    assert put(store, Made("C", {}, "3", "")) == 3
    with store.read() as tx:
        assert records.latest_revision(tx, "products") == 3
        assert [each.key for each in records.since(tx, "products", 1, 10)] == ["B", "C"]


@pytest.mark.parametrize("again", [Made("A", {}, "3", ""), Made("C", {}, "1", "")], ids=["its key", "its identity"])
def test_what_is_there_already_is_not_made_again_nor_half_of_it(store: Store, again: Made):
    put(store, LAMP)
    before = kept(store)
    with pytest.raises(sqlalchemy.exc.IntegrityError):
        put(store, again)
    assert kept(store) == before


@nasty
def test_what_is_made_may_hold_any_text(store: Store, given: str, kept: str):
    put(store, Made(given, {given: given}, given, given))
    with store.read() as tx:
        (there,) = records.find(tx)
        (bound,) = bindings.by_keys(tx, "shop", "products", [kept]).values()
    assert (there.key, there.fields) == (kept, {kept: kept})
    assert (bound.external_id, bound.seen, bound.digest) == (kept, {kept: kept}, kept)

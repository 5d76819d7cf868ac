"""Canonical records: one writer at a time for an entity, versions and revisions that only rise."""

from collections.abc import Mapping
from threading import Event
from typing import Any

from hub.store import Store, records
from tests.contract.store_steps import LATEST, START, StandingClock, together, until_somebody_waits

NONE: Mapping[str, Any] = {}


def write(store: Store, *written: tuple[str, Mapping[str, Any]], name: str = "products", run: int = 1) -> int:
    with store.write() as tx:
        latest = records.take_turn(tx, name)
        writes = [records.Write(key, fields) for key, fields in written]
        records.write(tx, name, writes, system="erp", run=run, latest=latest)
        return latest


def by_key(store: Store, name: str = "products") -> dict[str, records.Record]:
    with store.read() as tx:
        return {each.key: each for each in records.find(tx, name, most=10_000)}


def test_a_record_is_inserted_then_replaced_whole(store: Store, clock: StandingClock):
    write(store, ("A", {"name": "Lampa", "price": "119.00"}), run=1)
    clock.move(minutes=1)
    write(store, ("A", {"name": "Lampa stojąca"}), run=2)
    (seen,) = by_key(store).values()
    assert seen.fields == {"name": "Lampa stojąca"}
    assert (seen.version, seen.run, seen.system, seen.changed_at) == (2, 2, "erp", clock.now())


def test_fields_come_back_as_they_were_given(store: Store):
    fields: dict[str, Any] = {
        "text": 'ł "q" \\ \n \t \\u0000 😀',
        "none": None,
        "number": 12,
        "yes": True,
        "list": ["1", {"a": []}],
        "": "empty name",
        "leading": "007",
    }
    write(store, ("Ł'x\"|1", fields))
    with store.read() as tx:
        assert records.fields_of(tx, "products", ["Ł'x\"|1", "unknown"]) == {"Ł'x\"|1": fields}
        assert records.fields_of(tx, "prices", ["Ł'x\"|1"]) == {}
        assert records.fields_of(tx, "products", []) == {}


def test_revisions_rise_with_each_change_of_the_entity(store: Store):
    assert write(store, ("A", {}), ("B", {})) == 0
    assert write(store, ("C", {}), ("A", {})) == 2
    assert write(store) == 4
    seen = by_key(store)
    assert {key: each.revision for key, each in seen.items()} == {"B": 2, "C": 3, "A": 4}
    assert {key: each.version for key, each in seen.items()} == {"A": 2, "B": 1, "C": 1}


def test_entities_count_their_revisions_apart(store: Store):
    write(store, ("A", {}), ("B", {}))
    assert write(store, ("A", {}), name="prices") == 0
    with store.read() as tx:
        assert records.counts(tx) == {"prices": 1, "products": 2}


def test_a_key_that_comes_twice_in_a_page_is_one_change_and_the_last_counts(store: Store):
    write(store, ("A", {"n": 1}), ("B", {}), ("A", {"n": 2}))
    seen = by_key(store)
    assert (seen["A"].fields, seen["A"].version) == ({"n": 2}, 1)
    assert write(store) == max(each.revision for each in seen.values())


def test_two_writers_of_the_same_records_take_turns(store: Store):
    keys = [f"K{n}" for n in range(40)]

    def import_all(order: list[str]) -> None:
        for _ in range(5):
            write(store, *((key, NONE) for key in order))

    assert together(lambda: import_all(keys), lambda: import_all(keys[::-1])) == [None, None]
    seen = by_key(store)
    assert {each.version for each in seen.values()} == {10}
    assert len({each.revision for each in seen.values()}) == 40
    assert write(store) == 400


def test_two_first_writers_of_an_entity_both_get_their_turn(store: Store):
    latest = together(lambda: write(store, ("A", {})), lambda: write(store, ("B", {})))
    assert sorted(latest) == [0, 1]


def test_a_revision_is_not_seen_before_a_lower_one(postgres_store: Store):
    """Otherwise a push's checkpoint passes a change that is not committed yet, and it is never sent."""
    written = Event()

    def write_slowly() -> None:
        with postgres_store.write() as tx:
            latest = records.take_turn(tx, "products")
            records.write(tx, "products", [records.Write("A", {})], system="erp", run=1, latest=latest)
            written.set()
            until_somebody_waits(postgres_store)

    def write_meanwhile() -> dict[str, records.Record]:
        assert written.wait(LATEST)
        write(postgres_store, ("B", {}))
        return by_key(postgres_store)

    _, seen = together(write_slowly, write_meanwhile)
    assert {key: each.revision for key, each in seen.items()} == {"A": 1, "B": 2}


def test_writers_of_different_entities_do_not_wait_for_each_other(postgres_store: Store):
    for name in ("products", "prices"):
        write(postgres_store, name=name)
    with postgres_store.write() as tx:
        records.take_turn(tx, "products")
        (done,) = together(lambda: write(postgres_store, ("A", {}), name="prices"))
    assert done == 0


def test_what_was_undone_leaves_no_gap_that_matters(store: Store):
    write(store, ("A", {}))
    with store.read() as tx:  # reading never commits
        latest = records.take_turn(tx, "products")
        records.write(tx, "products", [records.Write("B", {})], system="erp", run=1, latest=latest)
        assert len(records.find(tx)) == 2
    assert write(store, ("C", {})) == 1
    assert set(by_key(store)) == {"A", "C"}


def test_finding_takes_the_text_as_it_is_written(store: Store):
    write(store, *((key, NONE) for key in ("ABC-1", "ABC-2", "abc-3", "AB%", "AB_C")))
    with store.read() as tx:
        assert [each.key for each in records.find(tx, text="ABC")] == ["ABC-2", "ABC-1"]
        assert [each.key for each in records.find(tx, text="AB%")] == ["AB%"]
        assert [each.key for each in records.find(tx, "products", key="abc-3")] == ["abc-3"]
        assert records.find(tx, "prices") == []
        assert len(records.find(tx, most=2)) == 2
        assert records.find(tx, text="ABC-1")[0].changed_at == START

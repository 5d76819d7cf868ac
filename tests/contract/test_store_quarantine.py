"""What could not be taken waits with its cause, once, until it comes in well or somebody decides."""

from typing import Any

from hub.store import Store, quarantine
from tests.contract.store_steps import START, StandingClock, together


def caught(identity: str, **told: Any) -> quarantine.Caught:
    given: dict[str, Any] = {
        "system": "depot",
        "stream": "prices",
        "identity": identity,
        "entity": "prices",
        "key": identity,
        "cause": "price-unreadable",
        "message": 'price is not a number ("na zapytanie")',
        "place": {"source": "prices.xlsx", "row": 3, "column": "Cena", "version": "v1"},
        "raw": {"EAN": "0590", "Cena": "na zapytanie"},
        "run": 1,
    }
    return quarantine.Caught(**{**given, **told})


def put(store: Store, *given: quarantine.Caught) -> None:
    with store.write() as tx:
        quarantine.put(tx, given)


def states(store: Store) -> dict[str | None, str]:
    with store.read() as tx:
        return {each.key: each.state for each in quarantine.find(tx, state=None)}


def test_a_record_waits_with_its_cause_and_place(store: Store):
    put(store, caught("A"))
    with store.read() as tx:
        (seen,) = quarantine.find(tx)
        assert quarantine.any_open(tx, "depot", "prices")
        assert not quarantine.any_open(tx, "depot", "stock")
    assert (seen.place, seen.raw) == (dict(caught("A").place), dict(caught("A").raw))
    assert (seen.state, seen.key, seen.proposed, seen.since) == ("open", "A", None, START)


def test_the_same_record_caught_again_waits_once_with_the_newer_cause(store: Store, clock: StandingClock):
    put(store, caught("A"))
    clock.move(hours=1)
    put(store, caught("A", cause="gtin-ruined", run=2, proposed={"price": "1.00"}))
    with store.read() as tx:
        (seen,) = quarantine.find(tx)
    assert (seen.cause, seen.run, seen.proposed) == ("gtin-ruined", 2, {"price": "1.00"})
    assert (seen.since, seen.changed_at) == (START, clock.now())


def test_a_record_caught_twice_in_one_page_waits_once_with_the_last_cause(store: Store):
    put(store, caught("A", cause="first"), caught("B"), caught("A", cause="last"))
    with store.read() as tx:
        assert {each.key: each.cause for each in quarantine.find(tx)} == {"A": "last", "B": "price-unreadable"}


def test_a_record_that_comes_in_well_is_resolved_and_may_fail_anew(store: Store, clock: StandingClock):
    put(store, caught("A"), caught("B"), caught("A", stream="stock"))
    with store.write() as tx:
        assert quarantine.resolve(tx, "depot", "prices", ["A", "unknown"]) == 1
        assert quarantine.resolve(tx, "depot", "prices", ["A"]) == 0
        assert quarantine.resolve(tx, "depot", "prices", []) == 0
        assert [(each.stream, each.key) for each in quarantine.find(tx)] == [("prices", "B"), ("stock", "A")]
    clock.move(hours=1)
    put(store, caught("A"))
    with store.read() as tx:
        assert {each.key: each.since for each in quarantine.find(tx, stream="prices")} == {
            "A": clock.now(),
            "B": START,
        }


def test_a_newer_delivery_of_a_file_supersedes_what_waits_from_the_older_one(store: Store):
    newer = {"source": "prices.xlsx", "row": 9, "version": "v2"}
    put(
        store,
        caught("row 3", key=None),
        caught("row 9", key=None, place=newer),
        caught("other file", place={"source": "stock.csv", "version": "v1"}),
        caught("differs", cause=quarantine.DIFFERS),
        caught("other system", system="shop"),
    )
    with store.write() as tx:
        assert quarantine.supersede(tx, "depot", "prices", "prices.xlsx", "v2") == 1
        left = {(each.system, each.key, each.place["source"]) for each in quarantine.find(tx)}
    assert left == {
        ("depot", None, "prices.xlsx"),
        ("depot", "other file", "stock.csv"),
        ("depot", "differs", "prices.xlsx"),
        ("shop", "other system", "prices.xlsx"),
    }


def test_reading_the_same_version_again_supersedes_nothing(store: Store):
    put(store, caught("A"))
    with store.write() as tx:
        assert quarantine.supersede(tx, "depot", "prices", "prices.xlsx", "v1") == 0


def test_groups_name_the_cause_the_column_and_how_many(store: Store, clock: StandingClock):
    put(store, caught("A"), caught("B"))
    clock.move(hours=1)
    ean = {"source": "prices.xlsx", "column": "EAN"}
    put(store, *(caught(f"G{n}", cause="gtin-ruined", place=ean, message=f"row {n}") for n in range(3)))
    put(store, caught("S", system="shop", place={}))
    with store.write() as tx:
        quarantine.resolve(tx, "depot", "prices", ["G2"])
        assert quarantine.groups(tx, "shop") == [
            quarantine.Group("shop", "prices", "price-unreadable", 1, clock.now(), caught("S").message, None, None, 0)
        ]
        found = quarantine.groups(tx)
    assert [(each.system, each.cause, each.column, each.count) for each in found] == [
        ("depot", "gtin-ruined", "EAN", 2),
        ("depot", "price-unreadable", "Cena", 2),
        ("shop", "price-unreadable", None, 1),
    ]
    assert (found[1].oldest, found[1].source, found[0].message) == (START, "prices.xlsx", "row 0")


def test_a_group_names_the_first_file_with_its_own_message_and_counts_the_others(store: Store):
    for name in ("b.csv", "a.csv", "c.csv"):
        put(store, *(caught(f"{name} {n}", place={"source": name}, message=f"of {name}") for n in range(2)))
    with store.read() as tx:
        (group,) = quarantine.groups(tx)
    assert (group.message, group.source, group.sources, group.count) == ("of b.csv", "b.csv", 3, 6)


def test_only_what_is_open_can_be_closed(store: Store):
    put(store, caught("A"), caught("B"), caught("C"))
    with store.write() as tx:
        quarantine.resolve(tx, "depot", "prices", ["C"])
        numbers = [each.id for each in quarantine.find(tx, state=None)]
        assert quarantine.close(tx, numbers, "discarded") == 2
        assert quarantine.close(tx, numbers, "accepted") == 0
    assert states(store) == {"A": "discarded", "B": "discarded", "C": "resolved"}


def test_all_of_a_large_quarantine_can_be_closed_at_once(store: Store):
    """Statements may have 65,535 parameters on PostgreSQL, and half as many on SQLite."""
    put(store, *(caught(str(n)) for n in range(500)))
    with store.write() as tx:
        assert quarantine.close(tx, range(70_000), "discarded") == 500


def test_entries_are_found_by_what_operators_ask_for(store: Store):
    put(store, caught("A"), caught("B", cause="gtin-ruined"), caught("C", stream="stock"))
    with store.read() as tx:
        assert [each.key for each in quarantine.find(tx, cause="gtin-ruined")] == ["B"]
        assert [each.key for each in quarantine.find(tx, stream="stock", system="depot")] == ["C"]
        assert len(quarantine.find(tx, most=2)) == 2
        assert quarantine.find(tx, numbers=[]) == []
        first = quarantine.find(tx)[0]
        assert quarantine.find(tx, numbers=[first.id]) == [first]


def test_two_systems_pages_that_catch_the_same_records_do_not_wait_in_a_circle(store: Store):
    some = [caught(f"K{n}") for n in range(200)]
    assert together(lambda: put(store, *some), lambda: put(store, *some[::-1])) == [None, None]
    with store.read() as tx:
        assert len(quarantine.find(tx, most=1000)) == 200


def test_what_is_discarded_stays_away_until_it_changes(store: Store):
    put(store, caught("A"), caught("B"), caught("C"), caught("D"), caught("E"))
    with store.write() as tx:
        quarantine.close(tx, [each.id for each in quarantine.find(tx)], "discarded")
    anew = {"source": "prices.xlsx", "row": 4, "version": "v2"}
    put(store, caught("A", place=anew), caught("B", raw={"Cena": "?"}), caught("C", cause="no-currency"))
    put(store, caught("D", proposed={"amount": "1.00"}))
    assert states(store) == {"A": "discarded", "B": "open", "C": "open", "D": "open", "E": "discarded"}


def test_a_record_without_a_row_is_the_same_as_long_as_its_version_is(store: Store):
    same, other = {"source": "shop products 1", "version": "x"}, {"source": "shop products 1", "version": "y"}
    put(store, caught("A", place=same), caught("B", place=same), caught("C", place={"source": "full scan of shop"}))
    with store.write() as tx:
        quarantine.close(tx, [each.id for each in quarantine.find(tx)], "discarded")
    put(store, caught("A", place=same), caught("B", place=other), caught("C", place={"source": "full scan of shop"}))
    assert states(store) == {"A": "discarded", "B": "open", "C": "open"}

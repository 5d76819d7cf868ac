"""Messages that nobody could understand: kept with their reason, a storm of equal ones as one row."""

from typing import Any

from hub.store import Store, letters
from tests.contract.store_steps import START, StandingClock, together


def letter(body: str = "{", **told: Any) -> letters.Letter:
    given: dict[str, Any] = {
        "queue": "hub.invalid",
        "reason": "this is not JSON",
        "exchange": "hub.triggers",
        "routing_key": "shop.orders",
        "headers": {"from": "ł"},
    }
    return letters.Letter(body=body, **{**given, **told})


def keep(store: Store, *given: letters.Letter) -> None:
    with store.write() as tx:
        letters.keep(tx, given)


def found(store: Store, **told: Any) -> list[letters.Kept]:
    with store.read() as tx:
        return letters.find(tx, **told)


def test_j15_a_message_nobody_understands_is_kept_whole(store: Store):
    keep(store, letter())
    (seen,) = found(store)
    assert (seen.queue, seen.reason, seen.body, seen.headers) == ("hub.invalid", "this is not JSON", "{", {"from": "ł"})
    assert (seen.exchange, seen.routing_key) == ("hub.triggers", "shop.orders")
    assert (seen.state, seen.times, seen.first_at, seen.last_at) == ("open", 1, START, START)


def test_a_storm_of_equal_messages_is_one_row(store: Store, clock: StandingClock):
    keep(store, *[letter()] * 4_000)
    clock.move(minutes=1)
    keep(store, *[letter()] * 6_000, letter("["))
    assert [(each.body, each.times) for each in found(store)] == [("[", 1), ("{", 10_000)]
    assert (found(store)[1].first_at, found(store)[1].last_at) == (START, clock.now())


def test_two_consumers_that_meet_in_a_storm_do_not_wait_in_a_circle(store: Store):
    some = [letter(str(n)) for n in range(100)]
    assert together(lambda: keep(store, *some), lambda: keep(store, *some[::-1])) == [None, None]
    assert {each.times for each in found(store, most=1000)} == {2}


def test_equal_bodies_with_other_reasons_or_ways_are_other_letters(store: Store):
    others: dict[str, Any] = {"reason": "too long", "exchange": "", "routing_key": "x", "queue": "hub.dead"}
    keep(store, letter(), *(letter(**{name: text}) for name, text in others.items()))
    assert len(found(store)) == 5


def test_a_discarded_letter_that_comes_again_is_open_again(store: Store):
    keep(store, letter())
    with store.write() as tx:
        assert letters.discard(tx, [letters.find(tx)[0].id]) == 1
        assert letters.find(tx) == []
    assert [each.state for each in found(store, state=None)] == ["discarded"]
    keep(store, letter())
    assert [(each.state, each.times) for each in found(store)] == [("open", 2)]


def test_a_letter_is_discarded_once_and_found_by_its_number(store: Store):
    keep(store, letter("1"), letter("2"))
    one, other = found(store)
    assert found(store, number=other.id) == [other]
    with store.write() as tx:
        assert letters.discard(tx, [one.id, one.id]) == 1
        assert letters.discard(tx, [one.id]) == 0
    assert found(store) == [other]
    assert found(store, most=0) == []
    with store.read() as tx:
        assert letters.count(tx) == 1

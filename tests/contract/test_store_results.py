"""Results go out from the outbox until they are confirmed, and are stored once however often they arrive."""

from datetime import timedelta
from typing import Any

import orjson

from hub.messages import RecordOutcome, RecordsDone, Result
from hub.store import Store, outbox, results
from tests.contract.store_steps import START, StandingClock, together


def result(run: int = 1, generation: int = 1, **told: Any) -> Result:
    given: dict[str, Any] = {
        "run": run,
        "generation": generation,
        "job": "shop.orders",
        "system": "shop",
        "cause": "schedule",
        "outcome": "done",
        "attempt": 1,
        "worker": "one",
        "scheduled_at": START,
        "started_at": START,
        "ended_at": START,
        "counts": {"new": 1},
        "message": None,
    }
    return Result.model_validate({**given, **told})


def page(run: int = 1, part: int = 1, *outcomes: RecordOutcome, generation: int = 1) -> RecordsDone:
    told: dict[str, Any] = {"entity": "products", "counts": {}, "records": outcomes}
    return RecordsDone.model_validate({"run": run, "generation": generation, "part": part, "job": "shop.a", **told})


def put(store: Store, *unsent: outbox.Unsent) -> None:
    with store.write() as tx:
        outbox.put(tx, unsent)


def test_what_is_not_confirmed_stays_in_the_outbox(store: Store):
    sent = [outbox.Unsent(1, 1, part, "shop.orders", f'{{"ł": {part}}}') for part in (0, 1, 2)]
    put(store, *sent)
    with store.write() as tx:
        assert outbox.waiting(tx, 10) == sent
        assert outbox.waiting(tx, 2) == sent[:2]
        assert outbox.take_off(tx, [sent[1]]) == 1
        assert outbox.take_off(tx, [sent[1]]) == 0
        assert outbox.take_off(tx, []) == 0
        assert outbox.waiting(tx, 10) == [sent[0], sent[2]]
        assert outbox.count(tx) == 2


def test_the_oldest_goes_first_and_the_fresh_is_left_to_its_maker(store: Store, clock: StandingClock):
    put(store, outbox.Unsent(9, 1, 0, "shop.orders", "{}"))
    first = clock.now()
    clock.move(seconds=15)
    put(store, outbox.Unsent(1, 1, 0, "shop.orders", "{}"))
    with store.read() as tx:
        assert [each.run for each in outbox.waiting(tx, 10)] == [9, 1]
        assert [each.run for each in outbox.waiting(tx, 10, made_before=clock.now())] == [9]
        assert outbox.waiting(tx, 10, made_before=first) == []


def test_taking_off_one_part_leaves_the_same_part_of_others(store: Store):
    put(store, *(outbox.Unsent(run, generation, 1, "shop.a", "{}") for run in (1, 2) for generation in (1, 2)))
    with store.write() as tx:
        outbox.take_off(tx, [outbox.Unsent(1, 2, 1, "", "")])
        assert {(each.run, each.generation) for each in outbox.waiting(tx, 10)} == {(1, 1), (2, 1), (2, 2)}


def test_a_result_stored_twice_is_stored_once(store: Store):
    with store.write() as tx:
        results.store(tx, [result(), result(), result(message="another body")])
    with store.write() as tx:
        results.store(tx, [result(message="late")])
        assert len(results.history(tx, 1)) == 1
        assert results.history(tx, 1)[0].get("message") is None


def test_each_delivery_of_a_run_has_its_result_the_first_first(store: Store):
    with store.write() as tx:
        results.store(tx, [result(1, 3), result(1, 1, outcome="later"), result(1, 2, outcome="lost"), result(2)])
        assert [each["outcome"] for each in results.history(tx, 1)] == ["later", "lost", "done"]


def test_two_log_consumers_that_got_the_same_batch_store_it_once(store: Store):
    batch = [result(run) for run in range(1, 201)]

    def consume(found: list[Result]) -> None:
        with store.write() as tx:
            results.store(tx, found)
            results.store_records(tx, [page(each.run) for each in found])

    assert together(lambda: consume(batch), lambda: consume(batch[::-1])) == [None, None]
    with store.read() as tx:
        assert all(len(results.history(tx, run)) == 1 for run in (1, 100, 200))


def test_a_result_keeps_its_lines_and_times(store: Store):
    line = {"at": START, "level": "warning", "text": "Zażółć \\u0000 gęślą"}
    given = result(started_at=None, next_at=START + timedelta(minutes=1), lines=[line])
    with store.write() as tx:
        results.store(tx, [given])
        assert Result.model_validate_json(orjson.dumps(results.history(tx, 1)[0])) == given


def test_records_come_back_page_by_page_filtered_and_bounded(store: Store):
    new = [RecordOutcome(key=f"k{n}", outcome="new") for n in range(6)]
    bad = RecordOutcome(key=None, outcome="quarantined", cause="gtin-ruined", place="prices.xlsx, row 3")
    with store.write() as tx:
        results.store_records(tx, [page(1, 2, *new[3:]), page(1, 1, *new[:3], bad), page(2, 1, bad)])
        results.store_records(tx, [page(1, 1, bad)])
        assert [each["key"] for each in results.records(tx, 1, outcome="new")] == [f"k{n}" for n in range(6)]
        assert len(results.records(tx, 1)) == 7
        assert len(results.records(tx, 1, most=2)) == 2
        (seen,) = results.records(tx, 1, outcome="quarantined")
    assert seen == {"entity": "products", **bad.model_dump(exclude_none=True)}


def test_storing_nothing_is_harmless(store: Store):
    with store.write() as tx:
        results.store(tx, [])
        results.store_records(tx, [])
        outbox.put(tx, [])
        assert results.history(tx, 1) == []

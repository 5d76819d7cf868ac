"""An occurrence becomes one run, whoever makes it and however often."""

from datetime import timedelta

import pytest

from hub.store import Store, interventions, runs
from tests.contract.store_steps import START, make, new, scheduled, shown, together


def test_an_occurrence_is_made_once(store: Store):
    with store.write() as tx:
        assert len(runs.make(tx, [scheduled(), scheduled()])) == 1
    with store.write() as tx:
        assert runs.make(tx, [scheduled()]) == []
        assert [each.state for each in interventions.find(tx)] == ["waiting"]


def test_j06_two_schedulers_make_one_run(store: Store):
    occurrences = [scheduled(f"shop.job-{n}", START + timedelta(minutes=n)) for n in range(50)]

    def tick() -> list[int]:
        with store.write() as tx:
            return runs.make(tx, occurrences)

    one, other = together(tick, tick)
    assert len({*one, *other}) == len(one) + len(other) == 50


def test_schedulers_that_see_the_jobs_in_another_order_do_not_wait_in_a_circle(store: Store):
    occurrences = [scheduled(f"shop.job-{n}") for n in range(500)]

    def tick(seen: list[runs.NewRun]) -> list[int]:
        made: list[int] = []
        with store.write() as tx:
            made += runs.make(tx, seen)
        return made

    one, other = together(lambda: tick(occurrences), lambda: tick(occurrences[::-1]))
    assert len(one) + len(other) == 500


def test_runs_made_on_request_do_not_shut_each_other_out(store: Store):
    assert len(make(store, new(), new(), new("shop.orders", cause="backfill"))) == 3


def test_the_same_instant_of_two_jobs_is_two_occurrences(store: Store):
    assert len(make(store, scheduled("shop.orders"), scheduled("shop.stock"))) == 2


def test_a_missed_occurrence_is_accounted_for_and_not_made_again(store: Store):
    missed = scheduled(state="skipped", message="too late by 7 h", ended_at=START, stands_for=3)
    (number,) = make(store, missed)
    seen = shown(store, number)
    assert (seen.state, seen.message, seen.ended_at, seen.stands_for) == ("skipped", "too late by 7 h", START, 3)
    assert make(store, scheduled()) == []
    with store.read() as tx:
        assert runs.due(tx, START, 10) == []


def test_an_instant_without_a_zone_is_refused_and_not_taken_for_local_time(store: Store):
    naive = START.replace(tzinfo=None)
    with store.write() as tx, pytest.raises(TypeError, match="datetime"):
        runs.make(tx, [scheduled(at=naive)])


def test_what_was_made_comes_back_as_it_was_given(store: Store):
    at = START + timedelta(microseconds=1)
    (number,) = make(store, scheduled("shöp.täglich", at, reason='Ł "quoted" \\u0041 \n', stands_for=2))
    seen = shown(store, number)
    assert (seen.job, seen.system, seen.reason) == ("shöp.täglich", "shöp", 'Ł "quoted" \\u0041 \n')
    assert (seen.scheduled_at, seen.not_before, seen.stands_for) == (at, at, 2)


def test_ten_thousand_due_at_once_are_made_in_one_statement(store: Store):
    with store.write() as tx:
        assert len(runs.make(tx, (scheduled(f"shop.{n}") for n in range(10_000)))) == 10_000

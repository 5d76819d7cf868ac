"""What becomes of occurrences: each one runs, is stood for, or is accounted for as missed, and none twice."""

import time as stopwatch
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.policy import COUNTED, GRACE, Decision, Missed, Occurrence, backfill, decide
from scheduler.schedule import Schedule, next_after
from tests.unit.schedule_steps import occurrences

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
HOURLY = Schedule(every=HOUR)
MINUTELY = Schedule(cron="* * * * *", zone=ZoneInfo("Europe/Warsaw"))

schedules = st.sampled_from(
    [
        HOURLY,
        Schedule(every=7 * MINUTE),
        Schedule(every=10 * MINUTE, between=(time(6), time(9)), zone=ZoneInfo("Europe/Warsaw")),
        Schedule(cron="*/20 * * * *", zone=ZoneInfo("America/New_York")),
        Schedule(cron="30 2 * * *", zone=ZoneInfo("Europe/Warsaw")),
        Schedule(cron="0 0 30 2 *"),
    ]
)
spans = st.integers(0, 3 * 24 * 60).map(lambda minutes: minutes * MINUTE)


def due_between(schedule: Schedule, first: datetime, now: datetime) -> list[datetime]:
    return [first, *occurrences(schedule, first, now)]


@settings(max_examples=150)
@given(schedules, st.integers(0, 400), spans, spans, st.data())
def test_every_occurrence_is_accounted_for_once(schedule, day, late, catchup, data):
    coalesce, limit = data.draw(st.booleans()), data.draw(st.integers(1, 50))
    start = NOON + day * DAY
    due = next_after(schedule, start) or start
    now = due + late
    expected = due_between(schedule, due, now)
    oldest = now - max(catchup, GRACE)
    accounted: list[datetime] = []
    while due is not None and due <= now:
        decision = decide(schedule, due, now, catchup, coalesce=coalesce, limit=limit)
        if decision.missed:
            gone = due_between(schedule, decision.missed.first, decision.missed.last)
            assert decision.missed.count == len(gone)
            assert decision.missed.last < oldest
            accounted += gone
        for run in decision.runs:
            assert run.scheduled_at >= oldest
            until = len(accounted) + run.stands_for
            assert expected[until - 1] == run.scheduled_at
            accounted = expected[:until]
        assert len(decision.runs) <= (1 if coalesce else limit)
        assert decision.next_due is None or decision.next_due > due
        due = decision.next_due
    assert accounted == expected
    assert due == next_after(schedule, expected[-1])


def test_in_time_it_runs_once_and_is_due_again():
    tick = NOON + timedelta(seconds=2)
    assert decide(HOURLY, NOON, tick, HOUR) == Decision((Occurrence(NOON),), None, NOON + HOUR)


def test_j08_only_the_catchup_window_is_made_up():
    now = NOON + 10 * HOUR + 5 * MINUTE
    decision = decide(HOURLY, NOON, now, 2 * HOUR + 10 * MINUTE)
    assert decision.missed == Missed(8, NOON, NOON + 7 * HOUR)
    assert decision.runs == (Occurrence(NOON + 10 * HOUR, stands_for=3),)
    assert decision.next_due == NOON + 11 * HOUR


def test_j08_what_is_older_than_the_catchup_window_does_not_run_at_all():
    now = NOON + 10 * HOUR + 30 * MINUTE
    decision = decide(HOURLY, NOON, now, 10 * MINUTE)
    assert decision == Decision((), Missed(11, NOON, NOON + 10 * HOUR), NOON + 11 * HOUR)


def test_j08_a_catchup_window_of_nothing_still_lets_a_punctual_run_start():
    assert decide(HOURLY, NOON, NOON + timedelta(seconds=1), timedelta(0)).runs == (Occurrence(NOON),)


def test_j08_what_is_due_next_never_lies_in_the_past():
    restored = NOON + timedelta(days=30, minutes=20)
    assert next_after(HOURLY, restored) == NOON + timedelta(days=30, hours=1)
    assert next_after(HOURLY, NOON) == NOON + HOUR
    assert next_after(Schedule(cron="0 0 30 2 *"), NOON) is None


def test_a_clock_set_back_yields_nothing():
    assert decide(HOURLY, NOON, NOON - 3 * HOUR, HOUR) == Decision((), None, NOON)


def test_without_coalescing_each_runs_a_limited_number_at_a_time():
    now = NOON + 5 * HOUR
    first = decide(HOURLY, NOON, now, DAY, coalesce=False, limit=4)
    assert [run.scheduled_at for run in first.runs] == [NOON + n * HOUR for n in range(4)]
    assert first.next_due == NOON + 4 * HOUR
    assert first.next_due
    second = decide(HOURLY, first.next_due, now, DAY, coalesce=False, limit=4)
    assert [run.scheduled_at for run in second.runs] == [NOON + 4 * HOUR, NOON + 5 * HOUR]
    assert second.next_due == NOON + 6 * HOUR


@pytest.mark.parametrize("coalesce", [True, False])
def test_j08_a_year_of_missed_minutes_costs_next_to_nothing(coalesce):
    now = NOON + 365 * DAY + timedelta(seconds=30)
    started = stopwatch.process_time()
    decision = decide(MINUTELY, NOON, now, 30 * DAY, coalesce=coalesce)
    took = stopwatch.process_time() - started
    assert decision.missed == Missed(COUNTED, NOON, now - 30 * DAY - timedelta(seconds=30), at_least=True)
    if coalesce:
        assert decision.runs == (Occurrence(now - timedelta(seconds=30), stands_for=COUNTED, at_least=True),)
    assert took < 2  # walking the year takes ten seconds


def test_missed_intervals_are_counted_exactly_however_many():
    now = NOON + 365 * DAY
    decision = decide(Schedule(every=MINUTE), NOON, now, HOUR)
    assert decision.missed
    assert decision.missed.count + decision.runs[0].stands_for == 365 * 24 * 60 + 1
    assert not decision.missed.at_least


def test_an_occurrence_left_from_another_interval_is_counted_too():
    odd = NOON + 17 * MINUTE
    decision = decide(HOURLY, odd, NOON + 3 * HOUR, DAY)
    assert decision.runs == (Occurrence(NOON + 3 * HOUR, stands_for=4),)


def test_the_last_occurrence_of_all_leaves_nothing_due():
    assert decide(Schedule(cron="0 0 30 2 *"), NOON, NOON, HOUR).next_due is None


def test_backfill_takes_both_ends_and_stops_at_its_limit():
    assert backfill(HOURLY, NOON, NOON + 2 * HOUR, 10) == (NOON, NOON + HOUR, NOON + 2 * HOUR)
    assert backfill(HOURLY, NOON, NOON + 2 * HOUR, 2) == (NOON, NOON + HOUR)
    assert backfill(HOURLY, NOON + MINUTE, NOON + 2 * MINUTE, 10) == ()

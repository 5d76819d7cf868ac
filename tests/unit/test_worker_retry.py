from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.worker.retry import retry_at

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def retry(attempt: int, **changed) -> timedelta | None:
    given_ = {
        "attempts": 10,
        "now": NOON,
        "first": 30 * timedelta(seconds=1),
        "longest": HOUR,
        "seed": "run 1",
    } | changed
    at = retry_at(attempt, given_.pop("attempts"), given_.pop("now"), **given_)
    return None if at is None else at - NOON


@given(st.integers(1, 100_000), st.integers(1, 7200), st.integers(1, 7200), st.text(max_size=20))
def test_a_retry_waits_twice_as_long_each_time_give_or_take_a_fifth(attempt, first, longest, seed):
    wait = retry(
        attempt, attempts=attempt + 1, first=timedelta(seconds=first), longest=timedelta(seconds=longest), seed=seed
    )
    expected = min(first * 2 ** min(attempt - 1, 20), longest)
    assert wait
    assert 0.799 * expected <= wait.total_seconds() <= 1.201 * expected


def test_a_retry_comes_at_the_same_time_wherever_it_is_asked_for():
    assert retry(3) == retry(3)
    assert len({retry(3, seed=f"run {n}") for n in range(50)}) == 50


def test_no_retry_is_left_after_the_last_attempt():
    assert retry(9) is not None
    assert retry(10) is None
    assert retry(1, attempts=1) is None


@pytest.mark.parametrize(
    ("after", "expected"),
    [(600.0, timedelta(minutes=10)), (float("inf"), timedelta(days=7)), (1e15, timedelta(days=7))],
)
def test_what_the_other_system_asks_for_counts_if_it_is_longer(after, expected):
    assert retry(1, after=after) == expected


@pytest.mark.parametrize("after", [0.0, -5.0, 1.0, float("nan"), None])
def test_what_the_other_system_asks_for_does_not_count_if_it_is_shorter(after):
    assert retry(1, after=after) == retry(1)


def test_retries_without_a_wait_come_at_once():
    assert retry(5, first=timedelta(0)) == timedelta(0)

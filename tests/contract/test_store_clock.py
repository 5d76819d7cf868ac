"""Leases are judged by one clock, the database's, never by comparing two hosts'."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from hub.clock import SystemClock
from hub.store import Store, claims, migrate, runs
from tests.contract.store_steps import named, new, shown


@pytest.mark.parametrize("error", [timedelta(days=-400), timedelta(days=400)], ids=["slow", "fast"])
def test_postgresql_does_not_mind_a_host_whose_clock_is_wrong(
    postgres_url: str, error: timedelta, monkeypatch: pytest.MonkeyPatch
):
    def wrong(_: SystemClock) -> datetime:
        return datetime.now(UTC) + error

    monkeypatch.setattr(SystemClock, "now", wrong)
    store = Store(postgres_url)
    migrate.migrate(store)
    with store.write() as tx:
        assert abs(tx.now - tx.execute(sa.text("SELECT clock_timestamp()")).scalar_one()) < timedelta(minutes=1)
        numbers = runs.make(tx, [new("shop.a", not_before=tx.now), new("shop.b", not_before=tx.now)])
        claims.claim(tx, named(tx, (numbers[0], 1)), "one", timedelta(minutes=5))
        claims.claim(tx, named(tx, (numbers[1], 1)), "one", timedelta(minutes=-5))
    with store.write() as tx:
        assert [each.id for each in claims.lapsed(tx, 10)] == [numbers[1]]
    store.close()


def test_time_stands_still_within_a_transaction(timed_store: Store):
    with timed_store.write() as tx:
        assert tx.now == tx.now
        assert tx.now.tzinfo == UTC


def test_each_transaction_has_its_own_time(timed_store: Store):
    with timed_store.read() as one:
        first = one.now
    with timed_store.read() as other:
        assert other.now > first


def test_instants_come_back_in_utc_to_the_microsecond(store: Store):
    at = datetime(2026, 10, 25, 2, 30, 0, 123456, tzinfo=ZoneInfo("Europe/Warsaw"), fold=1)
    with store.write() as tx:
        (number,) = runs.make(tx, [new(not_before=at, scheduled_at=at)])
    seen = shown(store, number)
    assert seen.scheduled_at == seen.not_before == at.astimezone(UTC)
    assert seen.not_before.tzinfo == UTC

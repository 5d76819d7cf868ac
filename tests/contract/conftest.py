"""An empty, migrated store of each kind in turn, with a clock that stands until a test moves it."""

from collections.abc import Iterator

import pytest

from hub.store import Store, migrate
from tests.contract.store_steps import StandingClock


@pytest.fixture
def clock() -> StandingClock:
    """The time of the store under test."""
    return StandingClock()


@pytest.fixture
def store(database_url: str, clock: StandingClock) -> Iterator[Store]:
    """A store on SQLite and on PostgreSQL, by the standing clock."""
    store = Store(database_url, clock)
    migrate.migrate(store)
    yield store
    store.close()


@pytest.fixture
def timed_store(database_url: str) -> Iterator[Store]:
    """A store on SQLite and on PostgreSQL, by the clock it has in production."""
    store = Store(database_url)
    migrate.migrate(store)
    yield store
    store.close()


@pytest.fixture
def postgres_store(postgres_url: str, clock: StandingClock) -> Iterator[Store]:
    """A store on PostgreSQL, for what only several connections that write at once can show."""
    store = Store(postgres_url, clock)
    migrate.migrate(store)
    yield store
    store.close()

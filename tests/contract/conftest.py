"""An empty, migrated store of each kind in turn, with a clock that stands until a test moves it."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from hub.connector import Exchange
from hub.store import Store, migrate
from hub.store.schema import metadata
from tests.contract.store_steps import StandingClock
from tests.contract.tables import ERP, SHOP, Hub, Tables
from tests.fronts.medusa import described_medusa, programmed_medusa
from tests.fronts.oscar import described_oscar, programmed_oscar
from tests.peers import Peer
from tests.servers.postgres import PostgresServer


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between short retries: how long they are is tested in tests/unit/test_http_client.py."""
    monkeypatch.setattr("adapters.asking.http._BACKOFF", lambda _state: 0.01)


@pytest.fixture
def clock() -> StandingClock:
    """The time of the store under test."""
    return StandingClock()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The address of a PostgreSQL database that is migrated once: each test that uses it empties it first."""
    url = postgres.new_database()
    with _opened(url) as store:
        migrate.migrate(store)
    return url


@pytest.fixture
def emptied_postgres(migrated_postgres: str) -> str:
    """The address of a migrated PostgreSQL database without a row."""
    tables = ", ".join(metadata.tables)
    with _opened(migrated_postgres) as store, store.write() as tx:
        tx.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY"))
    return migrated_postgres


@pytest.fixture
def migrated_sqlite(sqlite_url: str) -> str:
    """The address of a migrated SQLite file without a row."""
    with _opened(sqlite_url) as store:
        migrate.migrate(store)
    return sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database without a row, of each kind in turn."""
    return request.getfixturevalue("migrated_sqlite" if request.param == "sqlite" else "emptied_postgres")


@pytest.fixture
def store(migrated_url: str, clock: StandingClock) -> Iterator[Store]:
    """A store on SQLite and on PostgreSQL, by the standing clock."""
    with _opened(migrated_url, clock) as store:
        yield store


@pytest.fixture
def timed_store(migrated_url: str) -> Iterator[Store]:
    """A store on SQLite and on PostgreSQL, by the clock it has in production."""
    with _opened(migrated_url) as store:
        yield store


@pytest.fixture
def postgres_store(emptied_postgres: str, clock: StandingClock) -> Iterator[Store]:
    """A store on PostgreSQL, for what only several connections that write at once can show."""
    with _opened(emptied_postgres, clock) as store:
        yield store


@pytest.fixture
def hub(store: Store) -> Hub:
    """An ERP and a shop, which are told of each other's records."""
    hub = Hub(store)
    hub.add("erp", "erp", Tables(ERP))
    hub.add("shop", "eshop", Tables(SHOP))
    return hub


@pytest.fixture
def erp(hub: Hub) -> Tables:
    """The records of the ERP."""
    return hub.tables("erp")


@pytest.fixture
def shop(hub: Hub) -> Tables:
    """The records of the shop."""
    return hub.tables("shop")


@contextmanager
def _opened(url: str, clock: StandingClock | None = None) -> Generator[Store]:
    store = Store(url, clock)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture(params=["programmed", "described"])
def connect_medusa(
    request: pytest.FixtureRequest, medusa: Peer, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Exchange]:
    """Opens each connector of Medusa in turn; another address may be given (a link that can fail)."""
    monkeypatch.setenv("SHOP_KEY", medusa["secret_key"])
    connect = programmed_medusa if request.param == "programmed" else described_medusa
    return lambda url=medusa.url, **options: connect(url, **options)


@pytest.fixture(params=["programmed", "described"])
def connect_oscar(
    request: pytest.FixtureRequest, oscar: Peer, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Exchange]:
    """Opens each connector of django-oscar in turn; another address may be given (a link that can fail)."""
    monkeypatch.setenv("SHOP_PASSWORD", oscar["password"])
    connect = programmed_oscar if request.param == "programmed" else described_oscar
    return lambda at="", **options: connect(oscar, at or oscar.url.removesuffix("/api"), **options)

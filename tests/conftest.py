"""Servers and fresh places for all tests. A server starts when the first test asks for it."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.peers import Peer
    from tests.peers.faults import Link
    from tests.servers.firebird import FirebirdServer
    from tests.servers.mariadb import MariaServer
    from tests.servers.postgres import PostgresServer
    from tests.servers.rabbitmq import Rabbit, RabbitServer

pytest.register_assert_rewrite("tests.contract")

KILLS_THE_BROKER = "killable_rabbitmq"

# How long an example takes says nothing on a machine that is busy with other tests.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _budgets_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ports come again: what the fake of an earlier test asked to be spared must not hold up another's."""
    monkeypatch.setattr("adapters.asking.budgets._budgets", {})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what kills the broker when it is not ours: HUB_TEST_RABBITMQ_URL names another."""
    if "HUB_TEST_RABBITMQ_URL" not in os.environ:
        return
    left_out = [item for item in items if KILLS_THE_BROKER in getattr(item, "fixturenames", ())]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def postgres() -> Iterator["PostgresServer"]:
    """A private PostgreSQL."""
    from tests.servers.postgres import PostgresServer  # noqa: PLC0415  # only who asks for it needs psycopg

    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator["MariaServer"]:
    """A private MariaDB."""
    from tests.servers.mariadb import MariaServer  # noqa: PLC0415  # only who asks for it needs PyMySQL

    with MariaServer() as server:
        yield server


@pytest.fixture(scope="session")
def firebird() -> Iterator["FirebirdServer"]:
    """A private Firebird."""
    from tests.servers.firebird import FirebirdServer  # noqa: PLC0415  # only who asks for it needs its driver

    with FirebirdServer() as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator["Rabbit"]:
    """A private RabbitMQ, or the one that the environment names."""
    from tests.servers.rabbitmq import RabbitServer, running_rabbit  # noqa: PLC0415

    running = running_rabbit()
    if running:
        yield running
        return
    with RabbitServer() as server:
        yield server


@pytest.fixture
def killable_postgres(postgres: "PostgresServer") -> Iterator["PostgresServer"]:
    """The private PostgreSQL, for a test that stops or kills it; running again afterwards."""
    yield postgres
    if not postgres.is_running():
        postgres.start()


@pytest.fixture(scope="session")
def rabbitmq_to_kill() -> Iterator["RabbitServer"]:
    """Another private RabbitMQ: what a kill may break in it is not to disturb the other tests."""
    from tests.servers.rabbitmq import RabbitServer  # noqa: PLC0415

    with RabbitServer() as server:
        yield server


@pytest.fixture
def killable_rabbitmq(rabbitmq_to_kill: "RabbitServer") -> Iterator["RabbitServer"]:
    """A private RabbitMQ for a test that stops or kills it; running again afterwards."""
    yield rabbitmq_to_kill
    if not rabbitmq_to_kill.is_running():
        rabbitmq_to_kill.start()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that is not there yet."""
    return f"sqlite:///{(tmp_path / f'hub-{secrets.token_hex(3)}.db').as_posix()}"


@pytest.fixture
def postgres_url(postgres: "PostgresServer") -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    url = postgres.new_database()
    yield url
    if postgres.is_running():
        postgres.drop_database(url)


@pytest.fixture
def mariadb_url(mariadb: "MariaServer") -> Iterator[str]:
    """The address of an empty MariaDB database."""
    url = mariadb.new_database()
    yield url
    if mariadb.is_running():
        mariadb.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, of each kind in turn."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def amqp_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The AMQP address of an empty virtual host, of the server that the test may kill if it asks for that."""
    kills = KILLS_THE_BROKER in request.fixturenames
    server: Rabbit = request.getfixturevalue(KILLS_THE_BROKER if kills else "rabbitmq")
    url = server.new_vhost()
    yield url
    # Deleting quorum queues soon after a kill can break RabbitMQ 3.10 for good (541 for every later declaration).
    if not kills:
        server.drop_vhost(url)


@pytest.fixture(scope="session")
def tryton() -> Iterator["Peer"]:
    """An ERP, shared by this process's tests; others' records may be in it."""
    yield from peer("tryton")


@pytest.fixture(scope="session")
def vendure() -> Iterator["Peer"]:
    """A shop with GraphQL, shared by this process's tests; others' records may be in it."""
    yield from peer("vendure")


@pytest.fixture(scope="session")
def medusa() -> Iterator["Peer"]:
    """A shop with REST, shared by this process's tests; others' records may be in it."""
    yield from peer("medusa")


@pytest.fixture(scope="session")
def oscar() -> Iterator["Peer"]:
    """A shop that tells nothing about changes, shared by this process's tests; others' records may be in it."""
    yield from peer("oscar")


def peer(name: str) -> Iterator["Peer"]:
    """Start a fresh copy of a system, for as long as it is asked for."""
    from tests.peers import start  # noqa: PLC0415

    with start(name) as started:
        yield started


@pytest.fixture
def new_peer() -> Iterator[Callable[[str], "Peer"]]:
    """Start fresh copies of systems that this test alone has, and may stop or kill: `new_peer("tryton")`."""
    from tests.peers import start  # noqa: PLC0415

    with contextlib.ExitStack() as started:
        yield lambda name: started.enter_context(start(name))


@pytest.fixture
def new_link() -> Iterator[Callable[[int], "Link"]]:
    """Put links that can fail before ports of servers: `new_link(peer.port)`."""
    from tests.peers.faults import Link  # noqa: PLC0415

    with contextlib.ExitStack() as open_links:
        yield lambda port: open_links.enter_context(Link(port))

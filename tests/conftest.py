"""Servers and fresh places for all tests. A server starts when the first test asks for it."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.servers.postgres import PostgresServer
    from tests.servers.rabbitmq import Rabbit, RabbitServer

pytest.register_assert_rewrite("tests.contract")

KILLS_THE_BROKER = "killable_rabbitmq"


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

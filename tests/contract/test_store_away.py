"""A database that is away is told as such, and the same store works again when it is back."""

import secrets
import socket
import struct
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
import sqlalchemy.event
from sqlalchemy.exc import DBAPIError

from hub.errors import Misconfigured, TryLater
from hub.store import DatabaseAway, Store, file_address, interventions, migrate, records, runs, webhooks
from tests.contract.store_steps import LATEST, begun, new, settle, together, until_somebody_waits
from tests.servers.postgres import PostgresServer


def count(store: Store) -> int:
    with store.read() as tx:
        return len(interventions.find(tx))


def make(store: Store, *wanted: runs.NewRun) -> None:
    with store.write() as tx:
        runs.make(tx, wanted)


def test_a_server_killed_in_a_transaction_is_away_and_leaves_nothing_behind(
    killable_postgres: PostgresServer, postgres_store: Store
):
    make(postgres_store, new())

    def make_two() -> None:
        with postgres_store.write() as tx:
            runs.make(tx, [new()])
            killable_postgres.kill()
            runs.make(tx, [new()])

    with pytest.raises(DatabaseAway, match="does not answer"):
        make_two()
    with pytest.raises(DatabaseAway):
        count(postgres_store)
    killable_postgres.start()
    assert count(postgres_store) == 1
    make(postgres_store, new())
    assert count(postgres_store) == 2


def test_a_server_killed_before_the_commit_is_away(killable_postgres: PostgresServer, postgres_store: Store):
    def make_one() -> None:
        with postgres_store.write() as tx:
            runs.make(tx, [new()])
            killable_postgres.kill()

    with pytest.raises(DatabaseAway):
        make_one()
    killable_postgres.start()
    assert count(postgres_store) == 0


def test_a_restart_while_nobody_asked_costs_at_most_one_attempt(
    killable_postgres: PostgresServer, postgres_store: Store
):
    """All idle connections are dead; the first error tells so of all of them."""
    together(*(lambda: make(postgres_store, new()) for _ in range(4)))
    killable_postgres.restart()
    with pytest.raises(DatabaseAway):
        count(postgres_store)
    for _ in range(5):
        assert count(postgres_store) == 4
    settle(postgres_store, begun(postgres_store, new())[0])


def test_a_server_killed_while_somebody_waits_for_a_lock_is_away(
    killable_postgres: PostgresServer, postgres_store: Store
):
    mine = Event()

    def hold_the_turn() -> None:
        with postgres_store.write() as tx:
            records.take_turn(tx, "products")
            mine.set()
            assert killed.wait(LATEST)

    def wait_for_the_turn() -> None:
        assert mine.wait(LATEST)
        with postgres_store.write() as tx:
            records.take_turn(tx, "products")

    def kill() -> None:
        assert mine.wait(LATEST)
        until_somebody_waits(postgres_store)
        killable_postgres.kill()
        killed.set()

    killed = Event()
    holder, waiter, _ = together(hold_the_turn, wait_for_the_turn, kill)
    assert isinstance(holder, DatabaseAway)
    assert isinstance(waiter, DatabaseAway)


def test_a_server_that_was_never_there_is_away_and_the_password_stays_secret():
    store = Store("postgresql://hub:geheim@127.0.0.1:1/hub")
    with pytest.raises(TryLater) as told:
        count(store)
    assert "does not answer" in str(told.value)
    assert "geheim" not in str(told.value)


def test_more_work_than_connections_waits_for_one(database_url: str):
    store = Store(database_url, connections=1)
    migrate.migrate(store)
    assert together(*(lambda: make(store, new()) for _ in range(6))) == [None] * 6
    assert count(store) == 6
    store.close()


def test_a_full_disk_is_told_with_the_mend(migrated_sqlite: str):
    store = Store(migrated_sqlite)

    def let_it_be_full(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # no more than there are

    sqlalchemy.event.listen(store.engine, "connect", let_it_be_full)
    with pytest.raises(DatabaseAway, match=r"disk is full: make room there \(database or disk is full\)"):
        make(store, *(new() for _ in range(1000)))
    assert count(store) == 0
    store.close()


def test_an_error_of_ours_is_not_taken_for_a_database_that_is_away(store: Store):
    with pytest.raises(DBAPIError, match="no_such_table"), store.write() as tx:
        tx.execute(sa.text("SELECT * FROM no_such_table"))
    with pytest.raises(ZeroDivisionError):
        _make_and_fail(store)
    assert count(store) == 0


def test_a_server_that_takes_no_writes_is_away_until_it_does_again(postgres_store: Store):
    """After a failover a connection may lead to the replica; and some hosts set a server read-only when its disk is full."""
    with postgres_store.write() as tx:
        standing = tx.connection.connection.dbapi_connection
        tx.execute(sa.text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
    with pytest.raises(DatabaseAway, match="read-only"):
        make(postgres_store, new())
    # That connection is given up: the next one is asked of whoever leads now.
    make(postgres_store, new())
    with postgres_store.read() as tx:
        assert tx.connection.connection.dbapi_connection is not standing


def test_a_server_whose_machine_is_gone_without_a_word_is_noticed_within_a_minute(postgres_store: Store):
    """Nothing comes back then, not even a reset; left to itself, a system asks after two hours."""
    with postgres_store.read() as tx:
        driver: Any = tx.connection.connection.dbapi_connection
        asked: dict[str, str] = driver.info.get_parameters()
    idle, interval, count = (int(asked[f"keepalives_{name}"]) for name in ("idle", "interval", "count"))
    assert idle + interval * count <= 60
    assert 0 < int(asked["tcp_user_timeout"]) <= 60_000


@pytest.mark.parametrize("limit", ["statement_timeout", "idle_in_transaction_session_timeout"])
def test_limits_that_a_database_has_for_others_do_not_cut_off_the_hub(postgres_url: str, limit: str):
    limited = Store(postgres_url)
    with limited.write() as tx:
        name = tx.execute(sa.text("SELECT quote_ident(current_database())")).scalar_one()
        tx.execute(sa.text(f"ALTER DATABASE {name} SET {limit} = '20ms'"))
    limited.close()
    with limited.write() as tx:
        tx.execute(sa.text("SELECT pg_sleep(0.1)"))
        Event().wait(0.1)
        assert tx.execute(sa.text("SELECT 1")).scalar_one() == 1
    limited.close()


def test_what_is_too_long_for_an_index_is_not_taken_for_a_database_that_is_away(postgres_store: Store):
    with pytest.raises(DBAPIError, match="index row size"), postgres_store.write() as tx:
        webhooks.take(tx, "shop", secrets.token_hex(4_000))


def _make_and_fail(store: Store) -> None:
    with store.write() as tx:
        runs.make(tx, [new()])
        raise ZeroDivisionError


def test_a_transaction_for_reading_changes_nothing(store: Store):
    with store.read() as tx:
        runs.make(tx, [new()])
    assert count(store) == 0


@pytest.mark.parametrize("name", ["missing/hub.db", "folder", "text.db"])
def test_a_file_that_cannot_be_a_database_is_a_clear_error(tmp_path: Path, name: str):
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.db").write_text("not a database " * 100, encoding="utf-8")
    store = Store(f"sqlite:///{(tmp_path / name).as_posix()}")
    with pytest.raises(Misconfigured, match="cannot be used") as told:
        migrate.migrate(store)
    assert (tmp_path / name).as_posix() in str(told.value)


def test_a_file_that_may_only_be_read_is_a_clear_error(sqlite_url: str):
    store = Store(sqlite_url)
    migrate.migrate(store)
    store.close()
    path = sqlite_url.removeprefix("sqlite:///")
    read_only = Store(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(Misconfigured, match="cannot be used"):
        make(read_only, new())


@pytest.mark.parametrize(
    "url",
    [
        *("hub.db", "", "mysql://hub@localhost/hub", "postgresql://hub:geheim@localhost:port/hub"),
        *("postgres:geheim@x", "postgresql//hub:geheim@localhost/hub", "sqlite://geheim.db"),
        "postgresql://localhost/hub?pasword=geheim",
        "postgresql://hub:p@geheim/x@localhost/hub",
    ],
)
def test_an_address_that_is_not_understood_is_a_clear_error(url: str):
    with pytest.raises(Misconfigured) as told:
        count(Store(url))
    assert "PostgreSQL" in str(told.value) or "postgresql" in str(told.value)
    assert "geheim" not in str(told.value)


def test_an_at_sign_in_the_databases_password_is_said_how_to_be_written():
    with pytest.raises(Misconfigured, match="%40"):
        count(Store("postgresql://hub:p@geheim@localhost/hub"))


@pytest.mark.parametrize(
    "folder", ["with space", "Zażółć", "percent%20and#hash", "C;D'E", "a.b.c", "x@y", "question?mark"]
)
def test_a_file_may_lie_in_any_folder(tmp_path: Path, folder: str):
    (tmp_path / folder).mkdir()
    path = tmp_path / folder / "hub ü.db"
    store = Store(file_address(path))
    migrate.migrate(store)
    make(store, new())
    store.close()
    assert path.is_file()
    again = Store(file_address(path))
    assert count(again) == 1
    again.close()


def refusing(listener: socket.socket, code: bytes, message: bytes) -> None:
    """Answer one connection as a pooler does that refuses it (PostgreSQL's manual, "Message Formats")."""
    connection, _ = listener.accept()
    with connection:
        while int.from_bytes(connection.recv(100)[4:8], "big") in (80877103, 80877104):  # TLS or GSS is asked for
            connection.sendall(b"N")
        fields = b"SFATAL\0C" + code + b"\0M" + message + b"\0\0"
        connection.sendall(b"E" + struct.pack("!I", len(fields) + 4) + fields)


def test_a_pooler_before_the_database_is_told_as_that():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(
            target=refusing, args=(listener, b"08P01", b"unsupported startup parameter: options"), daemon=True
        ).start()
        pooled = Store(f"postgresql://hub@127.0.0.1:{listener.getsockname()[1]}/hub")
        with pytest.raises(Misconfigured, match=r"PgBouncer .* give the address of PostgreSQL itself"), pooled.read():
            pass
        pooled.close()

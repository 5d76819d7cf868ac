"""What happens to the connector `sql` when databases are killed, stand in each other's way, or do not answer."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from adapters.sql.connector import SqlConnector
from adapters.sql.database import Database
from adapters.sql.options import SqlOptions
from hub.connector import Write
from hub.errors import Refused, TryLater, Unanswered
from tests.contract.sql_office import Office, described
from tests.peers.faults import Faults, Link
from tests.servers.firebird import FirebirdServer
from tests.servers.mariadb import MariaServer
from tests.servers.postgres import PostgresServer
from tests.servers.process import wait_until

WAITING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
    "mariadb": "SELECT variable_value FROM information_schema.global_status"
    " WHERE variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS'",
    "firebird": "SELECT count(*) FROM mon$statements WHERE mon$state = 1 AND mon$sql_text STARTING WITH 'UPDATE article'",
}
COMMIT = {
    "postgresql": b"COMMIT\0",  # the zero byte tells it from READ COMMITTED
    "mariadb": b"COMMIT",
    "firebird": b"\0\0\0\x1e\0\0\0",  # the operation's number, and the first bytes of a transaction's
}
SLOW = {
    "postgresql": "pg_sleep(20)",
    "mariadb": "sleep(20)",
    "firebird": "(SELECT count(*) FROM rdb$fields a, rdb$fields b, rdb$fields c, rdb$fields d, rdb$fields e)",
}


@dataclass
class Ground:
    """A server, and an ERP in it."""

    server: PostgresServer | MariaServer | FirebirdServer
    office: Office

    def connect(self, **options: Any) -> SqlConnector:
        return self.office.connect(**options)


@pytest.fixture(params=["postgres", "mariadb", "firebird"])
def ground(request: pytest.FixtureRequest, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    server = request.getfixturevalue(request.param)
    office = Office(sa.make_url(server.new_database()), tmp_path)
    monkeypatch.setenv("OFFICE_PASSWORD", str(office.url.password))
    yield Ground(server, office)
    if not server.is_running():
        server.start()
    office.engine.dispose()


def make_firebird_user(url: sa.URL) -> None:
    engine = sa.create_engine(url.set(username="SYSDBA"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE USER clerk PASSWORD 'clerks-secret'")
    engine.dispose()


def article(code: str, id_: str | None = None, **fields: Any) -> Write:
    record = {"sku": code, "name": "Lamp", "weight": "1.5", "active": True, **fields}
    return Write(code, fields or record, record, id=id_, reference=f"hub-{code}")


def test_s06_a_commit_whose_answer_is_lost_is_unanswered_and_the_record_is_found(ground: Ground) -> None:
    write, port = article("A1"), int(ground.office.url.port or 0)
    with Link(port) as link:
        connector = ground.connect(url=ground.office.address.replace(f":{port}/", f":{link.port}/"))
        assert connector.check()[0].good
        link.set(Faults(lose_answers=1, to=COMMIT[ground.office.engine.dialect.name]))
        with pytest.raises(Unanswered):
            list(connector.write("products", [write]))
        assert link.lost == 1
    assert len(ground.connect().find("products", [write])[write.key]) == 1
    assert ground.office.do("SELECT count(*) FROM article") == [(1,)]


def test_s06_a_commit_that_ends_with_an_unknown_error_is_unanswered(
    mariadb: MariaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(sa.make_url(mariadb.new_database()), tmp_path)
    monkeypatch.setenv("OFFICE_PASSWORD", str(office.url.password))
    connector = office.connect()
    assert connector.check()[0].good

    def fail(_: object) -> None:
        raise pymysql.err.OperationalError(3100, "Error on observer while running replication hook")

    monkeypatch.setattr("pymysql.connections.Connection.commit", fail)
    with pytest.raises(Unanswered, match="replication hook"):
        list(connector.write("products", [article("A1"), article("A2")]))
    office.engine.dispose()


def test_a_connection_lost_before_the_commit_changes_nothing_and_the_next_is_a_new_one(ground: Ground) -> None:
    port = int(ground.office.url.port or 0)
    with Link(port) as link:
        connector = ground.connect(url=ground.office.address.replace(f":{port}/", f":{link.port}/"))
        assert connector.check()[0].good
        link.set(Faults(lose_answers=1, to=b"INSERT"))
        with pytest.raises(TryLater) as lost:
            list(connector.write("products", [article("A1")]))
        assert not isinstance(lost.value, Unanswered)
        assert ground.office.do("SELECT count(*) FROM article") == [(0,)]
        [done] = connector.write("products", [article("A1")])
        assert done.outcome == "done"


def test_s17_a_scan_goes_on_after_the_server_was_killed(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.sql.reading.PAGE", 2)
    for _ in range(5):
        ground.office.add_article()
    connector = ground.connect()
    pages = connector.read("products", None, full=True)
    first = next(pages)
    ground.server.kill()
    with pytest.raises(TryLater):
        next(pages)
    ground.server.start()
    rest = list(connector.read("products", first.checkpoint, full=True))
    assert len(first.documents) + sum(len(page.documents) for page in rest) == 5
    assert rest[-1].complete


def test_a_deadlock_is_tried_again_at_once(ground: Ground) -> None:
    one, other = ground.office.add_article(), ground.office.add_article()
    for _ in range(5):
        ground.office.add_article()
    engine, outcomes = ground.office.engine, []
    both = [article("X1", one, name="Mine"), article("X2", other, name="Mine")]
    writing = threading.Thread(target=lambda: outcomes.extend(ground.connect().write("products", both)))
    with engine.connect() as rival, contextlib.suppress(DatabaseError), rival.begin():
        if engine.dialect.name == "postgresql":
            rival.execute(sa.text("SET LOCAL deadlock_timeout = '60s'"))  # the other one notices
        rival.execute(sa.text("UPDATE article SET name = 'Theirs' WHERE id <> :id"), {"id": int(one)})
        writing.start()
        wait_until("the writer to wait", lambda: ground.office.do(WAITING[engine.dialect.name])[0][0] not in (0, "0"))
        rival.execute(sa.text("UPDATE article SET name = 'Theirs' WHERE id = :id"), {"id": int(one)})
    writing.join(60)
    assert [each.outcome for each in outcomes] == ["done", "done"]
    names = [name for (name,) in ground.office.do("SELECT name FROM article ORDER BY id")]
    # In Firebird whoever looks first loses, and that may be the other one.
    rest = "Lamp" if engine.dialect.name == "firebird" and "Theirs" not in names else "Theirs"
    assert names == ["Mine", "Mine", *[rest] * 5]


def test_a_query_that_takes_too_long_is_ended_by_the_database(ground: Ground) -> None:
    slow = SLOW[ground.office.engine.dialect.name]
    ground.office.add_article()
    streams = described()["streams"]
    streams["products"] = {
        "query": f"SELECT id, code, name, {slow} AS nothing FROM article",
        "key": "id",
        "fields": {"sku": "code", "name": "name"},
    }
    with pytest.raises(TryLater, match="took longer than timeout"):
        list(ground.connect(timeout="1s", streams=streams).read("products", None, full=True))


def test_reading_can_write_nothing(ground: Ground) -> None:
    options = SqlOptions.model_validate(
        {"url": ground.office.address, "password": "env:OFFICE_PASSWORD", **described()}
    )
    database = Database("erp", options, ground.office.folder)
    with pytest.raises(Refused), database.reading("[systems.erp]") as connection:
        connection.execute(sa.text("INSERT INTO article (code, name) VALUES ('A', 'A')"))
    assert ground.office.do("SELECT count(*) FROM article") == [(0,)]


def test_a_user_without_rights_is_told_to_be_given_them(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    database = ground.office.url.database
    make: dict[str, Callable[[], object]] = {
        "postgresql": lambda: ground.office.do("CREATE ROLE clerk LOGIN PASSWORD 'clerks-secret'"),
        "mariadb": lambda: [
            ground.office.do("CREATE USER clerk@'127.0.0.1' IDENTIFIED BY 'clerks-secret'"),
            ground.office.do(f"GRANT SELECT ON {database}.sale TO clerk@'127.0.0.1'"),
        ],
        "firebird": lambda: make_firebird_user(ground.office.url),
    }
    make[ground.office.engine.dialect.name]()
    monkeypatch.setenv("OFFICE_PASSWORD", "clerks-secret")
    connector = ground.connect(url=ground.office.address.replace("//hub@", "//clerk@"))
    with pytest.raises(Refused, match=r"\[systems\.erp\.streams\.products\].*grant it"):
        list(connector.read("products", None, full=True))
    bad = [each for each in connector.check() if not each.good]
    assert bad
    assert "clerks-secret" not in str(bad)

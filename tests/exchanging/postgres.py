"""The simulated hub on PostgreSQL, where other runs come between any two statements of one.

SQLite's write transactions stand one behind the other, so that there others come between transactions alone. Here one
thread does it as well: before a statement another job's run is carried out, with its own connection. Where it comes to a
row that the first has locked, it gives up at once, as if the database had gone away, and is tried again later. So what
is found is what a transaction overlooks that others have committed since it looked; who waits for whom in a circle is
shown by `tests/contract/interleaved.py`.
"""

from collections import namedtuple
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import orjson
import sqlalchemy as sa
import sqlalchemy.event

from hub.store import Store, migrate
from hub.store.schema import metadata
from tests.exchanging.database import Database
from tests.exchanging.world import World
from tests.servers.postgres import PostgresServer

_SESSION = ("SET lock_timeout = '10ms'", "SET synchronous_commit = off")
_OBSERVER = """
CREATE TABLE seen_record (seq BIGINT, entity TEXT, number BIGINT, key TEXT, fields JSONB, system TEXT);
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO seen_record VALUES
    (current_setting('sim.seq')::bigint, new.entity, new.id, new.key, new.fields, new.system);
  RETURN new;
END $$;
CREATE TRIGGER record_seen AFTER INSERT OR UPDATE ON record FOR EACH ROW EXECUTE FUNCTION see();
"""
_NUMBERED = "SELECT set_config('sim.seq', %s, false)"
_text = cache(sa.text)


class PostgresDatabase(Database):
    """An empty database of a server, for one world."""

    def __init__(self, url: str, world: World) -> None:
        self.restored = 0
        self._world = world
        self.store = Store(url, world.clock)
        sqlalchemy.event.listen(self.store.engine, "connect", _connected)
        sqlalchemy.event.listen(self.store.engine, "before_cursor_execute", self._before)
        self.write(
            lambda tx: tx.execute(sa.text(f"TRUNCATE {', '.join(metadata.tables)}, seen_record RESTART IDENTITY"))
        )

    def _before(self, connection: sa.Connection, cursor: Any, statement: str, *_: Any) -> None:
        if connection.get_execution_options().get("hub_write"):
            self._world.between(statement)
        if "record" in statement:
            cursor.execute(_NUMBERED, [str(self._world.next())])

    def back_up(self) -> None:
        """Make none: backups are the other simulations' matter."""

    def restore(self) -> bool:
        """Go back to nothing."""
        return False

    def ask(self, text: str, **parameters: Any) -> list[Any]:
        """Return the rows of a query, in plain SQL; JSON as the text that SQLite has."""
        with self.store.read() as tx:
            found = tx.execute(_text(text), parameters)
            row = namedtuple("row", found.keys(), rename=True)  # noqa: PYI024  # of columns that only the query knows
            return [row(*map(_plain, each)) for each in found]


def _connected(connection: Any, _record: object) -> None:
    for each in _SESSION:
        connection.execute(each)
    connection.commit()


def _plain(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def on(server: PostgresServer) -> Callable[[World], Database]:
    """Return what makes a world's database on a server, one at a time."""
    url = server.new_database()
    store = Store(url)
    migrate.migrate(store)
    with store.write() as tx:
        tx.execute(sa.text(_OBSERVER))
    store.close()
    return partial(PostgresDatabase, url)

"""200,000 products from a real MariaDB and a real PostgreSQL into the hub, then only those that have changed.

`python -m tests.benchmarks.sql_reading [ROWS]` prints what each reading came to: rows a second, rows that were read, and
memory; and what reading alone costs, without the hub. The hub's own database is PostgreSQL.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from adapters.sql.connector import SqlConnector
from adapters.sql.options import SqlOptions
from hub.clock import SystemClock
from tests.benchmarks.ground import ROOT
from tests.benchmarks.sql_process import STREAM, STREAMS
from tests.servers.mariadb import MariaServer
from tests.servers.postgres import PostgresServer

ROWS = 200_000
CHANGED = 50
AT_ONCE = 5_000
TABLE = """
CREATE TABLE article (
  id INTEGER PRIMARY KEY, sku VARCHAR(40) NOT NULL UNIQUE, name VARCHAR(200) NOT NULL, description TEXT,
  brand VARCHAR(40), tax_rate NUMERIC(5, 2), weight NUMERIC(12, 4), active INTEGER NOT NULL, changed TIMESTAMP NOT NULL
)
"""
INSERT = """
INSERT INTO article VALUES (:id, :sku, :name, 'A lamp, bright, for the table or the floor.', :brand, 23, :weight, 1, :at)
"""


def main(rows: int) -> None:
    with PostgresServer(durable=True) as postgres, MariaServer(durable=True) as mariadb:
        for name, server in (("MariaDB", mariadb), ("PostgreSQL", postgres)):
            engine = sa.create_engine(server.new_database())
            fill(engine, rows)
            measure(name, engine, rows, lambda: postgres.new_database())  # noqa: PLW0108 - not before it is called
            engine.dispose()


def fill(engine: sa.Engine, rows: int) -> None:
    """Make the source: products whose times of change lie in the past, some a second."""
    with engine.begin() as connection:
        connection.execute(sa.text(TABLE))
        connection.execute(sa.text("CREATE INDEX article_changed ON article (changed)"))
        for start in range(0, rows, AT_ONCE):
            connection.execute(sa.text(INSERT), [product(n) for n in range(start, min(start + AT_ONCE, rows))])


def product(number: int) -> dict[str, Any]:
    minutes, seconds = divmod(number // 100, 60)
    at = f"2026-01-{1 + minutes // 1440:02d} {minutes // 60 % 24:02d}:{minutes % 60:02d}:{seconds:02d}"
    told = {"name": f"Lampa {number}", "brand": f"Brand {number % 50}", "weight": f"{number % 900}.125"}
    return {"id": number, "sku": f"S{number:06d}", "at": at} | told


def measure(name: str, engine: sa.Engine, rows: int, new_hub: Callable[[], str]) -> None:
    """Read all of it alone, bring it into the hub, then change some and bring these."""
    alone = reading_alone(engine)
    print(f"{name}: read alone, {rows / alone:,.0f} rows/s", flush=True)
    hub = new_hub()
    first = carried_out(hub, engine)
    assert rows <= first["read"] < 1.1 * rows  # at the end of a slice a page that was read ahead is read again
    assert f"{rows:,} new" in first["outcome"], first["outcome"]
    print(
        f"{name}: {rows:,} products into the hub, {rows / first['seconds']:,.0f} rows/s, {_memory(first)}", flush=True
    )
    with engine.begin() as connection:
        some = sa.text("UPDATE article SET name = 'Latarnia', changed = CURRENT_TIMESTAMP WHERE id % :n = 1")
        assert connection.execute(some, {"n": rows // CHANGED}).rowcount == CHANGED
    again = carried_out(hub, engine)
    assert f"{CHANGED} update" in again["outcome"], again["outcome"]
    print(
        f"{name}: {CHANGED} changed, {again['read']} read in {again['seconds']:.2f} s: {again['outcome']}; "
        f"{_memory(again)}",
        flush=True,
    )


def reading_alone(engine: sa.Engine) -> float:
    """Return the seconds that the connector takes to read everything, with nothing done about it."""
    os.environ["SOURCE_PASSWORD"] = str(engine.url.password)
    options = SqlOptions.model_validate(
        {"url": _address(engine), "password": "env:SOURCE_PASSWORD", "streams": STREAMS}
    )
    connector = SqlConnector("erp", options, Path(), SystemClock())
    began = time.perf_counter()
    for _ in connector.read(STREAM, None, full=True):
        pass
    return time.perf_counter() - began


def carried_out(hub: str, engine: sa.Engine) -> dict[str, Any]:
    """Run the job in a process of its own."""
    argv = [sys.executable, "-m", "tests.benchmarks.sql_process", hub, _address(engine)]
    env = {**os.environ, "SOURCE_PASSWORD": str(engine.url.password)}
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _address(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False).replace(f":{engine.url.password}@", "@")


def _memory(told: dict[str, Any]) -> str:
    return f"{told['memory'] / 1e6:.0f} MB at the most"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)

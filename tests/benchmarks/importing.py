"""A million-row CSV through the real puller, beside the bare cost of reading the file and of inserting the rows."""

import csv
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.ground import ROOT, Ground
from tests.benchmarks.import_process import STREAM, connector_of

ROWS = 1_000_000
MOST_MEMORY = 300_000_000
PAGE = 1_000
"""Rows of a transaction, there as here."""
INSERTED_SHARE = 5
"""The bare inserts are measured with this part of the rows."""
TABLE = "CREATE TABLE bare (key text PRIMARY KEY, fields {} NOT NULL)"


def measure(ground: Ground) -> list[Figure]:
    """Measure both databases, and what each part costs alone."""
    rows = ground.amount(ROWS)
    file = ground.folder / "stock.csv"
    write_file(file, rows)
    read = {"csv module": bare_reading(file, rows), "our reader": our_reading(ground, file, rows)}
    some = rows // INSERTED_SHARE
    with ground.place() as place:
        inserted = {"COPY": bare_copy(place.watch, file, some), "executemany": bare_many(place.watch, file, some)}
        figures = [_figure("PostgreSQL", rows, imported(ground, file, place.database, rows), read, inserted)]
    inserted = {"executemany": bare_sqlite(ground.folder / "bare.db", file, some)}
    ours = imported(ground, file, f"sqlite:///{ground.folder / 'import.db'}", rows)
    return [*figures, _figure("SQLite", rows, ours, read, inserted)]


def _figure(
    database: str, rows: int, ours: dict[str, float], read: dict[str, float], inserted: dict[str, float]
) -> Figure:
    """Tell one import; the limit is our reader and then the fastest insert, each as fast as alone."""
    memory = ours["memory"]
    assert memory < MOST_MEMORY, f"{memory:,} bytes of memory"
    limit = 1 / (1 / read["our reader"] + 1 / max(inserted.values()))
    alone = {f"read, {name}": rate for name, rate in read.items()} | {
        f"insert, {name}": r for name, r in inserted.items()
    }
    against = "alone: " + "; ".join(f"{name} {rate:,.0f}" for name, rate in alone.items()) + f"; {memory / 1e6:.0f} MB"
    details = {"rows": rows, "memory": memory, "own_seconds": ours["cpu"], "alone": alone}
    return Figure(f"import, {database}", rows / ours["seconds"], "rows/s", None, limit, against, details)


def write_file(file: Path, rows: int) -> None:
    """Write stock levels: article number, location, quantity."""
    seeded = random.Random(5)
    with file.open("w", encoding="utf-8", newline="") as output:
        output.write("sku;location;on_hand\n")
        for number in range(rows):
            output.write(f"ART-{number // 4:08};MAG{number % 4};{seeded.randrange(100_000) / 100}\n")


def imported(ground: Ground, file: Path, database: str, rows: int) -> dict[str, float]:
    """Import the file in a process of its own; returns seconds and memory."""
    source = ground.folder / "source"
    source.mkdir(exist_ok=True)
    (source / file.name).hardlink_to(file)
    command = [sys.executable, "-m", "tests.benchmarks.import_process", database, str(source)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert f"{rows:,} new" in told["outcome"], told["outcome"]
    for left in (source / "done").iterdir():
        left.unlink()
    return told


def rows_of(file: Path) -> Iterator[list[str]]:
    """Yield the rows below the header, by the csv module."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter=";")
        next(rows)
        yield from rows


def pages_of(file: Path, count: int) -> Iterator[list[tuple[str, str]]]:
    """Yield pages of the first rows, as key and JSON."""
    rows = islice(rows_of(file), count)
    while page := list(islice(rows, PAGE)):
        yield [(f"{sku}|{place}", json.dumps({"sku": sku, "location": place, "on_hand": n})) for sku, place, n in page]


def bare_reading(file: Path, rows: int) -> float:
    """Read the file with the csv module."""
    began = time.perf_counter()
    assert sum(1 for _ in rows_of(file)) == rows
    return rows / (time.perf_counter() - began)


def our_reading(ground: Ground, file: Path, rows: int) -> float:
    """Read and check the file with our reader, storing nothing."""
    source = ground.folder / "read"
    source.mkdir()
    (source / file.name).hardlink_to(file)
    began = time.perf_counter()
    with closing(connector_of(source).peek(STREAM, None)) as pages:
        assert sum(len(page.changes) for page in pages) == rows
    return rows / (time.perf_counter() - began)


def bare_copy(connection: Any, file: Path, count: int) -> float:
    """Insert rows with COPY."""
    connection.execute("DROP TABLE IF EXISTS bare")
    connection.execute(TABLE.format("jsonb"))
    pages = list(pages_of(file, count))
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for page in pages:
            with cursor.copy("COPY bare FROM STDIN") as copy:
                for row in page:
                    copy.write_row(row)
    return count / (time.perf_counter() - began)


def bare_many(connection: Any, file: Path, count: int) -> float:
    """Insert rows with executemany."""
    connection.execute("DROP TABLE IF EXISTS bare")
    connection.execute(TABLE.format("jsonb"))
    pages = list(pages_of(file, count))
    began = time.perf_counter()
    for page in pages:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bare VALUES (%s, %s)", page)
    return count / (time.perf_counter() - began)


def bare_sqlite(path: Path, file: Path, count: int) -> float:
    """Insert rows into SQLite, with the write-ahead log and as durable as ours."""
    pages = list(pages_of(file, count))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(TABLE.format("text"))
        began = time.perf_counter()
        for page in pages:
            with connection:
                connection.executemany("INSERT INTO bare VALUES (?, ?)", page)
        return count / (time.perf_counter() - began)

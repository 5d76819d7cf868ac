"""Products from paged JSON over HTTP into PostgreSQL, first load and unchanged reload, beside dlt doing the same."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.fetch_process import NUMBERS, TAKEN, ProductsConnector
from tests.benchmarks.figures import Figure, figure
from tests.benchmarks.ground import ROOT, Ground, Place
from tests.benchmarks.product_server import HOST, products
from tests.servers import process as processes

ROWS = 100_000
FEW = 5
"""Memory is also looked at with this part of the rows ..."""
MORE_MEMORY = 40_000_000
"""... and may be so much less then, in bytes."""
FASTEST = ("csv", "upsert")
"""The file format and merge strategy by which dlt is quickest here ..."""
USUAL = ("insert_values", "delete-insert")
"""... and those that it has if nothing is said."""
COLUMNS = (*TAKEN, *NUMBERS)

Told = dict[str, Any]


@dataclass(frozen=True)
class Loads:
    """What a first load and a reload told of themselves."""

    first: Told
    again: Told


def measure(ground: Ground) -> list[Figure]:
    """Let both sides load and load again, in turns."""
    rows = ground.amount(ROWS)
    with serving(ground, rows) as address:
        rounds = [(ours(ground, address, rows), theirs(ground, address, rows, FASTEST)) for _ in range(ground.rounds)]
        usual = theirs(ground, address, rows, USUAL)
        bare = [bare_reading(address, rows) for _ in rounds]
    with serving(ground, rows // FEW) as address:
        few = ours(ground, address, rows // FEW)
    mine, other = [each for each, _ in rounds], [each for _, each in rounds]
    _check_memory(mine, few)
    works = {"first": "products over HTTP, first load", "again": "products over HTTP, nothing changed"}
    return [
        _figure(work, rows, [[vars(each)[which] for each in side] for side in (mine, other)], vars(usual)[which], bare)
        for which, work in works.items()
    ]


def _check_memory(many: Sequence[Loads], few: Loads) -> None:
    for which in vars(few):
        most, least = max(vars(each)[which]["memory"] for each in many), vars(few)[which]["memory"]
        assert most < least + MORE_MEMORY, f"{most:,} bytes of memory, {least:,} with a fifth of the rows"


def _figure(work: str, rows: int, sides: Sequence[Sequence[Told]], usual: Told, bare: Sequence[float]) -> Figure:
    rates = [[rows / told["seconds"] for told in side] for side in sides]
    mine, other = sides[0][-1], sides[1][-1]
    against = (
        f"dlt with {' and '.join(FASTEST)}; with {' and '.join(USUAL)} {rows / usual['seconds']:,.0f}; "
        f"limit: the pages fetched and parsed; seconds of work, and PostgreSQL's: {_work(mine)}, dlt {_work(other)}; "
        f"{mine['memory'] / 1e6:.0f} MB, dlt {other['memory'] / 1e6:.0f} MB"
    )
    return figure(work, "rows/s", against, [*rates, bare], {"ours": sides[0], "dlt": sides[1], "dlt as usual": usual})


def _work(told: Told) -> str:
    return f"{told['cpu']:.1f} and {told['database_cpu']:.1f}"


@contextlib.contextmanager
def serving(ground: Ground, rows: int) -> Iterator[str]:
    """Serve products in a process of its own until the block ends; yields the address."""
    (port,) = processes.free_ports(1)
    with ground.running(["tests.benchmarks.product_server", str(rows), str(port)], env={}) as team:
        team.until("the products", lambda: _answers(port))
        yield f"http://{HOST}:{port}"


def _answers(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex((HOST, port)) == 0


def ours(ground: Ground, address: str, rows: int) -> Loads:
    """Load twice into an empty database of the hub."""
    with ground.place() as place:
        loads = Loads(*(_run(ground, ["fetch_process", place.database, address]) for _ in range(2)))
        assert f"{rows:,} new" in loads.first["outcome"], loads.first["outcome"]
        assert f"{rows:,} identical" in loads.again["outcome"], loads.again["outcome"]
        columns = ", ".join(f"fields ->> '{name}'" for name in COLUMNS)
        _check_values(place, f"SELECT {columns} FROM record WHERE entity = 'products'", rows)
        return loads


def theirs(ground: Ground, address: str, rows: int, way: tuple[str, str]) -> Loads:
    """Load twice into an empty database by dlt."""
    with ground.place() as place:
        folder = tempfile.mkdtemp(dir=ground.folder)
        loads = Loads(*(_run(ground, ["dlt_process", place.database, address, folder, *way]) for _ in range(2)))
        _check_values(place, f"SELECT {', '.join(f'{name}::text' for name in COLUMNS)} FROM shop.products", rows)
        return loads


def _check_values(place: Place, statement: str, rows: int) -> None:
    """Look whether each product is there once, as it was served."""
    there = sorted(place.watch.execute(statement.encode()).fetchall())
    expected = sorted(tuple(_text(row[name]) for name in COLUMNS) for row in products(rows))
    assert there == expected, f"{len(there):,} rows, or other values"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _run(ground: Ground, command: Sequence[str]) -> Told:
    module, *arguments = command
    argv = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]
    before = _worked(ground.postgres.pids())
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    told: Told = json.loads(done.stdout.splitlines()[-1])
    return told | {"database_cpu": _worked(ground.postgres.pids()) - before}


def _worked(pids: Sequence[int]) -> float:
    """Return the seconds that a server and those it had started have worked; 0 where the system does not say."""
    ticks = 0
    for place, pid in enumerate(pids):
        with contextlib.suppress(OSError):
            numbers = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += sum(map(int, numbers[11:15] if place == 0 else numbers[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK") if ticks else 0.0


def bare_reading(address: str, rows: int) -> float:
    """Fetch and parse the pages, and nothing else."""
    connector = ProductsConnector(address)
    began = time.perf_counter()
    assert sum(len(page) for page, _ in connector.pages(None)) == rows
    return rows / (time.perf_counter() - began)

"""Products from paged JSON over HTTP into PostgreSQL, first load and unchanged reload, beside dlt doing the same."""

import contextlib
import json
import operator
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

from tests.benchmarks.fetch_process import NUMBERS, TAKEN, ProductsConnector, lists
from tests.benchmarks.figures import Figure, figure
from tests.benchmarks.ground import ROOT, Ground, Place
from tests.benchmarks.product_server import HOST, products
from tests.servers import process as processes

ROWS = 100_000
FEW = 5
"""Memory is also looked at with this part of the rows ..."""
MORE_MEMORY = 40_000_000
"""... and may be so much less then, in bytes."""
COLUMNS = (*TAKEN, *NUMBERS)
OURS = f"""
    SELECT {", ".join(f"fields ->> '{name}'" for name in COLUMNS)},
        fields ->> 'category', fields -> 'images', fields -> 'attributes'
    FROM record WHERE entity = 'products'"""
PLAIN = f"""
    SELECT {", ".join(f"{name}::text" for name in COLUMNS)}, category, images, attributes
    FROM shop.products
    JOIN (SELECT _dlt_parent_id AS parent, string_agg(name, ' > ' ORDER BY _dlt_list_idx) AS category
        FROM shop.products__categories GROUP BY parent) AS categories ON categories.parent = _dlt_id
    JOIN (SELECT _dlt_parent_id AS parent, jsonb_agg(src ORDER BY _dlt_list_idx) AS images
        FROM shop.products__images GROUP BY parent) AS images ON images.parent = _dlt_id
    JOIN (SELECT _dlt_parent_id AS parent, jsonb_object_agg(name, value) AS attributes
        FROM shop.products__attributes GROUP BY parent) AS attributes ON attributes.parent = _dlt_id"""
TUNED = f"""
    SELECT {", ".join(f"{name}::text" for name in COLUMNS)},
        (SELECT string_agg(each ->> 'name', ' > ') FROM jsonb_array_elements(categories) AS each),
        jsonb_path_query_array(images, '$[*].src'),
        (SELECT jsonb_object_agg(each ->> 'name', each ->> 'value') FROM jsonb_array_elements(attributes) AS each)
    FROM shop.products"""
"""What each side shows of its products, to compare it with what was served."""

Told = dict[str, Any]


@dataclass(frozen=True)
class Loads:
    """What a first load and a reload told of themselves."""

    first: Told
    again: Told


def measure(ground: Ground) -> list[Figure]:
    """Let all sides load and load again, in turns: the hub, dlt as it comes, and dlt as it is quickest here."""
    rows = ground.amount(ROWS)
    with serving(ground, rows) as address:
        rounds = [
            (
                ours(ground, address, rows),
                theirs(ground, address, rows, "plain"),
                theirs(ground, address, rows, "tuned"),
            )
            for _ in range(ground.rounds)
        ]
        bare = [bare_reading(address, rows) for _ in rounds]
    with serving(ground, rows // FEW) as address:
        few = ours(ground, address, rows // FEW)
    mine, plain, tuned = zip(*rounds, strict=True)
    _check_memory(mine, few)
    return [
        _figure(f"{name}, {what}", rows, [[vars(each)[what_of] for each in side] for side in (mine, peer)], way, bare)
        for name, peer, way in (("products over HTTP", plain, "plain"), ("the same beside a tuned dlt", tuned, "tuned"))
        for what, what_of in (("first load", "first"), ("nothing changed", "again"))
    ]


def _check_memory(many: Sequence[Loads], few: Loads) -> None:
    for which in vars(few):
        most, least = max(vars(each)[which]["memory"] for each in many), vars(few)[which]["memory"]
        assert most < least + MORE_MEMORY, f"{most:,} bytes of memory, {least:,} with a fifth of the rows"


def _figure(work: str, rows: int, sides: Sequence[Sequence[Told]], way: str, bare: Sequence[float]) -> Figure:
    rates = [[rows / told["seconds"] for told in side] for side in sides]
    mine, other = sides[0][-1], sides[1][-1]
    against = (
        f"dlt, {way}; limit: the pages fetched and parsed; seconds of work, and PostgreSQL's: {_work(mine)}, "
        f"dlt {_work(other)}; {mine['memory'] / 1e6:.0f} MB, dlt {other['memory'] / 1e6:.0f} MB"
    )
    return figure(work, "rows/s", against, [*rates, bare], {"ours": sides[0], "dlt": sides[1]})


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
        _check_values(place, OURS, rows)
        return loads


def theirs(ground: Ground, address: str, rows: int, way: str) -> Loads:
    """Load twice into an empty database by dlt."""
    with ground.place() as place:
        folder = tempfile.mkdtemp(dir=ground.folder)
        loads = Loads(*(_run(ground, ["dlt_process", way, place.database, address, folder]) for _ in range(2)))
        _check_values(place, {"plain": PLAIN, "tuned": TUNED}[way], rows)
        return loads


def _check_values(place: Place, statement: str, rows: int) -> None:
    """Look whether each product is there once, as it was served."""
    there = sorted(place.watch.execute(statement.encode()).fetchall(), key=operator.itemgetter(0))
    expected = [(*(_text(row[name]) for name in COLUMNS), *lists(row).values()) for row in products(rows)]
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
